using System.Numerics;
using System.Text;

namespace Aitbc.Primitives.Tests;

public sealed class TokenAmountTests
{
    private const string MaxText = "170141183460469231731687303715884105727";
    private static readonly UInt128 s_twoPow127 = UInt128.One << 127;

    [Fact]
    public void Constants_AreWhatTheDesignSays()
    {
        Assert.Equal(UInt128.Zero, TokenAmount.Zero.BaseUnits);
        Assert.Equal(default, TokenAmount.Zero);
        Assert.True(TokenAmount.Zero.IsZero);
        Assert.False(TokenAmount.OneToken.IsZero);
        Assert.Equal(UInt128.Parse("1000000000000000000"), TokenAmount.OneToken.BaseUnits);
        Assert.Equal(MaxText, TokenAmount.MaxSupply.ToString());
        Assert.Equal(
            UInt128.Parse("18446744073709551615000000000000000000"), TokenAmount.FromTokens(ulong.MaxValue).BaseUnits);
    }

    [Fact]
    public void Constructor_TwoPow127AndMore_Throws()
    {
        Assert.Throws<OverflowException>(() => new TokenAmount(s_twoPow127));
        Assert.Throws<OverflowException>(() => TokenAmount.FromBaseUnits(UInt128.MaxValue));
        Assert.Equal(s_twoPow127 - 1, TokenAmount.FromBaseUnits(s_twoPow127 - 1).BaseUnits);
    }

    [Fact]
    public void Arithmetic_LeavingTheRange_Throws()
    {
        TokenAmount one = new(1);

        Assert.Throws<OverflowException>(() => TokenAmount.MaxSupply + one);
        Assert.Throws<OverflowException>(() => TokenAmount.MaxSupply + TokenAmount.MaxSupply);
        Assert.Throws<OverflowException>(() => TokenAmount.Zero - one);
        Assert.Throws<OverflowException>(() => one - TokenAmount.MaxSupply);
        Assert.Equal(TokenAmount.MaxSupply, (TokenAmount.MaxSupply - one) + one);
    }

    [Fact]
    public void Comparisons_AgreeWithTheBaseUnits()
    {
        TokenAmount[] amounts = [new(0), new(1), new(ulong.MaxValue), new(UInt128.One << 64), TokenAmount.MaxSupply];
        foreach (TokenAmount a in amounts)
        {
            foreach (TokenAmount b in amounts)
            {
                Assert.Equal(a.BaseUnits < b.BaseUnits, a < b);
                Assert.Equal(a.BaseUnits > b.BaseUnits, a > b);
                Assert.Equal(a.BaseUnits <= b.BaseUnits, a <= b);
                Assert.Equal(a.BaseUnits >= b.BaseUnits, a >= b);
                Assert.Equal(a.BaseUnits == b.BaseUnits, a == b);
                Assert.Equal(a.BaseUnits.CompareTo(b.BaseUnits), a.CompareTo(b));
                Assert.Equal(UInt128.Min(a.BaseUnits, b.BaseUnits), TokenAmount.Min(a, b).BaseUnits);
                Assert.Equal(UInt128.Max(a.BaseUnits, b.BaseUnits), TokenAmount.Max(a, b).BaseUnits);
            }
        }
    }

    [Fact]
    public void MulDiv_RandomAndExtremeValues_AgreesWithBigInteger()
    {
        const ulong Seed = 20_261_120;
        SeededRandom random = new(Seed);
        UInt128[] extremes =
        [
            0, 1, 2, uint.MaxValue, (UInt128)uint.MaxValue + 1,
            ulong.MaxValue, UInt128.One << 64, (UInt128.One << 64) + 1, (UInt128.One << 95) - 1, UInt128.One << 96,
            s_twoPow127 - 1, s_twoPow127, UInt128.MaxValue - 1, UInt128.MaxValue,
        ];
        foreach (UInt128 a in extremes)
        {
            foreach (UInt128 b in extremes)
            {
                foreach (UInt128 den in extremes)
                {
                    AgreesWithBigInteger(a, b, den, Seed);
                }
            }
        }

        for (int i = 0; i < 300_000; i++)
        {
            AgreesWithBigInteger(Draw(random), Draw(random), Draw(random), Seed);
        }
    }

