using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Aitbc.Cli.Bench;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Cli.Drill;

/// <summary>What came of a stop of the council's under load.</summary>
/// <param name="InFlightAtStop">Requests sent and not answered when it was sent.</param>
/// <param name="EffectsPerSecondBefore">Effects of its scope in the second before it.</param>
/// <param name="EffectsAfterStop">Effects after it, also after the release of what was signed before.</param>
/// <param name="AnsweredMs">Until the durable answer.</param>
internal sealed record ScopeStopResult(
    long InFlightAtStop, long EffectsPerSecondBefore, long EffectsAfterStop, double AnsweredMs)
{
    /// <summary>The same with what the journal shows.</summary>
    public ScopeStopResult With(StopReading? reading) => this with
    {
        EffectsPerSecondBefore = reading?.EffectsBefore ?? 0, EffectsAfterStop = reading?.EffectsAfter ?? 0,
    };
}

/// <summary>What came of stops under load.</summary>
internal sealed record StopDrillResult
{
    /// <summary>Agents under load.</summary>
    public required int Agents { get; init; }

    /// <summary>Connections that their commands came over, each with one in flight.</summary>
    public required int Connections { get; init; }

    /// <summary>Agents that their guardian stopped, one by one.</summary>
    public int AgentStops { get; init; }

    /// <summary>How many of them had acted before.</summary>
    public int AgentStopsOfActive { get; init; }

    /// <summary>Effects of any account, in all.</summary>
    public long Effects { get; init; }

    /// <summary>Effects after any of the stops that it should have covered.</summary>
    public long EffectsAfterStop { get; init; }

    /// <summary>Half of the guardians had the durable answer after this.</summary>
    public required double QuietP50Ms { get; init; }

    /// <summary>Ninety-nine of a hundred had.</summary>
    public required double QuietP99Ms { get; init; }

    /// <summary>All had.</summary>
    public required double QuietMaxMs { get; init; }

    /// <summary>The stop of the market.</summary>
    public required ScopeStopResult Market { get; init; }

    /// <summary>The stop of everything.</summary>
    public required ScopeStopResult All { get; init; }

    /// <summary>Payloads signed before a stop that were sent again after its release.</summary>
    public required long ResentAfterRelease { get; init; }

    /// <summary>How many of them were refused for their epoch, in their right place.</summary>
    public required long RefusedAsStale { get; init; }

    /// <summary>Payloads signed after the release that took effect.</summary>
    public required long AppliedAfterRelease { get; init; }

    /// <summary>What the independent auditor found.</summary>
    public long AuditFindings { get; init; }

    /// <summary>Answers to the load by what they said.</summary>
    public required SortedDictionary<string, long> Answers { get; init; }

    /// <summary>The same with what the journal shows.</summary>
    public StopDrillResult With(EffectReader reader, long auditFindings) => this with
    {
        AgentStops = reader.Agents.Count,
        AgentStopsOfActive = reader.Agents.Values.Count(one => one.EffectsBefore > 0),
        Effects = reader.Effects,
        EffectsAfterStop = reader.EffectsAfterStop,
        Market = Market.With(reader.Of(StopScope.Market)),
        All = All.With(reader.Of(StopScope.All)),
        AuditFindings = auditFindings,
    };
}

/// <summary>A node in a process of its own, agents under load, and people who stop: one agent after the other, then the
/// market, then everything; who release, and resend what was signed before.</summary>
/// <param name="scale">How much.</param>
/// <param name="note">Says how far it has come.</param>
internal sealed class StopDrill(DrillScale scale, Action<string> note)
{
    private const int Connections = 64;

    // Their first lane was used while the chain was set up.
    private const int OversightLane = 1;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<double> quiet = [];
    private readonly Dictionary<KeyPair, ulong> places = [];
    private Socket guardian = null!;
    private AnswerReader answers = null!;
    private ulong epoch;

    private int Agents => scale.Of(1_000, 100);

    private int Stopped => scale.Of(250, 20);

    private int Released => scale.Of(50, 10);

    /// <summary>Runs it.</summary>
    /// <param name="directory">An empty directory.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<StopDrillResult> RunAsync(string directory, CancellationToken stop)
    {
        using var chain = DrillChain.Create(Path.Combine(directory, "data"), StopSetUp.People, Agents);
        var agents = await StopSetUp.RunAsync(chain, scale.Of(40, 20), stop).ConfigureAwait(false);
        note($"{Agents} agents under load; {Stopped} are stopped one by one, then the market, then everything.");
        StopDrillResult result;
        // Without the monitor, which would hold the load before a stop does.
        using (var node = await NodeProcess.StartAsync(chain.Directory, stop, "--monitor", "off").ConfigureAwait(false))
        using (guardian = await StopLoad.ConnectAsync(node.Url, stop).ConfigureAwait(false))
        {
            answers = new AnswerReader(guardian);
            result = await RunAsync(chain, node, agents, stop).ConfigureAwait(false);
        }

        note("Reading the journal.");
        return await ReadAsync(chain, result, stop).ConfigureAwait(false);
    }

