using Aitbc.Agents;
using Aitbc.Agents.Runtime.Decision;
using Aitbc.Infrastructure.Identity;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Receipts;
using Aitbc.Primitives;
using Aitbc.Safety;
using Aitbc.Safety.Audit;
using Aitbc.Simulation.Time;

namespace Aitbc.Simulation.Worlds;

/// <summary>
/// A small economy on an embedded ledger: the same rules, agents and gateway under the wall clock and in virtual time.
/// It
/// lives in one data directory and goes on there when it is opened again, also after its process was killed.
/// </summary>
/// <remarks>
/// One loop, one owner: read what is durable, let every agent think, make what they must not forget durable, let them
/// act, wait for the next thing to happen. In virtual time all of it is on one thread and the next thing is the next
/// instant at which something falls due, so that one seed gives one journal. Dispose it to stop; a world that is killed
/// instead loses nothing that it needs.
/// </remarks>
public sealed partial class World : IAsyncDisposable
{
    private readonly ChainDirectory chain;
    private readonly LedgerHost ledger;
    private readonly AuditFile audit;
    private readonly SafetyGateway gateway;
    private readonly TimeProvider time;
    private readonly VirtualClock? clock;
    private readonly WorldFiles files;
    private readonly Workshop workshop;
    private readonly Observer observer;
    private readonly MarketFeed feed;
    private readonly ReceiptExporter receipts;
    private readonly IReadOnlyList<Agent> agents;
    private readonly IReadOnlyList<IDisposable> identities;
    private readonly KeptWorld kept;
    private bool isDisposed;

    private World(Opening opening)
    {
        (chain, ledger, audit, gateway) = (opening.Chain, opening.Ledger!, opening.Audit!, opening.Gateway!);
        (time, clock, files, kept) = (opening.Time, opening.Clock, opening.Files, opening.Kept!);
        identities = opening.Identities;
        agents = opening.Agents;
        workshop = new Workshop(ledger, IsVirtual);
        observer = new Observer(ledger, workshop, agents);
        feed = new MarketFeed(ledger, agents.Min(agent => agent.Memory.LastSeq));
        receipts = new ReceiptExporter(chain.Disk, ledger);
    }

    /// <summary>Whether it lives in virtual time.</summary>
    public bool IsVirtual => clock is not null;

    /// <summary>Its seed.</summary>
    public long Seed => kept.Seed;

    /// <summary>How much faster than recorded its demand comes.</summary>
    public long Speed => kept.Speed;

    /// <summary>Whether it was begun in an earlier run.</summary>
    public bool IsResumed { get; private init; }

    /// <summary>The ledger, to read.</summary>
    public LedgerHost Ledger => ledger;

    /// <summary>Receipts of paid workloads in the directory's <c>receipts</c>, over all runs; whole once the world is
    /// disposed, for a receipt waits until its block is closed.</summary>
    public ulong Receipts => receipts.Count;

    /// <summary>Keys of the people and agents that live in it.</summary>
    public Infrastructure.Wallet.KeyStore Keys => chain.Keys;

    /// <summary>Its full path.</summary>
    public string Directory => chain.FullPath;

