using System.Globalization;
using System.Numerics;
using System.Text;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Wallet;

public sealed class JwsTests
{
    [Fact]
    public void Verify_Rfc7515AppendixA3_IsValid()
    {
        string[] parts = ForeignVectors.Rfc7515A3.Split('.');
        byte[] header = "{\"alg\":\"ES256\"}"u8.ToArray();
        byte[] payload = Encoding.ASCII.GetBytes(
            "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}");
        byte[] signature = System.Buffers.Text.Base64Url.DecodeFromChars(parts[2]);

        Assert.True(Jws.Verify(ForeignVectors.Key, header, payload, signature));
        Assert.Equal(
            ForeignVectors.Rfc7515A3,
            Encoding.ASCII.GetString(new JwsParts(header, default, payload, signature).ToCompact()));
    }

    [Fact]
    public void TryParse_Rfc7515AppendixA3_IsRefusedForItsMissingKeyId()
    {
        byte[] compact = Encoding.ASCII.GetBytes(ForeignVectors.Rfc7515A3);

        Assert.False(Jws.TryParse(compact, out JwsParts parts, out JwsProblem problem));
        Assert.Equal(JwsProblem.KeyIdMissing, problem);
        Assert.Equal(default, parts);
    }

    [Theory]
    [InlineData(ForeignVectors.JoseJws, "{\"hello\":\"aitbc\",\"n\":\"0\"}")]
    [InlineData(ForeignVectors.JoseJwsWithType, "")]
    [InlineData(ForeignVectors.PythonJws, "{\"from\":\"another implementation\",\"amount\":\"1\"}")]
    public void A_jws_of_another_implementation_verifies_here(string compact, string payload)
    {
        Assert.True(Jws.TryParse(Encoding.ASCII.GetBytes(compact), out JwsParts parts, out JwsProblem problem));
        Assert.Equal(JwsProblem.None, problem);
        Assert.Equal(ForeignVectors.KeyId, parts.KeyId);
        Assert.Equal(payload, Encoding.UTF8.GetString(parts.Payload.Span));
        Assert.True(
            Jws.Verify(ForeignVectors.Key, parts.HeaderText.Span, parts.Payload.Span, parts.Signature.Span));
        Assert.Equal(compact, Encoding.ASCII.GetString(parts.ToCompact()));
    }

    [Fact]
    public void What_others_verified_of_ours_is_still_what_we_write()
    {
        byte[] compact = Encoding.ASCII.GetBytes(ForeignVectors.OursVerifiedByOthers);
        Assert.True(Jws.TryParse(compact, out JwsParts once, out _));
        Assert.True(Jws.Verify(ForeignVectors.Key, once.HeaderText.Span, once.Payload.Span, once.Signature.Span));
        using ScratchDirectory scratch = new();
        using HostKey hostKey = HostKey.CreateRandom(scratch.File(HostKey.FileName));
        using KeyPair keyPair = new KeyStore(scratch.Root, hostKey).Import(ForeignVectors.Pkcs8);

        JwsParts now = Jws.Sign(keyPair, once.Payload.Span);

        // All but the signature, which is random, is the same to the byte.
        Assert.Equal(compact[..^86], now.ToCompact()[..^86]);
    }

    [Fact]
    public void Sign_WritesTheOneHeaderAndVerifies()
    {
        using KeyPair keyPair = KeyPair.Generate();
        for (int size = 0; size < 2_000; size += 37)
        {
            byte[] payload = new byte[size];
            new SeededRandom((ulong)size).NextBytes(payload);

            JwsParts signed = Jws.Sign(keyPair, payload);

            string header = Encoding.ASCII.GetString(signed.HeaderText.Span);
            Assert.Equal($"{{\"alg\":\"ES256\",\"kid\":\"{keyPair.Id}\"}}", header);
            Assert.True(Jws.TryParse(signed.ToCompact(), out JwsParts read, out _));
            Assert.Equal(payload, read.Payload.ToArray());
            Assert.Equal(signed.HeaderText.ToArray(), read.HeaderText.ToArray());
            Assert.Equal(signed.Signature.ToArray(), read.Signature.ToArray());
            Assert.Equal(keyPair.Id, read.KeyId);
            Assert.True(
                Jws.Verify(keyPair.PublicKey, read.HeaderText.Span, read.Payload.Span, read.Signature.Span));
        }
    }

    [Fact]
    public void Sign_LargestPayload_IsReadAndOneMoreByteIsNot()
    {
        using KeyPair keyPair = KeyPair.Generate();
        byte[] payload = new byte[Jws.MaxPayloadSize];

        Assert.True(Jws.TryParse(Jws.Sign(keyPair, payload).ToCompact(), out JwsParts read, out _));
        Assert.True(Jws.Verify(keyPair.PublicKey, read.HeaderText.Span, read.Payload.Span, read.Signature.Span));
        Assert.Throws<ArgumentException>(() => Jws.Sign(keyPair, new byte[Jws.MaxPayloadSize + 1]));
    }

