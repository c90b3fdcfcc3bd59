using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Blobs;

/// <summary>A blob was declared and its rent paid; the movement stands beside it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="DeclaredBy">Who.</param>
/// <param name="Digest">SHA-256 of its bytes.</param>
/// <param name="SizeBytes">Bytes.</param>
/// <param name="PaidUntilMs">End of the rent, wall time, ms.</param>
/// <param name="Access">Who may read it.</param>
/// <param name="NameCount">Blobs that it names.</param>
/// <param name="Names">Which.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct BlobDeclared(
    ulong Id,
    AccountNumber DeclaredBy,
    Digest Digest,
    ulong SizeBytes,
    long PaidUntilMs,
    BlobAccess Access,
    byte NameCount,
    BlobNames Names) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.BlobDeclared;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var blob = ref state.Blobs.Add(out var slot);
        blob.Id = Id;
        blob.DeclaredBy = DeclaredBy;
        blob.Digest = Digest;
        blob.SizeBytes = SizeBytes;
        blob.PaidUntilMs = PaidUntilMs;
        blob.Access = Access;
        blob.NameCount = NameCount;
        blob.Names = Names;
        state.GlobalTable.Write(0).LastBlob = Id;
        state.BlobIndex.Add(Digest.Prefix, slot);
        state.BlobIdIndex.Add(Id, slot);
        state.WallDue.Push(PaidUntilMs, DueKind.BlobRent, Id);
    }
}

/// <summary>A blob's bytes are there, or somebody else has given them too; who gives them may read them.</summary>
/// <param name="Id">Which.</param>
/// <param name="Digest">SHA-256 of its bytes.</param>
/// <param name="Holder">Who gave them; the treasury's number where nobody says so.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct BlobArrived(ulong Id, Digest Digest, AccountNumber Holder) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.BlobArrived;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        var slot = state.BlobIdIndex.Find(Id);
        state.Blobs.Write(slot).Available = 1;
        if (Holder != AccountNumber.Treasury)
        {
            BlobReaders.Add(state, slot, Holder);
        }
    }
}

/// <summary>A blob's rent ran out; the node may forget its bytes.</summary>
/// <param name="Id">Which.</param>
/// <param name="Digest">SHA-256 of its bytes.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct BlobExpired(ulong Id, Digest Digest) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.BlobExpired;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        var slot = state.BlobIdIndex.Find(Id);
        state.BlobIndex.Remove(Digest.Prefix);
        state.BlobIdIndex.Remove(Id);
        BlobReaders.Clear(state, slot);
        state.Blobs.Free(slot);
    }
}
