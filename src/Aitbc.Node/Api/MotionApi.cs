using Aitbc.Infrastructure.Explanation;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>What an agent's guardians have been asked to decide.</summary>
internal static class MotionApi
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/motions", (string? agent, string? guardian, ulong? after, int? limit, LedgerHost ledger) =>
                OversightPages.Answer(
                    ledger, agent, guardian, after, limit,
                    state => Enumerable.Range(0, state.Motions.Count)
                        .Select(slot => (state.Motions[slot].Id.Value, state.Motions[slot].Agent)),
                    id => Find(ledger, new MotionId(id)),
                    static _ => 0))
            .Require(Role.Reader)
            .Produces<Page<MotionView>>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .WithSummary("Open motions in order of their ids, by agent or by guardian.");
        v1.MapGet("/motions/{id}", (string id, LedgerHost ledger) =>
                MotionId.TryParse(id, out var motion) && Find(ledger, motion) is { } view
                    ? Results.Json(view)
                    : Problem.NotFound(
                        "No open motion has this id: it took effect, was rejected, lapsed, is void, or never was.")
                        .ToResult())
            .Require(Role.Reader)
            .Produces<MotionView>()
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .WithSummary("One open motion: what it would change, line by line, and who has said what.");
    }

    private static MotionView? Find(LedgerHost ledger, MotionId id) => ledger.View.Read(state =>
        state.FindMotion(id) is var slot and >= 0 ? View(state, state.Motions[slot]) : null);

    private static MotionView View(LedgerState state, in MotionRecord motion)
    {
        ref readonly var account = ref state.Account(motion.Agent);
        ref readonly var agent = ref state.Agents[account.Agent - 1];
        var wording = new Wording(state);
        var command = CommandOf(state, account.Id, motion);
        var words = wording.Of(command);
        return new MotionView(
            motion.Id,
            account.Id,
            motion.Kind,
            state.Account(motion.By).Id,
            words,
            wording.Accounts,
            agent.GuardianThreshold,
            OversightPages.Guardians(state, agent, motion.Votes, set: true),
            OversightPages.Guardians(state, agent, motion.Against, set: true),
            OversightPages.Guardians(state, agent, motion.Votes | motion.Against, set: false),
            motion.Enough == 1,
            new Timestamp(motion.ReadyAtMs),
            new Timestamp(motion.LapsesAtMs),
            command is ChangeConstitution change
                ? new ProposedConstitution(
                    ConstitutionView.Of(change.Constitution),
                    ChangeView.Of(
                        ConstitutionReading.Of(state, agent),
                        change.Constitution,
                        ConstitutionComparison.Of(state, motion)))
                : null,
            command is ChangeGuardians guardians
                ? new ProposedGuardians(guardians.Guardians, guardians.GuardianThreshold)
                : null,
            command is SetOverride set
                ? new ProposedOverride(
                    CommandNames.NameOf(set.Action), set.Effect, set.Cap, set.Reason, set.ExpiresAt)
                : null);
    }

    /// <summary>The command that would have proposed it.</summary>
    private static Command CommandOf(LedgerState state, AccountId agent, in MotionRecord motion) => motion.Kind switch
    {
        MotionKind.Constitution => new ChangeConstitution(agent, ConstitutionReading.Of(state, motion)),
        MotionKind.Guardians => new ChangeGuardians(
            agent,
            ConstitutionReading.Accounts(state, motion.Guardians, motion.GuardianCount),
            motion.GuardianThreshold),
        _ => new SetOverride(
            agent,
            motion.Override.Action,
            motion.Override.Effect,
            motion.Override.Cap,
            motion.Override.Reason,
            new Timestamp(motion.Override.ExpiresAtMs)),
    };
}

/// <summary>An open motion.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Agent">Whose bounds it would change.</param>
/// <param name="Kind">What kind of change it is.</param>
/// <param name="By">Who proposed it.</param>
/// <param name="Words">What it proposes, in words.</param>
/// <param name="Accounts">The accounts that the words name by number.</param>
/// <param name="Needed">How many guardians must agree.</param>
/// <param name="AgreedBy">Who agrees.</param>
/// <param name="RejectedBy">Who rejects it.</param>
/// <param name="Undecided">The guardians who have said nothing.</param>
/// <param name="Enough">Whether enough agree: then it waits only for its time.</param>
/// <param name="ReadyAtMs">When it can take effect, ms since 1970.</param>
/// <param name="LapsesAtMs">When it lapses unless enough agree, ms since 1970.</param>
/// <param name="Constitution">The constitution proposed, and what it changes; left out for others.</param>
/// <param name="Guardians">The guardians proposed; left out for others.</param>
/// <param name="Override">The override proposed; left out for others.</param>
public sealed record MotionView(
    MotionId Id,
    AccountId Agent,
    MotionKind Kind,
    AccountId By,
    string Words,
    IReadOnlyList<ExplainedAccount> Accounts,
    int Needed,
    IReadOnlyList<AccountId> AgreedBy,
    IReadOnlyList<AccountId> RejectedBy,
    IReadOnlyList<AccountId> Undecided,
    bool Enough,
    Timestamp ReadyAtMs,
    Timestamp LapsesAtMs,
    ProposedConstitution? Constitution,
    ProposedGuardians? Guardians,
    ProposedOverride? Override);

/// <summary>A constitution that is proposed.</summary>
/// <param name="Proposed">The constitution.</param>
/// <param name="Changes">Each line against the present one.</param>
public sealed record ProposedConstitution(ConstitutionView Proposed, IReadOnlyList<ChangeView> Changes);

/// <summary>Guardians that are proposed.</summary>
/// <param name="Guardians">Who.</param>
/// <param name="Threshold">How many of them would decide.</param>
public sealed record ProposedGuardians(IReadOnlyList<AccountId> Guardians, int Threshold);

/// <summary>An override that is proposed.</summary>
/// <param name="Action">The command type.</param>
/// <param name="Effect">Allow or deny.</param>
/// <param name="Cap">Most base units, added up, that it would let pass.</param>
/// <param name="Reason">Digest of the reason in words.</param>
/// <param name="ExpiresAtMs">When it would end by itself, ms since 1970.</param>
public sealed record ProposedOverride(
    string Action, OverrideEffect Effect, TokenAmount Cap, Digest Reason, Timestamp ExpiresAtMs);
