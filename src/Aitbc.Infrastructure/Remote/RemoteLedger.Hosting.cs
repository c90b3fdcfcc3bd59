using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;

namespace Aitbc.Infrastructure.Remote;

/// <summary>What became of the question for an agent's lease.</summary>
/// <param name="IsHeld">Whether it is the asker's now.</param>
/// <param name="Holder">The host that has it.</param>
/// <param name="Left">How long, counted from when the node answered.</param>
public sealed record LeaseAnswer(bool IsHeld, string Holder, Duration Left);

/// <content>What hosts of agents ask a node for beside the ledger.</content>
public sealed partial class RemoteLedger
{
    /// <summary>Takes or renews the lease of an agent whose key is enrolled here.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="host">This host's own name.</param>
    /// <param name="ttl">For how long.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="IOException">No answer came.</exception>
    public async Task<LeaseAnswer> ClaimLeaseAsync(
        AccountId agent, string host, Duration ttl, CancellationToken cancellationToken)
    {
        using var body = JsonOf(new { host, ttlMs = ttl });
        var answer = await node.SendAsync(
            HttpMethod.Put,
            $"/v1/agents/{agent}/lease",
            body,
            ProofOf(agent, ProofPurpose.Lease, host),
            cancellationToken).ConfigureAwait(false);
        var json = answer.Json();
        if (answer.IsOk)
        {
            return new LeaseAnswer(true, host, new Duration(json.GetProperty("leftMs").GetInt64()));
        }

        return answer.Status == HttpStatusCode.Conflict && answer.IsProblem("leaseHeld")
            ? new LeaseAnswer(
                false, json.GetProperty("holder").GetString()!, new Duration(json.GetProperty("leftMs").GetInt64()))
            : throw answer.Refusal();
    }

    /// <summary>Gives the lease of an agent back.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="host">This host's own name.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="IOException">No answer came.</exception>
    public Task ReleaseLeaseAsync(AccountId agent, string host, CancellationToken cancellationToken) =>
        node.SendAsync(
            HttpMethod.Delete,
            $"/v1/agents/{agent}/lease?host={host}",
            null,
            ProofOf(agent, ProofPurpose.Lease, host),
            cancellationToken);

    /// <summary>Has the node's faucet open an account; for the node's operator, on chains that have one.</summary>
    /// <param name="key">The account's first key.</param>
    /// <param name="amount">With how much.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="NodeRefusedException">There is no faucet, or the token is no operator's.</exception>
    /// <exception cref="IOException">No answer came.</exception>
    public async Task<Outcome> FundAsync(KeyPair key, TokenAmount amount, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        var faucet = await node.SendAsync(HttpMethod.Get, "/v1/faucet", null, null, cancellationToken)
            .ConfigureAwait(false);
        if (!faucet.IsOk)
        {
            throw faucet.Refusal();
        }

        var sponsor = AccountId.Parse(faucet.Json().GetProperty("sponsor").GetString()!);
        var possession = Base64Url.EncodeToString(KeyPossession.Prove(key, Genesis.Chain, sponsor).AsSpan());
        using var body = JsonOf(new { key = key.PublicKey, possession, amount });
        var answer = await node.SendAsync(HttpMethod.Post, "/v1/faucet", body, null, cancellationToken)
            .ConfigureAwait(false);
        var result = NodeAnswer.ResultOf(answer.Json());
        await SeenAsync(result.Seq, cancellationToken).ConfigureAwait(false);
        return result.Outcome;
    }

    private static StringContent JsonOf<T>(T value) =>
        new(JsonSerializer.Serialize(value), Encoding.UTF8, "application/json");
}
