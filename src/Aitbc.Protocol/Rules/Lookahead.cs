using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Rules;

/// <summary>
/// Brings the records that coming payloads will need towards the core while others are applied. A hundred thousand
/// accounts do not fit a cache, and waiting for memory a dozen times a command costs more than its rules; asked for
/// early, the waits overlap. Hints only: nothing here can change an outcome.
/// </summary>
/// <remarks>Four steps, some payloads apart, since each needs what the one before has fetched: index cells, then
/// account and workload, then agent, lane and bid, then who else is concerned. Where the processor has no such hint
/// (not
/// x64) it does nothing.</remarks>
internal static class Lookahead
{
    /// <summary>How many payloads, or due items, ahead the first step works.</summary>
    public const int First = 14;

    private const int Second = 11;
    private const int Third = 8;
    private const int Fourth = 5;
    private const int Fifth = 2;

    /// <summary>Fetches for payloads that will be applied in their order.</summary>
    /// <param name="state">The state.</param>
    /// <param name="coming">The payloads.</param>
    /// <param name="next">The one that is applied next.</param>
    public static void Fetch(LedgerState state, ReadOnlySpan<ClientPayload> coming, int next)
    {
        if (next + First < coming.Length)
        {
            FetchCells(state, coming[next + First]);
            FetchRecords(state, coming[next + Second]);
            FetchParts(state, coming[next + Third]);
            FetchOthers(state, coming[next + Fourth], isLast: false);
            FetchOthers(state, coming[next + Fifth], isLast: true);
        }
    }

    /// <summary>The same for what is due.</summary>
    public static void FetchDue(LedgerState state, ReadOnlySpan<DueItem> due, int next)
    {
        if (next + First < due.Length && due[next].Kind == DueKind.Workload)
        {
            state.WorkloadIndex.Fetch(due[next + First].Id);
            Fetch(state.Workloads, state.WorkloadIndex.Find(due[next + Second].Id), 7);
            FetchBids(state, state.WorkloadIndex.Find(due[next + Third].Id));
            FetchBidders(state, state.WorkloadIndex.Find(due[next + Fourth].Id), isLast: false);
            FetchBidders(state, state.WorkloadIndex.Find(due[next + Fifth].Id), isLast: true);
        }
    }

    /// <summary>The same for commands that are only judged, which takes so little that more must be under way.
    /// </summary>
    public static void Fetch(LedgerState state, ReadOnlySpan<AgentCommand> coming, int next)
    {
        const int Cells = 16;
        const int Records = 12;
        const int Bindings = 8;
        const int Rules = 4;
        if (next + Cells < coming.Length)
        {
            Fetch(state.Accounts, coming[next + Cells].Agent.Slot, 3);
            FetchCells(state, coming[next + Cells].Command);
            Fetch(state.Agents, AccountOf(state, coming[next + Records]).Agent - 1, 4);
            FetchTargets(state, coming[next + Records].Command);
            FetchRules(state, coming[next + Bindings], isLast: false);
            FetchRules(state, coming[next + Rules], isLast: true);
        }
    }

    private static void FetchRules(LedgerState state, in AgentCommand command, bool isLast) =>
        FetchRules(state, AccountOf(state, command), command.Command, isLast);

    private static ref readonly AccountRecord AccountOf(LedgerState state, in AgentCommand command) =>
        ref state.Accounts[command.Agent.Slot];

    private static void FetchCells(LedgerState state, ClientPayload payload)
    {
        state.AccountIndex.Fetch(payload.From.Prefix);
        FetchCells(state, FirstOf(payload));
    }

    private static void FetchCells(LedgerState state, Command? command)
    {
        if (command is Transfer transfer)
        {
            state.AccountIndex.Fetch(transfer.To.Prefix);
        }
        else if (WorkloadOf(command) is var workload and not 0)
        {
            state.WorkloadIndex.Fetch(workload);
        }
    }

    private static void FetchRecords(LedgerState state, ClientPayload payload)
    {
        Fetch(state.Accounts, state.AccountIndex.Find(payload.From.Prefix), 3);
        FetchTargets(state, FirstOf(payload));
    }

    private static void FetchTargets(LedgerState state, Command? command)
    {
        if (command is Transfer transfer)
        {
            Fetch(state.Accounts, state.AccountIndex.Find(transfer.To.Prefix), 2);
        }
        else if (WorkloadOf(command) is var workload and not 0)
        {
            Fetch(state.Workloads, state.WorkloadIndex.Find(workload), 7);
            if (command is PlaceBid bid)
            {
                Fetch(state.Services, state.ServiceIndex.Find(bid.Service.Value), 3);
            }
        }
    }

    private static void FetchParts(LedgerState state, ClientPayload payload)
    {
        var from = state.AccountIndex.Find(payload.From.Prefix);
        if (from < 0)
        {
            return;
        }

        ref readonly var account = ref state.Accounts[from];
        Fetch(state.Agents, account.Agent - 1, 4);
        if (account.FirstLane > 0)
        {
            ref readonly var lane = ref state.Lanes[account.FirstLane - 1];
            Fetch(in lane, 0);
            Fetch(in lane, 16 + ((int)(payload.Sequence % PastOutcomes.Length) * Unsafe.SizeOf<PastOutcome>()));
        }

        if (WorkloadOf(FirstOf(payload)) is var workload and not 0)
        {
            FetchBids(state, state.WorkloadIndex.Find(workload));
        }
    }

