using System.Security.Cryptography;
using Aitbc.Agents;
using Aitbc.Agents.Kinds.Requesting;
using Aitbc.Agents.Runtime.Decision;
using Aitbc.Infrastructure.Identity;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Remote;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Safety;
using Aitbc.Safety.Audit;
using Aitbc.Simulation.Worlds;
using Aitbc.Workloads.Chat;

namespace Aitbc.Simulation.Hosting;

/// <summary>
/// Agents in a process of their own, against a node: the same turns and the same gateway as in a world, with keys,
/// memory and audit in a directory of their own. An agent acts only while its lease at the node is held here.
/// </summary>
/// <remarks>One loop, one owner. Killed, it loses nothing that it needs; started again it goes on.</remarks>
public sealed class AgentHost : IAsyncDisposable
{
    private const long MaxWaitMs = 1_000;

    private readonly HostDirectory directory;
    private readonly RemoteLedger ledger;
    private readonly AuditFile audit;
    private readonly SafetyGateway gateway;
    private readonly TimeProvider time;
    private readonly Workshop workshop;
    private readonly Observer observer;
    private readonly KeptHost kept;
    private readonly List<Hosted> hosted = [];
    private readonly List<Identity> identities = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> renewals;
    private volatile TaskCompletionSource leaseChanged = NewSignal();

    private sealed record Hosted(Agent Agent, HostedAgent Kept, LeaseKeeper Lease)
    {
        public required MarketFeed Feed { get; set; }

        /// <summary>Workloads that this process has started itself.</summary>
        public HashSet<WorkloadId> Started { get; } = [];

        public bool WasLive { get; set; }
    }

    private AgentHost(
        HostDirectory directory,
        RemoteLedger ledger,
        KeptHost kept,
        Func<RequesterTraits> requester,
        ChatEndpoint? chat,
        Duration leaseTtl,
        TimeProvider time)
    {
        (this.directory, this.ledger, this.kept, this.time) = (directory, ledger, kept, time);
        Name = $"{Environment.MachineName}-{Environment.ProcessId}-"
            + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        audit = AuditFile.Open(directory.Disk, ledger.View.Read(state => state.Time));
        gateway = new SafetyGateway(ledger, audit, time, new GatewayOptions());
        foreach (var agent in kept.Agents.Where(agent => chat is not null || agent.Kind != HostedKind.Chat))
        {
            var identity = Identity.Load(directory.Keys, agent.Account);
            identities.Add(identity);
            ledger.Enrol(agent.Account, identity.Key!);
            gateway.Enrol(AgentSigner.ForKey(agent.Account, identity.Key!));
            var (conduct, _) = HostedAgent.Make(agent.Kind, requester);
            hosted.Add(new Hosted(
                new Agent(agent.Name, agent.Account, agent.Secret, conduct, agent.Memory),
                agent,
                new LeaseKeeper(ledger, agent.Account, Name, leaseTtl, time))
            {
                Feed = FeedFrom(agent.Memory.LastSeq),
            });
        }

        workshop = new Workshop(ledger, isVirtual: false, chat);
        observer = new Observer(ledger, workshop, [.. hosted.Select(one => one.Agent)]);
        renewals = hosted.ConvertAll(one => one.Lease.RunAsync(Wake, stopping.Token));
    }

    /// <summary>This host's own name, new in every process.</summary>
    public string Name { get; }

    /// <summary>Its agents and whether each may act now; who does where it may not.</summary>
    public IReadOnlyList<(string Agent, bool IsLive, string? Other)> Agents =>
        [.. hosted.Select(one => (one.Agent.Name, one.Lease.Left.Ms > 0, one.Lease.Other))];

