using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Aitbc.Primitives.Tests;

public sealed class PublicKeyTests
{
    private const string X = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    private const string Y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
    private const string Jwk = $$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}"}""";

    /// <summary>
    /// The first key is that of RFC 7515 A.3; the thumbprints were computed by two other implementations (the npm
    /// package jose and a script over a standard library's SHA-256).
    /// </summary>
    [Theory]
    [InlineData(X, Y, "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U")]
    [InlineData(
        "SuEl0Idn4F4wnyUpNGE9uJ1zBS0K-re9p4kSQTkVuQg",
        "YnJyj9TB9D8JUzN0louvdsYWwvmMlLcvpMAOWrpn-uY",
        "Z4IIC0Nje-Y3IV8CKuieO2tmQixLVJaM2MXFFF1Ufok")]
    [InlineData(
        "w-Cv6J5stJy8Utbv0iI1qsifGQXht6k9znNYA82bb3Y",
        "z7u89XAnCG2PQyEu5ddtMvidWEyIatIoSOc7TysWjzE",
        "_1Tb_zcr2twSyq74XnhsGKTh64PpVSNdusM2bU7ri_Y")]
    [InlineData(
        "3ZLAtxJpzd_nCtSTjaHDFVEBhJbdrqPlqsBlbHr1PkQ",
        "Eh0cl6N6-K1AWJxVUKtPRynu37irSKvgJq8k5ba2Akk",
        "VExqpJ0n-x_-UJ01nkpNrKCjVZ3b_Isql5v5X190XtY")]
    public void Thumbprint_ForeignVectors_Agree(string x, string y, string expected)
    {
        PublicKey key = PublicKey.From(Base64Url.DecodeFromChars(x), Base64Url.DecodeFromChars(y));

        Assert.Equal(expected, key.Thumbprint().ToString());
        Assert.Equal(expected, key.ToString());
        Assert.True(key.IsOnCurve());
    }

    [Fact]
    public void IsOnCurve_FlippedBits_AreNot()
    {
        byte[] bytes = new byte[PublicKey.Size];
        Rfc7515Key().CopyTo(bytes);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(PublicKey.From(bytes).IsOnCurve());
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.False(default(PublicKey).IsOnCurve());
    }

    [Fact]
    public void IsOnCurve_CoordinateNotReduced_IsNot()
    {
        // x = 5 lies on P-256 and is small enough that x + p, the same residue, fits 32 bytes too.
        byte[] y = Convert.FromHexString("459243B9AA581806FE913BCE99817ADE11CA503C64D9A3C533415C083248FBCC");
        byte[] x = new byte[32];
        x[31] = 5;
        byte[] xPlusP = Convert.FromHexString("FFFFFFFF00000001000000000000000000000001000000000000000000000004");

        Assert.True(PublicKey.From(x, y).IsOnCurve());
        Assert.False(PublicKey.From(xPlusP, y).IsOnCurve());
    }

    [Fact]
    public void IsOnCurve_KeysOfThePlatform_Are()
    {
        for (int i = 0; i < 50; i++)
        {
            using ECDsa ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            ECPoint q = ecdsa.ExportParameters(includePrivateParameters: false).Q;
            PublicKey key = PublicKey.From(q.X, q.Y);
            Assert.True(key.IsOnCurve());
            Assert.Equal(q.X, key.X);
            Assert.Equal(q.Y, key.Y);
        }
    }

    [Fact]
    public void Equality_CoversBothCoordinates()
    {
        byte[] bytes = new byte[PublicKey.Size];
        Rfc7515Key().CopyTo(bytes);
        Assert.Equal(Rfc7515Key(), PublicKey.From(bytes));
        Assert.Equal(Rfc7515Key().GetHashCode(), PublicKey.From(bytes).GetHashCode());
        bytes[63] ^= 1;
        Assert.NotEqual(Rfc7515Key(), PublicKey.From(bytes));
        bytes[63] ^= 1;
        bytes[0] ^= 1;
        Assert.NotEqual(Rfc7515Key(), PublicKey.From(bytes));
        Assert.True(default(PublicKey).IsZero);
        Assert.False(Rfc7515Key().IsZero);
    }

    [Fact]
    public void From_AnotherLength_Throws()
    {
        Assert.Throws<ArgumentException>(() => PublicKey.From(new byte[63]));
        Assert.Throws<ArgumentException>(() => PublicKey.From(new byte[31], new byte[32]));
        Assert.Throws<ArgumentException>(() => PublicKey.From(new byte[32], new byte[33]));
        Assert.Throws<ArgumentException>(() => Rfc7515Key().CopyTo(new byte[63]));
    }

    [Fact]
    public void Json_AnyOrder_RoundTripsToOneOrder()
    {
        Assert.Equal(Jwk, JsonSerializer.Serialize(Rfc7515Key()));
        Assert.Equal(Rfc7515Key(), JsonSerializer.Deserialize<PublicKey>(Jwk));
        string other = $$""" { "y" : "{{Y}}", "x":"{{X}}", "crv":"P-256" , "kty":"EC"} """;
        Assert.Equal(Rfc7515Key(), JsonSerializer.Deserialize<PublicKey>(other));
        PublicKey[] list = JsonSerializer.Deserialize<PublicKey[]>($"[{Jwk},{Jwk}]")!;
        Assert.Equal([Rfc7515Key(), Rfc7515Key()], list);
    }

    [Theory]
    [InlineData("""null""")]
    [InlineData("""[]""")]
    [InlineData("""{}""")]
    [InlineData("\"oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U\"")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}"}""")]
    [InlineData($$"""{"crv":"P-256","x":"{{X}}","y":"{{Y}}"}""")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}","use":"sig"}""")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}","d":"AA"}""")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","x":"{{X}}"}""")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}","y":"{{Y}}"}""")]
    [InlineData($$"""{"kty":"EC","kty":"EC","x":"{{X}}","y":"{{Y}}"}""")]
    [InlineData($$"""{"crv":"P-256","crv":"P-256","x":"{{X}}","y":"{{Y}}"}""")]
    [InlineData($$"""{"kty":"OKP","crv":"P-256","x":"{{X}}","y":"{{Y}}"}""")]
    [InlineData($$"""{"kty":"EC","crv":"P-384","x":"{{X}}","y":"{{Y}}"}""")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":1}""")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}="}""")]
    [InlineData($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":""}""")]
    [InlineData($$"""{"Kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}"}""")]
    public void Json_NotTheClosedObject_IsRefused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<PublicKey>(json));

    [Fact]
    public void Json_CoordinateOfAnyLength_IsRefusedWithoutGrowing()
    {
        string json = $$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{new string('A', 100_000)}}"}""";

        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<PublicKey>(json));
    }

    private static PublicKey Rfc7515Key() =>
        PublicKey.From(Base64Url.DecodeFromChars(X), Base64Url.DecodeFromChars(Y));
}
