using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Wire;
using Aitbc.Safety.Monitor;

namespace Aitbc.Safety.Admission;

/// <summary>How actions are taken into the history.</summary>
internal enum Learning
{
    /// <summary>There are none.</summary>
    Nothing,

    /// <summary>They took no effect.</summary>
    Attempted,

    /// <summary>They wait for guardians.</summary>
    Parked,

    /// <summary>They took effect when they came.</summary>
    TookEffect,

    /// <summary>They had waited, and guardians let them pass.</summary>
    Approved,
}

/// <summary>Commands as the monitor sees them. What is learnt comes from the entry and from what never changes about
/// accounts, so a journal that is read back teaches the same as the day itself did.</summary>
internal static class ActionReader
{
    /// <summary>An agent's payload before it is ordered.</summary>
    /// <param name="state">The state before it.</param>
    /// <param name="agent">Whose.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="at">The time it will have.</param>
    /// <param name="actions">Takes the actions.</param>
    public static void ReadComing(
        LedgerState state, AccountNumber agent, ClientPayload payload, Timestamp at, List<ObservedAction> actions)
    {
        foreach (var command in payload.Commands)
        {
            actions.Add(Of(state, agent, command, state.RiskOf(command).Value, at));
        }
    }

    /// <summary>What a payload in the journal teaches.</summary>
    /// <param name="state">The state after it, or a later one.</param>
    /// <param name="payload">The payload, anybody's.</param>
    /// <param name="at">Its time.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="events">What it changed.</param>
    /// <param name="actions">Takes the actions.</param>
    public static Learning ReadPast(
        LedgerState state,
        ClientPayload payload,
        Timestamp at,
        Outcome outcome,
        ReadOnlySpan<byte> events,
        List<ObservedAction> actions)
    {
        if (state.FindAccount(payload.From) is not { } from)
        {
            return Learning.Nothing;
        }

        if (state.Account(from).Agent != 0)
        {
            Read(state, from, payload.Commands, at, events, actions);
            return outcome switch
            {
                Outcome.Applied => Learning.TookEffect,
                Outcome.Parked => Learning.Parked,
                _ => Learning.Attempted,
            };
        }

        if (payload.Commands[0] is not GrantApproval grant || FindHandled(events) is not { } handled
            || PayloadCodec.TryParse(
                grant.Payload.Span, ProofKind.Jws, default, handled.Payload, state.Genesis.Chain, out var parked)
                    is not null)
        {
            return Learning.Nothing;
        }

        Read(state, handled.Agent, parked.Commands, at, events, actions);
        return handled.Outcome == Outcome.Applied ? Learning.Approved : Learning.Nothing;
    }

    /// <summary>Commands with the values that were counted against the agent's limits, or are reserved in them, in
    /// their order.</summary>
    private static void Read(
        LedgerState state,
        AccountNumber agent,
        Command[] commands,
        Timestamp at,
        ReadOnlySpan<byte> events,
        List<ObservedAction> actions)
    {
        var reader = new EventReader(events);
        var (isHeld, held) = Next(ref reader, agent);
        foreach (var command in commands)
        {
            var isItsOwn = isHeld && held.Action == command.Kind;
            var value = isItsOwn && command.Kind.IsVolume() ? held.Amount : TokenAmount.Zero;
            actions.Add(Of(state, agent, command, value, at));
            if (isItsOwn)
            {
                (isHeld, held) = Next(ref reader, agent);
            }
        }
    }

    private static (bool IsHeld, LimitReserved Held) Next(ref EventReader reader, AccountNumber agent)
    {
        while (reader.MoveNext())
        {
            if (reader.Kind == EventKind.LimitReserved && reader.As<LimitReserved>() is var held
                && held.Account == agent)
            {
                return (true, held);
            }

            // Only the agent's own payload parks something in its entry.
            if (reader.Kind == EventKind.ParkedReserved && reader.As<ParkedReserved>() is var waits)
            {
                return (true, new LimitReserved(agent, waits.Action, waits.Amount));
            }
        }

        return (false, default);
    }

    private static ParkedHandled? FindHandled(ReadOnlySpan<byte> events)
    {
        var reader = new EventReader(events);
        while (reader.MoveNext())
        {
            if (reader.Kind == EventKind.ParkedHandled)
            {
                return reader.As<ParkedHandled>();
            }
        }

        return null;
    }

    private static ObservedAction Of(
        LedgerState state, AccountNumber number, Command command, TokenAmount value, Timestamp at)
    {
        ref readonly var agent = ref state.Agents[state.Account(number).Agent - 1];
        return new ObservedAction(
            number,
            agent.Owner,
            command.Kind,
            value,
            PayeeOf(state, command),
            at,
            agent.Constitution.MaxDailyVolume,
            DailyActs(state, agent, command.Kind));
    }

    /// <summary>Whose the value becomes for good; orders and bonds have no taker yet.</summary>
    private static AccountNumber? PayeeOf(LedgerState state, Command command) => command switch
    {
        Transfer transfer => state.FindAccount(transfer.To) ?? ObservedAction.NotOpened,
        OpenAccount or RegisterAgent => ObservedAction.NotOpened,
        _ => null,
    };

    private static uint DailyActs(LedgerState state, in AgentRecord agent, CommandKind kind)
    {
        var gas = (state.Parameters.BaseGas + state.GasOf(kind)).BaseUnits;
        return gas == 0
            ? uint.MaxValue
            : (uint)UInt128.Min(agent.Constitution.MaxGasPerDay.BaseUnits / gas, uint.MaxValue);
    }
}
