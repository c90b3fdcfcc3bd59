using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Aitbc.Cli.Bench;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Simulation.Audit;

namespace Aitbc.Cli.Drill;

/// <summary>What came of many processes that spend with one agent's key.</summary>
/// <param name="Processes">Processes that shared the key.</param>
/// <param name="Kills">Times that the node was killed and started again beneath them.</param>
/// <param name="Entries">Entries of the journal.</param>
/// <param name="Debits">Debits of the agent's that were summed.</param>
/// <param name="GivenBack">Times that value came back out of a hold, to be spent again.</param>
/// <param name="Caps">Each cap at its worst instant.</param>
/// <param name="AuditFindings">What the independent auditor found; 0 where nothing is wrong.</param>
/// <param name="Tally">What the processes did.</param>
internal sealed record CapDrillResult(
    int Processes,
    int Kills,
    ulong Entries,
    long Debits,
    long GivenBack,
    IReadOnlyList<CapResult> Caps,
    long AuditFindings,
    SpendTally Tally);

/// <summary>
/// A node in a process of its own, killed again and again; ten processes that hold one agent's key and spend as much as
/// they are let; and afterwards somebody who reads the journal and sums.
/// </summary>
/// <param name="scale">How much.</param>
/// <param name="note">Says how far it has come.</param>
internal sealed class CapDrill(DrillScale scale, Action<string> note)
{
    private const int Processes = 10;
    private const int Workloads = 64;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs it.</summary>
    /// <param name="directory">An empty directory.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<CapDrillResult> RunAsync(string directory, CancellationToken stop)
    {
        var limits = DrillLimits.Of(scale.Of(10_000UL, 1_600UL));

        // Made a while ago: what was set up in the same quarter of an hour would count a little differently.
        var clock = new SteppingClock(Now() - Duration.FromMinutes(20));
        using var chain = DrillChain.Create(Path.Combine(directory, "data"), DrillChain.Council + 2, 0, clock);
        var plan = await SetUpAsync(chain, directory, limits, stop).ConfigureAwait(false);
        note($"{Processes} processes share one agent's key; the node is killed beneath them.");
        var planPath = Path.Combine(directory, "plan.json");
        plan.Save(planPath);
        var children = Enumerable.Range(0, Processes).Select(number => Process.Start(OwnProgram.With(
            "safety", "spend", "--plan", planPath, "--number", $"{number}", "--json"))!).ToArray();
        try
        {
            var ending = Task.WhenAll(children.Select(child => EndAsync(child, stop)));
            var kills = await KillAsync(chain, plan.Node, ending, stop).ConfigureAwait(false);
            var tally = SpendTally.Sum(await ending.ConfigureAwait(false));
            note($"{tally.Signed} payloads signed, {kills} kills; summing the journal.");
            clock.Step(Now() - clock.Wall);
            return await SumAsync(chain, plan, limits, kills, tally, stop).ConfigureAwait(false);
        }
        finally
        {
            foreach (var child in children)
            {
                if (!child.HasExited)
                {
                    child.Kill(entireProcessTree: true);
                }

                child.Dispose();
            }
        }
    }

