using System.Buffers;
using System.Net;
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

/// <summary>Someone who may decide about an agent, or one of the council, as a node says it.</summary>
/// <param name="Account">Their account.</param>
/// <param name="Keys">Thumbprints of its present keys.</param>
public sealed record Guardian(AccountId Account, IReadOnlyList<KeyId> Keys);

/// <summary>An agent and its guardians, as a node says it.</summary>
/// <param name="Agent">Which.</param>
/// <param name="Guardians">Who may stop it.</param>
/// <param name="Threshold">How many of them release it.</param>
/// <param name="IsStopped">Whether one has stopped it.</param>
/// <param name="Owner">Whose it is.</param>
public sealed record GuardedAgent(
    AccountId Agent, IReadOnlyList<Guardian> Guardians, int Threshold, bool IsStopped, Guardian Owner);

/// <summary>What a guardian needs of a node: to look at an agent, and to send one signed command. It follows no chain,
/// so a stop leaves at once.</summary>
/// <remarks>Thread-safe. Commands go in a nonce lane of their own, so what the same account signs elsewhere is never in
/// their way.</remarks>
public sealed class GuardianClient : IDisposable
{
    /// <summary>The nonce lane of a guardian's commands.</summary>
    public const int Lane = 6;

    private const int MaxTries = 3;
    private static readonly Duration Validity = Duration.FromMinutes(5);

    private readonly NodeConnection node;
    private readonly TimeProvider time;

    /// <summary>A client; nothing is sent yet.</summary>
    /// <param name="options">Where the node is.</param>
    public GuardianClient(RemoteLedgerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (node, time) = (new NodeConnection(options), options.Time);
    }

