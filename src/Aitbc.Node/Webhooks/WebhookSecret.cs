using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Aitbc.Node.Webhooks;

/// <summary>The secret that a hook's messages are signed with. It prints as nothing, so that no log can hold it.
/// Source: Standard Webhooks 1.0.0, "Signature scheme".</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed class WebhookSecret
{
    /// <summary>Bytes of a secret.</summary>
    public const int Size = 32;

    private const string Prefix = "whsec_";
    private const string SignaturePrefix = "v1,";

    private readonly byte[] bytes;

    private WebhookSecret(byte[] bytes) => this.bytes = bytes;

    /// <summary>Makes a new one from the system's randomness.</summary>
    internal static WebhookSecret Create() => new(RandomNumberGenerator.GetBytes(Size));

    /// <summary>Reads what <see cref="Reveal"/> gave.</summary>
    /// <returns>Null where the text is no secret.</returns>
    internal static WebhookSecret? Parse(string text)
    {
        var bytes = new byte[Size];
        return text.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[Prefix.Length..], bytes, out var count)
            && count == Size
                ? new WebhookSecret(bytes)
                : null;
    }

    /// <summary>The secret itself, <c>whsec_</c> and base64: for its one showing, and for the file of its owner.
    /// </summary>
    public string Reveal() => Prefix + Convert.ToBase64String(bytes);

    /// <summary>Signs a message.</summary>
    /// <param name="id">The message's id; has no full stop in it.</param>
    /// <param name="unixSeconds">When it is sent.</param>
    /// <param name="body">The very bytes of the body.</param>
    /// <returns>The value of the header <c>webhook-signature</c>.</returns>
    internal string Sign(string id, long unixSeconds, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, bytes);
        hmac.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}.")));
        hmac.AppendData(body);
        return SignaturePrefix + Convert.ToBase64String(hmac.GetHashAndReset());
    }

    /// <summary>Never the secret.</summary>
    public override string ToString() => "(secret)";
}
