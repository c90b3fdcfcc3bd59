using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;

namespace Aitbc.Infrastructure.Remote;

/// <summary>
/// A ledger at a node. It follows the node's entries and carries its own state on by their events alone, so whoever
/// reads its view reads what anybody could compute; what it sends goes over HTTP, and an answer counts once the
/// view shows it. It checks hashes and the node's signed heads as they come and ends where they do not fit.
/// </summary>
/// <remarks>Safe from any thread. Of a snapshot, balances are taken on the node's word;
/// <see cref="RemoteLedgerOptions.FromGenesis"/> takes none. Rules and signatures are for <c>aitbc verify</c>.
/// </remarks>
public sealed partial class RemoteLedger : ILedger
{
    /// <summary>Most payloads of one request.</summary>
    private const int MaxPayloads = 64;

    /// <summary>Most bytes of one request's payloads, so that with their signatures they stay below a node's limit.
    /// </summary>
    private const int MaxRequestBytes = 512 * 1024;

    private readonly RemoteLedgerOptions options;
    private readonly NodeConnection node;
    private readonly BlobCache blobs;
    private readonly Dictionary<AccountId, KeyPair> keys = [];
    private bool isDisposed;

    private RemoteLedger(
        RemoteLedgerOptions options, NodeConnection node, Genesis genesis, Digest digest, ReplicaSnapshot from)
    {
        (this.options, this.node, Genesis, GenesisDigest) = (options, node, genesis, digest);
        blobs = new BlobCache(options.BlobBytes);
        window = new EntryWindow(options.WindowBytes);
        View = new LedgerView(from.State);
        check = new ReplicaCheck(genesis, from);
        following = Task.Run(FollowAsync);
    }

    /// <inheritdoc/>
    public LedgerView View { get; }

    /// <inheritdoc/>
    public Genesis Genesis { get; }

    /// <summary>Digest of the genesis file's bytes.</summary>
    public Digest GenesisDigest { get; }

