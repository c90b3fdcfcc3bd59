using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Blobs;

/// <summary>
/// Who may read a blob. A digest stands on the ledger for everybody to see, so naming it proves nothing: who has given
/// the bytes may read them, and whoever a party of a workload has given them to. The client gives input and
/// specification to the provider at the award, the provider its result to the client at the delivery; each with the
/// blobs that these name, and each only what it may read itself. What was given stays given until the rent ends, so
/// the workload's own end changes nothing.
/// </summary>
/// <remarks>Pure.</remarks>
public static class BlobReaders
{
    /// <summary>Whether an account may read a blob.</summary>
    /// <param name="state">The state.</param>
    /// <param name="digest">Which blob.</param>
    /// <param name="account">Who asks; an unknown one reads what is public.</param>
    /// <returns>False also where the rent of no such blob is paid.</returns>
    public static bool MayRead(LedgerState state, in Digest digest, in AccountId account)
    {
        ArgumentNullException.ThrowIfNull(state);
        var slot = state.FindBlob(digest);
        return slot >= 0 && (IsPublic(state, slot)
            || (state.FindAccount(account) is { } number && MayRead(state, slot, number)));
    }

    /// <summary>The same for a blob and an account that are known.</summary>
    internal static bool MayRead(LedgerState state, int slot, AccountNumber account)
    {
        var offered = state.Blobs[slot].OfferedAs;
        return IsReader(state, slot, account)
            || IsPublic(state, slot)
            || (!offered.IsEmpty && Offers(state, account, offered));
    }

    /// <summary>Whether an account has given a blob's bytes, or was given them.</summary>
    internal static bool IsReader(LedgerState state, int slot, AccountNumber account)
    {
        for (var at = state.Blobs[slot].FirstReader; at != 0; at = state.BlobReaders[at - 1].NextReader)
        {
            if (state.BlobReaders[at - 1].Account == account)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A client posts a blob as the specification of what it wants.</summary>
    internal static void Offer(LedgerState state, in Digest spec, AccountNumber client, Label capability)
    {
        var slot = state.FindBlob(spec);
        if (slot >= 0 && MayRead(state, slot, client))
        {
            state.Blobs.Write(slot).OfferedAs = capability;
        }
    }

    /// <summary>Gives a blob, and those that it names, to somebody; each only where the giver may read it.</summary>
    internal static void Give(LedgerState state, in Digest digest, AccountNumber giver, AccountNumber taker)
    {
        var slot = state.FindBlob(digest);
        if (slot < 0 || !MayRead(state, slot, giver))
        {
            return;
        }

        Add(state, slot, taker);
        var names = state.Blobs[slot].Names;
        for (var i = 0; i < state.Blobs[slot].NameCount; i++)
        {
            var named = state.FindBlob(names[i]);
            if (named >= 0 && MayRead(state, named, giver))
            {
                Add(state, named, taker);
            }
        }
    }

    /// <summary>Makes an account a reader; one that is already stays one.</summary>
    internal static void Add(LedgerState state, int slot, AccountNumber account)
    {
        if (IsReader(state, slot, account))
        {
            return;
        }

        ref var reader = ref state.BlobReaders.Add(out var at);
        ref var blob = ref state.Blobs.Write(slot);
        reader.Account = account;
        reader.NextReader = blob.FirstReader;
        blob.FirstReader = at + 1;
    }

    /// <summary>Forgets all readers of a blob.</summary>
    internal static void Clear(LedgerState state, int slot)
    {
        ref var blob = ref state.Blobs.Write(slot);
        while (blob.FirstReader != 0)
        {
            var at = blob.FirstReader - 1;
            blob.FirstReader = state.BlobReaders[at].NextReader;
            state.BlobReaders.Free(at);
        }
    }

    /// <summary>Public is what its declarer says and has: a stranger who declares another's digest as public says
    /// nothing about bytes that it never had.</summary>
    private static bool IsPublic(LedgerState state, int slot) =>
        state.Blobs[slot].Access == BlobAccess.Public && IsReader(state, slot, state.Blobs[slot].DeclaredBy);

    private static bool Offers(LedgerState state, AccountNumber account, Label capability)
    {
        if (state.Account(account).Agent == 0)
        {
            return false;
        }

        for (var slot = 0; slot < state.Services.Count; slot++)
        {
            ref readonly var service = ref state.Services[slot];
            if (service.Id.Value != 0 && service.Provider == account && service.Capability == capability)
            {
                return true;
            }
        }

        return false;
    }
}
