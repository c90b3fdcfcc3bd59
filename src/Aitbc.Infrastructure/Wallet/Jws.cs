using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Wallet;

/// <summary>JSON Web Signature, the strict part of it spoken here: compact, ES256, keys by thumbprint.</summary>
/// <remarks>
/// <para>
/// What others accept and this does not: any algorithm but ES256, keys or certificates in the header, critical
/// extensions, unencoded payloads, duplicate or unknown members, escapes, white space, padding, and base64url texts
/// that are not the one text of their bytes. Each has its own <see cref="JwsProblem"/>.
/// </para>
/// <para>
/// ECDSA signatures are randomised, and malleable (r, n - s verifies too): a signature names nothing. Whatever must be
/// unique or remembered is bound to the digest of the payload. Stateless; safe to use from any thread.
/// Source: RFC 7515, RFC 7518 section 3.4, RFC 8725.
/// </para>
/// </remarks>
public static class Jws
{
    /// <summary>The largest payload, in bytes: 256 KiB.</summary>
    public const int MaxPayloadSize = 256 * 1024;

    /// <summary>The largest protected header, in bytes of JSON text.</summary>
    public const int MaxHeaderSize = 512;

    /// <summary>The longest compact text, in characters; nothing longer is looked at.</summary>
    public const int MaxCompactLength = MaxHeaderText + 1 + MaxPayloadText + 1 + SignatureText;

    private const int MaxHeaderText = ((MaxHeaderSize * 4) + 2) / 3;
    private const int MaxPayloadText = ((MaxPayloadSize * 4) + 2) / 3;
    private const int SignatureText = ((KeyPair.SignatureSize * 4) + 2) / 3;
    private const int MaxStackBytes = 1024;

    private static readonly SearchValues<byte> s_alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    /// <summary>Signs a payload under the header <c>{"alg":"ES256","kid":"(key id)"}</c>.</summary>
    /// <param name="keyPair">The signing key.</param>
    /// <param name="payload">At most <see cref="MaxPayloadSize"/> bytes; copied.</param>
    /// <returns>Header text, key id, payload and signature.</returns>
    /// <exception cref="ArgumentException">The payload is too long.</exception>
    public static JwsParts Sign(KeyPair keyPair, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        if (payload.Length > MaxPayloadSize)
        {
            throw new ArgumentException($"A payload has at most {MaxPayloadSize} bytes.", nameof(payload));
        }

        byte[] header = JwsHeader.Write(keyPair.Id);
        byte[] signature = new byte[KeyPair.SignatureSize];
        int length = SigningInputLength(header.Length, payload.Length);
        byte[]? rented = null;
        Span<byte> input = length <= MaxStackBytes
            ? stackalloc byte[MaxStackBytes]
            : (rented = ArrayPool<byte>.Shared.Rent(length));
        WriteSigningInput(header, payload, input);
        keyPair.Sign(input[..length], signature);
        Return(rented);
        return new JwsParts(header, keyPair.Id, payload.ToArray(), signature);
    }

    /// <summary>Takes a compact text apart; does not verify the signature.</summary>
    /// <param name="compact">The whole text in ASCII.</param>
    /// <param name="parts">What it carries, copied; the default where it is refused.</param>
    /// <param name="problem">Why it is refused, or <see cref="JwsProblem.None"/>.</param>
    /// <returns>Whether the text is well formed.</returns>
    public static bool TryParse(ReadOnlySpan<byte> compact, out JwsParts parts, out JwsProblem problem)
    {
        parts = default;
        problem = FindTextProblem(compact, out int firstStop, out int secondStop);
        if (problem != JwsProblem.None)
        {
            return false;
        }

        ReadOnlySpan<byte> headerText = compact[..firstStop];
        ReadOnlySpan<byte> payloadText = compact[(firstStop + 1)..secondStop];
        ReadOnlySpan<byte> signatureText = compact[(secondStop + 1)..];
        problem = FindSizeProblem(headerText.Length, payloadText.Length, signatureText.Length);
        if (problem != JwsProblem.None)
        {
            return false;
        }

        byte[] header = new byte[Base64Url.GetMaxDecodedLength(headerText.Length)];
        byte[] payload = new byte[Base64Url.GetMaxDecodedLength(payloadText.Length)];
        byte[] signature = new byte[KeyPair.SignatureSize];
        if (!TryDecode(headerText, header) || !TryDecode(payloadText, payload) || !TryDecode(signatureText, signature))
        {
            problem = JwsProblem.NotCanonical;
            return false;
        }

        problem = JwsHeader.Read(header, out KeyId key);
        if (problem != JwsProblem.None)
        {
            return false;
        }

        parts = new JwsParts(header, key, payload, signature);
        return true;
    }

