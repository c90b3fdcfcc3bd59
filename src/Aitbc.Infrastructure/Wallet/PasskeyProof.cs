using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;

namespace Aitbc.Infrastructure.Wallet;

/// <summary>
/// A passkey's proof as the journal keeps it: a header in one spelling,
/// <c>{"kid":"...","authenticatorData":"...","clientDataJSON":"..."}</c>, and beside it the signature, 64 bytes, where
/// a JWS has its header and signature.
/// </summary>
/// <remarks>Stateless; safe to use from any thread.</remarks>
public static class PasskeyProof
{
    /// <summary>Most bytes of a header.</summary>
    public static int MaxHeaderSize { get; } = KidHead.Length + KeyId.MaxTextLength + DataHead.Length
        + Base64Url.GetEncodedLength(PasskeyAssertion.MaxAuthenticatorDataSize) + ClientHead.Length
        + Base64Url.GetEncodedLength(PasskeyAssertion.MaxClientDataSize) + Tail.Length;

    private static ReadOnlySpan<byte> KidHead => "{\"kid\":\""u8;

    private static ReadOnlySpan<byte> DataHead => "\",\"authenticatorData\":\""u8;

    private static ReadOnlySpan<byte> ClientHead => "\",\"clientDataJSON\":\""u8;

    private static ReadOnlySpan<byte> Tail => "\"}"u8;

    /// <summary>Writes a header.</summary>
    /// <param name="key">The passkey's thumbprint.</param>
    /// <param name="assertion">What it gave; its signature stands beside the header.</param>
    public static byte[] WriteHeader(KeyId key, PasskeyAssertion assertion)
    {
        ArgumentNullException.ThrowIfNull(assertion);
        return
        [
            .. KidHead, .. Encoding.ASCII.GetBytes(key.ToString()),
            .. DataHead, .. Base64Url.EncodeToUtf8(assertion.AuthenticatorData.Span),
            .. ClientHead, .. Base64Url.EncodeToUtf8(assertion.ClientData.Span),
            .. Tail,
        ];
    }

    /// <summary>A signature's 64 bytes, r then s.</summary>
    /// <param name="signature">The signature.</param>
    public static byte[] BytesOf(Signature signature)
    {
        var bytes = new byte[KeyPair.SignatureSize];
        signature.High.CopyTo(bytes);
        signature.Low.CopyTo(bytes.AsSpan(Digest.Size));
        return bytes;
    }

    /// <summary>Reads what <see cref="WriteHeader"/> wrote, and no other spelling of it.</summary>
    /// <param name="header">The header.</param>
    /// <param name="signature64">The signature beside it.</param>
    /// <param name="key">The passkey's thumbprint.</param>
    /// <param name="assertion">What the passkey gave; null where the header is refused.</param>
    /// <returns>Whether it is a header and a signature.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> header,
        ReadOnlySpan<byte> signature64,
        out KeyId key,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PasskeyAssertion? assertion)
    {
        key = default;
        assertion = null;
        if (header.Length > MaxHeaderSize || signature64.Length != KeyPair.SignatureSize
            || !TryTake(ref header, KidHead, out var kid) || !KeyId.TryParse(kid, out key)
            || !TryTake(ref header, DataHead, out var data) || !TryDecode(data, out var authenticatorData)
            || !TryTake(ref header, ClientHead, out var client) || !TryDecode(client, out var clientData)
            || !header.SequenceEqual(Tail))
        {
            return false;
        }

        assertion = new PasskeyAssertion(
            authenticatorData,
            clientData,
            new Signature(Digest.From(signature64[..Digest.Size]), Digest.From(signature64[Digest.Size..])));
        return true;
    }

    /// <summary>Takes a name's text and its value up to the next quotation mark.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> head, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!rest.StartsWith(head))
        {
            return false;
        }

        rest = rest[head.Length..];
        var end = rest.IndexOf((byte)'"');
        if (end < 0)
        {
            return false;
        }

        value = rest[..end];
        rest = rest[end..];
        return true;
    }

    /// <summary>Decodes base64url that is the one text of its bytes.</summary>
    private static bool TryDecode(ReadOnlySpan<byte> text, out byte[] bytes)
    {
        bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromUtf8(text, bytes, out _, out var written) != OperationStatus.Done)
        {
            return false;
        }

        Array.Resize(ref bytes, written);
        return Base64Url.EncodeToUtf8(bytes).AsSpan().SequenceEqual(text);
    }
}