    /// <summary>Connects, checks that it is the chain that is meant, and begins to follow.</summary>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="NodeRefusedException">The node refuses, or has another chain.</exception>
    /// <exception cref="IOException">The node does not answer.</exception>
    public static async Task<RemoteLedger> ConnectAsync(
        RemoteLedgerOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var node = new NodeConnection(options);
        try
        {
            var answer = await node.SendAsync(HttpMethod.Get, "/v1/replica/genesis", null, null, cancellationToken)
                .ConfigureAwait(false);
            if (!answer.IsOk)
            {
                throw answer.Refusal();
            }

            if (GenesisCodec.TryParse(answer.Body, out var genesis, out var digest) is { Count: > 0 } problems)
            {
                throw new NodeRefusedException("otherChain", $"The node's genesis is none: {problems[0]}");
            }

            if (options.Genesis is { } wanted && wanted != digest)
            {
                throw new NodeRefusedException(
                    "otherChain", $"The node has another chain than the one that began with {wanted}: {digest}.");
            }

            var from = await BeginAsync(options, node, genesis, digest, cancellationToken).ConfigureAwait(false);
            return new RemoteLedger(options, node, genesis, digest, from);
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    /// <summary>Makes an account's key usable to show the node who is asking: for blobs, not for payloads.</summary>
    /// <param name="account">Whose key it is.</param>
    /// <param name="key">One of its keys; stays the caller's.</param>
    public void Enrol(AccountId account, KeyPair key)
    {
        ArgumentNullException.ThrowIfNull(key);
        lock (keys)
        {
            keys[account] = key;
        }
    }

    /// <inheritdoc/>
    public async Task<SubmitResult> SubmitAsync(SignedPayload payload, CancellationToken cancellationToken) =>
        (await SubmitAllAsync([payload], cancellationToken).ConfigureAwait(false))[0];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SubmitResult>> SubmitAllAsync(
        IReadOnlyList<SignedPayload> payloads, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(payloads);
        if (payloads.Sum(payload => (long)payload.Bytes.Length) > LedgerHost.MaxSubmissionBytes)
        {
            throw new ArgumentException(
                $"One call takes {LedgerHost.MaxSubmissionBytes} bytes of payloads at most.", nameof(payloads));
        }

        CheckOpen();
        var results = new List<SubmitResult>(payloads.Count);
        for (var at = 0; at < payloads.Count;)
        {
            var part = PartFrom(payloads, at);
            results.AddRange(await SendAsync(part, cancellationToken).ConfigureAwait(false));
            at += part.Count;
        }

        await SeenAsync(results.Count == 0 ? 0 : results.Max(result => result.Seq), cancellationToken)
            .ConfigureAwait(false);
        return results;
    }

    /// <inheritdoc/>
    public Task<Outcome> OfferOpeningAsync(
        WorkloadId workload, BidOpening opening, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(opening);
        return OfferAsync("/v1/openings", new
        {
            workload,
            bidder = opening.Bidder,
            price = opening.Price,
            proposalHash = opening.ProposalHash,
            salt = opening.Salt,
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Outcome> OfferSaltAsync(WorkloadId workload, Digest salt, CancellationToken cancellationToken) =>
        OfferAsync("/v1/salts", new { workload, salt }, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        await stopping.CancelAsync().ConfigureAwait(false);
        await following.ConfigureAwait(false);
        node.Dispose();
        check.Dispose();
        stopping.Dispose();
    }

    private static async Task<ReplicaSnapshot> BeginAsync(
        RemoteLedgerOptions options,
        NodeConnection node,
        Genesis genesis,
        Digest digest,
        CancellationToken cancellationToken)
    {
        if (options.FromGenesis)
        {
            return ReplicaSnapshot.OfGenesis(genesis, digest);
        }

        using var response = await node.OpenAsync(
            HttpMethod.Get, "/v1/replica/snapshot", null, null, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return ReplicaSnapshot.OfGenesis(genesis, digest);
        }

        if (!response.IsSuccessStatusCode)
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            throw new NodeAnswer(response.StatusCode, body).Refusal();
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            return await Task.Run(() => ReplicaSnapshot.Read(genesis, stream), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>As many payloads as go into one request.</summary>
    private static List<SignedPayload> PartFrom(IReadOnlyList<SignedPayload> payloads, int at)
    {
        var part = new List<SignedPayload>();
        for (long bytes = 0; at < payloads.Count && part.Count < MaxPayloads; at++)
        {
            bytes += payloads[at].Bytes.Length;
            if (part.Count > 0 && bytes > MaxRequestBytes)
            {
                break;
            }

            part.Add(payloads[at]);
        }

        return part;
    }

    private async Task<IEnumerable<SubmitResult>> SendAsync(
        List<SignedPayload> part, CancellationToken cancellationToken)
    {
        var texts = part.ConvertAll(CompactOf);
        if (texts.Count > 1)
        {
            using var many = new StringContent(JsonSerializer.Serialize(texts), Encoding.UTF8, "application/json");
            var answers = await node.SendAsync(HttpMethod.Post, "/v1/commands", many, null, cancellationToken)
                .ConfigureAwait(false);
            return answers.IsOk
                ? [.. answers.Json().EnumerateArray().Select(NodeAnswer.ResultOf)]
                : throw answers.Refusal();
        }

        using var one = new ByteArrayContent(Encoding.ASCII.GetBytes(texts[0]));
        one.Headers.ContentType = new MediaTypeHeaderValue("application/jose");
        var path = Array.TrueForAll(part[0].Payload.Commands, command => command.Kind.IsOversight())
            ? "/v1/oversight"
            : "/v1/commands";
        var answer = await node.SendAsync(HttpMethod.Post, path, one, null, cancellationToken).ConfigureAwait(false);
        return [NodeAnswer.ResultOf(answer.Json())];
    }

    private static string CompactOf(SignedPayload payload) => payload.Payload.Proof == ProofKind.Jws
        ? Encoding.ASCII.GetString(new JwsParts(
            payload.ProofHeader, payload.Payload.Signer, payload.Bytes, payload.Signature).ToCompact())
        : throw new NotSupportedException(
            "From here a node is sent payloads that are signed as JWS; a passkey belongs to a browser.");

    private async Task<Outcome> OfferAsync<T>(string path, T offer, CancellationToken cancellationToken)
    {
        CheckOpen();
        using var body = new StringContent(JsonSerializer.Serialize(offer), Encoding.UTF8, "application/json");
        var answer = await node.SendAsync(HttpMethod.Post, path, body, null, cancellationToken).ConfigureAwait(false);
        var outcome = answer.OutcomeOf(out var seq);
        await SeenAsync(seq, cancellationToken).ConfigureAwait(false);
        return outcome;
    }
}
