using System.Diagnostics.CodeAnalysis;
using Aitbc.Primitives;
using Aitbc.Workloads.Csv;

namespace Aitbc.Workloads.Classifiers;

/// <summary>
/// A trained classifier: class names, scaling of the features and weights. One comes from a training here or out of
/// bytes that passed every check. Immutable and thread-safe.
/// </summary>
public sealed class ClassifierModel
{
    private readonly FeatureScaling _scaling;
    private readonly float[] _parameters;

    internal ClassifierModel(
        NetworkShape shape,
        IReadOnlyList<ClassLabel> classes,
        FeatureScaling scaling,
        float[] parameters,
        Digest trainedOn)
    {
        Shape = shape;
        Classes = classes;
        _scaling = scaling;
        _parameters = parameters;
        TrainedOn = trainedOn;
    }

    /// <summary>Kind of model.</summary>
    public ClassifierKind Kind => Shape.Kind;

    /// <summary>Features of a row, 1 to 4,095.</summary>
    public int FeatureCount => Shape.Features;

    /// <summary>Units of the hidden layer, 0 for softmax regression.</summary>
    public int HiddenSize => Shape.Hidden;

    /// <summary>Weights and offsets of all layers.</summary>
    public int ParameterCount => _parameters.Length;

    /// <summary>The classes that it can name, in their sorted order; 2 to 1,000.</summary>
    public IReadOnlyList<ClassLabel> Classes { get; }

    /// <summary>
    /// SHA-256 of the canonical text of exactly the rows that it learned from, in the order in which the trainer got
    /// them. In a model from elsewhere it is a claim until the training is repeated.
    /// </summary>
    public Digest TrainedOn { get; }

    internal NetworkShape Shape { get; }

    internal FeatureScaling Scaling => _scaling;

    internal ReadOnlySpan<float> Parameters => _parameters;

    /// <summary>Reads a model blob. Lengths, limits, checksum and every number are checked; never throws.</summary>
    /// <param name="blob">The whole blob.</param>
    /// <param name="model">The model, when the answer is true.</param>
    /// <param name="error">What is wrong with it in one sentence, when the answer is false.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> blob,
        [NotNullWhen(true)] out ClassifierModel? model,
        [NotNullWhen(false)] out string? error) => ModelFormat.TryRead(blob, out model, out error);

    /// <summary>The blob, the same bytes for the same model; see <see cref="ModelFormat"/> for its layout.</summary>
    public byte[] ToBytes() => ModelFormat.Write(this);

    /// <summary>Classifies every row.</summary>
    /// <param name="rows">Rows with <see cref="FeatureCount"/> features; labels are not looked at.</param>
    /// <param name="cancellation">Stops between rows.</param>
    /// <returns>For each row a place in <see cref="Classes"/>.</returns>
    /// <exception cref="ArgumentException">The rows have another number of features.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public int[] Predict(CsvTable rows, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.FeatureCount != FeatureCount)
        {
            throw new ArgumentException($"{rows.FeatureCount} features, the model has {FeatureCount}.", nameof(rows));
        }

        var network = new Network(Shape, _parameters);
        var scaled = new float[FeatureCount];
        var predictions = new int[rows.RowCount];
        for (var row = 0; row < predictions.Length; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            _scaling.Apply(rows.Features(row), scaled);
            predictions[row] = network.Predict(scaled);
        }

        return predictions;
    }
}
