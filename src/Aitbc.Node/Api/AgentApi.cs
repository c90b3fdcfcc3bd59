using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>Agents: who owns and guards them, what binds them, how their work went.</summary>
internal static class AgentApi
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/agents", (ulong? after, int? limit, LedgerHost ledger) =>
                Paging.Check(limit, out var meant) is { } problem
                    ? problem.ToResult()
                    : Results.Json(Paging.Of(
                        ledger.View,
                        after ?? 0,
                        meant,
                        state => state.Agents.Count,
                        (state, slot) => View(state, state.Agents[slot]))))
            .Require(Role.Reader)
            .Produces<Page<AgentView>>()
            .WithSummary("Agents in order of registration; after is the next of the page before.");
        v1.MapGet("/agents/{id}", (string id, LedgerHost ledger, TimeProvider time) =>
                AccountId.TryParse(id, out var account)
                    && ledger.View.Read(state => Find(
                        state, account, new Timestamp(time.GetUtcNow().ToUnixTimeMilliseconds()))) is { } view
                    ? Results.Json(view)
                    : Problem.NotFound("No agent has this id.").ToResult())
            .Require(Role.Reader)
            .Produces<AgentView>()
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .WithSummary("One agent, with its constitution in words and how far each limit is used.");
    }

    private static AgentView? Find(LedgerState state, AccountId id, Timestamp now)
    {
        if (state.FindAccount(id) is not { } number || state.Account(number).Agent is not (var slot and not 0))
        {
            return null;
        }

        ref readonly var agent = ref state.Agents[slot - 1];
        return View(state, agent) with
        {
            Constitution = ConstitutionView.Of(ConstitutionReading.Of(state, agent)),
            LimitUses = LimitView.Of(state, agent, now),
        };
    }

    private static AgentView View(LedgerState state, in AgentRecord agent)
    {
        var guardians = new List<AccountId>(agent.GuardianCount);
        for (var i = 0; i < agent.GuardianCount; i++)
        {
            guardians.Add(state.Account(agent.Guardians[i]).Id);
        }

        var capabilities = new List<Label>(agent.CapabilityCount);
        for (var i = 0; i < agent.CapabilityCount; i++)
        {
            capabilities.Add(agent.Capabilities[i]);
        }

        ref readonly var account = ref state.Account(agent.Account);
        return new AgentView(
            account.Id,
            agent.Kind,
            state.Account(agent.Owner).Id,
            guardians,
            agent.GuardianThreshold,
            capabilities,
            agent.Version,
            agent.Stopped == 1,
            agent.Retired == 1,
            agent.JobsSettled,
            agent.JobsFaulted,
            account.Available,
            account.Stake,
            Limits(state, agent),
            (agent.Flags & AgentFlags.SafeMode) != 0,
            OversightPages.Guardians(state, agent, agent.ReleaseVotes, set: true),
            agent.ApprovalCount,
            agent.MotionCount,
            agent.OverrideCount);
    }

    private static LimitsView Limits(LedgerState state, in AgentRecord agent)
    {
        ref readonly var terms = ref agent.Constitution;
        var allowed = terms.AllowedActions;
        var counterparties = new List<AccountId>(terms.CounterpartyCount);
        for (var i = 0; i < terms.CounterpartyCount; i++)
        {
            counterparties.Add(state.Account(terms.Counterparties[i]).Id);
        }

        var hours = terms.HoursUtc;
        return new LimitsView(
            terms.Version,
            [.. Enum.GetValues<CommandKind>()
                .Where(kind => (allowed >> (int)kind & 1) == 1)
                .Select(CommandNames.NameOf)],
            counterparties,
            [.. Enumerable.Range(0, 24).Where(hour => (hours >> hour & 1) == 1)],
            terms.MaxValuePerAction,
            terms.MaxDailyVolume,
            state.VolumeUsed(agent),
            terms.MaxGasPerDay,
            state.GasUsed(agent),
            terms.MaxStake,
            new Duration(terms.KeyChangeHoldMs),
            terms.RequiresHumanApproval == 1);
    }
}

/// <summary>One agent.</summary>
/// <param name="Id">Its account.</param>
/// <param name="Kind">What it says it is.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Guardians">Who may stop it.</param>
/// <param name="GuardianThreshold">How many of them release it.</param>
/// <param name="Capabilities">What it says it can do.</param>
/// <param name="Version">What it says of its version.</param>
/// <param name="Stopped">Whether a guardian has stopped it.</param>
/// <param name="Retired">Whether it is retired, for ever.</param>
/// <param name="JobsSettled">Jobs settled without fault.</param>
/// <param name="JobsFaulted">Jobs that ended by its fault.</param>
/// <param name="Available">Free to use, base units.</param>
/// <param name="Stake">Staked, base units.</param>
/// <param name="Limits">Its constitution's hard limits, and what of them is used.</param>
/// <param name="SafeMode">Whether the monitor has put it into safe mode: what it is exposed to may only shrink.</param>
/// <param name="ReleaseAgreedBy">The guardians who agree to its release.</param>
/// <param name="Approvals">Its payloads that wait for approval.</param>
/// <param name="Motions">Open motions about it.</param>
/// <param name="Overrides">Overrides of it in force.</param>
public sealed record AgentView(
    AccountId Id,
    AgentKind Kind,
    AccountId Owner,
    IReadOnlyList<AccountId> Guardians,
    int GuardianThreshold,
    IReadOnlyList<Label> Capabilities,
    Label Version,
    bool Stopped,
    bool Retired,
    uint JobsSettled,
    uint JobsFaulted,
    TokenAmount Available,
    TokenAmount Stake,
    LimitsView Limits,
    bool SafeMode,
    IReadOnlyList<AccountId> ReleaseAgreedBy,
    int Approvals,
    int Motions,
    int Overrides)
{
    /// <summary>Its constitution as data and in words; left out in lists.</summary>
    public ConstitutionView? Constitution { get; init; }

    /// <summary>How far each limit and each rolling rule is used; left out in lists.</summary>
    public IReadOnlyList<LimitView>? LimitUses { get; init; }
}

/// <summary>An agent's hard limits; amounts in base units, days are rolling 24 h.</summary>
/// <param name="Version">Counts the constitution's versions.</param>
/// <param name="AllowedActions">Command types it may send; no other.</param>
/// <param name="Counterparties">Who value may go to; empty means anybody.</param>
/// <param name="HoursUtc">Hours of the day at which it may act.</param>
/// <param name="MaxValuePerAction">Most value of one action.</param>
/// <param name="MaxDailyVolume">Most value reserved or spent a day.</param>
/// <param name="DailyVolumeUsed">Value of the last day.</param>
/// <param name="MaxGasPerDay">Most gas a day.</param>
/// <param name="DailyGasUsed">Gas of the last day.</param>
/// <param name="MaxStake">Most staked at once.</param>
/// <param name="KeyChangeHoldMs">For how long after a change of keys no value leaves, ms.</param>
/// <param name="RequiresHumanApproval">Whether each action with value needs a person.</param>
public sealed record LimitsView(
    uint Version,
    IReadOnlyList<string> AllowedActions,
    IReadOnlyList<AccountId> Counterparties,
    IReadOnlyList<int> HoursUtc,
    TokenAmount MaxValuePerAction,
    TokenAmount MaxDailyVolume,
    TokenAmount DailyVolumeUsed,
    TokenAmount MaxGasPerDay,
    TokenAmount DailyGasUsed,
    TokenAmount MaxStake,
    Duration KeyChangeHoldMs,
    bool RequiresHumanApproval);
