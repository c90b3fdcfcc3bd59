using System.Numerics.Tensors;

namespace Aitbc.Workloads.Classifiers;

/// <summary>
/// Softmax regression or a multilayer perceptron over one array of parameters: from features to class scores, and
/// back from the error of one row to gradients. One thread at a time; the scratch space is its own.
/// </summary>
internal sealed class Network
{
    private readonly NetworkShape _shape;
    private readonly float[] _parameters;
    private readonly float[] _hidden;
    private readonly float[] _hiddenError;
    private readonly float[] _scores;
    private readonly double[] _shares;

    public Network(NetworkShape shape, float[] parameters)
    {
        _shape = shape;
        _parameters = parameters;
        _hidden = new float[shape.Hidden];
        _hiddenError = new float[shape.Hidden];
        _scores = new float[shape.Classes];
        _shares = new double[shape.Classes];
    }

    /// <summary>The class with the highest score; of equal ones the first.</summary>
    public int Predict(ReadOnlySpan<float> features)
    {
        Forward(features);
        var best = 0;
        for (var label = 1; label < _scores.Length; label++)
        {
            if (_scores[label] > _scores[best]) best = label;
        }

        return best;
    }

    /// <summary>Adds one row's gradient of the cross entropy; true when the row was classified right.</summary>
    public bool AddGradient(ReadOnlySpan<float> features, int label, Span<float> gradient)
    {
        var isRight = Predict(features) == label;
        ScoresToErrors(label);
        if (_shape.Hidden == 0)
        {
            AddLayer(_scores, features, gradient[_shape.FirstWeights], gradient[_shape.FirstOffsets]);
            return isRight;
        }

        AddLayer(_scores, _hidden, gradient[_shape.SecondWeights], gradient[_shape.SecondOffsets]);
        Array.Clear(_hiddenError);
        ReadOnlySpan<float> weights = _parameters.AsSpan()[_shape.SecondWeights];
        for (var unit = 0; unit < _scores.Length; unit++)
        {
            var row = weights.Slice(unit * _shape.Hidden, _shape.Hidden);
            TensorPrimitives.MultiplyAdd(row, _scores[unit], _hiddenError, _hiddenError);
        }

        for (var unit = 0; unit < _hidden.Length; unit++)
        {
            if (!(_hidden[unit] > 0)) _hiddenError[unit] = 0;
        }

        AddLayer(_hiddenError, features, gradient[_shape.FirstWeights], gradient[_shape.FirstOffsets]);
        return isRight;
    }

    private void Forward(ReadOnlySpan<float> features)
    {
        ReadOnlySpan<float> all = _parameters;
        if (_shape.Hidden == 0)
        {
            Layer(all[_shape.FirstWeights], all[_shape.FirstOffsets], features, _scores);
            return;
        }

        Layer(all[_shape.FirstWeights], all[_shape.FirstOffsets], features, _hidden);
        TensorPrimitives.Max(_hidden, 0f, _hidden);
        Layer(all[_shape.SecondWeights], all[_shape.SecondOffsets], _hidden, _scores);
    }

    private static void Layer(
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> offsets,
        ReadOnlySpan<float> inputs,
        Span<float> outputs)
    {
        for (var unit = 0; unit < outputs.Length; unit++)
        {
            var row = weights.Slice(unit * inputs.Length, inputs.Length);
            outputs[unit] = ExactMath.Dot(row, inputs) + offsets[unit];
        }
    }

    private static void AddLayer(
        ReadOnlySpan<float> errors,
        ReadOnlySpan<float> inputs,
        Span<float> weights,
        Span<float> offsets)
    {
        for (var unit = 0; unit < errors.Length; unit++)
        {
            if (errors[unit] == 0) continue;
            var row = weights.Slice(unit * inputs.Length, inputs.Length);
            TensorPrimitives.MultiplyAdd(inputs, errors[unit], row, row);
            offsets[unit] += errors[unit];
        }
    }

    /// <summary>Turns the scores into probabilities minus the truth, in place.</summary>
    private void ScoresToErrors(int label)
    {
        var highest = _scores[0];
        foreach (var score in _scores) highest = score > highest ? score : highest;
        var sum = 0.0;
        for (var i = 0; i < _scores.Length; i++)
        {
            _shares[i] = ExactMath.ExpOfNegative((double)_scores[i] - highest);
            sum += _shares[i];
        }

        for (var i = 0; i < _scores.Length; i++) _scores[i] = (float)((_shares[i] / sum) - (i == label ? 1 : 0));
    }
}
