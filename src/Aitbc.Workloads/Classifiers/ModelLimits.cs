namespace Aitbc.Workloads.Classifiers;

/// <summary>The limits of a model, checked before memory is taken, for models made here and for others'.</summary>
public static class ModelLimits
{
    /// <summary>Largest model blob in bytes: 16 MiB.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Most units of the hidden layer.</summary>
    public const int MaxHiddenSize = 1_024;

    /// <summary>Most weights of a model, so that with scaling and class names it fits <see cref="MaxBytes"/>.</summary>
    public const int MaxParameters = 4_000_000;

    /// <summary>
    /// Largest magnitude of a weight. With scaled features of at most <see cref="MaxScaledFeature"/> no sum in a
    /// network of the largest allowed size can leave the range of a float.
    /// </summary>
    public const float MaxWeight = 1e6f;

    /// <summary>
    /// Largest magnitude of a feature after scaling, in standard deviations: what lies further out says no more than
    /// "very large" and must not drown the rest.
    /// </summary>
    public const float MaxScaledFeature = 8f;

    /// <summary>
    /// Most multiplications of one training, about a minute or two of one core, so that a small spec cannot claim a
    /// provider for days.
    /// </summary>
    public const long MaxMultiplications = 200_000_000_000;
}
