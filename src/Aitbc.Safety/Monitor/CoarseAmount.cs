using System.Numerics;
using System.Runtime.CompilerServices;
using Aitbc.Primitives;

namespace Aitbc.Safety.Monitor;

/// <summary>
/// Amounts as the monitor's statistics keep them: whole multiples of 2^40 base units, rounded up, at most 2^52 of them
/// (about 5 * 10^9 tokens, to which anything larger is cut). A third of the memory of exact amounts, and no sum of a
/// window can overflow. No amount of this kind is ever paid or journalled as money.
/// </summary>
internal static class CoarseAmount
{
    /// <summary>The largest.</summary>
    public const ulong Max = 1UL << 52;

    private const int Shift = 40;

    /// <summary>An amount, rounded up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(TokenAmount amount)
    {
        var units = (amount.BaseUnits + ((UInt128.One << Shift) - UInt128.One)) >> Shift;
        return units > Max ? Max : (ulong)units;
    }

    /// <summary>Back to base units.</summary>
    public static UInt128 ToBaseUnits(ulong coarse) => (UInt128)coarse << Shift;

    /// <summary>A sum, cut at the largest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ulong left, ulong right) => Math.Min(left + right, Max);

    /// <summary>A share, rounded down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Share(ulong amount, int ppm)
    {
        var high = Math.BigMul(amount, (ulong)ppm, out var low);
        return high == 0 ? low / Ratio.PpmPerOne : Max;
    }

    /// <summary>What is left of an amount after a fraction of 2^64 of it stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Keep(ulong amount, ulong fraction) => Math.BigMul(amount, fraction, out _);

    /// <summary>The binary logarithm in 256ths, straight between powers of two; 0 for 0.</summary>
    public static ushort Log2(ulong amount)
    {
        if (amount == 0)
        {
            return 0;
        }

        var power = BitOperations.Log2(amount);
        var rest = amount ^ (1UL << power);
        var fraction = power >= 8 ? rest >> (power - 8) : rest << (8 - power);
        return (ushort)((power << 8) + (int)fraction);
    }
}
