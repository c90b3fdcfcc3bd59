using System.Numerics.Tensors;

namespace Aitbc.Workloads.Classifiers;

/// <summary>
/// The Adam rule with decoupled weight decay: each parameter has a step size of its own. All operations are
/// element-wise, so their result does not depend on the width of the processor's vectors.
/// Source: Kingma and Ba, "Adam", ICLR 2015; Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
/// </summary>
internal sealed class AdamSteps(float[] parameters, IReadOnlyList<Range> decaying, float weightDecay)
{
    private const float MeanMemory = 0.9f;
    private const float SquareMemory = 0.999f;
    private const float Smallest = 1e-8f;

    private readonly float[] _mean = new float[parameters.Length];
    private readonly float[] _square = new float[parameters.Length];
    private readonly float[] _scratch = new float[parameters.Length];
    private double _meanLeft = 1;
    private double _squareLeft = 1;

    /// <summary>Moves the parameters one step against the gradient.</summary>
    public void Step(ReadOnlySpan<float> gradient, float learningRate)
    {
        _meanLeft *= MeanMemory;
        _squareLeft *= SquareMemory;
        TensorPrimitives.Multiply(_mean, MeanMemory, _mean);
        TensorPrimitives.MultiplyAdd(gradient, 1 - MeanMemory, _mean, _mean);
        TensorPrimitives.Multiply(gradient, gradient, _scratch);
        TensorPrimitives.Multiply(_square, SquareMemory, _square);
        TensorPrimitives.MultiplyAdd(_scratch, 1 - SquareMemory, _square, _square);
        // The averages start at zero; these two factors undo that bias.
        TensorPrimitives.Multiply(_square, (float)(1 / (1 - _squareLeft)), _scratch);
        TensorPrimitives.Sqrt(_scratch, _scratch);
        TensorPrimitives.Add(_scratch, Smallest, _scratch);
        TensorPrimitives.Divide(_mean, _scratch, _scratch);
        foreach (var range in decaying)
        {
            var weights = parameters.AsSpan()[range];
            TensorPrimitives.Multiply(weights, 1 - (learningRate * weightDecay), weights);
        }

        TensorPrimitives.MultiplyAdd(_scratch, (float)(-learningRate / (1 - _meanLeft)), parameters, parameters);
    }
}
