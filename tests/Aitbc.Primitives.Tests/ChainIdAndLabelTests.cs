using System.Text;

namespace Aitbc.Primitives.Tests;

public sealed class ChainIdAndLabelTests
{
    private const string Full = "abcdefghijklmnopqrstuvwxyz.-_:09";

    [Theory]
    [InlineData("a", false)]
    [InlineData("aitbc:main", false)]
    [InlineData("sim:", true)]
    [InlineData("sim:one", true)]
    [InlineData("simulation", false)]
    [InlineData("xsim:one", false)]
    [InlineData(Full, false)]
    public void ChainId_WellFormed_RoundTrips(string text, bool isSimulation)
    {
        ChainId chain = new(text);

        Assert.Equal(text, chain.Value);
        Assert.Equal(text, chain.ToString());
        Assert.Equal(Encoding.ASCII.GetBytes(text), chain.Utf8);
        Assert.Equal(isSimulation, chain.IsSimulation);
        Assert.True(ChainId.TryParse(text, out ChainId? parsed));
        Assert.Equal(chain, parsed);
        Assert.Equal(chain.GetHashCode(), ChainId.Parse(text).GetHashCode());
        Assert.Equal(0, chain.CompareTo(parsed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Main")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a\0")]
    [InlineData("é")]
    [InlineData("ａ")]
    [InlineData(Full + "x")]
    public void ChainId_IllFormed_IsRefused(string text)
    {
        Assert.Throws<ArgumentException>(() => new ChainId(text));
        Assert.False(ChainId.TryParse(text, out ChainId? fromChars));
        Assert.False(ChainId.TryParse(Encoding.UTF8.GetBytes(text), out ChainId? fromBytes));
        Assert.Null(fromChars);
        Assert.Null(fromBytes);
        Assert.Throws<FormatException>(() => ChainId.Parse(text));
    }

    [Fact]
    public void ChainId_OtherName_IsAnother()
    {
        Assert.NotEqual(new ChainId("a"), new ChainId("b"));
        Assert.True(new ChainId("a").CompareTo(new ChainId("b")) < 0);
        Assert.True(new ChainId("a").CompareTo(null) > 0);
        Assert.Throws<ArgumentNullException>(() => new ChainId(null!));
        Assert.False(new ChainId("abc").TryFormat(new byte[2], out int written));
        Assert.Equal(0, written);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("text-generation.v1_0")]
    [InlineData("abcdefghijklmnopqrstuvwxyz.-_019")]
    public void Label_WellFormed_RoundTripsAndPadsWithZeros(string text)
    {
        Label label = Label.Parse(text);
        byte[] padded = new byte[32];
        Encoding.ASCII.GetBytes(text, padded);

        Assert.Equal(text, label.ToString());
        Assert.Equal(text.Length, label.Length);
        Assert.Equal(text.Length == 0, label.IsEmpty);
        Assert.Equal(padded, label.AsSpan());
        Assert.True(Label.TryParse(Encoding.ASCII.GetBytes(text), out Label fromBytes));
        Assert.Equal(label, fromBytes);
        Assert.Equal(label.GetHashCode(), fromBytes.GetHashCode());
    }

    [Theory]
    [InlineData("A")]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("a\0")]
    [InlineData("\0")]
    [InlineData("é")]
    [InlineData("abcdefghijklmnopqrstuvwxyz.-_0123")]
    public void Label_IllFormed_IsRefused(string text)
    {
        Assert.False(Label.TryParse(text, out Label fromChars));
        Assert.False(Label.TryParse(Encoding.UTF8.GetBytes(text), out Label fromBytes));
        Assert.True(fromChars.IsEmpty && fromBytes.IsEmpty);
        Assert.Throws<FormatException>(() => Label.Parse(text));
    }

    [Fact]
    public void Label_Order_IsThatOfTheCharacters()
    {
        Assert.True(Label.Parse("a").CompareTo(Label.Parse("ab")) < 0);
        Assert.True(Label.Parse("b").CompareTo(Label.Parse("ab")) > 0);
        Assert.NotEqual(Label.Parse("a"), Label.Parse("ab"));
        Assert.Equal(Label.Empty, default);
        Assert.False(Label.Parse("abc").TryFormat(new byte[2], out int written));
        Assert.Equal(0, written);
    }
}
