using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Rules;

namespace Aitbc.Protocol.Blobs;

/// <summary>Blobs: announced and paid for by an account, delivered to the node, forgotten when the rent ends.</summary>
internal static class BlobRules
{
    private const long DayMs = 24L * 60 * 60 * 1000;
    private const ulong KiB = 1024;

    /// <summary>Prepaid rent: KiB begun, times days, times the rate; capped at what a supply can hold.</summary>
    public static TokenAmount RentOf(Parameters parameters, DeclareBlob command)
    {
        var kibDays = (UInt128)((Math.Min(command.SizeBytes, parameters.MaxBlobBytes) + KiB - 1) / KiB)
            * Math.Min(command.Days, parameters.MaxBlobDays);
        return parameters.BlobRentPerKiBDay.MulDivUp(kibDays, 1);
    }

    /// <summary>Announces a blob and pays its rent.</summary>
    public static Outcome Declare(in Call call, DeclareBlob command, in Exposure exposure)
    {
        var state = call.State;
        if (command.SizeBytes == 0 || command.SizeBytes > state.Parameters.MaxBlobBytes
            || command.Days == 0 || command.Days > state.Parameters.MaxBlobDays)
        {
            return Outcome.BlobTooLarge;
        }

        // By prefix, so that two digests that share it, which someone may search for, cannot meet in the index.
        if (state.BlobIndex.Find(command.Digest.Prefix) >= 0)
        {
            return Outcome.BlobExists;
        }

        if (!call.CanPay(exposure.Value))
        {
            return Outcome.InsufficientFunds;
        }

        var id = state.Globals.LastBlob + 1;
        call.Step.Move(
            (call.From, SubAccount.Available),
            (AccountNumber.Treasury, SubAccount.Available),
            exposure.Value,
            MovePhase.Direct,
            MoveReason.BlobRent,
            id);
        var until = state.Globals.TimeMs + (command.Days * DayMs);
        call.Step.Emit(new BlobDeclared(id, call.From, command.Digest, command.SizeBytes, until));
        return Outcome.Applied;
    }

    /// <summary>The node has the bytes.</summary>
    public static Outcome Arrive(Step step, BlobAvailable input)
    {
        var slot = step.State.FindBlob(input.Digest);
        if (slot < 0)
        {
            return Outcome.InputRejected;
        }

        var blob = step.State.Blobs[slot];
        if (blob.Available == 1 || blob.SizeBytes != input.SizeBytes)
        {
            return Outcome.InputRejected;
        }

        step.Emit(new BlobArrived(blob.Id, blob.Digest));
        return Outcome.Applied;
    }

    /// <summary>A blob's rent ran out.</summary>
    public static void Expire(Step step, ulong id)
    {
        var digest = step.State.Blobs[step.State.BlobIdIndex.Find(id)].Digest;
        step.Emit(new BlobExpired(id, digest));
    }
}
