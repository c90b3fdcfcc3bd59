using System.Security.Cryptography;
using Aitbc.Agents.Core.Communication;
using Aitbc.Agents.Core.Memory;
using Aitbc.Infrastructure.Identity;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Remote;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.State;
using Aitbc.Safety;
using Aitbc.Safety.Audit;
using Aitbc.Simulation.Worlds;

namespace Aitbc.Simulation.Hosting;

/// <summary>
/// A provider that decides in a program of its own: the market's acts, one call each, through the same gateway and
/// audit as every hosted agent's. It makes and keeps its keys, registers once, and tells the node that it lives.
/// </summary>
/// <remarks>One owner, one call at a time. A program that ends with a job awarded to it loses the job's bond unless it
/// goes on in time.</remarks>
public sealed class ProviderSession : IAsyncDisposable
{
    private const uint BlobDays = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly HostDirectory directory;
    private readonly RemoteLedger ledger;
    private readonly HostedAgent agent;
    private readonly Identity identity;
    private readonly AuditFile audit;
    private readonly SafetyGateway gateway;
    private readonly LeaseKeeper lease;
    private readonly TimeProvider time;
    private readonly MarketFeed feed;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task renewal;
    private readonly Dictionary<WorkloadId, Standing> bids = [];

    /// <summary>What is known of a workload it has bid on.</summary>
    private sealed record Standing(AccountNumber? Provider, WorkloadEnd? End);

    private ProviderSession(
        HostDirectory directory, RemoteLedger ledger, HostedAgent agent, Duration leaseTtl, TimeProvider time)
    {
        (this.directory, this.ledger, this.agent, this.time) = (directory, ledger, agent, time);
        identity = Identity.Load(directory.Keys, agent.Account);
        audit = AuditFile.Open(directory.Disk, ledger.View.Read(state => state.Time));
        gateway = new SafetyGateway(ledger, audit, time, new GatewayOptions());
        gateway.Enrol(AgentSigner.ForKey(agent.Account, identity.Key!));
        ledger.Enrol(agent.Account, identity.Key!);
        feed = new MarketFeed(ledger, ledger.View.Seq);
        var host = $"{agent.Name}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        lease = new LeaseKeeper(ledger, agent.Account, host, leaseTtl, time);
        renewal = lease.RunAsync(() => { }, stopping.Token);
    }

    /// <summary>Its account.</summary>
    public AccountId Account => agent.Account;

    /// <summary>What is durable, to read.</summary>
    public LedgerView View => ledger.View;

    /// <summary>Connects; on the first time, makes keys, has the node's faucet fund an owner and registers.</summary>
    /// <param name="options">Who and where.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="WorldRefusedException">It cannot be registered; the sentence says why.</exception>
    /// <exception cref="NodeRefusedException">The node refuses, such as its faucet without the operator's token.
    /// </exception>
    /// <exception cref="IOException">The node is silent, or another process has the directory.</exception>
    public static async Task<ProviderSession> OpenAsync(ProviderOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!Label.TryParse(options.Name, out _))
        {
            throw new WorldRefusedException("name", "A name is 1 to 32 of a-z, 0-9, dot, dash and underscore.");
        }