    /// <summary>Whether a key signed a header and payload; imports the key each time.</summary>
    /// <remarks>
    /// Takes the key from the caller, who has found it by the header's key id. Where keys recur, a
    /// <see cref="KeyVerifier"/> is about twice as fast.
    /// </remarks>
    /// <param name="key">The public key.</param>
    /// <param name="headerText">The protected header as it was signed.</param>
    /// <param name="payload">The payload as it was signed.</param>
    /// <param name="signature64">r and s; another length is never valid.</param>
    /// <returns>Whether the signature is valid; false too for a key that is no point of the curve.</returns>
    public static bool Verify(
        in PublicKey key,
        ReadOnlySpan<byte> headerText,
        ReadOnlySpan<byte> payload,
        ReadOnlySpan<byte> signature64)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        HashSigningInput(headerText, payload, hash);
        using ECDsa? ecdsa = KeyVerifier.Import(in key);
        return ecdsa is not null && KeyVerifier.VerifyHash(ecdsa, hash, signature64);
    }

    /// <summary>SHA-256 over base64url(header) "." base64url(payload).</summary>
    internal static void HashSigningInput(ReadOnlySpan<byte> headerText, ReadOnlySpan<byte> payload, Span<byte> hash)
    {
        int length = SigningInputLength(headerText.Length, payload.Length);
        byte[]? rented = null;
        Span<byte> input = length <= MaxStackBytes
            ? stackalloc byte[MaxStackBytes]
            : (rented = ArrayPool<byte>.Shared.Rent(length));
        WriteSigningInput(headerText, payload, input);
        SHA256.HashData(input[..length], hash);
        Return(rented);
    }

    private static int SigningInputLength(int headerSize, int payloadSize) =>
        Base64Url.GetEncodedLength(headerSize) + 1 + Base64Url.GetEncodedLength(payloadSize);

    private static void WriteSigningInput(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> input)
    {
        int written = Base64Url.EncodeToUtf8(header, input);
        input[written] = (byte)'.';
        Base64Url.EncodeToUtf8(payload, input[(written + 1)..]);
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Whatever the characters alone give away.</summary>
    private static JwsProblem FindTextProblem(ReadOnlySpan<byte> compact, out int firstStop, out int secondStop)
    {
        firstStop = compact.IndexOf((byte)'.');
        secondStop = compact.LastIndexOf((byte)'.');
        if (compact.Length > MaxCompactLength)
        {
            return JwsProblem.TooLong;
        }

        bool hasForeign = compact.ContainsAnyExcept(s_alphabet);
        if (hasForeign && compact.ContainsAny(" \t\r\n"u8))
        {
            return JwsProblem.Whitespace;
        }

        if (hasForeign && compact.Contains((byte)'='))
        {
            return JwsProblem.Padding;
        }

        if (firstStop == secondStop || compact[(firstStop + 1)..secondStop].Contains((byte)'.'))
        {
            return JwsProblem.PartCount;
        }

        return hasForeign ? JwsProblem.InvalidCharacter : JwsProblem.None;
    }

    private static JwsProblem FindSizeProblem(int headerLength, int payloadLength, int signatureLength) =>
        headerLength > MaxHeaderText ? JwsProblem.HeaderTooLong
        : payloadLength > MaxPayloadText ? JwsProblem.PayloadTooLong
        : signatureLength != SignatureText ? JwsProblem.SignatureLength
        : JwsProblem.None;

    /// <summary>Decodes a part of known characters; false where its last ones are not those of its bytes.</summary>
    private static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        const int GroupLength = 4;
        if (Base64Url.DecodeFromUtf8(text, bytes, out _, out int written) != OperationStatus.Done)
        {
            return false;
        }

        // Whole groups carry every bit; only the last one, of two or three characters, could be spelled in other ways.
        // The platform's decoder refuses those today without promising to.
        int tailLength = text.Length % GroupLength;
        Span<byte> tail = stackalloc byte[GroupLength];
        int tailStart = written - (tailLength == 0 ? 0 : tailLength - 1);
        Base64Url.EncodeToUtf8(bytes[tailStart..], tail);
        return text[^tailLength..].SequenceEqual(tail[..tailLength]);
    }
}
