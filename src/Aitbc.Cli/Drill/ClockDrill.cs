using System.Buffers.Binary;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Simulation.Audit;

namespace Aitbc.Cli.Drill;

/// <summary>What came of an agent that spends all it may while the clock is stepped.</summary>
/// <param name="Steps">Times that the wall clock was set, on or back.</param>
/// <param name="Restarts">Times that the ledger was opened again.</param>
/// <param name="RefusedToOpen">Times that it refused to open, for the clock was behind its journal.</param>
/// <param name="RefusedToAdmit">Times that it admitted nothing, for the wall was away from its own clock.</param>
/// <param name="Debits">Debits that were summed.</param>
/// <param name="Caps">Each cap at its worst instant.</param>
/// <param name="AuditFindings">What the independent auditor found.</param>
internal sealed record ClockDrillResult(
    int Steps,
    int Restarts,
    int RefusedToOpen,
    int RefusedToAdmit,
    long Debits,
    IReadOnlyList<CapResult> Caps,
    long AuditFindings);

/// <summary>
/// The same caps under a clock that jumps: a real ledger on disk, in this process, whose clock is set on and back and
/// whose time passes to just before and just after the instants at which what was spent leaves a window.
/// </summary>
/// <param name="scale">How much.</param>
internal sealed class ClockDrill(DrillScale scale)
{
    private static readonly long[] WindowsMs = [60 * 60_000L, 24 * 60 * 60_000L];
    private static readonly long[] AroundMs = [-1, 0, 1, 15 * 60_000 - 1, 15 * 60_000, 15 * 60_000 + 1];
    private static readonly long[] StepsMs = [500, 1_900, 2_100, 60_000, 15 * 60_000, 60 * 60_000, 25 * 60 * 60_000];
    private static readonly TokenAmount Least = TokenAmount.OneToken;

    private readonly DrillLimits limits = DrillLimits.Of(1_000_000);
    private readonly SeededRandom random = new SeededRandom(scale.Seed).Fork("clock");
    private readonly SteppingClock clock = new(new Timestamp(1_790_000_000_000));
    private readonly List<long> spentAtMs = [];
    private DrillLedger ledger = null!;
    private KeyPair agent = null!;
    private AccountId payee;
    private int steps;
    private int restarts;
    private int refusedToOpen;
    private int refusedToAdmit;
    private ulong blobs;

