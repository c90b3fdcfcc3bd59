using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Safety;

/// <summary>
/// An account's key behind a door that only the gateway opens: nothing public signs, and signing takes an
/// <see cref="ApprovedAction"/>. Whoever hosts an account makes its signer and enrols it.
/// </summary>
/// <remarks>Safe from any thread. The key pair stays the caller's, who disposes it after the gateway's last use.
/// </remarks>
public sealed class AgentSigner
{
    private readonly KeyPair? key;

    private AgentSigner(AccountId account, KeyId keyId, KeyPair? key)
    {
        Account = account;
        KeyId = keyId;
        this.key = key;
    }

    /// <summary>Whose key it is.</summary>
    public AccountId Account { get; }

    /// <summary>The key's thumbprint.</summary>
    public KeyId KeyId { get; }

    internal ProofKind Proof => key is null ? ProofKind.Simulated : ProofKind.Jws;

    /// <summary>A signer that signs (RFC 7515, ES256).</summary>
    /// <param name="account">Whose key it is.</param>
    /// <param name="key">One of the account's keys.</param>
    public static AgentSigner ForKey(AccountId account, KeyPair key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new AgentSigner(account, key.Id, key);
    }

    /// <summary>A signer without a signature, for chains named <c>sim:</c>; every other chain refuses it.</summary>
    /// <param name="account">Whose it is; it stands for the account's first key.</param>
    public static AgentSigner ForSimulation(AccountId account) => new(account, KeyId.From(account.AsSpan()), null);

    /// <summary>Signs what was approved, and uses the approval up.</summary>
    /// <param name="approved">The approval.</param>
    /// <param name="now">The present time.</param>
    /// <param name="before">Called between the two; what it throws stops the signing.</param>
    /// <exception cref="ApprovalException">The approval does not cover this.</exception>
    internal SignedPayload Sign(ApprovedAction approved, Timestamp now, Action before)
    {
        if (approved.Payload.From != Account || approved.Payload.Signer != KeyId)
        {
            throw new ApprovalException("The approval is for another account or key.");
        }

        approved.Use(now, approved.Bytes);
        before();
        ReadOnlyMemory<byte> header = default, signature = default;
        if (key is not null)
        {
            var parts = Jws.Sign(key, approved.Bytes);
            (header, signature) = (parts.HeaderText, parts.Signature);
        }

        // Parsed anew from the bytes that were signed, so that what is sent is what they say and nothing else.
        return SignedPayload.TryFromParts(Proof, header, approved.Bytes, signature, out var signed, out var problem)
            ? signed
            : throw new ApprovalException($"The approved bytes are no payload: {problem}");
    }
}
