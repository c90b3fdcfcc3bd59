using Aitbc.Primitives;
using Aitbc.Simulation.Worlds;

namespace Aitbc.Cli.Demo;

/// <summary>What a demonstration came to, for programs.</summary>
/// <param name="Settled">Workloads settled in this run: ended with payment.</param>
/// <param name="Silent">Of these, paid by the client's silence.</param>
/// <param name="Verified">Of these, found right by k of n drawn validators.</param>
/// <param name="Refunds">Workloads of this run that ended without payment, the client's money given back.</param>
/// <param name="Faults">Of these, by the provider's fault, its job bond forfeited to the client.</param>
/// <param name="Missed">Of these, for a missed deadline.</param>
/// <param name="Refuted">Of these, for a result that validators found wrong.</param>
/// <param name="Unverified">Workloads that validators decided nothing about; nobody paid for them.</param>
/// <param name="Receipts">Receipt files in the data directory, over all runs.</param>
/// <param name="Entries">Entries of the journal, over all runs.</param>
/// <param name="Blocks">Closed blocks, over all runs.</param>
/// <param name="Accuracy">Of the best model trained, on rows that neither curator nor trainer saw, 0 to 1; null before
/// the first model.</param>
/// <param name="Models">Models trained for pay, over all runs.</param>
/// <param name="RowsClassified">Rows classified for pay and compared with the labels kept back, over all runs.</param>
/// <param name="InferenceAccuracy">Share of these that was right; null where there are none.</param>
/// <param name="Paid">Base units paid for work in this run.</param>
/// <param name="SupplyConserved">Whether the balances of all accounts add up to the supply.</param>
/// <param name="Audit">What the independent auditor came to over the whole journal.</param>
/// <param name="DurationMs">Wall time of this run, opening and closing included.</param>
/// <param name="Chain">The chain's name.</param>
/// <param name="Virtual">Whether it ran in virtual time.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Speed">Speed-up of the demand.</param>
/// <param name="Resumed">Whether it went on from an earlier run.</param>
public sealed record DemoReport(
    int Settled,
    int Silent,
    int Verified,
    int Refunds,
    int Faults,
    int Missed,
    int Refuted,
    int Unverified,
    ulong Receipts,
    ulong Entries,
    ulong Blocks,
    decimal? Accuracy,
    int Models,
    long RowsClassified,
    decimal? InferenceAccuracy,
    TokenAmount Paid,
    bool SupplyConserved,
    DemoAudit Audit,
    long DurationMs,
    string Chain,
    bool Virtual,
    long Seed,
    long Speed,
    bool Resumed)
{
    private const decimal Million = 1_000_000m;

    /// <summary>Puts a report together once the world is closed, so that every block counts.</summary>
    /// <param name="world">The world.</param>
    /// <param name="end">Its last view.</param>
    /// <param name="audit">What the auditor came to.</param>
    /// <param name="duration">Wall time of the run.</param>
    public static DemoReport Of(World world, WorldView end, DemoAudit audit, TimeSpan duration) => new(
        end.Counts.Settled,
        end.Counts.Silent,
        end.Counts.Verified,
        end.Counts.Refunded,
        end.Counts.Faults,
        end.Counts.Missed,
        end.Counts.Refuted,
        end.Counts.Unverified,
        world.Receipts,
        audit.Entries,
        world.Ledger.Blocks,
        end.Accuracy is { } accuracy ? accuracy.Ppm / Million : null,
        end.Models,
        end.RowsCompared,
        end.RowsCompared == 0 ? null : decimal.Round((decimal)end.RowsRight / end.RowsCompared, 6),
        end.Counts.Paid,
        end.Money.IsConserved,
        audit,
        (long)duration.TotalMilliseconds,
        world.Ledger.Genesis.Chain.ToString(),
        world.IsVirtual,
        world.Seed,
        world.Speed,
        world.IsResumed);
}
