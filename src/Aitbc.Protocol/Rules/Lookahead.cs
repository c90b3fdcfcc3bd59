using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Rules;

/// <summary>
/// Brings the records that coming payloads will need towards the core while others are applied. A hundred thousand
/// accounts do not fit a cache, and waiting for memory a dozen times a command costs more than its rules; asked for
/// early, the waits overlap. Hints only: nothing here can change an outcome.
/// </summary>
/// <remarks>Three steps, some payloads apart, since each needs what the one before has fetched: index cells, then
/// account and workload, then agent, lane and bid. Where the processor has no such hint (not x64) it does nothing.
/// </remarks>
internal static class Lookahead
{
    /// <summary>How many payloads ahead the first step works.</summary>
    public const int First = 12;

    /// <summary>How many payloads ahead the second step works.</summary>
    public const int Second = 8;

    /// <summary>How many payloads ahead the third step works.</summary>
    public const int Third = 4;

    /// <summary>Index cells.</summary>
    public static void FetchCells(LedgerState state, ClientPayload payload)
    {
        state.AccountIndex.Fetch(payload.From.Prefix);
        var command = FirstOf(payload);
        if (command is Transfer transfer)
        {
            state.AccountIndex.Fetch(transfer.To.Prefix);
        }
        else if (WorkloadOf(command) is var workload and not 0)
        {
            state.WorkloadIndex.Fetch(workload);
        }
    }

    /// <summary>Account and workload.</summary>
    public static void FetchRecords(LedgerState state, ClientPayload payload)
    {
        Fetch(state.Accounts, state.AccountIndex.Find(payload.From.Prefix), 3);
        var command = FirstOf(payload);
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

    /// <summary>Agent, lane and bid.</summary>
    public static void FetchParts(LedgerState state, ClientPayload payload)
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

        if (WorkloadOf(FirstOf(payload)) is var workload and not 0
            && state.WorkloadIndex.Find(workload) is var slot and >= 0)
        {
            Fetch(state.Bids, state.Workloads[slot].FirstBid - 1, 2);
        }
    }

    /// <summary>The first command; a payload without any is malformed, which is for the rules to say.</summary>
    private static Command? FirstOf(ClientPayload payload) => payload.Commands is [var first, ..] ? first : null;

    private static ulong WorkloadOf(Command? command) => command switch
    {
        PlaceBid bid => bid.Workload.Value,
        OpenBid open => open.Workload.Value,
        StartWork start => start.Workload.Value,
        SubmitWork submit => submit.Workload.Value,
        AcceptWork accept => accept.Workload.Value,
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