    private static Timestamp Now() => new(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    private async Task<SpendPlan> SetUpAsync(
        DrillChain chain, string directory, DrillLimits limits, CancellationToken stop)
    {
        var keys = Path.Combine(directory, "keys");
        Directory.CreateDirectory(keys);
        using var hostKey = HostKey.CreateRandom(Path.Combine(keys, HostKey.FileName));
        using var agent = new KeyStore(keys, hostKey).Create();
        var (owner, client) = (chain.People[DrillChain.Council], chain.People[DrillChain.Council + 1]);
        var ledger = DrillLedger.Open(chain);
        await using (ledger.ConfigureAwait(false))
        {
            await ledger.DoAsync(
                owner, stop, DrillLedger.Registration(owner, agent, limits.ToTerms(), [owner], 1))
                .ConfigureAwait(false);
            await ledger.DoAsync(agent, stop, new Protocol.Staking.DepositStake(TokenAmount.OneToken))
                .ConfigureAwait(false);
            await ledger.DoAsync(agent, stop, DrillLedger.Service()).ConfigureAwait(false);
            var blob = await ledger.PutBlobAsync(client, stop).ConfigureAwait(false);
            var workloads = new List<WorkloadId>();
            for (var i = 0; i < Workloads; i++)
            {
                var (price, bond) = (TokenAmount.FromTokens(100), TokenAmount.FromTokens(10 + ((ulong)i % 8)));
                await ledger.DoAsync(
                    client, stop, DrillLedger.Posting(blob, price, bond, Duration.FromHours(6))).ConfigureAwait(false);
                workloads.Add(ledger.LastWorkload);
            }

            return new SpendPlan(
                new Uri($"http://localhost:{FreePort()}"),
                keys,
                agent.Id,
                [.. chain.People.Select(person => (AccountId)person.Id)],
                workloads,
                ledger.LastService,
                blob,
                limits.ValuePerAction,
                scale.Seed);
        }
    }

    /// <summary>The port is always the same, so that the processes find the node again.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<SpendTally> EndAsync(Process child, CancellationToken stop)
    {
        var said = child.StandardOutput.ReadToEndAsync(stop);
        var complaint = child.StandardError.ReadToEndAsync(stop);
        await child.WaitForExitAsync(stop).ConfigureAwait(false);
        return child.ExitCode == ExitCode.Ok
            ? JsonSerializer.Deserialize<SpendTally>(await said.ConfigureAwait(false), MachineJson.Options)!
            : throw new InvalidOperationException(
                $"A process of the drill ended with {child.ExitCode}: {await complaint.ConfigureAwait(false)}");
    }

    /// <summary>Lets the node live for some entries and kills it, again and again; the last one lives until all
    /// processes have ended, and is killed too.</summary>
    private async Task<int> KillAsync(DrillChain chain, Uri node, Task ending, CancellationToken stop)
    {
        using var client = new SpendClient(node);
        var kills = 0;
        while (!ending.IsCompleted)
        {
            // The monitor would hold such an agent long before its caps do; they must hold by themselves.
            using var process = await NodeProcess
                .StartAtAsync(chain.Directory, node.Port, stop, "--monitor", "off")
                .ConfigureAwait(false);
            var life = kills < scale.Of(6, 2) ? scale.Of(400UL, 150UL) : ulong.MaxValue / 2;
            var until = (await client.FindSeqAsync(stop).ConfigureAwait(false) ?? 0) + life;
            while (!ending.IsCompleted && await client.FindSeqAsync(stop).ConfigureAwait(false) is { } seq
                && seq < until)
            {
                await Task.WhenAny(ending, Task.Delay(Look, TimeProvider.System, stop)).ConfigureAwait(false);
            }

            kills += ending.IsCompleted ? 0 : 1;
            if (process.HasExited)
            {
                throw new InvalidOperationException(
                    $"The node ended by itself: {string.Join(' ', process.Complaints)}");
            }
        }

        return kills;
    }

    private static async Task<CapDrillResult> SumAsync(
        DrillChain chain, SpendPlan plan, DrillLimits limits, int kills, SpendTally tally, CancellationToken stop)
    {
        var ledger = DrillLedger.Open(chain);
        await using (ledger.ConfigureAwait(false))
        {
            var reader = new ExposureReader(ledger.NumberOf((AccountId)plan.Key), limits);
            var entries = 0UL;
            foreach (var entry in ledger.ReadJournal())
            {
                reader.Take(entry);
                entries++;
            }

            return new CapDrillResult(
                Processes,
                kills,
                entries,
                reader.Debits,
                reader.GivenBack,
                reader.ToResults(),
                JournalAudit.Run(ledger.Host, stop).Count,
                tally);
        }
    }
}
