using System.Text;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;

namespace Aitbc.Testing;

/// <summary>What a browser and an authenticator say; changed, what neither would.</summary>
public sealed record PasskeyShape
{
    /// <summary>What every browser says.</summary>
    public static PasskeyShape Honest { get; } = new();

    /// <summary>The ceremony.</summary>
    public string Type { get; init; } = "webauthn.get";

    /// <summary>The page's origin; null for that of the passkey.</summary>
    public string? Origin { get; init; }

    /// <summary>The relying party's name; null for the origin's host.</summary>
    public string? RelyingParty { get; init; }

    /// <summary>What stands in the client data after the origin.</summary>
    public string Rest { get; init; } = ",\"crossOrigin\":false";

    /// <summary>The client data as a whole, from the challenge's text; null for the usual.</summary>
    public Func<string, string>? ClientData { get; init; }

    /// <summary>User present and user verified.</summary>
    public byte Flags { get; init; } = 0x05;

    /// <summary>The counter.</summary>
    public byte Counter { get; init; }

    /// <summary>What follows the counter.</summary>
    public byte[] Tail { get; init; } = [];
}

/// <summary>A passkey in software: it signs what an authenticator signs, and whatever a test wants it to.</summary>
/// <remarks>Immutable, safe from any thread.</remarks>
/// <param name="key">Its key.</param>
/// <param name="origin">The origin at which it was made.</param>
public sealed class TestPasskey(TestKey key, string origin = TestPasskey.Home)
{
    /// <summary>The origin of most tests.</summary>
    public const string Home = "https://node.example";

    /// <summary>Its key.</summary>
    public TestKey Key { get; } = key;

    /// <summary>SHA-256 of its origin.</summary>
    public Digest Origin => Digest.Sha256(Encoding.ASCII.GetBytes(origin));

    /// <summary>Signs a challenge.</summary>
    public PasskeyAssertion Answer(in Digest challenge, PasskeyShape? shape = null)
    {
        shape ??= PasskeyShape.Honest;
        var at = shape.Origin ?? origin;
        var host = shape.RelyingParty ?? at[(at.IndexOf("//", StringComparison.Ordinal) + 2)..].Split(':')[0];
        byte[] data = [.. Digest.Sha256(Encoding.UTF8.GetBytes(host)).AsSpan(), shape.Flags, 0, 0, 0, shape.Counter,
            .. shape.Tail];
        var client = Encoding.UTF8.GetBytes(shape.ClientData?.Invoke($"{challenge}")
            ?? $$"""{"type":"{{shape.Type}}","challenge":"{{challenge}}","origin":"{{at}}"{{shape.Rest}}}""");
        var hash = Digest.Sha256([.. data, .. Digest.Sha256(client).AsSpan()]);
        return new PasskeyAssertion(data, client, Key.SignHash(hash));
    }
}
