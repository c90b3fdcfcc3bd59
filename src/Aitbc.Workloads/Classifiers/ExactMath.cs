using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Aitbc.Workloads.Classifiers;

/// <summary>
/// Sums and exponentials that give the same bits on every machine. The library's own sums add in an order that depends
/// on the width of the processor's vectors, and its exponential differs between operating systems; a validator that
/// runs a training again must get the same model, so these two are done here, in a fixed order, from plain IEEE 754
/// additions and multiplications. Element-wise library calls have no order and are used as they are.
/// </summary>
internal static class ExactMath
{
    private const int Lanes = 16;

    /// <summary>The sum of products, added in 16 lanes and then pairwise, whatever the processor has.</summary>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Length);
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(y);
        Vector128<float> s0 = default, s1 = default, s2 = default, s3 = default;
        var i = 0;
        for (; i <= x.Length - Lanes; i += Lanes)
        {
            var at = (nuint)i;
            s0 += Vector128.LoadUnsafe(ref a, at) * Vector128.LoadUnsafe(ref b, at);
            s1 += Vector128.LoadUnsafe(ref a, at + 4) * Vector128.LoadUnsafe(ref b, at + 4);
            s2 += Vector128.LoadUnsafe(ref a, at + 8) * Vector128.LoadUnsafe(ref b, at + 8);
            s3 += Vector128.LoadUnsafe(ref a, at + 12) * Vector128.LoadUnsafe(ref b, at + 12);
        }

        var s = (s0 + s1) + (s2 + s3);
        var sum = (s[0] + s[1]) + (s[2] + s[3]);
        for (; i < x.Length; i++) sum += x[i] * y[i];
        return sum;
    }

    /// <summary>e to the power of <paramref name="x"/>, correct to about 15 digits, for x of at most 0.</summary>
    public static double ExpOfNegative(double x)
    {
        const double Smallest = -700;
        const double PerLn2 = 1.4426950408889634;
        const double Ln2High = 0.693147180369123816490;
        const double Ln2Low = 1.90821492927058770002e-10;
        const int Terms = 13;
        const int ExponentBias = 1023;
        const int MantissaBits = 52;
        if (!(x > Smallest)) return 0;
        var k = Math.Round(x * PerLn2);
        var r = (x - (k * Ln2High)) - (k * Ln2Low);
        var sum = 1.0;
        for (var term = Terms; term >= 1; term--) sum = 1 + (r * sum / term);
        return sum * BitConverter.Int64BitsToDouble(((long)k + ExponentBias) << MantissaBits);
    }
}
