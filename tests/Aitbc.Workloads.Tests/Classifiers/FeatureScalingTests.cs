using Aitbc.Workloads.Classifiers;
using Aitbc.Workloads.Csv;

namespace Aitbc.Workloads.Tests.Classifiers;

public sealed class FeatureScalingTests
{
    [Fact]
    public void Apply_OrdinaryFeature_HasMeanZeroAndDeviationOne()
    {
        var scaled = Scale("1\n2\n3\n4\n", "1\n2\n3\n4\n");
        Assert.Equal(0, scaled.Sum(), 1e-6);
        Assert.Equal(4, scaled.Sum(value => value * value), 1e-6);
    }

    [Theory]
    [InlineData("7\n7\n7\n")]
    [InlineData("0\n0\n0\n")]
    [InlineData("0\n1e-300\n0\n")]
    [InlineData("1e100\n1e100\n1e100\n")]
    [InlineData("1000000\n1000000\n1000000.00000000012\n")]
    public void Apply_ConstantFeature_IsZeroWhateverTheValue(string rows) =>
        Assert.All(Scale(rows, "7\n8\n-1e100\n1e100\n"), value => Assert.Equal(0f, value));

    [Fact]
    public void Apply_ValueFarOutside_IsCutOff() =>
        Assert.Equal([8f, -8f, 8f], Scale("1\n2\n3\n", "1000\n-1e100\n1e100\n"));

    /// <summary>Fits on some rows of one feature and applies to others.</summary>
    private static float[] Scale(string fitted, string rows)
    {
        var scaling = FeatureScaling.Fit(Read(fitted));
        var table = Read(rows);
        var scaled = new float[table.RowCount];
        for (var row = 0; row < scaled.Length; row++) scaling.Apply(table.Features(row), scaled.AsSpan(row, 1));
        return scaled;
    }

    private static CsvTable Read(string text)
    {
        var isRead = CsvReader.TryRead(Jobs.Bytes(text), CsvLabelColumn.Absent, out var table, out var error);
        Assert.True(isRead, error?.Sentence);
        return table!;
    }
}
