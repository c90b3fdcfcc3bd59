using Aitbc.Infrastructure.Explanation;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Receipts;
using Aitbc.Node.Access;
using Aitbc.Node.History;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>Finished workloads, the steps of one from its posting on, and its receipt.</summary>
internal static class FinishedApi
{
    private const int MaxEntries = 256;
    private const int MaxSteps = 512;

    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/workloads/finished", (string? party, ulong? after, int? limit, MarketHistory history) =>
                List(party, after, limit, history))
            .Require(Role.Reader)
            .Produces<Page<FinishedView>>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .WithSummary("Workloads that ended, newest first, the newest 4,096; party is a client's or provider's id.");
        v1.MapGet("/workloads/{id}/history", (string id, LedgerHost ledger, MarketHistory history) =>
                WorkloadId.TryParse(id, out var workload)
                    && Steps(workload, ledger, history) is { } view
                    ? Results.Json(view)
                    : Unknown(history))
            .Require(Role.Reader)
            .Produces<WorkloadHistoryView>()
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .WithSummary("What happened to one workload, step by step, open or finished.");
        v1.MapGet("/workloads/{id}/receipt", (string id, LedgerHost ledger, MarketHistory history) =>
                WorkloadId.TryParse(id, out var workload) && history.TryFind(workload, out var found)
                    ? Receipt(found, ledger, history)
                    : Unknown(history))
            .Require(Role.Reader)
            .Produces<object>()
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status409Conflict, Problem.MediaType)
            .WithSummary("The receipt of a paid workload, which proves it offline: aitbc receipt verify.");
    }

    private static IResult Unknown(MarketHistory history) => Problem.NotFound(
        $"No workload of this id is known since entry {history.FromSeq}; what is older stands in the entries.")
        .ToResult();

    private static IResult List(string? party, ulong? after, int? limit, MarketHistory history)
    {
        AccountId one = default;
        if (Paging.Check(limit, out var meant) is { } problem)
        {
            return problem.ToResult();
        }

        if (party is not null && !AccountId.TryParse(party, out one))
        {
            return Problem.BadRequest("party is the id of an account.").ToResult();
        }

        var found = history.FinishedBefore(after ?? ulong.MaxValue, party is null ? null : one, meant);
        return Results.Json(new Page<FinishedView>(
            [.. found.Take(meant).Select(FinishedView.Of)],
            found.Count > meant ? found[meant - 1].Place : null));
    }

    private static WorkloadHistoryView? Steps(WorkloadId workload, LedgerHost ledger, MarketHistory history)
    {
        var entries = history.EntriesOf(workload, MaxEntries);
        if (entries.Count == 0)
        {
            return null;
        }

        var steps = new List<WorkloadStep>();
        var named = new SortedSet<uint>();
        foreach (var seq in entries)
        {
            using var cursor = ledger.ReadFrom(seq);
            if (cursor.TryRead(out var entry))
            {
                Add(steps, named, entry, workload);
            }
        }

        var accounts = ledger.View.Read(state => named.Select(number => new AccountName(
            number, state.Account(new AccountNumber(number)) is { Kind: not AccountKind.System } account
                ? account.Id
                : null)).ToList());
        return new WorkloadHistoryView(
            workload,
            history.TryFind(workload, out var found) ? FinishedView.Of(found) : null,
            steps.Exists(step => step.Type == EventJson.NameOf(EventKind.WorkloadPosted)),
            steps,
            accounts);
    }

    private static void Add(
        List<WorkloadStep> steps, SortedSet<uint> named, DurableEntry entry, WorkloadId workload)
    {
        var reader = new EventReader(entry.Events.Span);
        while (reader.MoveNext() && steps.Count < MaxSteps)
        {
            if (EventFields.WorkloadOf(in reader) == workload)
            {
                steps.Add(new WorkloadStep(
                    entry.Header.Seq,
                    entry.Header.Time,
                    EventJson.NameOf(reader.Kind),
                    EventWords.Describe(reader.Kind, reader.Value, number =>
                    {
                        named.Add(number.Value);
                        return null;
                    })));
            }
        }
    }

    private static IResult Receipt(Finished found, LedgerHost ledger, MarketHistory history)
    {
        if (!found.IsPaid)
        {
            return Problem.NotFound($"{found.Ended.Workload} ended without pay, so it has no receipt.").ToResult();
        }

        var finding = ReceiptLookup.Find(
            ledger,
            found.Ended,
            found.Seq,
            key => ledger.View.Read(state => state.KeyOf(found.Ended.ProviderId, key)) ?? history.KeyOf(key),
            out var receipt);
        return finding switch
        {
            ReceiptFinding.Found => Results.Bytes(receipt!.Bytes, "application/json", receipt.FileName),
            ReceiptFinding.BlockOpen => new Problem(
                "blockOpen",
                "The block is not closed yet.",
                StatusCodes.Status409Conflict,
                "A receipt leads into closed blocks: ask again shortly.").ToResult(),
            _ => new Problem(
                "keyUnknown",
                "The key that signed is not known any more.",
                StatusCodes.Status409Conflict,
                $"The provider revoked the key, and it is older than entry {history.FromSeq}: the data directory's"
                + " receipts hold this one.").ToResult(),
        };
    }
}

