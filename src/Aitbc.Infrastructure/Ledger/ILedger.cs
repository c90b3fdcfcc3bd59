using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>
/// A ledger to act on and to read: in this process (<see cref="LedgerHost"/>) or at a node
/// (<see cref="Remote.RemoteLedger"/>). Whoever takes this cannot tell them apart but by their speed: an answer comes
/// once it is durable, and what was answered is in the view.
/// </summary>
/// <remarks>Safe from any thread.</remarks>
public interface ILedger : IAsyncDisposable
{
    /// <summary>What is durable, to read.</summary>
    LedgerView View { get; }

    /// <summary>What the chain began with.</summary>
    Genesis Genesis { get; }

    /// <summary>What ended the ledger, or null while it works.</summary>
    Exception? Failure { get; }

    /// <summary>Submits a payload; the answer comes once it is durable.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="cancellationToken">Ends the waiting; what was sent may still take effect.</param>
    /// <exception cref="AdmissionClosedException">Nothing can be admitted now.</exception>
    /// <exception cref="IOException">No answer came; it may have taken effect.</exception>
    Task<SubmitResult> SubmitAsync(SignedPayload payload, CancellationToken cancellationToken);

    /// <summary>Submits payloads in their order, each for itself; the answer comes once all are durable.</summary>
    /// <param name="payloads">The payloads.</param>
    /// <param name="cancellationToken">Ends the waiting; what was sent may still take effect.</param>
    /// <exception cref="ArgumentException">The payloads are larger than
    /// <see cref="LedgerHost.MaxSubmissionBytes"/>.</exception>
    /// <exception cref="AdmissionClosedException">Nothing can be admitted now.</exception>
    /// <exception cref="IOException">No answer came; they may have taken effect.</exception>
    Task<IReadOnlyList<SubmitResult>> SubmitAllAsync(
        IReadOnlyList<SignedPayload> payloads, CancellationToken cancellationToken);

    /// <summary>Gives the node an opening: kept off the journal until bidding closes, in memory only, so it is given
    /// again after a restart.</summary>
    /// <param name="workload">On what was bid.</param>
    /// <param name="opening">The opening; it must be what the bid commits to.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Applied where it was taken, else why not.</returns>
    Task<Outcome> OfferOpeningAsync(WorkloadId workload, BidOpening opening, CancellationToken cancellationToken);

    /// <summary>Gives the node a client's salt, likewise.</summary>
    /// <param name="workload">Whose client.</param>
    /// <param name="salt">The salt; it must be what the workload commits to.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Applied where it was taken, else why not.</returns>
    Task<Outcome> OfferSaltAsync(WorkloadId workload, Digest salt, CancellationToken cancellationToken);

    /// <summary>Gives the bytes of a declared blob; journalled once they are kept.</summary>
    /// <param name="from">Who has them.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Applied; or BlobMissing where it was not declared, or with another size.</returns>
    Task<Outcome> PutBlobAsync(AccountId from, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Asks for a blob's bytes, checked against their digest.</summary>
    /// <param name="reader">Who asks; an account without a key here reads what is public.</param>
    /// <param name="digest">Which.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task<BlobAnswer> GetBlobAsync(AccountId reader, Digest digest, CancellationToken cancellationToken);

    /// <summary>Durable entries from a sequence on.</summary>
    /// <param name="seq">The first wanted.</param>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is 0 or more than one ahead of what is durable.
    /// </exception>
    IEntryCursor OpenCursor(ulong seq);
}

/// <summary>Reads durable entries one after the other; costs nobody anything, however slow its owner is.</summary>
/// <remarks>One caller at a time.</remarks>
public interface IEntryCursor : IDisposable
{
    /// <summary>Reads the next entry; its parts are valid until the next is read.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The entry; null where none is durable yet: ask again later.</returns>
    /// <exception cref="IOException">It could not be read.</exception>
    ValueTask<DurableEntry?> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>What became of the question for a blob.</summary>
public enum BlobFound
{
    /// <summary>Its bytes are here.</summary>
    Found = 0,

    /// <summary>Nobody has declared it, or its bytes have not come.</summary>
    Absent = 1,

    /// <summary>It is there, and whoever asks is none of its readers.</summary>
    NotReader = 2,
}

/// <summary>The answer to the question for a blob.</summary>
/// <param name="Found">What became of it.</param>
/// <param name="Bytes">Its bytes; empty where they were not given.</param>
public readonly record struct BlobAnswer(BlobFound Found, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The bytes, or null where they were not given.</summary>
    public ReadOnlyMemory<byte>? OrNull => Found == BlobFound.Found ? Bytes : (ReadOnlyMemory<byte>?)null;
}
