using System.Diagnostics.CodeAnalysis;
using Aitbc.Primitives;
using Aitbc.Workloads.Classifiers;

namespace Aitbc.Workloads.Specs;

/// <summary>
/// What a <c>classifier.train</c> job asks for. On the wire one closed JSON object of whole numbers;
/// <see cref="ToBytes"/> gives its canonical bytes.
/// </summary>
/// <param name="TrainingSet">Digest of a labelled table, such as the train part of a curated data set.</param>
public sealed record TrainSpec(Digest TrainingSet)
{
    /// <summary>Most passes over the training rows.</summary>
    public const int MaxEpochs = 1_000;

    /// <summary>Most rows whose gradients make one step.</summary>
    public const int MaxBatchSize = 1_024;

    private const string Softmax = "softmax";
    private const string Mlp = "mlp";
    private const int DefaultHiddenSize = 64;
    private const int DefaultEpochs = 60;
    private const int DefaultBatchSize = 16;
    private const uint DefaultLearningRatePpm = 10_000;
    private const uint DefaultWeightDecayPpm = 500_000;

    private static readonly string[] s_members =
    [
        "trainingSet", "seed", "holdOutPpm", "model", "hiddenSize", "epochs", "batchSize", "learningRatePpm",
        "weightDecayPpm",
    ];

    /// <summary>Seed of the split, the first weights and the order of the rows, 0 to 2^53 - 1; 1 by default.</summary>
    public long Seed { get; init; } = SpecLimits.DefaultSeed;

    /// <summary>Share of each class that the trainer does not see, 1 % to 50 %; 20 % by default.</summary>
    public Ratio HoldOut { get; init; } = SpecLimits.DefaultHoldOut;

    /// <summary>Kind of model; one hidden layer by default.</summary>
    public ClassifierKind Kind { get; init; } = ClassifierKind.Mlp;

    /// <summary>Units of the hidden layer, 1 to 1,024; 64 by default. Without meaning for softmax.</summary>
    public int HiddenSize { get; init; } = DefaultHiddenSize;

    /// <summary>Passes over the training rows, 1 to 1,000; 60 by default.</summary>
    public int Epochs { get; init; } = DefaultEpochs;

    /// <summary>Rows whose gradients make one step, 1 to 1,024; 16 by default.</summary>
    public int BatchSize { get; init; } = DefaultBatchSize;

    /// <summary>Step size at the start, falling evenly to zero, 1 ppm to 1; 0.01 by default.</summary>
    public Ratio LearningRate { get; init; } = Ratio.FromPpm(DefaultLearningRatePpm);

    /// <summary>Share of each weight that decays per unit of step size, 0 to 1; 0.5 by default.</summary>
    public Ratio WeightDecay { get; init; } = Ratio.FromPpm(DefaultWeightDecayPpm);

    /// <summary>Reads a spec; unknown or repeated members, wrong types and values out of range refuse it.</summary>
    /// <param name="json">UTF-8 JSON, at most 16 KiB.</param>
    /// <param name="spec">The spec, when the answer is true.</param>
    /// <param name="error">All that is wrong in one sentence, when the answer is false.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> json,
        [NotNullWhen(true)] out TrainSpec? spec,
        [NotNullWhen(false)] out string? error)
    {
        spec = null;
        var capability = WorkloadCapabilities.ClassifierTrain;
        if (!SpecReader.TryOpen(json, capability, s_members, out var reader, out error)) return false;
        var kind = reader.Choice("model", Mlp, Softmax, Mlp) == Mlp ? ClassifierKind.Mlp : ClassifierKind.Softmax;
        if (kind == ClassifierKind.Softmax) reader.Refuse("hiddenSize", "has no meaning for softmax");
        var read = new TrainSpec(reader.Digest("trainingSet"))
        {
            Seed = SpecLimits.ReadSeed(reader),
            HoldOut = SpecLimits.ReadHoldOut(reader),
            Kind = kind,
            HiddenSize = (int)reader.Integer("hiddenSize", DefaultHiddenSize, 1, ModelLimits.MaxHiddenSize),
            Epochs = (int)reader.Integer("epochs", DefaultEpochs, 1, MaxEpochs),
            BatchSize = (int)reader.Integer("batchSize", DefaultBatchSize, 1, MaxBatchSize),
            LearningRate = ReadRatio(reader, "learningRatePpm", DefaultLearningRatePpm, min: 1),
            WeightDecay = ReadRatio(reader, "weightDecayPpm", DefaultWeightDecayPpm, min: 0),
        };
        error = reader.Faults;
        if (error is not null) return false;
        spec = read;
        return true;
    }

    /// <summary>The canonical bytes: every member that has a meaning, in one order, no blanks.</summary>
    public byte[] ToBytes() => SpecWriter.Write(WorkloadCapabilities.ClassifierTrain, json =>
    {
        json.WriteString("trainingSet", TrainingSet.ToString());
        json.WriteNumber("seed", Seed);
        json.WriteNumber("holdOutPpm", HoldOut.Ppm);
        json.WriteString("model", Kind == ClassifierKind.Mlp ? Mlp : Softmax);
        if (Kind == ClassifierKind.Mlp) json.WriteNumber("hiddenSize", HiddenSize);
        json.WriteNumber("epochs", Epochs);
        json.WriteNumber("batchSize", BatchSize);
        json.WriteNumber("learningRatePpm", LearningRate.Ppm);
        json.WriteNumber("weightDecayPpm", WeightDecay.Ppm);
    });

    private static Ratio ReadRatio(SpecReader reader, string name, uint byDefault, uint min) =>
        Ratio.FromPpm((uint)reader.Integer(name, byDefault, min, Ratio.PpmPerOne));
}
