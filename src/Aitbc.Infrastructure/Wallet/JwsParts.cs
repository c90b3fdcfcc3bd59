using System.Buffers.Text;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Wallet;

/// <summary>What a well-formed JWS carries; that it is well formed says nothing about its signature.</summary>
/// <remarks>
/// The journal keeps these bytes and not the compact text: the compact text follows from them. Immutable; safe to use
/// from any thread. The default is empty and verifies under no key.
/// </remarks>
/// <param name="HeaderText">The protected header as it was sent: JSON text in ASCII, at most 512 bytes.</param>
/// <param name="KeyId">The key that the header names; whether it may sign is for the ledger to say.</param>
/// <param name="Payload">The payload, at most 256 KiB.</param>
/// <param name="Signature">r and s, 64 bytes.</param>
public readonly record struct JwsParts(
    ReadOnlyMemory<byte> HeaderText,
    KeyId KeyId,
    ReadOnlyMemory<byte> Payload,
    ReadOnlyMemory<byte> Signature)
{
    /// <summary>The compact serialisation: header, payload and signature in base64url, joined by full stops.</summary>
    /// <returns>ASCII bytes. Source: RFC 7515 section 7.1.</returns>
    public byte[] ToCompact()
    {
        int headerLength = Base64Url.GetEncodedLength(HeaderText.Length);
        int payloadLength = Base64Url.GetEncodedLength(Payload.Length);
        byte[] compact = new byte[headerLength + payloadLength + Base64Url.GetEncodedLength(Signature.Length) + 2];
        Span<byte> rest = compact;
        Base64Url.EncodeToUtf8(HeaderText.Span, rest);
        rest[headerLength] = (byte)'.';
        rest = rest[(headerLength + 1)..];
        Base64Url.EncodeToUtf8(Payload.Span, rest);
        rest[payloadLength] = (byte)'.';
        Base64Url.EncodeToUtf8(Signature.Span, rest[(payloadLength + 1)..]);
        return compact;
    }
}