    private async Task<StopDrillResult> RunAsync(
        DrillChain chain, NodeProcess node, IReadOnlyList<LoadAgent> agents, CancellationToken stop)
    {
        var load = new StopLoad(node.Url, agents, Connections);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = load.RunAsync(end.Token);
        ScopeStopResult market;
        ScopeStopResult all;
        try
        {
            await UntilAsync(load, running, "applied", 2L * agents.Count, stop).ConfigureAwait(false);
            await StopAgentsAsync(chain, agents, stop).ConfigureAwait(false);
            await ReleaseAgentsAsync(chain, agents, stop).ConfigureAwait(false);
            await UntilAsync(load, running, "staleEpoch", 2L * Released, stop).ConfigureAwait(false);
            market = await StopAsync(chain, load, running, StopScope.Market, stop).ConfigureAwait(false);
            load.Renew(epoch);
            await UntilAsync(load, running, "applied", agents.Count, stop).ConfigureAwait(false);
            all = await StopAsync(chain, load, running, StopScope.All, stop).ConfigureAwait(false);
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
        }

        await running.ConfigureAwait(false);
        var resend = new StopResend(node.Url, epoch);
        await resend.RunAsync(
            [.. agents.Take(Released), .. agents.Skip(Stopped).Take(scale.Of(200, 40))], stop).ConfigureAwait(false);
        quiet.Sort();
        return new StopDrillResult
        {
            Agents = agents.Count,
            Connections = Connections,
            QuietP50Ms = Math.Round(quiet[quiet.Count / 2], 2),
            QuietP99Ms = Math.Round(quiet[(int)((quiet.Count - 1) * 0.99)], 2),
            QuietMaxMs = Math.Round(quiet[^1], 2),
            Market = market,
            All = all,
            ResentAfterRelease = resend.Resent + load.Count.Answers.GetValueOrDefault("staleEpoch"),
            RefusedAsStale = resend.Stale + load.Count.Answers.GetValueOrDefault("staleEpoch"),
            AppliedAfterRelease = resend.Applied,
            Answers = load.Count.Answers,
        };
    }

    /// <summary>Waits until the load was told something so many times more, however slow the machine is; what is not
    /// told within the time is missed in the journal.</summary>
    private static async Task UntilAsync(
        StopLoad load, Task running, string code, long more, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        var goal = load.Count.Answers.GetValueOrDefault(code) + more;
        while (load.Count.Answers.GetValueOrDefault(code) < goal && Stopwatch.GetElapsedTime(started) < Patience)
        {
            if (running.IsCompleted)
            {
                await running.ConfigureAwait(false);
            }

            await Task.Delay(Between, TimeProvider.System, stop).ConfigureAwait(false);
        }
    }

    private async Task StopAgentsAsync(DrillChain chain, IReadOnlyList<LoadAgent> agents, CancellationToken stop)
    {
        for (var i = 0; i < Stopped; i++)
        {
            var by = StopSetUp.GuardiansOf(chain)[i % StopSetUp.GuardianThreshold];
            quiet.Add(await AskAsync(chain, by, new StopAgent((AccountId)agents[i].Key.Id), stop)
                .ConfigureAwait(false));
            epoch++;
            await Task.Delay(Between, TimeProvider.System, stop).ConfigureAwait(false);
        }
    }

    private async Task ReleaseAgentsAsync(DrillChain chain, IReadOnlyList<LoadAgent> agents, CancellationToken stop)
    {
        foreach (var agent in agents.Take(Released))
        {
            foreach (var one in StopSetUp.GuardiansOf(chain).Take(StopSetUp.GuardianThreshold))
            {
                await AskAsync(chain, one, new ReleaseAgent((AccountId)agent.Key.Id), stop).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Stops a scope under load, holds it against what agents go on to send, and releases it; what they signed
    /// before is still what they send.</summary>
    private async Task<ScopeStopResult> StopAsync(
        DrillChain chain, StopLoad load, Task running, StopScope scope, CancellationToken stop)
    {
        var inFlight = 0L;
        var took = await AskAsync(
            chain, chain.People[0], new StopMarket(scope), stop, () => inFlight = load.Count.InFlight)
            .ConfigureAwait(false);
        epoch++;
        await UntilAsync(load, running, "stopped", Agents, stop).ConfigureAwait(false);
        for (var i = 0; i < DrillChain.CouncilThreshold; i++)
        {
            await AskAsync(chain, chain.People[i], new ReleaseMarket(scope), stop).ConfigureAwait(false);
        }

        await UntilAsync(load, running, "staleEpoch", Agents, stop).ConfigureAwait(false);
        return new ScopeStopResult(inFlight, 0, 0, Math.Round(took, 2));
    }

    /// <summary>Sends what a person decides, on a thread of its own: the load comes from this process, and its queues
    /// are not the node's.</summary>
    /// <returns>Milliseconds until the durable answer.</returns>
    private async Task<double> AskAsync(
        DrillChain chain, KeyPair person, Command command, CancellationToken stop, Action? sent = null)
    {
        var place = places[person] = places.GetValueOrDefault(person) + 1;
        var request = HttpLoad.Post("/v1/oversight", "application/jose", DrillPayload.Sign(
            person, DrillChain.Id, new PayloadPlace(OversightLane, place, 0, chain.ValidUntil), command));
        var took = await Task.Factory.StartNew(
            () =>
            {
                var started = Stopwatch.GetTimestamp();
                guardian.Send(request);
                sent?.Invoke();
                guardian.Poll(TimeSpan.FromSeconds(60), SelectMode.SelectRead);
                return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            },
            stop,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).ConfigureAwait(false);
        var (status, body) = await answers.ReadAsync(stop).ConfigureAwait(false);
        return status == 200
            ? took
            : throw new InvalidOperationException($"A guardian got {status}: {Encoding.UTF8.GetString(body.Span)}");
    }

    private static async Task<StopDrillResult> ReadAsync(
        DrillChain chain, StopDrillResult result, CancellationToken stop)
    {
        var ledger = DrillLedger.Open(chain);
        await using (ledger.ConfigureAwait(false))
        {
            var reader = new EffectReader();
            foreach (var entry in ledger.ReadJournal())
            {
                stop.ThrowIfCancellationRequested();
                reader.Take(entry);
            }

            return result.With(reader, Simulation.Audit.JournalAudit.Run(ledger.Host, stop).Count);
        }
    }
}
