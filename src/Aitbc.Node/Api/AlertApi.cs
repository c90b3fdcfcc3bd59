using System.Text.Json;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.History;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.State;
using Aitbc.Safety.Admission;
using Aitbc.Safety.Monitor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>What the monitor found unusual.</summary>
internal static class AlertApi
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/alerts", (string? agent, int? limit, ulong? cursor, LedgerHost ledger, MarketHistory history) =>
            List(agent, limit, cursor, ledger, history))
        .Require(Role.Reader)
        .Produces<Page<AlertView>>()
        .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
        .WithSummary(
            "What the monitor found, newest first, the newest 4,096 of the entries that are remembered; next is the"
            + " cursor of the page after this.");

    private static IResult List(
        string? agent, int? limit, ulong? cursor, LedgerHost ledger, MarketHistory history)
    {
        AccountId? whose = null;
        if ((Paging.Check(limit, out var meant) ?? OversightPages.Check("agent", agent, out whose)) is { } problem)
        {
            return problem.ToResult();
        }

        var number = whose is { } id ? ledger.View.Read(state => state.FindAccount(id)) : null;
        if (whose is not null && number is null)
        {
            return Results.Json(new Page<AlertView>([], null));
        }

        var found = history.Alerts.Before(cursor ?? ulong.MaxValue, number, meant);
        var items = found.Take(meant).ToList();
        return Results.Json(new Page<AlertView>(
            ledger.View.Read(state => items.ConvertAll(alert => View(state, alert))),
            found.Count > meant ? items[^1].Seq : null));
    }

    private static AlertView View(LedgerState state, Alert alert)
    {
        var judged = alert.Judged;
        var finding = JournalledFinding.Read(judged);
        ref readonly var account = ref state.Account(judged.Account);
        return new AlertView(
            alert.Seq,
            alert.Time,
            account.Id,
            state.Account(state.Agents[account.Agent - 1].Owner).Id,
            JournalledFinding.IsSafeMode(judged.Verdict) ? AlertVerdict.SafeMode : AlertVerdict.Park,
            judged.Verdict is MonitorVerdictKind.Park or MonitorVerdictKind.SafeMode,
            finding is { } known ? JsonNamingPolicy.CamelCase.ConvertName($"{known.Detector}") : $"{judged.Detector}",
            finding?.Subject,
            judged.Observed,
            judged.Limit,
            finding?.Window.Ms ?? 0,
            finding?.Sentence
                ?? $"A detector of another release ({judged.Detector}) saw {judged.Observed.BaseUnits}; its limit is "
                    + $"{judged.Limit.BaseUnits}.",
            judged.Payload,
            alert.Became,
            alert.Became == Outcome.Parked ? new ApprovalId(alert.Seq + 1) : null);
    }
}

/// <summary>What the monitor wants done.</summary>
public enum AlertVerdict
{
    /// <summary>The payload waits for a person.</summary>
    Park = 1,

    /// <summary>The agent's exposure may only shrink until its guardians release it.</summary>
    SafeMode = 2,
}

/// <summary>A finding of the monitor.</summary>
/// <param name="Seq">Its entry; what it judged is the next.</param>
/// <param name="Time">When, ms since 1970.</param>
/// <param name="AgentId">Whose payload.</param>
/// <param name="OwnerId">Who owns the agent.</param>
/// <param name="Verdict">What the monitor wants.</param>
/// <param name="Enforced">Whether that follows; false where the monitor only watches.</param>
/// <param name="Detector">Who found it.</param>
/// <param name="Subject">About whom: the agent, or all of its owner's; left out where that is not known.</param>
/// <param name="Observed">What was seen: base units; acts, or thousandths of a deviation, as the words say.</param>
/// <param name="Limit">The limit, in the same unit.</param>
/// <param name="WindowMs">The time over which was counted, ms; 0 where it is the act by itself.</param>
/// <param name="Words">The reason in one sentence.</param>
/// <param name="PayloadDigest">SHA-256 of the payload.</param>
/// <param name="Outcome">What became of the payload when it came; left out where that is not known yet.</param>
/// <param name="Approval">The approval that it waited for; left out where it did not.</param>
public sealed record AlertView(
    ulong Seq,
    Timestamp Time,
    AccountId AgentId,
    AccountId OwnerId,
    AlertVerdict Verdict,
    bool Enforced,
    string Detector,
    MonitorSubject? Subject,
    TokenAmount Observed,
    TokenAmount Limit,
    long WindowMs,
    string Words,
    Digest PayloadDigest,
    Outcome? Outcome,
    ApprovalId? Approval);
