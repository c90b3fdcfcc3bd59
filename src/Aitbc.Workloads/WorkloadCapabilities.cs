using Aitbc.Primitives;

namespace Aitbc.Workloads;

/// <summary>The capabilities that <see cref="WorkloadRunner"/> computes, by the names that offers use.</summary>
public static class WorkloadCapabilities
{
    /// <summary>Cleans, shuffles and splits a data set: <c>data.curate</c>.</summary>
    public static Label DataCurate { get; } = Label.Parse("data.curate");

    /// <summary>Trains a classifier and measures it on rows it did not see: <c>classifier.train</c>.</summary>
    public static Label ClassifierTrain { get; } = Label.Parse("classifier.train");

    /// <summary>Applies a trained classifier to rows: <c>classifier.infer</c>.</summary>
    public static Label ClassifierInfer { get; } = Label.Parse("classifier.infer");
}
