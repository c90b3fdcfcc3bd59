namespace Aitbc.Workloads.Classifiers;

/// <summary>What kind of model a classifier is.</summary>
public enum ClassifierKind
{
    /// <summary>Softmax regression: one linear layer.</summary>
    Softmax = 0,

    /// <summary>A multilayer perceptron with one hidden layer of rectified linear units.</summary>
    Mlp = 1,
}

/// <summary>
/// Sizes of a network and where its parameters lie in one array: first layer's weights (a row a unit) and offsets,
/// then, with a hidden layer, the second layer's weights and offsets.
/// </summary>
/// <param name="Features">Inputs, at least 1.</param>
/// <param name="Hidden">Units of the hidden layer; 0 for softmax regression.</param>
/// <param name="Classes">Outputs, at least 2.</param>
internal readonly record struct NetworkShape(int Features, int Hidden, int Classes)
{
    public ClassifierKind Kind => Hidden == 0 ? ClassifierKind.Softmax : ClassifierKind.Mlp;

    /// <summary>Units of the first layer: the hidden ones or, without these, the classes.</summary>
    public int FirstUnits => Hidden == 0 ? Classes : Hidden;

    public long Parameters =>
        Hidden == 0 ? ((long)Features + 1) * Classes : (((long)Features + 1) * Hidden) + (((long)Hidden + 1) * Classes);

    public Range FirstWeights => ..(FirstUnits * Features);

    public Range FirstOffsets => (FirstUnits * Features)..FirstLength;

    public Range SecondWeights => FirstLength..(FirstLength + (Hidden * Classes));

    public Range SecondOffsets => (FirstLength + (Hidden * Classes))..(int)Parameters;

    private int FirstLength => FirstUnits * (Features + 1);
}