        var directory = HostDirectory.Open(options.Data);
        RemoteLedger? ledger = null;
        try
        {
            ledger = await RemoteLedger.ConnectAsync(
                new RemoteLedgerOptions
                {
                    Node = options.Node,
                    Token = options.Token,
                    Genesis = directory.Load()?.Genesis,
                    Time = options.Time,
                },
                cancellationToken).ConfigureAwait(false);
            var agent = await AgentEnrolment.EnrolAsync(
                directory,
                ledger,
                options.Name,
                HostedKind.Own,
                () => new AgentMemory(),
                owner => AgentEnrolment.CharterOf(options.Kind, [options.Capability], owner),
                cancellationToken).ConfigureAwait(false);
            return new ProviderSession(directory, ledger, agent, options.LeaseTtl, options.Time);
        }
        catch
        {
            await (ledger?.DisposeAsync() ?? ValueTask.CompletedTask).ConfigureAwait(false);
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Stakes what is missing and lists a service, unless one of its capability is listed already.</summary>
    /// <param name="stake">How much shall be staked.</param>
    /// <param name="terms">The service's terms.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The service.</returns>
    /// <exception cref="ActRefusedException">It was refused.</exception>
    public async Task<ServiceId> OfferAsync(
        TokenAmount stake, ServiceTerms terms, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(terms);
        if (FindService(terms.Capability) is { } listed)
        {
            return listed;
        }

        var staked = View.Read(state => state.Account(state.FindAccount(Account)!.Value).Stake);
        Command[] commands = staked < stake
            ? [new DepositStake(stake - staked), new ListService(terms)]
            : [new ListService(terms)];
        await ActAsync($"offer {terms.Capability}", commands, cancellationToken).ConfigureAwait(false);
        return FindService(terms.Capability)!.Value;
    }

    /// <summary>Waits for a workload that takes bids, whose result no validators check, that it can afford to bid on
    /// and has not bid on yet.</summary>
    /// <param name="capability">What is needed.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<OpenWorkload> NextAsync(Label capability, CancellationToken cancellationToken) =>
        UntilAsync(_ => Task.FromResult(View.Read(state => FindOpen(state, capability))), cancellationToken);

    /// <summary>Places a sealed bid and gives the node its opening, which it keeps to itself until bidding closes.
    /// </summary>
    /// <param name="workload">On what.</param>
    /// <param name="service">With which service.</param>
    /// <param name="price">What it asks, base units.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ActRefusedException">It was refused, such as for having come too late.</exception>
    public async Task BidAsync(
        WorkloadId workload, ServiceId service, TokenAmount price, CancellationToken cancellationToken)
    {
        bids[workload] = new Standing(null, null);
        var opening = Sealing.Opening(agent.Secret, workload, Account, price);
        var place = new PlaceBid(workload, service, Sealing.Commit(workload, opening));
        await ActAsync($"bid on {workload}", [place], cancellationToken).ConfigureAwait(false);
        await GiveAsync(new OpeningDelivery(workload, opening), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until a workload that it has bid on is awarded, or ends without.</summary>
    /// <param name="workload">Which.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Whether it is its own now.</returns>
    public async Task<bool> WinsAsync(WorkloadId workload, CancellationToken cancellationToken)
    {
        var known = await UntilAsync(
            async stop => await LookAsync(workload, stop).ConfigureAwait(false) is { } found
                && (found.Provider is not null || found.End is not null) ? found : null,
            cancellationToken).ConfigureAwait(false);
        return known.Provider is { } winner && winner == View.Read(state => state.FindAccount(Account));
    }

    /// <summary>Starts a job that was awarded to it.</summary>
    /// <param name="workload">Which.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ActRefusedException">It was refused.</exception>
    public Task StartAsync(WorkloadId workload, CancellationToken cancellationToken) =>
        ActAsync($"start {workload}", [new StartWork(workload)], cancellationToken);

    /// <summary>A blob that it may read, such as specification and input of a job that it was awarded.</summary>
    /// <param name="digest">Which.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The bytes; null where there are none for it.</returns>
    /// <exception cref="IOException">The node is silent.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(Digest digest, CancellationToken cancellationToken) =>
        (await ledger.GetBlobAsync(Account, digest, cancellationToken).ConfigureAwait(false)).OrNull;

    /// <summary>Declares the result's blobs, gives their bytes to the node and delivers the first of them.</summary>
    /// <param name="workload">Of which job.</param>
    /// <param name="outputs">The result, and up to four other blobs that the client shall be able to read.</param>
    /// <param name="qualityPpm">The quality measured, ppm; 0 where none is.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ActRefusedException">It was refused, such as for having come too late.</exception>
    public async Task DeliverAsync(
        WorkloadId workload,
        IReadOnlyList<ReadOnlyMemory<byte>> outputs,
        uint qualityPpm,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        var blobs = outputs.Select(bytes => (Digest: Digest.Sha256(bytes.Span), Bytes: bytes))
            .DistinctBy(blob => blob.Digest).ToList();
        Command[] declared =
        [
            .. blobs.Where(blob => View.Read(state => state.FindBlob(blob.Digest)) < 0)
                .Select(blob => new DeclareBlob(blob.Digest, (ulong)blob.Bytes.Length, BlobDays)
                {
                    Names = blob.Digest == blobs[0].Digest ? [.. blobs.Skip(1).Select(other => other.Digest)] : [],
                }),
        ];
        if (declared.Length > 0)
        {
            await ActAsync($"declare the result of {workload}", declared, cancellationToken).ConfigureAwait(false);
        }

        foreach (var (_, bytes) in blobs)
        {
            await GiveAsync(new BlobDelivery(Account, bytes), cancellationToken).ConfigureAwait(false);
        }

        var submit = new SubmitWork(workload, blobs[0].Digest, qualityPpm);
        await ActAsync($"deliver {workload}", [submit], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until a workload that it has bid on has ended.</summary>
    /// <param name="workload">Which.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<WorkloadEnd> EndAsync(WorkloadId workload, CancellationToken cancellationToken)
    {
        var end = await UntilAsync(
            async stop => (await LookAsync(workload, stop).ConfigureAwait(false)).End, cancellationToken)
            .ConfigureAwait(false);
        bids.Remove(workload);
        return end;
    }

    /// <summary>Any other act, all or nothing.</summary>
    /// <param name="why">The reason, for the audit.</param>
    /// <param name="commands">What shall be done.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ActRefusedException">It was refused.</exception>
    public async Task ActAsync(string why, IReadOnlyList<Command> commands, CancellationToken cancellationToken)
    {
        // A copy of its directory elsewhere may act for it: then this one must not.
        await UntilAsync(_ => Task.FromResult(lease.Left.Ms > 0 ? this : null), cancellationToken)
            .ConfigureAwait(false);
        var result = await gateway
            .ActAsync(new ProposedAction(Account, commands, why), cancellationToken).ConfigureAwait(false);
        if (!result.IsApplied)
        {
            throw new ActRefusedException(
                result.Outcome,
                result.Refusal?.Sentence ?? $"To {why} was not taken: {result.Outcome?.ToString() ?? "no answer"}.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await renewal.ConfigureAwait(false);
        stopping.Dispose();
        feed.Dispose();
        audit.Dispose();
        identity.Dispose();
        await ledger.DisposeAsync().ConfigureAwait(false);
        directory.Dispose();
    }

    private async Task GiveAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var outcome = await gateway.DeliverAsync(delivery, cancellationToken).ConfigureAwait(false);
        if (outcome != Outcome.Applied)
        {
            throw new ActRefusedException(outcome, $"The node did not take what was given: {outcome}.");
        }
    }

    /// <summary>What is known now of a workload it has bid on.</summary>
    private async Task<Standing> LookAsync(WorkloadId workload, CancellationToken cancellationToken)
    {
        foreach (var news in await feed.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (news.Awarded is { } awarded && bids.TryGetValue(awarded.Workload, out var open))
            {
                bids[awarded.Workload] = open with { Provider = awarded.Provider };
            }
            else if (news.Ended is { } ended && bids.TryGetValue(ended.Workload, out var known))
            {
                bids[ended.Workload] = known with { End = new WorkloadEnd(ended.Ending, ended.Paid) };
            }
        }

        return bids.TryGetValue(workload, out var found)
            ? found
            : throw new InvalidOperationException($"No bid was placed on {workload} in this session.");
    }

    /// <summary>Asks again at each change until there is an answer.</summary>
    private async Task<T> UntilAsync<T>(Func<CancellationToken, Task<T?>> ask, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            if (ledger.Failure is { } failure)
            {
                throw new WorldRefusedException("failed", $"The node cannot be followed any more: {failure.Message}");
            }

            var changed = View.ChangedAsync();
            if (await ask(cancellationToken).ConfigureAwait(false) is { } answer)
            {
                return answer;
            }

            await Task.WhenAny(changed, Task.Delay(Patience, time, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private ServiceId? FindService(Label capability) => View.Read(state =>
    {
        var self = state.FindAccount(Account);
        for (var slot = 0; slot < state.Services.Count; slot++)
        {
            ref readonly var service = ref state.Services[slot];
            if (service.Id.Value != 0 && service.Provider == self && service.Capability == capability)
            {
                return service.Id;
            }
        }

        return (ServiceId?)null;
    });

    private OpenWorkload? FindOpen(LedgerState state, Label capability)
    {
        var self = state.FindAccount(Account)!.Value;
        for (var slot = 0; slot < state.Workloads.Count; slot++)
        {
            ref readonly var it = ref state.Workloads[slot];
            if (it.Id.Value != 0 && it.Capability == capability
                && it.Phase is WorkloadPhase.Open or WorkloadPhase.Bidding && it.Mode == VerificationMode.None
                && !bids.ContainsKey(it.Id) && it.BidBond + it.JobBond <= state.Account(self).Available)
            {
                return new OpenWorkload(
                    it.Id, it.Input, it.Spec, it.MaxPrice, it.BidBond + it.JobBond, it.Units, it.MinQualityPpm);
            }
        }

        return null;
    }
}
