using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Verification;

/// <summary>The drawn validators of a workload, to look up.</summary>
internal static class Panel
{
    /// <summary>The place of a validator among the drawn ones, or -1.</summary>
    public static int Find(in ValidationRecord validation, AccountNumber validator)
    {
        for (var i = 0; i < validation.Drawn; i++)
        {
            if (validation.Seats[i].Validator == validator)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>How many validators are in a state.</summary>
    public static int Count(in ValidationRecord validation, SeatState state)
    {
        var count = 0;
        for (var i = 0; i < validation.Drawn; i++)
        {
            count += validation.Seats[i].State == state ? 1 : 0;
        }

        return count;
    }

    /// <summary>The provider's result is shown to those who are to judge it; only an event's ApplyTo calls this.
    /// </summary>
    public static void Show(LedgerState state, int validation, in Digest result, AccountNumber provider)
    {
        for (var i = 0; validation != 0 && i < state.Validations[validation - 1].Drawn; i++)
        {
            BlobReaders.Give(state, result, provider, state.Validations[validation - 1].Seats[i].Validator);
        }
    }

    /// <summary>A validator's seat, to change; only an event's ApplyTo calls this.</summary>
    public static ref SeatRecord WriteSeat(LedgerState state, WorkloadId workload, AccountNumber validator)
    {
        var slot = state.Workloads[state.FindWorkload(workload)].Validation - 1;
        ref var validation = ref state.Validations.Write(slot);
        return ref validation.Seats[Find(validation, validator)];
    }
}
