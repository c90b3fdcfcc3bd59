using System.Buffers.Text;
using Aitbc.Infrastructure.Explanation;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Wire;
using Aitbc.Safety.Admission;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>Payloads that wait for guardians: the bytes they sign for, in words, with what these would do.</summary>
internal static class ApprovalApi
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/approvals", (string? agent, string? guardian, ulong? after, int? limit, LedgerHost ledger) =>
                OversightPages.Answer(
                    ledger, agent, guardian, after, limit,
                    state => Enumerable.Range(0, state.Approvals.Count)
                        .Select(slot => (state.Approvals[slot].Id.Value, state.Approvals[slot].Agent)),
                    id => Find(ledger, new ApprovalId(id), null),
                    view => view.Payload.Length))
            .Require(Role.Reader)
            .Produces<Page<ApprovalView>>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .WithSummary("What waits for approval, soonest expiry first, by agent or by guardian.");
        v1.MapGet("/approvals/{id}", (string id, LedgerHost ledger, TimeProvider time) =>
                ApprovalId.TryParse(id, out var approval)
                    && Find(ledger, approval, new Timestamp(time.GetUtcNow().ToUnixTimeMilliseconds())) is { } view
                    ? Results.Json(view)
                    : Problem.NotFound(
                        "Nothing waits under this id: it was approved, denied, made void or has expired, or never was.")
                        .ToResult())
            .Require(Role.Reader)
            .Produces<ApprovalView>()
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .WithSummary("One payload that waits for approval, with its effect as things stand.");
    }

    /// <summary>What waits under an id; its effect where a time is given.</summary>
    private static ApprovalView? Find(LedgerHost ledger, ApprovalId id, Timestamp? now)
    {
        if (ledger.View.Read(state => state.FindApproval(id)) < 0)
        {
            return null;
        }

        // A verdict stands right before what it is about.
        using var entries = ledger.ReadFrom(Math.Max(1, id.Value - 1));
        if (!entries.TryRead(out var entry))
        {
            return null;
        }

        var finding = FindingOf(entry);
        if (entry.Header.Seq != id.Value && !entries.TryRead(out entry))
        {
            return null;
        }

        if (PayloadCodec.TryParse(entry.BodyBytes.Span, ProofKind.Jws, default, out var payload) is { } problem)
        {
            throw new InvalidDataException($"Entry {id.Value} parked what cannot be read: {problem}");
        }

        return ledger.View.Read(state => state.FindApproval(id) is var slot and >= 0
            ? View(state, slot, entry, payload, finding, now)
            : null);
    }

    private static MonitorJudged? FindingOf(DurableEntry entry)
    {
        var reader = new EventReader(entry.Events.Span);
        return entry.Body == BodyKind.Input && reader.MoveNext() && reader.Kind == EventKind.MonitorJudged
            ? reader.As<MonitorJudged>()
            : null;
    }

    private static ApprovalView View(
        LedgerState state,
        int slot,
        DurableEntry entry,
        ClientPayload payload,
        MonitorJudged? finding,
        Timestamp? now)
    {
        var approval = state.Approvals[slot];
        ref readonly var account = ref state.Account(approval.Agent);
        ref readonly var agent = ref state.Agents[account.Agent - 1];
        var wording = new Wording(state);
        var commands = payload.Commands
            .Select(command => new ExplainedPart(CommandNames.NameOf(command.Kind), wording.Of(command))).ToList();
        var terms = ConstitutionReading.Of(state, agent);
        List<string> reasons = [.. ApprovalCauses.Of(state, agent, payload.Commands)
            .Select(cause => wording.Of(terms, cause.Line, cause.Rule))];
        var isJudged = finding is { Verdict: MonitorVerdictKind.Park } it && it.Payload == approval.Payload;
        if (isJudged)
        {
            reasons.Add(JournalledFinding.Read(finding!.Value)?.Sentence
                ?? $"The monitor's detector {finding.Value.Detector} found it unusual.");
        }

        return new ApprovalView(
            approval.Id,
            account.Id,
            approval.Payload,
            Base64Url.EncodeToString(entry.BodyBytes.Span),
            entry.Header.Seq,
            entry.Header.Time,
            new Timestamp(approval.ExpiresAtMs),
            approval.ConstitutionVersion,
            agent.GuardianThreshold,
            OversightPages.Guardians(state, agent, approval.Votes, set: true),
            OversightPages.Guardians(state, agent, approval.Votes, set: false),
            reasons,
            isJudged,
            approval.Held,
            commands,
            wording.Accounts,
            now is { } at ? Foretell(state, approval.Id, account.Id, payload, at) : null);
    }

    private static EffectView Foretell(
        LedgerState state, ApprovalId id, AccountId agent, ClientPayload payload, Timestamp now)
    {
        var (before, limitsBefore) = Stand(state, agent, now);
        using var run = new DryRun(state, now);
        var outcome = run.Grant(id, payload, out var failedAt);
        var (after, limitsAfter) = Stand(state, agent, now);
        var isRefused = outcome != Outcome.Applied;
        var breach = isRefused ? run.Breach(outcome, payload.Commands[failedAt]) : null;
        var figures = breach is { } found ? $" ({found.Value.ToDisplay()} against {found.Limit.ToDisplay()})" : "";
        return new EffectView(
            outcome,
            isRefused ? failedAt : null,
            isRefused
                ? $"Approved now, it would be refused{figures}: {OutcomeWords.Of(outcome)}"
                : "Approved now, it would take effect.",
            before,
            after,
            [.. limitsBefore.Zip(limitsAfter, (one, two) => new LimitEffectView(one, two))]);
    }

    private static (BalancesView Balances, IReadOnlyList<LimitView> Limits) Stand(
        LedgerState state, AccountId id, Timestamp now)
    {
        ref readonly var account = ref state.Account(state.FindAccount(id)!.Value);
        return (
            new BalancesView(account.Available, account.Escrow, account.Stake, account.Bond),
            LimitView.Of(state, state.Agents[account.Agent - 1], now));
    }
}
