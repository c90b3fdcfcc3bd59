using Aitbc.Primitives;
using Aitbc.Workloads.Classifiers;
using Aitbc.Workloads.Specs;

namespace Aitbc.Agents.Kinds.Requesting;

/// <summary>
/// Which training a client orders for a set of a given size: the usual small network, and less of it where that would
/// take a provider more than some seconds. Pure.
/// </summary>
internal static class TrainingRecipe
{
    /// <summary>Most row visits: epochs times rows.</summary>
    private const long MaxVisits = 400_000;

    /// <summary>Most multiplications, some seconds of one core.</summary>
    private const long MaxMultiplications = 20_000_000_000;

    private const int MaxEpochs = 40;
    private const int HiddenSize = 64;

    /// <summary>The specification.</summary>
    /// <param name="trainingSet">Digest of the rows to train on.</param>
    /// <param name="rows">How many they are.</param>
    /// <param name="round">Round, which seeds weights and order.</param>
    /// <param name="features">Features of a row.</param>
    /// <param name="classes">Classes.</param>
    public static TrainSpec For(in Digest trainingSet, long rows, int round, int features, int classes)
    {
        var epochs = (int)Math.Clamp(MaxVisits / Math.Max(1, rows), 2, MaxEpochs);
        var kind = ClassifierKind.Mlp;
        var weights = (long)HiddenSize * (features + classes);
        if (weights * rows * epochs * 3 > MaxMultiplications)
        {
            (kind, weights) = (ClassifierKind.Softmax, (long)features * classes);
            while (epochs > 1 && weights * rows * epochs * 3 > MaxMultiplications)
            {
                epochs--;
            }
        }

        return new TrainSpec(trainingSet) { Seed = round, Kind = kind, HiddenSize = HiddenSize, Epochs = epochs };
    }

    /// <summary>Units of a training: a thousand rows passed over once, begun.</summary>
    /// <param name="rows">Rows of the training set.</param>
    /// <param name="spec">The specification.</param>
    public static uint Units(long rows, TrainSpec spec) => (uint)(((rows * spec.Epochs) + 999) / 1000);
}
