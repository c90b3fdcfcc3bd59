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
        if (!call.CanPay(exposure.Value))
        {
            return Outcome.InsufficientFunds;
        }

        // By prefix, so that two digests that share it, which someone may search for, cannot meet in the index.
        var before = state.BlobIndex.Find(command.Digest.Prefix);
        if (before >= 0 && !Corrects(state.Blobs[before], command))
        {
            return Outcome.BlobExists;
        }

        if (command.SizeBytes == 0 || command.SizeBytes > state.Parameters.MaxBlobBytes
            || command.Days == 0 || command.Days > state.Parameters.MaxBlobDays
            || command.Names.Count > DeclareBlob.MaxNames)
        {
            return Outcome.BlobTooLarge;
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
        if (before >= 0)
        {
            var corrected = state.Blobs[before];
            until = Math.Max(until, corrected.PaidUntilMs);
            call.Step.Emit(new BlobExpired(corrected.Id, corrected.Digest));
        }

        var names = default(BlobNames);
        for (var i = 0; i < command.Names.Count; i++)
        {
            names[i] = command.Names[i];
        }

        call.Step.Emit(new BlobDeclared(
            id,
            call.From,
            command.Digest,
            command.SizeBytes,
            until,
            command.Access,
            (byte)command.Names.Count,
            names));
        return Outcome.Applied;
    }

    /// <summary>Whether a declaration takes the place of an earlier one whose bytes have not come: it must be of more
    /// bytes. So nobody can keep a blob off the chain by declaring it too small before its owner does, and too large
    /// keeps nothing off.</summary>
    private static bool Corrects(in BlobRecord before, DeclareBlob command) =>
        before.Digest == command.Digest && before.Available == 0 && before.SizeBytes < command.SizeBytes;

    /// <summary>The node has the bytes: as many as rent was paid for, or fewer. It says so again where somebody else
    /// has given them who could not read them before.</summary>
    public static Outcome Arrive(Step step, BlobAvailable input)
    {
        var slot = step.State.FindBlob(input.Digest);
        if (slot < 0)
        {
            return Outcome.InputRejected;
        }

        var blob = step.State.Blobs[slot];
        var holder = input.Holder is { } id && step.State.FindAccount(id) is { } number
            ? number
            : AccountNumber.Treasury;
        var isNews = blob.Available == 0
            || (holder != AccountNumber.Treasury && !BlobReaders.IsReader(step.State, slot, holder));
        if (!isNews || input.SizeBytes > blob.SizeBytes)
        {
            return Outcome.InputRejected;
        }

        step.Emit(new BlobArrived(blob.Id, blob.Digest, holder));
        return Outcome.Applied;
    }

    /// <summary>A blob's rent ran out.</summary>
    public static void Expire(Step step, ulong id)
    {
        var digest = step.State.Blobs[step.State.BlobIdIndex.Find(id)].Digest;
        step.Emit(new BlobExpired(id, digest));
    }
}