    [Fact]
    public void MulDiv_ZeroDenominator_Throws()
    {
        Assert.Throws<DivideByZeroException>(() => TokenAmount.OneToken.MulDivDown(1, 0));
        Assert.Throws<DivideByZeroException>(() => TokenAmount.Zero.MulDivUp(0, 0));
    }

    [Fact]
    public void Long_division_corrects_a_guess_that_is_one_too_large()
    {
        // Found by search: step D6 (add back) runs for these, with divisors of three and of four limbs; random operands
        // hardly ever reach it.
        (string A, string B, string Den)[] operands =
        [
            ("800000000000000000000003", "1", "200000000000000000000001"),
            ("7fffffff000000000000000000000000", "80000000", "800000000000000000000001"),
            ("80000000000000000000000", "20000000000", "8000000000000000ffffffff"),
            ("2000000000000000000000000000", "100000000000000000000000", "8000000000000000ffffffffffffffff"),
            ("10000000000000000000", "4000000000000000000000", "80000000000000000000000000000001"),
            (new string('f', 30), new string('f', 32), "8000000000000000ffffffffffffffff"),
        ];
        foreach ((string a, string b, string den) in operands)
        {
            AgreesWithBigInteger(Hex(a), Hex(b), Hex(den), 0);
        }
    }

    [Fact]
    public void Shares_RoundAsNamed()
    {
        TokenAmount three = new(3);

        Assert.Equal(new TokenAmount(1), three.ShareDown(Ratio.FromPpm(500_000)));
        Assert.Equal(new TokenAmount(2), three.ShareUp(Ratio.FromPpm(500_000)));
        Assert.Equal(three, three.ShareUp(Ratio.One));
        Assert.Equal(TokenAmount.MaxSupply, TokenAmount.MaxSupply.ShareDown(Ratio.One));
        Assert.Equal(TokenAmount.Zero, TokenAmount.MaxSupply.ShareUp(Ratio.Zero));
        Assert.Throws<OverflowException>(() => TokenAmount.MaxSupply.ShareDown(Ratio.FromPpm(1_000_001)));
    }