    private Timestamp Now => new(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Whether a directory holds a world.</summary>
    /// <param name="directory">The data directory.</param>
    public static bool Exists(string directory) => File.Exists(Path.Combine(directory, WorldFiles.StateFile));

    /// <summary>Opens a world, or begins one where the directory holds none.</summary>
    /// <param name="options">With what.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    /// <exception cref="WorldRefusedException">The inputs are of no use, or the directory holds something else; nothing
    /// was changed.</exception>
    /// <exception cref="IOException">The disk failed, a file is damaged, or another process has the directory.
    /// </exception>
    public static async Task<World> OpenAsync(WorldOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var resumed = ChainDirectory.Exists(options.Directory);
        var opening = Opening.Begin(options);
        try
        {
            await opening.RunAsync(cancellationToken).ConfigureAwait(false);
            return new World(opening) { IsResumed = resumed };
        }
        catch
        {
            await opening.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Lives until so many workloads have been settled: ended with payment.</summary>
    /// <param name="settle">How many, 1 or more; those that an earlier run left open count when they settle
    /// now.</param>
    /// <param name="show">Told after each step; null for nobody.</param>
    /// <param name="cancellationToken">Stops between steps; the world can be opened again and goes on.</param>
    /// <returns>The world at the end.</returns>
    /// <exception cref="WorldRefusedException">Nothing can happen any more before so many have settled.</exception>
    /// <exception cref="AdmissionClosedException">The ledger takes nothing more, such as on a full disk.</exception>
    public async Task<WorldView> RunAsync(
        int settle, Action<WorldView>? show, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settle, 1);
        var tally = new Tally(ledger.View.Seq);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var viewChanged = ledger.View.ChangedAsync();
            var now = Now;
            var market = observer.Read(now);
            var news = await feed.ReadAsync(cancellationToken).ConfigureAwait(false);
            tally.Take(news, number => NameOf(market, number));
            await workshop.KeepAsync(market.Workloads.Select(row => row.Record.Id).ToHashSet()).ConfigureAwait(false);
            if (show is not null || tally.Counts.Settled >= settle)
            {
                var view = ViewOf(market, tally, now, settle);
                show?.Invoke(view);
                if (tally.Counts.Settled >= settle)
                {
                    return view;
                }
            }

            var decisions = Think(market, news, now, settle - tally.Counts.Settled);
            var moved = await ActAsync(decisions, now, cancellationToken).ConfigureAwait(false);
            receipts.ExportNew();
            if (!moved)
            {
                await WaitAsync(decisions, viewChanged, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Stops: jobs first, then the checkpoint, the ledger (which closes its block) and the files.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        await workshop.DisposeAsync().ConfigureAwait(false);
        feed.Dispose();
        if (ledger.Failure is null)
        {
            Save();
        }

        await ledger.DisposeAsync().ConfigureAwait(false);
        if (ledger.Failure is null)
        {
            // The last block is closed now.
            receipts.ExportNew();
        }

        receipts.Dispose();
        audit.Dispose();
        foreach (var identity in identities)
        {
            identity.Dispose();
        }

        chain.Dispose();
    }

    /// <summary>Every agent thinks, in their fixed order; nothing is done yet.</summary>
    private List<(Agent Agent, Decision Decision)> Think(
        MarketSnapshot market, IReadOnlyList<MarketNews> news, Timestamp now, int toSettle)
    {
        List<(Agent, Decision)> decisions = [];
        foreach (var agent in agents)
        {
            var seen = observer.Observe(agent, market, news, now, toSettle);
            decisions.Add((agent, AgentTurn.Think(agent, seen)));
        }

        return decisions;
    }

    /// <summary>Makes durable what must not be forgotten, then lets the agents act: in virtual time one after the
    /// other,
    /// else side by side.</summary>
    private async Task<bool> ActAsync(
        List<(Agent Agent, Decision Decision)> decisions, Timestamp now, CancellationToken cancellationToken)
    {
        if (decisions.Exists(pair => pair.Decision.MustRemember))
        {
            Save();
        }

        var moved = false;
        foreach (var (agent, decision) in decisions)
        {
            foreach (var order in decision.Work)
            {
                workshop.Start(agent.Account, order, now);
                moved = true;
            }
        }

        var acting = decisions.Where(pair => pair.Decision.Plans.Count > 0);
        if (IsVirtual)
        {
            foreach (var (agent, decision) in acting)
            {
                moved |= await AgentTurn.ActAsync(agent, decision, gateway, now, cancellationToken)
                    .ConfigureAwait(false);
            }

            return moved;
        }

        var turns = acting.Select(pair =>
            AgentTurn.ActAsync(pair.Agent, pair.Decision, gateway, now, cancellationToken));
        return (await Task.WhenAll(turns).ConfigureAwait(false)).Any(took => took) || moved;
    }

    /// <summary>Waits for the next thing to happen.</summary>
    private async Task WaitAsync(
        List<(Agent Agent, Decision Decision)> decisions, Task viewChanged, CancellationToken cancellationToken)
    {
        var now = Now;
        long[] instants =
        [
            .. decisions.Select(pair => pair.Decision.WakeAt).OfType<Timestamp>().Select(at => at.UnixMs),

            // What failed in this very turn waits, too, and no decision could know that yet.
            .. decisions.Select(pair => pair.Agent.Memory.NextTry(now)).OfType<Timestamp>().Select(at => at.UnixMs),
            ledger.View.NextDueMs,
            workshop.NextDone(now)?.UnixMs ?? long.MaxValue,
        ];
        var next = instants.Min();
        var working = workshop.NextDoneAsync();
        if (next == long.MaxValue && working is null)
        {
            throw new WorldRefusedException(
                "stuck", "Nothing can happen any more: the agents have no work, no money or no permission left.");
        }

        if (clock is not null)
        {
            clock.AdvanceTo(new Timestamp(next));
            await ledger.PumpAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = TimeSpan.FromMilliseconds(Math.Clamp(next - now.UnixMs, 1, MaxWaitMs));
        var elapsed = Task.Delay(delay, time, stop.Token);
        await Task.WhenAny(viewChanged, working ?? elapsed, elapsed).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Save() => files.Save(kept with
    {
        Agents = [.. agents.Select(agent => new KeptAgent(agent.Name, agent.Account, agent.Secret, agent.Memory))],
    });

    private const long MaxWaitMs = 1_000;
}
