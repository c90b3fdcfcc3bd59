using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Aitbc.Primitives.Tests;

public sealed class HashIdTests
{
    // SHA-256 of nothing and of "abc": FIPS 180-4 examples.
    private const string EmptyHash = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";
    private const string AbcHash = "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";

    [Fact]
    public void Sha256_PublishedExamples_Agree()
    {
        Assert.Equal(EmptyHash, Convert.ToHexString(Digest.Sha256([]).AsSpan()));
        Assert.Equal(AbcHash, Convert.ToHexString(Digest.Sha256("abc"u8).AsSpan()));
        Assert.Equal("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", Digest.Sha256([]).ToString());
    }

    [Fact]
    public void Bytes_InAndOut_AreTheSame()
    {
        byte[] bytes = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        Digest digest = Digest.From(bytes);
        byte[] copy = new byte[33];
        digest.CopyTo(copy);

        Assert.Equal(bytes, digest.AsSpan());
        Assert.Equal([.. bytes, 0], copy);
        Assert.Equal(BinaryPrimitives.ReadUInt64LittleEndian(bytes), digest.Prefix);
        Assert.Equal(0x0807060504030201UL, KeyId.From(bytes).Prefix);
        Assert.Equal(bytes, KeyId.From(bytes).AsSpan());
        Assert.Equal(bytes, AccountId.From(bytes).AsSpan());
        Assert.Equal(AccountId.From(bytes), (AccountId)KeyId.From(bytes));
        Assert.False(digest.IsZero);
        Assert.True(default(Digest).IsZero && default(KeyId).IsZero && default(AccountId).IsZero);
        Assert.Throws<ArgumentException>(() => digest.CopyTo(new byte[31]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    public void From_AnotherLength_Throws(int length)
    {
        Assert.Throws<ArgumentException>(() => Digest.From(new byte[length]));
        Assert.Throws<ArgumentException>(() => KeyId.From(new byte[length]));
        Assert.Throws<ArgumentException>(() => AccountId.From(new byte[length]));
    }

    [Fact]
    public void Equality_OneFlippedBitAnywhere_TellsApart()
    {
        byte[] bytes = [.. Enumerable.Range(100, 32).Select(i => (byte)i)];
        Digest digest = Digest.From(bytes);
        Assert.Equal(digest, Digest.From(bytes));
        Assert.Equal(digest.GetHashCode(), Digest.From(bytes).GetHashCode());
        for (int bit = 0; bit < 256; bit++)
        {
            byte[] other = [.. bytes];
            other[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(digest, Digest.From(other));
            Assert.NotEqual(KeyId.From(bytes), KeyId.From(other));
            Assert.NotEqual(AccountId.From(bytes), AccountId.From(other));
            Assert.Equal(bit < 64, Digest.From(other).GetHashCode() != digest.GetHashCode());
            Assert.Equal(
                Math.Sign(bytes.AsSpan().SequenceCompareTo(other)), Math.Sign(digest.CompareTo(Digest.From(other))));
        }
    }

    [Fact]
    public void Text_RandomValues_RoundTrip()
    {
        const ulong Seed = 77;
        SeededRandom random = new(Seed);
        byte[] bytes = new byte[32];
        for (int i = 0; i < 2_000; i++)
        {
            random.NextBytes(bytes);
            string text = Base64Url.EncodeToString(bytes);
            Assert.True(Digest.TryParse(text, out Digest digest), $"seed {Seed}");
            Assert.True(KeyId.TryParse(Encoding.ASCII.GetBytes(text), out KeyId key), $"seed {Seed}");
            Assert.True(AccountId.TryParse(text, out AccountId account), $"seed {Seed}");
            Assert.Equal(text, digest.ToString());
            Assert.Equal(text, key.ToString());
            Assert.Equal(text, account.ToString());
            Assert.Equal(digest, Digest.Parse(text));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuF")]
    [InlineData("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFUA")]
    [InlineData("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=")]
    [InlineData("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFV")]
    [InlineData("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFW")]
    [InlineData("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFX")]
    [InlineData("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU")]
    [InlineData(" 7DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")]
    [InlineData("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSu U")]
    [InlineData("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuF\n")]
    [InlineData("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSu==")]
    [InlineData("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFé")]
    public void TryParse_NotCanonical_IsRefused(string text)
    {
        Assert.False(Digest.TryParse(text, out Digest digest));
        Assert.False(KeyId.TryParse(text, out _));
        Assert.False(AccountId.TryParse(text, out _));
        Assert.False(Digest.TryParse(Encoding.UTF8.GetBytes(text), out _));
        Assert.True(digest.IsZero);
        Assert.Throws<FormatException>(() => AccountId.Parse(text));
    }

    [Fact]
    public void TryParse_EveryLastCharacter_OnlyTheSixteenCanonicalOnesPass()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        string head = new('A', 42);

        Assert.Equal(
            Alphabet.Where((_, i) => i % 4 == 0), Alphabet.Where(c => Digest.TryParse(head + c, out _)));
    }

    [Fact]
    public void TryFormat_ShortDestination_WritesNothing()
    {
        Assert.False(default(Digest).TryFormat(new byte[42], out int written));
        Assert.Equal(0, written);
        Assert.True(default(Digest).TryFormat(new byte[43], out written));
        Assert.Equal(43, written);
    }
}