    /// <summary>Runs it.</summary>
    /// <param name="directory">An empty directory.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<ClockDrillResult> RunAsync(string directory, CancellationToken stop)
    {
        using var chain = DrillChain.Create(Path.Combine(directory, "data"), DrillChain.Council + 1, 1, clock);
        agent = chain.Agents[0];
        var owner = chain.People[DrillChain.Council];
        payee = (AccountId)owner.Id;
        ledger = DrillLedger.Open(chain);
        try
        {
            await ledger.DoAsync(
                owner, stop, DrillLedger.Registration(owner, agent, limits.ToTerms(), [owner], 1, 10_000_000))
                .ConfigureAwait(false);
            for (var i = 0; i < scale.Of(300, 60); i++)
            {
                await SpendAsync(stop).ConfigureAwait(false);
                await DisturbAsync(chain, stop).ConfigureAwait(false);
            }

            var reader = new ExposureReader(ledger.NumberOf(agent), limits);
            foreach (var entry in ledger.ReadJournal())
            {
                reader.Take(entry);
            }

            var caps = reader.ToResults().Where(cap => cap.Name is not ("maxStake" or "maxGasPerDay"))
                .Where(cap => !cap.Name.StartsWith("workloads", StringComparison.Ordinal)).ToList();
            return new ClockDrillResult(
                steps, restarts, refusedToOpen, refusedToAdmit, reader.Debits, caps,
                JournalAudit.Run(ledger.Host, stop).Count);
        }
        finally
        {
            await ledger.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Spends all that it is let, down to less than a token.</summary>
    private async Task SpendAsync(CancellationToken stop)
    {
        foreach (var isTransfer in new[] { true, false })
        {
            for (var amount = limits.ValuePerAction; amount >= Least;)
            {
                var outcome = await TryAsync(isTransfer, amount, stop).ConfigureAwait(false);
                if (outcome is null)
                {
                    return;
                }

                if (outcome == Outcome.Applied)
                {
                    spentAtMs.Add(ledger.Host.View.Read(state => state.Globals.TimeMs));
                }
                else if (outcome is Outcome.VolumeLimit or Outcome.WindowLimit)
                {
                    amount = amount.MulDivDown(1, 2);
                }
                else if (outcome is Outcome.Expired or Outcome.ValidTooFar)
                {
                    return;
                }
                else
                {
                    throw new InvalidOperationException($"A payment of the drill was refused: {outcome}.");
                }
            }
        }
    }

    /// <summary>Null where nothing is admitted.</summary>
    private async Task<Outcome?> TryAsync(bool isTransfer, TokenAmount amount, CancellationToken stop)
    {
        try
        {
            return (await ledger.TryAsync(agent, stop, isTransfer ? new Transfer(payee, amount) : Rent(amount))
                .ConfigureAwait(false)).Outcome;
        }
        catch (AdmissionClosedException closed) when (closed.Code == "clock")
        {
            refusedToAdmit++;
            return null;
        }
    }

    private Command Rent(TokenAmount amount)
    {
        Span<byte> name = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(name, ++blobs);
        var halves = (uint)(amount.MulDivUp(2, 1).BaseUnits / TokenAmount.OneToken.BaseUnits);
        return new DeclareBlob(Digest.Sha256(name), 1, halves);
    }

    private async Task DisturbAsync(DrillChain chain, CancellationToken stop)
    {
        switch (random.NextInt32(8))
        {
            case < 4:
                PassToAnEdge();
                break;
            case 4:
                clock.Pass(new Duration(1 + (long)random.NextUInt64(90 * 60_000)));
                break;
            case 5:
                await ReopenAsync(chain).ConfigureAwait(false);
                break;
            case 6:
                await StepAsync(chain, StepsMs[random.NextInt32(StepsMs.Length)], stop).ConfigureAwait(false);
                break;
            default:
                await StepAsync(chain, -StepsMs[random.NextInt32(StepsMs.Length)], stop).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>To just before or after something that was spent leaves a window, by the instant or by the bucket.
    /// </summary>
    private void PassToAnEdge()
    {
        if (spentAtMs.Count == 0)
        {
            return;
        }

        var spent = spentAtMs[^(1 + random.NextInt32(Math.Min(8, spentAtMs.Count)))];
        var edge = spent + WindowsMs[random.NextInt32(WindowsMs.Length)];
        if (random.NextInt32(2) == 0)
        {
            edge -= edge % (15 * 60_000);
        }

        edge += AroundMs[random.NextInt32(AroundMs.Length)];
        clock.Pass(new Duration(Math.Max(1, edge - clock.Wall.UnixMs)));
    }

    /// <summary>Sets the wall, spends, restarts on it, spends; and sets it right where it went back.</summary>
    private async Task StepAsync(DrillChain chain, long byMs, CancellationToken stop)
    {
        steps++;
        clock.Step(new Duration(byMs));
        await SpendAsync(stop).ConfigureAwait(false);
        try
        {
            await ReopenAsync(chain).ConfigureAwait(false);
            await SpendAsync(stop).ConfigureAwait(false);
        }
        catch (AdmissionClosedException closed) when (closed.Code == "clock" && byMs < 0)
        {
            refusedToOpen++;
        }

        if (byMs < 0)
        {
            steps++;
            clock.Step(new Duration(-byMs));
            await ReopenAsync(chain).ConfigureAwait(false);
        }
    }

    private async Task ReopenAsync(DrillChain chain)
    {
        restarts++;
        await ledger.DisposeAsync().ConfigureAwait(false);
        ledger = DrillLedger.Open(chain);
    }
}