    [Fact]
    public void MulDivUp_QuotientThatRoundsOutOfRange_Throws()
    {
        // floor is 2^128 - 1 and the remainder is not zero: neither 2^128 nor a silent zero may come out.
        Assert.Throws<OverflowException>(() => TokenAmount.MaxSupply.MulDivUp(UInt128.MaxValue, s_twoPow127 - 2));
        Assert.Throws<OverflowException>(() => TokenAmount.MaxSupply.MulDivUp((s_twoPow127 - 1) * 2, s_twoPow127 - 2));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("1234567890123456789")]
    [InlineData("9999999999999999999")]
    [InlineData("10000000000000000000")]
    [InlineData("99999999999999999999999999999999999999")]
    [InlineData("100000000000000000000000000000000000000")]
    [InlineData(MaxText)]
    public void TryParse_Canonical_RoundTrips(string text)
    {
        Assert.True(TokenAmount.TryParse(text, out TokenAmount fromChars));
        Assert.True(TokenAmount.TryParse(Encoding.ASCII.GetBytes(text), out TokenAmount fromBytes));
        Assert.Equal(UInt128.Parse(text), fromChars.BaseUnits);
        Assert.Equal(fromChars, fromBytes);
        Assert.Equal(text, fromChars.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("00")]
    [InlineData("01")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("0x1")]
    [InlineData("١")]
    [InlineData("1\0")]
    [InlineData("170141183460469231731687303715884105728")]
    [InlineData("199999999999999999999999999999999999999")]
    [InlineData("340282366920938463463374607431768211456")]
    [InlineData("999999999999999999999999999999999999999")]
    [InlineData("1000000000000000000000000000000000000000")]
    [InlineData("10000000000000000000000000000000000000000000000")]
    public void TryParse_NotCanonical_IsRefused(string text)
    {
        Assert.False(TokenAmount.TryParse(text, out TokenAmount fromChars));
        Assert.False(TokenAmount.TryParse(Encoding.UTF8.GetBytes(text), out TokenAmount fromBytes));
        Assert.Equal(TokenAmount.Zero, fromChars);
        Assert.Equal(TokenAmount.Zero, fromBytes);
        Assert.Throws<FormatException>(() => TokenAmount.Parse(text));
    }

    [Fact]
    public void TryParse_EveryNonDigitByteAtEveryPlace_IsRefused()
    {
        byte[] digits = Encoding.ASCII.GetBytes(MaxText);
        for (int place = 0; place < digits.Length; place++)
        {
            for (int b = 0; b <= byte.MaxValue; b++)
            {
                if (b is >= '0' and <= '9')
                {
                    continue;
                }

                byte[] broken = [.. digits];
                broken[place] = (byte)b;
                Assert.False(TokenAmount.TryParse(broken, out _), $"byte {b} at {place}");
                Assert.False(TokenAmount.TryParse(broken.AsSpan(0, place + 1), out _), $"byte {b} at {place}, cut");
            }
        }
    }

    [Fact]
    public void TryFormat_ShortDestination_WritesNothing()
    {
        Span<byte> small = stackalloc byte[MaxText.Length - 1];

        Assert.False(TokenAmount.MaxSupply.TryFormat(small, out int written));
        Assert.Equal(0, written);
    }

    [Theory]
    [InlineData("0", "0 AITBC")]
    [InlineData("1", "0.000000000000000001 AITBC")]
    [InlineData("1500000000000000000", "1.5 AITBC")]
    [InlineData("1000000000000000000", "1 AITBC")]
    [InlineData("20000000000000000010", "20.00000000000000001 AITBC")]
    [InlineData(MaxText, "170141183460469231731.687303715884105727 AITBC")]
    public void ToDisplay_IsExactWithoutTrailingZeros(string baseUnits, string expected) =>
        Assert.Equal(expected, TokenAmount.Parse(baseUnits).ToDisplay());

    [Fact]
    public void Addition_OfADelta_IsCheckedBothWays()
    {
        TokenAmount five = new(5);

        Assert.Equal(new TokenAmount(3), five + TokenDelta.FromBaseUnits(-2));
        Assert.Equal(new TokenAmount(7), five + TokenDelta.FromBaseUnits(2));
        Assert.Throws<OverflowException>(() => five + TokenDelta.FromBaseUnits(-6));
        Assert.Throws<OverflowException>(() => TokenAmount.MaxSupply + TokenDelta.FromBaseUnits(1));
    }

    private static void AgreesWithBigInteger(UInt128 a, UInt128 b, UInt128 den, ulong seed)
    {
        if (den == 0)
        {
            Assert.Throws<DivideByZeroException>(() => WideMath.MulDiv(a, b, den, out _));
            return;
        }

        string operands = $"{a} * {b} / {den}, seed {seed}";
        BigInteger quotient = BigInteger.DivRem((BigInteger)a * b, den, out BigInteger rest);
        if (quotient > (BigInteger)UInt128.MaxValue)
        {
            Assert.Throws<OverflowException>(() => WideMath.MulDiv(a, b, den, out _));
        }
        else
        {
            UInt128 actual = WideMath.MulDiv(a, b, den, out bool isExact);
            Assert.True(quotient == actual, $"{operands}: {actual}, expected {quotient}");
            Assert.True(rest.IsZero == isExact, $"{operands}: exactness");
        }

        if (a < s_twoPow127)
        {
            TokenAmount amount = new(a);
            AgreesInRange(quotient, () => amount.MulDivDown(b, den), operands);
            AgreesInRange(rest.IsZero ? quotient : quotient + 1, () => amount.MulDivUp(b, den), operands);
        }
    }

    private static UInt128 Hex(string digits) =>
        UInt128.Parse(digits, System.Globalization.NumberStyles.HexNumber, null);

    private static void AgreesInRange(BigInteger expected, Func<TokenAmount> compute, string operands)
    {
        if (expected >= (BigInteger)s_twoPow127)
        {
            Assert.Throws<OverflowException>(() => compute());
            return;
        }

        UInt128 actual = compute().BaseUnits;
        Assert.True(expected == actual, $"{operands}: {actual}, expected {expected}");
    }

    /// <summary>Every size is equally likely, and so are runs of ones and zeros, where carries go wrong.</summary>
    private static UInt128 Draw(SeededRandom random)
    {
        UInt128 value = new(DrawWord(random), DrawWord(random));
        return value >> random.NextInt32(128);
    }

    private static ulong DrawWord(SeededRandom random) => random.NextInt32(4) switch
    {
        0 => ulong.MaxValue,
        1 => 0,
        2 => random.NextUInt64() & 0xFFFFFFFF00000000,
        _ => random.NextUInt64(),
    };
}
