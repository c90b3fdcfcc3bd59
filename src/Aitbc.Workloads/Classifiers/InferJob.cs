using System.Text;
using Aitbc.Workloads.Csv;
using Aitbc.Workloads.Reports;
using Aitbc.Workloads.Specs;

namespace Aitbc.Workloads.Classifiers;

/// <summary>
/// The <c>classifier.infer</c> job: name the class of every row, one name a line. Whether the rows carry labels is
/// told by their width alone: the model's features, or one column more.
/// </summary>
internal static class InferJob
{
    private const string Format = "aitbc.predictions";

    public static WorkloadOutcome Run(
        InferSpec spec,
        ReadOnlyMemory<byte> modelBlob,
        ReadOnlyMemory<byte> rows,
        CancellationToken cancellation)
    {
        if (!ClassifierModel.TryRead(modelBlob.Span, out var model, out var fault))
        {
            return new WorkloadFailure(WorkloadFault.BadModel, fault);
        }

        if (!CsvReader.TryDetect(rows.Span, out var layout, out var error)) return BadTable(error);
        var hasLabels = layout.Columns == model.FeatureCount + 1;
        if (!hasLabels && layout.Columns != model.FeatureCount)
        {
            return new WorkloadFailure(
                WorkloadFault.RowsDoNotFitModel,
                $"The rows have {layout.Columns} columns; the model needs {model.FeatureCount} features, "
                + "and a label may follow.");
        }

        var labels = !hasLabels ? CsvLabelColumn.Absent : spec.Score ? CsvLabelColumn.Required : CsvLabelColumn.Ignored;
        if (!CsvReader.TryRead(rows.Span, labels, dropBadRows: false, out var table, out error, cancellation))
        {
            return BadTable(error);
        }

        var predictions = model.Predict(table, cancellation);
        var score = labels == CsvLabelColumn.Required ? Score(model, table, predictions) : null;
        if (score is not null && score.Unknown == score.Rows) return LabelsDoNotFit(model, table);
        var text = new StringBuilder();
        foreach (var prediction in predictions) text.Append(model.Classes[prediction].Name).Append('\n');
        var blob = new NamedBlob("predictions", Encoding.UTF8.GetBytes(text.ToString()));
        return new WorkloadResult([blob], Report(spec, model, table, predictions, score), score?.Accuracy);
    }

    private static WorkloadFailure BadTable(CsvError error) => new(WorkloadFault.BadTable, error.Sentence, error);

    private static Evaluation Score(ClassifierModel model, CsvTable table, int[] predictions)
    {
        var places = table.Classes.Select(label => PlaceOf(model, label)).ToArray();
        var truths = new int[table.RowCount];
        for (var row = 0; row < truths.Length; row++) truths[row] = places[table.ClassOf(row)];
        return new Evaluation(model.Classes.Count, truths, predictions);
    }

    /// <summary>
    /// Where both files name their classes the name decides, because the numbers may be dealt out differently;
    /// else the label as it stands in the rows, which may also be a name.
    /// </summary>
    private static int PlaceOf(ClassifierModel model, ClassLabel label)
    {
        var classes = model.Classes;
        var isNamed = label.Name != label.Token;
        for (var i = 0; i < classes.Count; i++)
        {
            if (isNamed && classes[i].Name != classes[i].Token && classes[i].Name == label.Name) return i;
            if (isNamed && classes[i].Name == classes[i].Token && classes[i].Token == label.Token) return i;
            if (!isNamed && (classes[i].Token == label.Token || classes[i].Name == label.Token)) return i;
        }

        return -1;
    }

    private static WorkloadFailure LabelsDoNotFit(ClassifierModel model, CsvTable table)
    {
        const int MaxShown = 3;
        var found = string.Join(", ", table.Classes.Take(MaxShown).Select(label => ShownValue.Of(label.Name)));
        var known = string.Join(", ", model.Classes.Take(MaxShown).Select(label => ShownValue.Of(label.Name)));
        return new WorkloadFailure(
            WorkloadFault.LabelsDoNotFitModel,
            $"No label of the rows (such as {found}) is a class of the model (such as {known}); "
            + "a spec with score false leaves labels unread.");
    }

    private static byte[] Report(
        InferSpec spec,
        ClassifierModel model,
        CsvTable table,
        int[] predictions,
        Evaluation? score)
    {
        var counts = new int[model.Classes.Count];
        foreach (var prediction in predictions) counts[prediction]++;
        return ReportJson.Write(Format, json =>
        {
            json.WriteString("model", spec.Model.ToString());
            json.WriteString("rowsDigest", spec.Rows.ToString());
            ReportJson.WriteLayout(json, table.Layout);
            json.WriteNumber("rows", table.RowCount);
            ReportJson.WriteClasses(json, model.Classes);
            json.WriteStartArray("predicted");
            foreach (var count in counts) json.WriteNumberValue(count);
            json.WriteEndArray();
            if (score is null)
            {
                json.WriteNull("score");
                return;
            }

            json.WriteStartObject("score");
            json.WriteNumber("rows", score.Rows);
            json.WriteNumber("right", score.Right);
            json.WriteNumber("unknownLabels", score.Unknown);
            json.WriteNumber("accuracyPpm", score.Accuracy.Ppm);
            score.WriteConfusion(json);
            json.WriteEndObject();
        });
    }
}
