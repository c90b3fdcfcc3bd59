using Aitbc.Workloads.Csv;

namespace Aitbc.Workloads.Classifiers;

/// <summary>
/// Brings each feature to mean 0 and standard deviation 1, with the statistics of the rows that it was fitted to and
/// of no others. Immutable.
/// </summary>
internal sealed class FeatureScaling(double[] means, double[] factors)
{
    /// <summary>Largest factor: what varies less than this is a constant.</summary>
    public const double MaxFactor = 1e150;

    /// <summary>Spread below this share of the mean is rounding, not information.</summary>
    private const double SmallestSpread = 1e-12;

    public ReadOnlySpan<double> Means => means;

    /// <summary>One over the standard deviation; 0 for a feature that is constant, which so has no say.</summary>
    public ReadOnlySpan<double> Factors => factors;

    public static FeatureScaling Fit(CsvTable rows)
    {
        var means = new double[rows.FeatureCount];
        var factors = new double[rows.FeatureCount];
        for (var row = 0; row < rows.RowCount; row++)
        {
            var values = rows.Features(row);
            for (var i = 0; i < means.Length; i++) means[i] += values[i];
        }

        for (var i = 0; i < means.Length; i++) means[i] /= rows.RowCount;
        for (var row = 0; row < rows.RowCount; row++)
        {
            var values = rows.Features(row);
            for (var i = 0; i < means.Length; i++) factors[i] += (values[i] - means[i]) * (values[i] - means[i]);
        }

        for (var i = 0; i < means.Length; i++)
        {
            var deviation = Math.Sqrt(factors[i] / rows.RowCount);
            var isConstant = deviation <= SmallestSpread * Math.Abs(means[i]) || deviation <= 1 / MaxFactor;
            factors[i] = isConstant ? 0 : 1 / deviation;
        }

        return new FeatureScaling(means, factors);
    }

    public void Apply(ReadOnlySpan<double> features, Span<float> scaled)
    {
        for (var i = 0; i < scaled.Length; i++)
        {
            var value = (features[i] - means[i]) * factors[i];
            scaled[i] = (float)Math.Clamp(value, -ModelLimits.MaxScaledFeature, ModelLimits.MaxScaledFeature);
        }
    }
}
