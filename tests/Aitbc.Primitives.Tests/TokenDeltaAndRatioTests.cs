using System.Text;

namespace Aitbc.Primitives.Tests;

public sealed class TokenDeltaAndRatioTests
{
    private const string MaxText = "170141183460469231731687303715884105727";

    [Theory]
    [InlineData("0", "0 AITBC")]
    [InlineData("1", "+0.000000000000000001 AITBC")]
    [InlineData("-1", "-0.000000000000000001 AITBC")]
    [InlineData("-1500000000000000000", "-1.5 AITBC")]
    [InlineData(MaxText, "+170141183460469231731.687303715884105727 AITBC")]
    [InlineData("-" + MaxText, "-170141183460469231731.687303715884105727 AITBC")]
    public void TokenDelta_Canonical_RoundTripsAndDisplays(string text, string display)
    {
        Assert.True(TokenDelta.TryParse(text, out TokenDelta value));
        Assert.True(TokenDelta.TryParse(Encoding.ASCII.GetBytes(text), out TokenDelta fromBytes));
        Assert.Equal(value, fromBytes);
        Assert.Equal(Int128.Parse(text), value.BaseUnits);
        Assert.Equal(text, value.ToString());
        Assert.Equal(display, value.ToDisplay());
        Assert.Equal(value, -(-value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("-0")]
    [InlineData("+1")]
    [InlineData("--1")]
    [InlineData("-01")]
    [InlineData("01")]
    [InlineData("1-")]
    [InlineData("−1")]
    [InlineData("170141183460469231731687303715884105728")]
    [InlineData("-170141183460469231731687303715884105728")]
    public void TokenDelta_NotCanonical_IsRefused(string text)
    {
        Assert.False(TokenDelta.TryParse(text, out _));
        Assert.False(TokenDelta.TryParse(Encoding.UTF8.GetBytes(text), out _));
        Assert.Throws<FormatException>(() => TokenDelta.Parse(text));
    }

    [Fact]
    public void TokenDelta_Arithmetic_IsChecked()
    {
        TokenDelta max = (TokenDelta)TokenAmount.MaxSupply;
        TokenDelta one = TokenDelta.FromBaseUnits(1);

        Assert.Throws<OverflowException>(() => new TokenDelta(Int128.MinValue));
        Assert.Throws<OverflowException>(() => max + one);
        Assert.Throws<OverflowException>(() => -max - one);
        Assert.Equal(TokenDelta.FromBaseUnits(-3), TokenDelta.Between(new TokenAmount(5), new TokenAmount(2)));
        Assert.Equal(TokenAmount.MaxSupply, (-max).Magnitude);
        Assert.Equal(-max, TokenDelta.Between(TokenAmount.MaxSupply, TokenAmount.Zero));
        Assert.True((-one).IsNegative && !one.IsNegative && TokenDelta.Zero.IsZero);
        Assert.True(-one < one && one > -one && one >= TokenDelta.Zero && -one <= one && one.CompareTo(-one) > 0);
        Assert.Equal(TokenDelta.Zero, one - one);
    }

    [Theory]
    [InlineData("0", "0 %")]
    [InlineData("1", "0.0001 %")]
    [InlineData("2500", "0.25 %")]
    [InlineData("50000", "5 %")]
    [InlineData("1000000", "100 %")]
    [InlineData("4294967295", "429496.7295 %")]
    public void Ratio_Canonical_RoundTripsAndDisplays(string text, string display)
    {
        Assert.True(Ratio.TryParse(text, out Ratio value));
        Assert.True(Ratio.TryParse(Encoding.ASCII.GetBytes(text), out Ratio fromBytes));
        Assert.Equal(value, fromBytes);
        Assert.Equal(uint.Parse(text), value.Ppm);
        Assert.Equal(text, value.ToString());
        Assert.Equal(display, value.ToDisplay());
        Assert.Equal(value, Ratio.FromPpm(value.Ppm));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("01")]
    [InlineData("0.5")]
    [InlineData("5%")]
    [InlineData("4294967296")]
    [InlineData("18446744073709551616")]
    public void Ratio_NotCanonical_IsRefused(string text)
    {
        Assert.False(Ratio.TryParse(text, out _));
        Assert.False(Ratio.TryParse(Encoding.UTF8.GetBytes(text), out _));
        Assert.Throws<FormatException>(() => Ratio.Parse(text));
    }

    [Fact]
    public void Ratio_Comparisons_AgreeWithPpm()
    {
        Ratio small = Ratio.FromPpm(1);

        Assert.True(Ratio.Zero < small && small < Ratio.One && Ratio.One > small);
        Assert.True(small <= Ratio.FromPpm(1) && small >= Ratio.FromPpm(1) && small == Ratio.FromPpm(1));
        Assert.True(small.CompareTo(Ratio.One) < 0);
        Assert.True(Ratio.Zero.IsZero && !small.IsZero);
        Assert.Equal(1_000_000u, Ratio.One.Ppm);
    }
}
