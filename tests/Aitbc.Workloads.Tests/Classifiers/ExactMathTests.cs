using System.Numerics.Tensors;
using Aitbc.Primitives;
using Aitbc.Workloads.Classifiers;

namespace Aitbc.Workloads.Tests.Classifiers;

public sealed class ExactMathTests
{
    [Fact]
    public void ExpOfNegative_OverItsRange_AgreesWithTheLibrary()
    {
        for (var x = 0.0; x > -699; x -= 0.37)
        {
            Assert.Equal(1, ExactMath.ExpOfNegative(x) / Math.Exp(x), 1e-14);
        }

        Assert.Equal(1, ExactMath.ExpOfNegative(0));
        Assert.Equal(0, ExactMath.ExpOfNegative(-701));
        Assert.Equal(0, ExactMath.ExpOfNegative(double.NegativeInfinity));
    }

    [Fact]
    public void Dot_OfAnyLength_IsTheSumInItsFixedOrder()
    {
        var random = new SeededRandom(3);
        for (var length = 0; length < 70; length++)
        {
            var x = Enumerable.Range(0, length).Select(_ => (float)random.NextInt32(1_000_000) / 999).ToArray();
            var y = Enumerable.Range(0, length).Select(_ => (float)random.NextInt32(1_000_000) / -777).ToArray();
            Assert.Equal(InOrder(x, y), ExactMath.Dot(x, y));
        }
    }

    [Fact]
    public void MultiplyAdd_OfTheLibrary_RoundsTheProductFirst()
    {
        // The models' digests rest on it: a fused operation would keep the product's low bits.
        var x = Enumerable.Repeat(1f + (1f / (1 << 12)), 40).ToArray();
        var result = new float[40];
        TensorPrimitives.MultiplyAdd(x, x[0], Enumerable.Repeat(-1f, 40).ToArray(), result);
        var rounded = (float)(x[0] * x[0]);
        Assert.All(result, value => Assert.Equal(rounded - 1f, value));
        Assert.NotEqual(MathF.FusedMultiplyAdd(x[0], x[0], -1f), result[0]);
    }

    private static float InOrder(float[] x, float[] y)
    {
        var lanes = new float[16];
        var i = 0;
        for (; i <= x.Length - 16; i += 16)
        {
            for (var lane = 0; lane < 16; lane++) lanes[lane] += x[i + lane] * y[i + lane];
        }

        var s = Enumerable.Range(0, 4)
            .Select(lane => (lanes[lane] + lanes[lane + 4]) + (lanes[lane + 8] + lanes[lane + 12])).ToArray();
        var sum = (s[0] + s[1]) + (s[2] + s[3]);
        for (; i < x.Length; i++) sum += x[i] * y[i];
        return sum;
    }
}