    private static void FetchOthers(LedgerState state, ClientPayload payload, bool isLast)
    {
        var command = FirstOf(payload);
        if (command is not null && state.AccountIndex.Find(payload.From.Prefix) is var from and >= 0)
        {
            FetchRules(state, state.Accounts[from], command, isLast);
        }

        if (command is PlaceBid bid)
        {
            if (isLast && state.WorkloadIndex.Find(bid.Workload.Value) is var open and >= 0)
            {
                FetchAgent(state, state.Workloads[open].Client);
            }
        }
        else if (command is AcceptWork accept)
        {
            FetchBidders(state, state.WorkloadIndex.Find(accept.Workload.Value), isLast);
        }
    }

    /// <summary>First which rules of a constitution concern a command, then those rules and what they have counted.
    /// </summary>
    private static void FetchRules(LedgerState state, in AccountRecord account, Command command, bool isLast)
    {
        if (account.Agent == 0 || state.Agents[account.Agent - 1].RuleSet is var rules && rules == 0)
        {
            return;
        }

        ref readonly var set = ref state.RuleSets[rules - 1];
        ref readonly var binding = ref set.Bindings[(int)command.Kind];
        if (!isLast)
        {
            Fetch(in binding, 0);
            return;
        }

        for (var left = binding.Bound | binding.Held; left != 0; left &= left - 1)
        {
            Fetch(in set.Gates[BitOperations.TrailingZeroCount(left)], 0);
        }

        for (var left = binding.Rolling | binding.Held; left != 0; left &= left - 1)
        {
            Fetch(in set.Uses[BitOperations.TrailingZeroCount(left)], 0);
            Fetch(in set.Uses[BitOperations.TrailingZeroCount(left)], 40);
        }
    }

    /// <summary>A workload's client and newest bid; once it is awarded, the winning one.</summary>
    private static void FetchBids(LedgerState state, int slot)
    {
        if (slot >= 0)
        {
            ref readonly var workload = ref state.Workloads[slot];
            Fetch(state.Accounts, workload.Client.Slot, 3);
            Fetch(state.Bids, FirstBid(workload), 2);
        }
    }

    /// <summary>Who bid, up to the two newest; once it is awarded, who won. First their accounts, then what hangs on
    /// those.</summary>
    private static void FetchBidders(LedgerState state, int slot, bool isLast)
    {
        if (slot < 0)
        {
            return;
        }

        ref readonly var workload = ref state.Workloads[slot];
        var bid = FirstBid(workload);
        if (bid < 0)
        {
            return;
        }

        ref readonly var first = ref state.Bids[bid];
        if (!isLast)
        {
            Fetch(state.Accounts, first.Bidder.Slot, 3);
            Fetch(state.Bids, first.NextBid - 1, 2);
            state.ServiceIndex.Fetch(first.ServiceId.Value);
            return;
        }

        FetchAgent(state, workload.Client);
        FetchAgent(state, first.Bidder);
        if (workload.Phase < WorkloadPhase.Awarded && first.NextBid > 0)
        {
            Fetch(state.Accounts, state.Bids[first.NextBid - 1].Bidder.Slot, 3);
        }
    }

    private static int FirstBid(in WorkloadRecord workload) =>
        workload.Phase >= WorkloadPhase.Awarded ? workload.WinningBid : workload.FirstBid - 1;

    private static void FetchAgent(LedgerState state, AccountNumber account) =>
        Fetch(state.Agents, state.Accounts[account.Slot].Agent - 1, 7);

    /// <summary>The first command; a payload without any is malformed, which is for the rules to say.</summary>
    private static Command? FirstOf(ClientPayload payload) => payload.Commands is [var first, ..] ? first : null;

    private static ulong WorkloadOf(Command? command) => command switch
    {
        PlaceBid bid => bid.Workload.Value,
        OpenBid open => open.Workload.Value,
        StartWork start => start.Workload.Value,
        SubmitWork submit => submit.Workload.Value,
        AcceptWork accept => accept.Workload.Value,
        SealWork seal => seal.Workload.Value,
        RevealWork reveal => reveal.Workload.Value,
        CommitVerdict commit => commit.Workload.Value,
        RevealVerdict verdict => verdict.Workload.Value,
        _ => 0,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch<T>(Table<T> table, int slot, int lines)
        where T : unmanaged
    {
        if (slot < 0)
        {
            return;
        }

        ref readonly var record = ref table[slot];
        for (var line = 0; line < lines; line++)
        {
            Fetch(in record, line * 64);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Fetch<T>(in T record, int offset)
        where T : unmanaged
    {
        if (Sse.IsSupported)
        {
            // A hint may be given for any address, so that the collector moves the array meanwhile does no harm.
            Sse.Prefetch0((byte*)Unsafe.AsPointer(ref Unsafe.AsRef(in record)) + offset);
        }
    }
}
