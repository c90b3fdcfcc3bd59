using System.Numerics.Tensors;
using Aitbc.Primitives;
using Aitbc.Workloads.Csv;
using Aitbc.Workloads.Specs;

namespace Aitbc.Workloads.Classifiers;

/// <summary>
/// Fits a classifier. It is given the rows to learn from and no others, so nothing of the rows that measure the model
/// can reach it. For one spec and one set of rows it gives the same bytes on every run.
/// </summary>
internal static class ClassifierTrainer
{
    /// <summary>Null when a training of this size may run, else why not. Nothing is allocated before.</summary>
    public static WorkloadFailure? CheckSize(NetworkShape shape, long rows, int epochs)
    {
        if (shape.Parameters > ModelLimits.MaxParameters)
        {
            return new WorkloadFailure(
                WorkloadFault.ModelTooLarge,
                $"The model would have {ShownValue.Of(shape.Parameters)} weights; "
                + $"{ShownValue.Of(ModelLimits.MaxParameters)} are allowed. A smaller hidden layer helps.");
        }

        // A row costs one multiplication a weight on the way forward and up to two on the way back.
        var multiplications = rows * epochs * shape.Parameters * 3;
        if (multiplications <= ModelLimits.MaxMultiplications) return null;
        return new WorkloadFailure(
            WorkloadFault.TooMuchWork,
            $"The training would take {ShownValue.Of(multiplications)} multiplications; "
            + $"{ShownValue.Of(ModelLimits.MaxMultiplications)} are allowed. Fewer epochs or hidden units help.");
    }

    /// <summary>Fits a model, or says that it diverged.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; checked at every step.</exception>
    public static WorkloadFailure? Fit(
        CsvTable rows,
        TrainSpec spec,
        Action<WorkloadProgress>? progress,
        out ClassifierModel? model,
        CancellationToken cancellation)
    {
        model = null;
        var shape = ShapeOf(rows, spec);
        var random = new SeededRandom((ulong)spec.Seed).Fork("classifier.fit");
        var scaling = FeatureScaling.Fit(rows);
        var features = Scale(rows, scaling);
        var parameters = FirstWeights(shape, random.Fork("weights"));
        Train(rows, features, shape, spec, parameters, random.Fork("order"), progress, cancellation);
        // Written so that a NaN fails too.
        if (!Array.TrueForAll(parameters, weight => Math.Abs(weight) <= ModelLimits.MaxWeight))
        {
            return new WorkloadFailure(
                WorkloadFault.Diverged,
                "The weights grew without bound; choose a smaller learning rate.");
        }

        var trainedOn = Digest.Sha256(CanonicalCsv.Write(rows, [.. Enumerable.Range(0, rows.RowCount)]));
        model = new ClassifierModel(shape, rows.Classes, scaling, parameters, trainedOn);
        return null;
    }

    public static NetworkShape ShapeOf(CsvTable rows, TrainSpec spec) =>
        new(rows.FeatureCount, spec.Kind == ClassifierKind.Mlp ? spec.HiddenSize : 0, rows.Classes.Count);

    private static float[] Scale(CsvTable rows, FeatureScaling scaling)
    {
        var features = new float[rows.RowCount * rows.FeatureCount];
        for (var row = 0; row < rows.RowCount; row++)
        {
            scaling.Apply(rows.Features(row), features.AsSpan(row * rows.FeatureCount, rows.FeatureCount));
        }

        return features;
    }

    /// <summary>
    /// Even draws in a range that keeps the spread of a layer's outputs that of its inputs. Offsets start at zero, and
    /// so does all of softmax regression, which has no alike units that would have to be told apart.
    /// Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward networks", AISTATS 2010.
    /// </summary>
    private static float[] FirstWeights(NetworkShape shape, SeededRandom random)
    {
        var parameters = new float[shape.Parameters];
        if (shape.Hidden == 0) return parameters;
        Draw(parameters.AsSpan()[shape.FirstWeights], shape.Features + shape.Hidden, random);
        Draw(parameters.AsSpan()[shape.SecondWeights], shape.Hidden + shape.Classes, random);
        return parameters;

        static void Draw(Span<float> weights, int units, SeededRandom random)
        {
            var limit = (float)Math.Sqrt(6.0 / units);
            const int UnusedBits = 40;
            const float PerStep = 1f / (1 << 23);
            foreach (ref var weight in weights) weight = (((random.NextUInt64() >> UnusedBits) * PerStep) - 1) * limit;
        }
    }

    private static void Train(
        CsvTable rows,
        float[] features,
        NetworkShape shape,
        TrainSpec spec,
        float[] parameters,
        SeededRandom random,
        Action<WorkloadProgress>? progress,
        CancellationToken cancellation)
    {
        var network = new Network(shape, parameters);
        var decay = (float)spec.WeightDecay.Ppm / Ratio.PpmPerOne;
        var steps = new AdamSteps(parameters, [shape.FirstWeights, shape.SecondWeights], decay);
        var order = Enumerable.Range(0, rows.RowCount).ToArray();
        var gradient = new float[parameters.Length];
        var batchesPerEpoch = (rows.RowCount + spec.BatchSize - 1) / spec.BatchSize;
        var allBatches = (double)batchesPerEpoch * spec.Epochs;
        var done = 0L;
        for (var epoch = 1; epoch <= spec.Epochs; epoch++)
        {
            random.Shuffle(order.AsSpan());
            var right = 0L;
            for (var start = 0; start < order.Length; start += spec.BatchSize)
            {
                cancellation.ThrowIfCancellationRequested();
                var batch = order.AsSpan(start, Math.Min(spec.BatchSize, order.Length - start));
                Array.Clear(gradient);
                foreach (var row in batch)
                {
                    var inputs = features.AsSpan(row * shape.Features, shape.Features);
                    if (network.AddGradient(inputs, rows.ClassOf(row), gradient)) right++;
                }

                TensorPrimitives.Multiply(gradient, 1f / batch.Length, gradient);
                var left = 1 - (done++ / allBatches);
                steps.Step(gradient, (float)(spec.LearningRate.Ppm * left / Ratio.PpmPerOne));
            }

            progress?.Invoke(new WorkloadProgress(epoch, spec.Epochs, Evaluation.Share(right, rows.RowCount)));
        }
    }
}