    private Timestamp Now => new(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Opens the agents of a directory; they begin with <see cref="RunAsync"/>.</summary>
    /// <param name="directory">The directory; the caller disposes it afterwards.</param>
    /// <param name="ledger">The node; likewise.</param>
    /// <param name="requester">What a requester wants.</param>
    /// <param name="chat">What answers for agents that chat, which are left out where it is null; stays the caller's.
    /// </param>
    /// <param name="leaseTtl">How long a lease lasts unless it is renewed.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="WorldRefusedException">No agent lives here, or on another chain.</exception>
    public static AgentHost Open(
        HostDirectory directory,
        RemoteLedger ledger,
        Func<RequesterTraits> requester,
        ChatEndpoint? chat,
        Duration leaseTtl,
        TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(ledger);
        if (directory.Load() is not { Agents.Count: > 0 } kept)
        {
            throw new WorldRefusedException("no_agents", "No agent lives here: make one with aitbc agent new.");
        }

        if (chat is null && kept.Agents.All(agent => agent.Kind == HostedKind.Chat))
        {
            throw new WorldRefusedException("chat_unset", ChatSettings.Unset);
        }

        return kept.Genesis == ledger.GenesisDigest
            ? new AgentHost(directory, ledger, kept, requester, chat, leaseTtl, time)
            : throw new WorldRefusedException(
                "other_chain", "The agents here live on another chain than the node's: name their node.");
    }

    /// <summary>Lives until it is stopped.</summary>
    /// <param name="show">Told in a line what is begun or lost.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <exception cref="WorldRefusedException">The node's ledger cannot be followed any more.</exception>
    public async Task RunAsync(Action<string> show, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(show);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ledger.Failure is { } failure)
            {
                throw new WorldRefusedException("failed", $"The node cannot be followed any more: {failure.Message}");
            }

            var (viewChanged, leased) = (ledger.View.ChangedAsync(), leaseChanged.Task);
            var decisions = new List<(Hosted Hosted, Decision Decision)>();
            var moved = false;
            try
            {
                var now = Now;
                await ThinkAsync(decisions, now, show, cancellationToken).ConfigureAwait(false);
                moved = await ActAsync(decisions, now, show, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (ledger.Failure is null
                && error is IOException or TimeoutException or AdmissionClosedException)
            {
                // The node is away. What was read and not taken in yet is read again.
                show($"the node does not answer: {error.Message}");
                hosted.ForEach(one => one.Feed = FeedFrom(one.Agent.Memory.LastSeq));
            }

            if (!moved)
            {
                await WaitAsync(decisions, viewChanged, leased, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Stops: jobs, the leases, then what is remembered and the files.</summary>
    public async ValueTask DisposeAsync()
    {
        workshop.Forgive();
        await workshop.DisposeAsync().ConfigureAwait(false);
        await stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(renewals).ConfigureAwait(false);
        Save();
        hosted.ForEach(one => one.Feed.Dispose());
        audit.Dispose();
        identities.ForEach(identity => identity.Dispose());
        stopping.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MarketFeed FeedFrom(ulong seq) => new(ledger, Math.Min(seq, ledger.View.Seq));

    /// <summary>Lets those agents think that may act.</summary>
    private async Task ThinkAsync(
        List<(Hosted Hosted, Decision Decision)> decisions,
        Timestamp now,
        Action<string> show,
        CancellationToken cancellationToken)
    {
        var market = observer.Read(now);
        workshop.Forgive();
        await workshop.KeepAsync(market.Workloads.Select(row => row.Record.Id).ToHashSet()).ConfigureAwait(false);
        foreach (var one in hosted)
        {
            if (IsLive(one, show))
            {
                var news = await one.Feed.ReadAsync(cancellationToken).ConfigureAwait(false);
                var seen = observer.Observe(one.Agent, market, news, now, int.MaxValue);
                decisions.Add((one, AgentTurn.Think(one.Agent, seen)));
            }
        }
    }

    /// <summary>Whether the agent may act; what it was doing is dropped where it may no longer.</summary>
    private bool IsLive(Hosted one, Action<string> show)
    {
        var isLive = one.Lease.Left.Ms > 0;
        if (isLive != one.WasLive)
        {
            one.WasLive = isLive;
            show(isLive ? $"{one.Agent.Name} acts here" : $"{one.Agent.Name} waits: another host may act for it");
        }

        if (!isLive)
        {
            one.Started.Clear();
            workshop.Abandon(one.Agent.Account);
        }

        return isLive;
    }

    private async Task<bool> ActAsync(
        List<(Hosted Hosted, Decision Decision)> decisions,
        Timestamp now,
        Action<string> show,
        CancellationToken cancellationToken)
    {
        if (decisions.Exists(pair => pair.Decision.MustRemember))
        {
            Save();
        }

        var moved = false;
        foreach (var (one, decision) in decisions)
        {
            // What another process may have started is taken up only once that one must have stopped.
            foreach (var order in decision.Work.Where(order =>
                one.Started.Contains(order.Workload) || one.Lease.IsSettled))
            {
                show($"{one.Agent.Name} works on {order.Workload}");
                workshop.Start(one.Agent.Account, order, now);
                moved = true;
            }
        }

        var turns = decisions.Where(pair => pair.Decision.Plans.Count > 0)
            .Select(pair => TurnAsync(pair.Hosted, pair.Decision, now, show, cancellationToken));
        return (await Task.WhenAll(turns).ConfigureAwait(false)).Any(took => took) || moved;
    }

    /// <summary>One turn, that ends with the lease: whoever is replaced stops in the middle of a plan.</summary>
    private async Task<bool> TurnAsync(
        Hosted one, Decision decision, Timestamp now, Action<string> show, CancellationToken cancellationToken)
    {
        using var fence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        fence.CancelAfter(TimeSpan.FromMilliseconds(Math.Max(1, one.Lease.Left.Ms)));
        try
        {
            var moved = await AgentTurn.ActAsync(one.Agent, decision, gateway, now, fence.Token).ConfigureAwait(false);
            foreach (var plan in decision.Plans.Where(plan => one.Agent.Memory.MayTry(plan.Key, now)))
            {
                Note(one, plan, show);
            }

            return moved;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static void Note(Hosted one, Plan plan, Action<string> show)
    {
        foreach (var command in plan.Steps.SelectMany(step => step.Proposal?.Commands ?? []))
        {
            if (command is StartWork start)
            {
                one.Started.Add(start.Workload);
            }
            else if (command is SubmitWork submit)
            {
                show($"{one.Agent.Name} delivered {submit.Workload}");
            }
        }
    }

    private async Task WaitAsync(
        List<(Hosted Hosted, Decision Decision)> decisions,
        Task viewChanged,
        Task leased,
        CancellationToken cancellationToken)
    {
        var now = Now;
        long[] instants =
        [
            now.UnixMs + MaxWaitMs,
            .. decisions.Select(pair => pair.Decision.WakeAt).OfType<Timestamp>().Select(at => at.UnixMs),
            .. hosted.Select(one => one.Agent.Memory.NextTry(now)).OfType<Timestamp>().Select(at => at.UnixMs),
        ];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = TimeSpan.FromMilliseconds(Math.Clamp(instants.Min() - now.UnixMs, 1, MaxWaitMs));
        var elapsed = Task.Delay(delay, time, stop.Token);
        await Task.WhenAny(viewChanged, leased, workshop.NextDoneAsync() ?? elapsed, elapsed).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Wake() => Interlocked.Exchange(ref leaseChanged!, NewSignal()).TrySetResult();

    private void Save() => directory.Save(kept with
    {
        // Those that are left out in this process stay as they are.
        Agents = [.. kept.Agents.Select(agent =>
            hosted.Find(one => one.Kept.Account == agent.Account) is { } one
                ? agent with { Memory = one.Agent.Memory }
                : agent)],
    });
}