    /// <summary>Looks at an agent.</summary>
    /// <param name="agent">Its account.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null where the node knows no such agent.</returns>
    /// <exception cref="NodeRefusedException">The node refuses.</exception>
    /// <exception cref="IOException">The node does not answer.</exception>
    public async Task<GuardedAgent?> FindAsync(AccountId agent, CancellationToken cancellationToken)
    {
        if (await GetAsync($"/v1/agents/{agent}", cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return null;
        }

        var guardians = new List<Guardian>();
        foreach (var id in found.GetProperty("guardians").EnumerateArray())
        {
            guardians.Add(await PersonAsync(AccountId.Parse(id.GetString()!), cancellationToken).ConfigureAwait(false));
        }

        return new GuardedAgent(
            agent,
            guardians,
            found.GetProperty("guardianThreshold").GetInt32(),
            found.GetProperty("stopped").GetBoolean(),
            await PersonAsync(AccountId.Parse(found.GetProperty("owner").GetString()!), cancellationToken)
                .ConfigureAwait(false));
    }

    /// <summary>What the chain began with.</summary>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="NodeRefusedException">The node refuses.</exception>
    /// <exception cref="IOException">The node does not answer, or with no genesis.</exception>
    public async Task<Genesis> GenesisAsync(CancellationToken cancellationToken)
    {
        var found = await GetAsync("/v1/genesis", cancellationToken).ConfigureAwait(false);
        var text = Encoding.UTF8.GetBytes(found?.GetRawText() ?? string.Empty);
        return GenesisCodec.TryParse(text, out var genesis, out _) is [var problem, ..]
            ? throw new IOException($"The node's genesis is none: {problem}")
            : genesis;
    }

    /// <summary>The council, with the keys that its members have now.</summary>
    /// <param name="genesis">Names its members.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="NodeRefusedException">The node refuses.</exception>
    /// <exception cref="IOException">The node does not answer.</exception>
    public async Task<IReadOnlyList<Guardian>> CouncilAsync(Genesis genesis, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        var members = new List<Guardian>();
        foreach (var one in genesis.Accounts.Where(one => one.Council))
        {
            members.Add(await PersonAsync((AccountId)one.Key.Thumbprint(), cancellationToken).ConfigureAwait(false));
        }

        return members;
    }

    /// <summary>Reads a resource of the node.</summary>
    /// <param name="path">Its path and query.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null where the node has no such thing.</returns>
    /// <exception cref="NodeRefusedException">The node refuses.</exception>
    /// <exception cref="IOException">The node does not answer.</exception>
    public Task<JsonElement?> GetAsync(string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        return AskAsync(HttpMethod.Get, path, null, cancellationToken);
    }

    /// <summary>Asks the node about a text in JSON; nothing is signed, and nothing changes.</summary>
    /// <param name="path">The path and query.</param>
    /// <param name="json">The text.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null where the node has no such thing.</returns>
    /// <exception cref="NodeRefusedException">The node refuses.</exception>
    /// <exception cref="IOException">The node does not answer.</exception>
    public async Task<JsonElement?> AskAsync(string path, byte[] json, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var body = new ByteArrayContent(json);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await AskAsync(HttpMethod.Post, path, body, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Signs a command and sends it; the answer is durable.</summary>
    /// <param name="from">Whose command it is.</param>
    /// <param name="key">One of the account's keys; stays the caller's.</param>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Stops the waiting; the command may have left.</param>
    /// <exception cref="NodeRefusedException">The node refuses.</exception>
    /// <exception cref="AdmissionClosedException">The node takes nothing now.</exception>
    /// <exception cref="IOException">The node does not answer; the command may have taken effect.</exception>
    public async Task<SubmitResult> SendAsync(
        AccountId from, KeyPair key, Command command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(command);
        for (var tries = 1; ; tries++)
        {
            using var body = new ByteArrayContent(
                await SignAsync(from, key, command, cancellationToken).ConfigureAwait(false));
            body.Headers.ContentType = new MediaTypeHeaderValue("application/jose");
            var path = command.Kind.IsOversight() ? "/v1/oversight" : "/v1/commands";
            var answer = await node.SendAsync(HttpMethod.Post, path, body, null, cancellationToken)
                .ConfigureAwait(false);
            var result = NodeAnswer.ResultOf(answer.Json());

            // The same person at another terminal was quicker, or has stopped something since.
            if (tries == MaxTries || result.Outcome is not (Outcome.NonceUsed or Outcome.StaleEpoch))
            {
                return result;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => node.Dispose();

    private async Task<byte[]> SignAsync(
        AccountId from, KeyPair key, Command command, CancellationToken cancellationToken)
    {
        var chain = await GetAsync("/v1/chain", cancellationToken).ConfigureAwait(false)
            ?? throw new IOException("The node does not say which chain it has.");
        var account = await AccountAsync(from, cancellationToken).ConfigureAwait(false);
        var bytes = new ArrayBufferWriter<byte>();
        PayloadCodec.Write(
            new ClientPayload
            {
                Chain = new ChainId(chain.GetProperty("chain").GetString()!),
                From = from,
                Lane = Lane,
                Sequence = account.GetProperty("nextSequences")[Lane].GetUInt64(),
                ValidUntil = new Timestamp(time.GetUtcNow().ToUnixTimeMilliseconds()) + Validity,
                Epoch = chain.GetProperty("stopEpoch").GetUInt64(),
                Commands = [command],
                Proof = ProofKind.Jws,
                Signer = key.Id,
                PayloadDigest = default,
            },
            bytes);
        return Jws.Sign(key, bytes.WrittenSpan).ToCompact();
    }

    private async Task<JsonElement> AccountAsync(AccountId account, CancellationToken cancellationToken) =>
        await GetAsync($"/v1/accounts/{account}", cancellationToken).ConfigureAwait(false)
        ?? throw new NodeRefusedException("notFound", $"The node knows no account {account}.");

    private async Task<Guardian> PersonAsync(AccountId account, CancellationToken cancellationToken)
    {
        var view = await AccountAsync(account, cancellationToken).ConfigureAwait(false);
        return new Guardian(
            account, [.. view.GetProperty("keys").EnumerateArray().Select(key => KeyId.Parse(key.GetString()!))]);
    }

    private async Task<JsonElement?> AskAsync(
        HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken)
    {
        var answer = await node.SendAsync(method, path, body, null, cancellationToken).ConfigureAwait(false);
        return answer.IsOk ? answer.Json()
            : answer.Status == HttpStatusCode.NotFound ? null
            : throw answer.Refusal();
    }
}
