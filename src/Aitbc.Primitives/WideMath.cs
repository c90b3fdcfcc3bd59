namespace Aitbc.Primitives;

/// <summary>Multiplies and divides through 256 bits, so that no product overflows before it is divided.</summary>
internal static class WideMath
{
    private const int ProductLimbs = 8;
    private const int DivisorLimbs = 4;
    private const int LimbBits = 32;

    /// <summary>floor(a * b / den), and whether nothing was cut off.</summary>
    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    /// <exception cref="OverflowException">The quotient does not fit 128 bits.</exception>
    internal static UInt128 MulDiv(UInt128 a, UInt128 b, UInt128 den, out bool isExact)
    {
        if (den == UInt128.Zero)
        {
            throw new DivideByZeroException();
        }

        Span<uint> product = stackalloc uint[ProductLimbs + 1];
        Multiply(a, b, product);
        Span<uint> quotient = stackalloc uint[ProductLimbs];
        quotient.Clear();
        if (den <= uint.MaxValue)
        {
            isExact = DivideBySmall(product, (uint)den, quotient);
        }
        else
        {
            isExact = DivideByWide(product, den, quotient);
        }

        if (quotient[4..].ContainsAnyExcept(0u))
        {
            throw new OverflowException("The quotient does not fit 128 bits.");
        }

        return new UInt128(
            ((ulong)quotient[3] << LimbBits) | quotient[2],
            ((ulong)quotient[1] << LimbBits) | quotient[0]);
    }

    /// <summary>The 256-bit product as eight limbs, the least first; the ninth stays zero for normalising.</summary>
    private static void Multiply(UInt128 a, UInt128 b, Span<uint> product)
    {
        ulong aHigh = (ulong)(a >> 64);
        ulong aLow = (ulong)(a & ulong.MaxValue);
        ulong bHigh = (ulong)(b >> 64);
        ulong bLow = (ulong)(b & ulong.MaxValue);
        UInt128 low = Math.BigMul(aLow, bLow);

        // Each sum is below 2^128: (2^64-1)^2 + 2 * (2^64-1) = 2^128 - 1.
        UInt128 middle = Math.BigMul(aHigh, bLow) + (low >> 64);
        UInt128 crossed = Math.BigMul(aLow, bHigh) + (middle & ulong.MaxValue);
        UInt128 high = Math.BigMul(aHigh, bHigh) + (middle >> 64) + (crossed >> 64);
        WriteLimbs((ulong)(low & ulong.MaxValue), product);
        WriteLimbs((ulong)(crossed & ulong.MaxValue), product[2..]);
        WriteLimbs((ulong)(high & ulong.MaxValue), product[4..]);
        WriteLimbs((ulong)(high >> 64), product[6..]);
        product[ProductLimbs] = 0;
    }

    private static void WriteLimbs(ulong value, Span<uint> limbs)
    {
        limbs[0] = (uint)(value & uint.MaxValue);
        limbs[1] = (uint)(value >> LimbBits);
    }

    /// <summary>Short division, for every share and fee: their divisors fit one limb.</summary>
    private static bool DivideBySmall(ReadOnlySpan<uint> product, uint den, Span<uint> quotient)
    {
        // Nearly all products are far below 256 bits: the zeros above them need no division.
        ulong rest = 0;
        for (int i = product.LastIndexOfAnyExcept(0u); i >= 0; i--)
        {
            ulong part = (rest << LimbBits) | product[i];
            (ulong digit, rest) = Math.DivRem(part, den);
            quotient[i] = (uint)digit;
        }

        return rest == 0;
    }

    /// <summary>Long division. Source: Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm D.</summary>
    private static bool DivideByWide(Span<uint> product, UInt128 den, Span<uint> quotient)
    {
        int shift = (int)UInt128.LeadingZeroCount(den) % LimbBits;
        UInt128 normal = den << shift;
        Span<uint> divisor = stackalloc uint[DivisorLimbs];
        WriteLimbs((ulong)(normal & ulong.MaxValue), divisor);
        WriteLimbs((ulong)(normal >> 64), divisor[2..]);
        int n = DivisorLimbs;
        while (divisor[n - 1] == 0)
        {
            n--;
        }

        ShiftLeft(product, shift);
        int top = Math.Min(product.LastIndexOfAnyExcept(0u), ProductLimbs - 1);
        for (int j = top - n + 1; j >= 0; j--)
        {
            quotient[j] = NextDigit(product.Slice(j, n + 1), divisor[..n]);
        }

        return product.IndexOfAnyExcept(0u) < 0;
    }

    private static void ShiftLeft(Span<uint> limbs, int shift)
    {
        uint carry = 0;
        for (int i = 0; i < limbs.Length; i++)
        {
            ulong wide = ((ulong)limbs[i] << shift) | carry;
            limbs[i] = (uint)(wide & uint.MaxValue);
            carry = (uint)(wide >> LimbBits);
        }
    }

    /// <summary>One digit of the quotient (steps D3 to D6); leaves the remainder in <paramref name="part"/>.</summary>
    private static uint NextDigit(Span<uint> part, ReadOnlySpan<uint> divisor)
    {
        int n = divisor.Length;
        ulong top = ((ulong)part[n] << LimbBits) | part[n - 1];
        (ulong guess, ulong rest) = Math.DivRem(top, divisor[n - 1]);
        while (guess > uint.MaxValue || guess * divisor[n - 2] > ((rest << LimbBits) | part[n - 2]))
        {
            guess--;
            rest += divisor[n - 1];
            if (rest > uint.MaxValue)
            {
                break;
            }
        }

        if (Subtract(part, divisor, guess))
        {
            // The guess was one too large, which happens about twice in 2^32 digits.
            guess--;
            AddBack(part, divisor);
        }

        return (uint)guess;
    }

    /// <summary>part -= guess * divisor, modulo 2^(32(n+1)); tells whether it went below zero.</summary>
    private static bool Subtract(Span<uint> part, ReadOnlySpan<uint> divisor, ulong guess)
    {
        ulong carry = 0;
        long borrow = 0;
        for (int i = 0; i < divisor.Length; i++)
        {
            ulong times = (guess * divisor[i]) + carry;
            carry = times >> LimbBits;
            long difference = (long)part[i] - (uint)(times & uint.MaxValue) + borrow;
            part[i] = (uint)(difference & uint.MaxValue);
            borrow = difference >> LimbBits;
        }

        long last = part[divisor.Length] - (long)carry + borrow;
        part[divisor.Length] = (uint)(last & uint.MaxValue);
        return last < 0;
    }

    private static void AddBack(Span<uint> part, ReadOnlySpan<uint> divisor)
    {
        ulong carry = 0;
        for (int i = 0; i < divisor.Length; i++)
        {
            ulong sum = (ulong)part[i] + divisor[i] + carry;
            part[i] = (uint)(sum & uint.MaxValue);
            carry = sum >> LimbBits;
        }

        // The carry out cancels the borrow of the subtraction, so it is dropped.
        part[divisor.Length] = (uint)(((ulong)part[divisor.Length] + carry) & uint.MaxValue);
    }
}
