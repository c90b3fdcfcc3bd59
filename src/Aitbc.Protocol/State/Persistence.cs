using System.Security.Cryptography;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Protocol.State;

/// <content>The state as bytes: its hash, and snapshots of it.</content>
public sealed partial class LedgerState
{
    /// <summary>Begins the bytes; its number changes whenever a record's layout or the order of tables does.</summary>
    private static ReadOnlySpan<byte> Header => "aitbc/state/4\0"u8;

    /// <summary>
    /// The state's hash: SHA-256 of exactly the bytes that <see cref="Save"/> writes. Same events, same hash; indexes
    /// and queues are derived from the tables, so they are not in it.
    /// </summary>
    /// <returns>The hash. Costs one pass over the state.</returns>
    public Digest ComputeHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        WriteTo(hash.AppendData);
        Span<byte> bytes = stackalloc byte[Digest.Size];
        hash.GetHashAndReset(bytes);
        return Digest.From(bytes);
    }

    /// <summary>Writes the state as it stands between two entries.</summary>
    /// <param name="destination">Takes the bytes; neither flushed nor closed.</param>
    /// <exception cref="IOException">The stream cannot take them.</exception>
    public void Save(Stream destination) => WriteTo(destination.Write);

    /// <summary>
    /// A state from what <see cref="Save"/> wrote, with every index and queue built anew. It goes on exactly as the
    /// state that was saved would have. Whoever does not trust the bytes compares <see cref="ComputeHash"/> with a hash
    /// that was kept elsewhere before using it: a layout is checked here, a balance cannot be.
    /// </summary>
    /// <param name="genesis">What the chain began with.</param>
    /// <param name="source">Stands before the first byte; stands after the last one afterwards.</param>
    /// <returns>The state.</returns>
    /// <exception cref="InvalidDataException">The bytes are no state of this version or of this supply.</exception>
    /// <exception cref="ArgumentException">The genesis is not valid.</exception>
    public static LedgerState Load(Genesis genesis, Stream source)
    {
        var state = new LedgerState(genesis);
        try
        {
            state.ReadFrom(source);
        }
        catch (Exception exception) when (exception is EndOfStreamException or InvalidOperationException
            or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException($"The snapshot is damaged: {exception.Message}", exception);
        }

        return state;
    }

    /// <summary>All tables, in the one order that is hashed and stored.</summary>
    private void WriteTo(Action<ReadOnlySpan<byte>> sink)
    {
        sink(Header);
        GlobalTable.Save(sink);
        Accounts.Save(sink);
        Lanes.Save(sink);
        Keys.Save(sink);
        Agents.Save(sink);
        Buckets.Save(sink);
        Unbondings.Save(sink);
        Services.Save(sink);
        Workloads.Save(sink);
        Bids.Save(sink);
        Validations.Save(sink);
        Blobs.Save(sink);
        BlobReaders.Save(sink);
        RuleSets.Save(sink);
        Overrides.Save(sink);
        Approvals.Save(sink);
        Motions.Save(sink);
    }

    private void ReadFrom(Stream source)
    {
        Span<byte> header = stackalloc byte[Header.Length];
        source.ReadExactly(header);
        if (!header.SequenceEqual(Header))
        {
            throw new InvalidDataException("The bytes are no state of this version.");
        }

        GlobalTable.Load(source);
        Accounts.Load(source);
        Lanes.Load(source);
        Keys.Load(source);
        Agents.Load(source);
        Buckets.Load(source);
        Unbondings.Load(source);
        Services.Load(source);
        Workloads.Load(source);
        Bids.Load(source);
        Validations.Load(source);
        Blobs.Load(source);
        BlobReaders.Load(source);
        RuleSets.Load(source);
        Overrides.Load(source);
        Approvals.Load(source);
        Motions.Load(source);
        if (GlobalTable.Count != 1 || (Accounts.Count > 0 && Globals.Supply != Genesis.Supply))
        {
            throw new InvalidDataException("The snapshot is of another chain than the genesis.");
        }

        BuildIndexes();
    }

    /// <summary>Derives from the records what is derived from events while the chain runs.</summary>
    private void BuildIndexes()
    {
        var free = Accounts.FreeSlots();
        for (var slot = AccountNumber.Treasury.Slot + 1; slot < Accounts.Count; slot++)
        {
            if (!free[slot])
            {
                AccountIndex.Add(Accounts[slot].Id.Prefix, slot);
            }
        }

        free = Services.FreeSlots();
        for (var slot = 0; slot < Services.Count; slot++)
        {
            if (!free[slot])
            {
                ServiceIndex.Add(Services[slot].Id.Value, slot);
            }
        }

        free = Workloads.FreeSlots();
        for (var slot = 0; slot < Workloads.Count; slot++)
        {
            if (!free[slot])
            {
                ref readonly var workload = ref Workloads[slot];
                WorkloadIndex.Add(workload.Id.Value, slot);
                MarketDue.Push(workload.DeadlineMs, DueKind.Workload, workload.Id.Value);
            }
        }

        BuildWallIndexes();
        BuildOversightIndexes();
    }

    private void BuildOversightIndexes()
    {
        var free = Overrides.FreeSlots();
        for (var slot = 0; slot < Overrides.Count; slot++)
        {
            if (!free[slot])
            {
                OverrideIndex.Add(Overrides[slot].Id.Value, slot);
                WallDue.Push(Overrides[slot].Terms.ExpiresAtMs, DueKind.Override, Overrides[slot].Id.Value);
            }
        }

        free = Approvals.FreeSlots();
        for (var slot = 0; slot < Approvals.Count; slot++)
        {
            if (!free[slot])
            {
                ApprovalIndex.Add(Approvals[slot].Id.Value, slot);
                WallDue.Push(Approvals[slot].ExpiresAtMs, DueKind.Approval, Approvals[slot].Id.Value);
            }
        }

        free = Motions.FreeSlots();
        for (var slot = 0; slot < Motions.Count; slot++)
        {
            if (!free[slot])
            {
                MotionIndex.Add(Motions[slot].Id.Value, slot);
                WallDue.Push(Motions[slot].DueMs, DueKind.Motion, Motions[slot].Id.Value);
            }
        }
    }

    private void BuildWallIndexes()
    {
        var free = Unbondings.FreeSlots();
        for (var slot = 0; slot < Unbondings.Count; slot++)
        {
            if (!free[slot])
            {
                ref readonly var unbonding = ref Unbondings[slot];
                UnbondingIndex.Add(unbonding.Id, slot);
                WallDue.Push(unbonding.DueMs, DueKind.Unbonding, unbonding.Id);
            }
        }

        free = Blobs.FreeSlots();
        for (var slot = 0; slot < Blobs.Count; slot++)
        {
            if (!free[slot])
            {
                ref readonly var blob = ref Blobs[slot];
                BlobIndex.Add(blob.Digest.Prefix, slot);
                BlobIdIndex.Add(blob.Id, slot);
                WallDue.Push(blob.PaidUntilMs, DueKind.BlobRent, blob.Id);
            }
        }
    }
}
