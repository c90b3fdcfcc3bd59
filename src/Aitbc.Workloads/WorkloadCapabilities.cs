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

    /// <summary>Has a language model answer: <c>chat</c>. Offered only where an endpoint is set. It is not
    /// deterministic, so whoever offers it takes no job that validators check by doing it again.</summary>
    public static Label Chat { get; } = Label.Parse("chat");

    /// <summary>Checks what others deliver, by doing it again; no workload asks for it by name, the ledger draws who
    /// offers it: <c>validation</c>.</summary>
    public static Label Validation { get; } = Label.Parse("validation");
}
