using Aitbc.Primitives;

namespace Aitbc.Workloads;

/// <summary>The capabilities that agents offer, by their names.</summary>
public static class WorkloadCapabilities
{
    /// <summary>Cleans, shuffles and splits a data set: <c>data.curate</c>.</summary>
    public static Label DataCurate { get; } = Label.Parse("data.curate");

    /// <summary>Trains a classifier and measures it on rows it did not see: <c>classifier.train</c>.</summary>
    public static Label ClassifierTrain { get; } = Label.Parse("classifier.train");

    /// <summary>Applies a trained classifier to rows: <c>classifier.infer</c>.</summary>
    public static Label ClassifierInfer { get; } = Label.Parse("classifier.infer");

    /// <summary>Checks what others deliver, by doing it again; no workload asks for it by name, the ledger draws who
    /// offers it: <c>validation</c>.</summary>
    public static Label Validation { get; } = Label.Parse("validation");
}
