using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Remote;

/// <summary>What a proof is for: one made for one is worth nothing for another.</summary>
public enum ProofPurpose
{
    /// <summary>Reads blobs; the subject is a digest, or <c>*</c> for all that the account may read.</summary>
    Read = 1,

    /// <summary>Gives a blob's bytes; the subject is the digest.</summary>
    Write = 2,

    /// <summary>Holds an agent's lease; the subject is the host.</summary>
    Lease = 3,
}

/// <summary>
/// What an account signs to show a node who is asking: the payload of a compact JWS by one of its keys, sent as the
/// header <c>Aitbc-Proof</c>. It moves nothing on the ledger: its members are none of a payload's, so neither can be
/// taken for the other.
/// </summary>
/// <param name="Chain">The chain.</param>
/// <param name="Account">Who asks.</param>
/// <param name="Purpose">For what.</param>
/// <param name="Subject">On what.</param>
/// <param name="Audience">Thumbprint of the node's key, so that no other node can use it.</param>
/// <param name="ValidUntil">Last instant; at most <see cref="MaxLife"/> ahead.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AccountProof(
    ChainId Chain, AccountId Account, ProofPurpose Purpose, string Subject, KeyId Audience, Timestamp ValidUntil)
{
    /// <summary>The header's name.</summary>
    public const string Header = "Aitbc-Proof";

    /// <summary>The subject of a proof for everything that the account may read.</summary>
    public const string Everything = "*";

    /// <summary>Longest life of a proof.</summary>
    public static readonly Duration MaxLife = Duration.FromMinutes(5);

    /// <summary>How far the two clocks may be apart.</summary>
    private static readonly Duration Skew = Duration.FromSeconds(30);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.Strict,
        AllowDuplicateProperties = false,
        PropertyNameCaseInsensitive = false,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Signs it.</summary>
    /// <param name="key">One of the account's keys.</param>
    /// <returns>The header's value.</returns>
    public string Sign(KeyPair key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Encoding.ASCII.GetString(Jws.Sign(key, JsonSerializer.SerializeToUtf8Bytes(this, Options)).ToCompact());
    }

    /// <summary>Who proves to be there; the account's present keys are asked for at this moment.</summary>
    /// <param name="header">The header's value.</param>
    /// <param name="ledger">The node's own ledger.</param>
    /// <param name="verifier">Checks the signature.</param>
    /// <param name="wanted">For what, and on what.</param>
    /// <param name="now">The present time.</param>
    /// <param name="problem">What is wrong, in a plain sentence; null where nothing is.</param>
    /// <returns>The account; the default where there is a problem.</returns>
    public static AccountId Check(
        string header,
        ILedger ledger,
        KeyVerifier verifier,
        (ProofPurpose Purpose, string Subject) wanted,
        Timestamp now,
        out string? problem)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(verifier);
        if (header.Length > Jws.MaxCompactLength || !Ascii.IsValid(header)
            || !Jws.TryParse(Encoding.ASCII.GetBytes(header), out var parts, out _)
            || Read(parts.Payload.Span) is not { } proof)
        {
            problem = $"The header {Header} holds no compact JWS over a proof.";
            return default;
        }

        problem = proof.FaultOf(ledger, wanted, now);
        if (problem is not null)
        {
            return default;
        }

        var key = ledger.View.Read(state => state.KeyOf(proof.Account, parts.KeyId));
        if (key is not { } found
            || !verifier.VerifyJws(found, parts.HeaderText.Span, parts.Payload.Span, parts.Signature.Span))
        {
            problem = "The proof is not signed by a key that the account has now.";
            return default;
        }

        return proof.Account;
    }

    private static AccountProof? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<AccountProof>(json, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string? FaultOf(ILedger ledger, (ProofPurpose Purpose, string Subject) wanted, Timestamp now) => this switch
    {
        _ when !Chain.Equals(ledger.Genesis.Chain) => "The proof is for another chain.",
        _ when Audience != ledger.Genesis.NodeKey.Thumbprint() => "The proof is for another node.",
        _ when Purpose != wanted.Purpose => "The proof is for another purpose.",
        _ when Subject != wanted.Subject && !(Purpose == ProofPurpose.Read && Subject == Everything) =>
            "The proof is for another thing.",
        _ when ValidUntil < now => "The proof has expired.",
        _ when ValidUntil > now + MaxLife + Skew => "The proof is valid for too long: 5 minutes at most.",
        _ => null,
    };
}