    [Fact]
    public void Verify_WrongKeyChangedBytesOrLength_IsNot()
    {
        using KeyPair keyPair = KeyPair.Generate();
        using KeyPair other = KeyPair.Generate();
        JwsParts signed = Jws.Sign(keyPair, "{\"pay\":\"1\"}"u8);
        byte[] header = signed.HeaderText.ToArray();
        byte[] payload = signed.Payload.ToArray();
        byte[] signature = signed.Signature.ToArray();

        Assert.True(Jws.Verify(keyPair.PublicKey, header, payload, signature));
        Assert.False(Jws.Verify(other.PublicKey, header, payload, signature));
        Assert.False(Jws.Verify(default, header, payload, signature));
        Assert.False(Jws.Verify(keyPair.PublicKey, header, payload, signature.AsSpan(0, 63)));
        Assert.False(Jws.Verify(keyPair.PublicKey, header, payload, [.. signature, 0]));
        Assert.False(Jws.Verify(keyPair.PublicKey, header, payload, new byte[64]));
        Assert.False(Jws.Verify(keyPair.PublicKey, header, payload, []));
        foreach (byte[] part in (byte[][])[header, payload, signature])
        {
            for (int i = 0; i < part.Length; i++)
            {
                part[i] ^= 1;
                Assert.False(Jws.Verify(keyPair.PublicKey, header, payload, signature));
                part[i] ^= 1;
            }
        }
    }

    [Fact]
    public void Verify_KeyOffTheCurve_IsNot()
    {
        byte[] bytes = new byte[PublicKey.Size];
        ForeignVectors.Key.CopyTo(bytes);
        bytes[63] ^= 1;
        Assert.True(Jws.TryParse(Encoding.ASCII.GetBytes(ForeignVectors.JoseJws), out JwsParts parts, out _));

        Assert.False(
            Jws.Verify(PublicKey.From(bytes), parts.HeaderText.Span, parts.Payload.Span, parts.Signature.Span));
    }

    [Fact]
    public void A_malleated_signature_verifies_so_only_the_payload_digest_names_a_command()
    {
        BigInteger order = BigInteger.Parse(
            "0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", NumberStyles.HexNumber, null);
        Assert.True(Jws.TryParse(Encoding.ASCII.GetBytes(ForeignVectors.JoseJws), out JwsParts parts, out _));
        byte[] malleated = parts.Signature.ToArray();
        BigInteger s = new(malleated.AsSpan(32), isUnsigned: true, isBigEndian: true);
        byte[] turned = (order - s).ToByteArray(isUnsigned: true, isBigEndian: true);
        malleated.AsSpan(32).Clear();
        turned.CopyTo(malleated, 64 - turned.Length);
        byte[] compact = (parts with { Signature = malleated }).ToCompact();

        Assert.True(Jws.TryParse(compact, out JwsParts other, out _));
        Assert.NotEqual(parts.Signature.ToArray(), other.Signature.ToArray());
        Assert.True(
            Jws.Verify(ForeignVectors.Key, other.HeaderText.Span, other.Payload.Span, other.Signature.Span));
        Assert.Equal(Digest.Sha256(parts.Payload.Span), Digest.Sha256(other.Payload.Span));
    }

    [Fact]
    public void Signing_and_verifying_a_large_payload_borrow_their_buffer_and_give_it_back()
    {
        const int Rounds = 20;
        using KeyPair keyPair = KeyPair.Generate();
        byte[] payload = new byte[Jws.MaxPayloadSize];
        JwsParts signed = Jws.Sign(keyPair, payload);
        Assert.True(Jws.Verify(keyPair.PublicKey, signed.HeaderText.Span, payload, signed.Signature.Span));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            Jws.Verify(keyPair.PublicKey, signed.HeaderText.Span, payload, signed.Signature.Span);
        }

        long verified = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            Jws.Sign(keyPair, payload);
        }

        // A buffer is a third larger than the payload; of a signed one the payload itself is copied.
        Assert.InRange(verified - before, 0, Rounds * Jws.MaxPayloadSize / 2);
        Assert.InRange(
            GC.GetAllocatedBytesForCurrentThread() - verified, 0, Rounds * Jws.MaxPayloadSize * 3 / 2);
    }

    [Fact]
    public void Two_signatures_of_one_payload_differ()
    {
        using KeyPair keyPair = KeyPair.Generate();

        Assert.NotEqual(
            Jws.Sign(keyPair, "x"u8).Signature.ToArray(), Jws.Sign(keyPair, "x"u8).Signature.ToArray());
    }
}