/// <summary>A workload that ended; amounts in base units, times in ms since 1970.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Ending">How it ended.</param>
/// <param name="IsPaid">Whether the provider was paid, so that there is a receipt.</param>
/// <param name="Client">Who posted it.</param>
/// <param name="Provider">Who was awarded it; left out where nobody was.</param>
/// <param name="Service">With which service; likewise.</param>
/// <param name="Capability">What was needed.</param>
/// <param name="Units">Units of work.</param>
/// <param name="MinQualityPpm">Quality promised, ppm.</param>
/// <param name="QualityPpm">Quality declared, ppm.</param>
/// <param name="PostedAtMs">When it was posted.</param>
/// <param name="AwardedAtMs">When it was awarded; left out where it never was.</param>
/// <param name="SubmittedAtMs">When it was delivered; likewise.</param>
/// <param name="EndedAtMs">When it ended.</param>
/// <param name="EndedSeq">In which entry.</param>
/// <param name="SubmittedSeq">Entry of the delivery; left out where there was none.</param>
/// <param name="Input">Digest of its input.</param>
/// <param name="Spec">Digest of its specification.</param>
/// <param name="Result">Digest of its result; left out where there was none.</param>
/// <param name="MaxPrice">Most the client would have paid.</param>
/// <param name="Paid">What the provider was paid.</param>
/// <param name="Forfeited">What the provider lost to the client.</param>
/// <param name="Verdicts">What drawn validators found; left out where its result was not for any to check.</param>
public sealed record FinishedView(
    WorkloadId Id,
    WorkloadEnding Ending,
    bool IsPaid,
    AccountId Client,
    AccountId? Provider,
    ServiceId? Service,
    Label Capability,
    uint Units,
    uint MinQualityPpm,
    uint QualityPpm,
    Timestamp PostedAtMs,
    Timestamp? AwardedAtMs,
    Timestamp? SubmittedAtMs,
    Timestamp EndedAtMs,
    ulong EndedSeq,
    ulong? SubmittedSeq,
    Digest Input,
    Digest Spec,
    Digest? Result,
    TokenAmount MaxPrice,
    TokenAmount Paid,
    TokenAmount Forfeited,
    VerdictsView? Verdicts)
{
    internal static FinishedView Of(Finished found)
    {
        var it = found.Ended;
        var isAwarded = it.Service.Value != 0;
        return new FinishedView(
            it.Workload,
            it.Ending,
            found.IsPaid,
            it.ClientId,
            isAwarded ? it.ProviderId : null,
            isAwarded ? it.Service : null,
            it.Capability,
            it.Units,
            it.MinQualityPpm,
            it.QualityPpm,
            new Timestamp(it.PostedAtMs),
            it.AwardedAtMs == 0 ? null : new Timestamp(it.AwardedAtMs),
            it.SubmittedAtMs == 0 ? null : new Timestamp(it.SubmittedAtMs),
            found.Time,
            found.Seq,
            it.SubmittedSeq == 0 ? null : it.SubmittedSeq,
            it.Input,
            it.Spec,
            it.Result.IsZero ? null : it.Result,
            it.MaxPrice,
            it.Paid,
            it.Forfeited,
            it.Mode == VerificationMode.KOfN
                ? new VerdictsView(it.Needed, it.Agreed, it.Disagreed, it.Fees)
                : null);
    }
}

/// <summary>What the validators of a workload that ended found.</summary>
/// <param name="Needed">Equal verdicts that would decide.</param>
/// <param name="Agreed">Validators that found the result right.</param>
/// <param name="Disagreed">Validators that found it wrong.</param>
/// <param name="Fees">What they were paid together, base units.</param>
public sealed record VerdictsView(byte Needed, byte Agreed, byte Disagreed, TokenAmount Fees);

/// <summary>What happened to one workload.</summary>
/// <param name="Id">Which.</param>
/// <param name="Finished">How it ended; left out while it has not.</param>
/// <param name="IsWhole">Whether its posting is among the steps; older entries are not looked at.</param>
/// <param name="Steps">Its events, oldest first; the newest 256 entries' where there are more.</param>
/// <param name="Accounts">The accounts that the words name by number.</param>
public sealed record WorkloadHistoryView(
    WorkloadId Id,
    FinishedView? Finished,
    bool IsWhole,
    IReadOnlyList<WorkloadStep> Steps,
    IReadOnlyList<AccountName> Accounts);

/// <summary>One thing that happened.</summary>
/// <param name="Seq">In which entry.</param>
/// <param name="TimeMs">When, ms since 1970.</param>
/// <param name="Type">The event's name.</param>
/// <param name="Words">In words, without a full stop.</param>
public sealed record WorkloadStep(ulong Seq, Timestamp TimeMs, string Type, string Words);

/// <summary>Who an account is that words name by number, such as <c>#4</c>.</summary>
/// <param name="Number">The number.</param>
/// <param name="Id">Its id; left out for the treasury.</param>
public sealed record AccountName(uint Number, AccountId? Id);
