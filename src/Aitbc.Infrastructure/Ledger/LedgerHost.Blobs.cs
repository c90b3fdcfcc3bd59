using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.State;

namespace Aitbc.Infrastructure.Ledger;

/// <content>The bytes of blobs.</content>
public sealed partial class LedgerHost
{
    /// <inheritdoc/>
    public async Task<Outcome> PutBlobAsync(
        AccountId from, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var digest = Digest.Sha256(bytes.Span);
        var (size, isKnown) = View.Read(state => state.FindBlob(digest) is var slot and >= 0
            ? ((long)state.Blobs[slot].SizeBytes, IsKnown(state, digest, from))
            : (-1, false));
        if (bytes.Length > size)
        {
            return Outcome.BlobMissing;
        }

        blobs.Put(bytes.Span);
        if (isKnown)
        {
            return Outcome.Applied;
        }

        var outcome = await PostAsync(
            (writer, group) => writer.Order(
                new BlobAvailable(digest, (ulong)bytes.Length, from.IsZero ? null : from), group),
            cancellationToken).ConfigureAwait(false);

        // Whoever else gave them meanwhile was first.
        return outcome == Outcome.InputRejected && View.Read(state => IsKnown(state, digest, from))
            ? Outcome.Applied
            : outcome;
    }

    /// <inheritdoc/>
    public Task<BlobAnswer> GetBlobAsync(AccountId reader, Digest digest, CancellationToken cancellationToken)
    {
        var found = View.Read(state => !state.BlobIsAvailable(digest)
            ? BlobFound.Absent
            : BlobReaders.MayRead(state, digest, reader) ? BlobFound.Found : BlobFound.NotReader);
        return Task.FromResult(found == BlobFound.Found && TryGetBlob(digest, out var bytes)
            ? new BlobAnswer(BlobFound.Found, bytes)
            : new BlobAnswer(found == BlobFound.NotReader ? found : BlobFound.Absent, default));
    }

    /// <summary>The bytes of a blob, checked against their digest; for whoever may read everything.</summary>
    /// <returns>False where the node does not hold them.</returns>
    public bool TryGetBlob(Digest digest, out ReadOnlyMemory<byte> bytes)
    {
        if (!blobs.Exists(digest))
        {
            bytes = default;
            return false;
        }

        bytes = blobs.Get(digest);
        return true;
    }

    /// <summary>Whether a blob's bytes are here and it is known that an account has them.</summary>
    private static bool IsKnown(LedgerState state, Digest digest, AccountId from) =>
        state.BlobIsAvailable(digest)
        && (state.FindAccount(from) is null || BlobReaders.MayRead(state, digest, from));
}
