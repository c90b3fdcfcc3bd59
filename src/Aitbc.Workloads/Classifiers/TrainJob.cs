using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Workloads.Csv;
using Aitbc.Workloads.Curation;
using Aitbc.Workloads.Reports;
using Aitbc.Workloads.Specs;

namespace Aitbc.Workloads.Classifiers;

/// <summary>
/// The <c>classifier.train</c> job: split the rows class by class, fit on one part, measure on the other. The quality
/// is the accuracy on rows that the trainer never got, beside that of always naming the most frequent class.
/// </summary>
internal static class TrainJob
{
    private const string Format = "aitbc.training";

    public static WorkloadOutcome Run(
        TrainSpec spec,
        ReadOnlyMemory<byte> trainingSet,
        Action<WorkloadProgress>? progress,
        CancellationToken cancellation)
    {
        const CsvLabelColumn Labels = CsvLabelColumn.Required;
        var file = trainingSet.Span;
        if (!CsvReader.TryRead(file, Labels, dropBadRows: false, out var table, out var error, cancellation))
        {
            return new WorkloadFailure(WorkloadFault.BadTable, error.Sentence, error);
        }

        var random = new SeededRandom((ulong)spec.Seed).Fork("classifier.split");
        var groups = new RowGroups(table, cancellation);
        var failure = RowSplit.Try(table, groups, withRepeats: true, spec.HoldOut, random, out var split);
        if (failure is not null) return failure;
        failure = ClassifierTrainer.CheckSize(ClassifierTrainer.ShapeOf(table, spec), split.Train.Length, spec.Epochs);
        if (failure is not null) return failure;
        var train = table.Select(split.Train);
        failure = ClassifierTrainer.Fit(train, spec, progress, out var model, cancellation);
        if (failure is not null) return failure;
        var heldOut = table.Select(split.HeldOut);
        var measured = Measure(model!, heldOut, cancellation);
        var blob = new NamedBlob("model", model!.ToBytes());
        var report = ReportJson.Write(Format, json =>
        {
            json.WriteString("trainingSet", spec.TrainingSet.ToString());
            ReportJson.WriteLayout(json, table.Layout);
            json.WriteNumber("seed", spec.Seed);
            json.WriteNumber("holdOutPpm", spec.HoldOut.Ppm);
            WriteModel(json, model, blob);
            WriteMeasures(json, train, measured, Measure(model, train, cancellation));
        });
        return new WorkloadResult([blob], report, measured.Accuracy);
    }

    private static Evaluation Measure(ClassifierModel model, CsvTable rows, CancellationToken cancellation)
    {
        var truths = new int[rows.RowCount];
        for (var row = 0; row < truths.Length; row++) truths[row] = rows.ClassOf(row);
        return new Evaluation(model.Classes.Count, truths, model.Predict(rows, cancellation));
    }

    private static void WriteModel(Utf8JsonWriter json, ClassifierModel model, NamedBlob blob)
    {
        json.WriteStartObject("model");
        json.WriteString("digest", blob.Digest.ToString());
        json.WriteNumber("bytes", blob.Bytes.Length);
        json.WriteString("kind", model.Kind == ClassifierKind.Mlp ? "mlp" : "softmax");
        json.WriteNumber("features", model.FeatureCount);
        json.WriteNumber("hiddenSize", model.HiddenSize);
        json.WriteNumber("parameters", model.ParameterCount);
        json.WriteString("trainedOn", model.TrainedOn.ToString());
        ReportJson.WriteClasses(json, model.Classes);
        json.WriteEndObject();
    }

    private static void WriteMeasures(Utf8JsonWriter json, CsvTable train, Evaluation heldOut, Evaluation learned)
    {
        var majority = Evaluation.MostFrequent(train);
        json.WriteStartObject("training");
        json.WriteNumber("rows", learned.Rows);
        json.WriteNumber("accuracyPpm", learned.Accuracy.Ppm);
        json.WriteEndObject();
        json.WriteStartObject("heldOut");
        json.WriteNumber("rows", heldOut.Rows);
        json.WriteNumber("right", heldOut.Right);
        json.WriteNumber("accuracyPpm", heldOut.Accuracy.Ppm);
        json.WriteString("majorityClass", train.Classes[majority].Name);
        json.WriteNumber("majorityPpm", Evaluation.Share(heldOut.RowsOf(majority), heldOut.Rows).Ppm);
        heldOut.WriteConfusion(json);
        json.WriteEndObject();
    }
}
