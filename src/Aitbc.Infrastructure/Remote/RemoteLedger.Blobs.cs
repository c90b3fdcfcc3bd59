using System.Net;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;

namespace Aitbc.Infrastructure.Remote;

/// <content>Blobs, and the proofs that they are asked for with.</content>
public sealed partial class RemoteLedger
{
    private static readonly Duration ProofLife = Duration.FromMinutes(2);

    /// <inheritdoc/>
    public async Task<Outcome> PutBlobAsync(
        AccountId from, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        CheckOpen();
        var digest = Digest.Sha256(bytes.Span);
        using var body = new ReadOnlyMemoryContent(bytes);
        var answer = await node.SendAsync(
            HttpMethod.Put,
            $"/v1/blobs/{digest}",
            body,
            ProofOf(from, ProofPurpose.Write, digest.ToString()),
            cancellationToken).ConfigureAwait(false);
        var outcome = answer.OutcomeOf(out var seq);
        await SeenAsync(seq, cancellationToken).ConfigureAwait(false);
        return outcome;
    }

    /// <inheritdoc/>
    public async Task<BlobAnswer> GetBlobAsync(
        AccountId reader, Digest digest, CancellationToken cancellationToken)
    {
        CheckOpen();
        if (blobs.TryGet((reader, digest), out var held))
        {
            return new BlobAnswer(BlobFound.Found, held);
        }

        var answer = await node.SendAsync(
            HttpMethod.Get,
            $"/v1/blobs/{digest}",
            null,
            ProofOf(reader, ProofPurpose.Read, digest.ToString()),
            cancellationToken).ConfigureAwait(false);
        switch (answer.Status)
        {
            case HttpStatusCode.OK when Digest.Sha256(answer.Body) == digest:
                blobs.Add((reader, digest), answer.Body);
                return new BlobAnswer(BlobFound.Found, answer.Body);
            case HttpStatusCode.OK:
                throw new IOException($"The node gave other bytes for the blob {digest}.");
            case HttpStatusCode.NotFound:
                return new BlobAnswer(BlobFound.Absent, default);
            case HttpStatusCode.Forbidden when answer.IsProblem("notAReader"):
                return new BlobAnswer(BlobFound.NotReader, default);
            default:
                throw answer.Refusal();
        }
    }

    /// <summary>A short-lived proof of an account that has a key here; null for others.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="purpose">For what.</param>
    /// <param name="subject">On what.</param>
    internal string? ProofOf(AccountId account, ProofPurpose purpose, string subject)
    {
        KeyPair? key;
        lock (keys)
        {
            keys.TryGetValue(account, out key);
        }

        if (key is null)
        {
            return null;
        }

        var until = new Timestamp(options.Time.GetUtcNow().ToUnixTimeMilliseconds()) + ProofLife;
        return new AccountProof(Genesis.Chain, account, purpose, subject, Genesis.NodeKey.Thumbprint(), until)
            .Sign(key);
    }
}

/// <summary>Blobs that were read lately; what a digest names never changes, but who may read it was asked for each
/// account.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class BlobCache(int maxBytes)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(AccountId, Digest), byte[]> held = [];
    private readonly Queue<(AccountId, Digest)> order = new();
    private long bytes;

    /// <summary>What is kept for a reader.</summary>
    public bool TryGet((AccountId Reader, Digest Digest) key, out ReadOnlyMemory<byte> found)
    {
        lock (gate)
        {
            var isHeld = held.TryGetValue(key, out var kept);
            found = kept;
            return isHeld;
        }
    }

    /// <summary>Keeps a blob, where it is not larger than all that may be kept.</summary>
    public void Add((AccountId Reader, Digest Digest) key, byte[] content)
    {
        lock (gate)
        {
            if (content.Length > maxBytes || !held.TryAdd(key, content))
            {
                return;
            }

            order.Enqueue(key);
            bytes += content.Length;
            while (bytes > maxBytes)
            {
                held.Remove(order.Dequeue(), out var oldest);
                bytes -= oldest!.Length;
            }
        }
    }
}
