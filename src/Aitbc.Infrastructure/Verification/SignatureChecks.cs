using System.Threading.Channels;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Verification;

/// <summary>
/// Checks signatures on all cores while the replay goes on: they are nine tenths of the work of verifying, and none
/// depends on another.
/// </summary>
internal sealed class SignatureChecks : IAsyncDisposable
{
    /// <summary>Signatures that may wait; the replay waits for room.</summary>
    public const int MaxWaiting = 8_192;

    private const int BatchSize = 128;

    private readonly Channel<List<Job>> jobs = Channel.CreateBounded<List<Job>>(MaxWaiting / BatchSize);
    private readonly KeyVerifier verifier = new(KeyVerifier.DefaultMaxCachedKeys);
    private readonly Findings findings;
    private readonly Task[] workers;
    private List<Job> batch = new(BatchSize);
    private long done;

    private readonly record struct Job(ulong Seq, PublicKey Key, DurableEntry Entry);

    public SignatureChecks(Findings findings)
    {
        this.findings = findings;
        workers = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(WorkAsync))];
    }

    /// <summary>Signatures found right so far.</summary>
    public ulong Good => (ulong)Interlocked.Read(ref done);

    /// <summary>Queues an entry's signature.</summary>
    public async ValueTask AddAsync(ulong seq, PublicKey key, DurableEntry entry, CancellationToken cancellationToken)
    {
        batch.Add(new Job(seq, key, entry));
        if (batch.Count == BatchSize)
        {
            await jobs.Writer.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
            batch = new List<Job>(BatchSize);
        }
    }

    /// <summary>Waits until all are checked.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await jobs.Writer.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        jobs.Writer.Complete();
        await Task.WhenAll(workers).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        jobs.Writer.TryComplete();
        await Task.WhenAll(workers).ConfigureAwait(false);
        verifier.Dispose();
    }

    private async Task WorkAsync()
    {
        await foreach (var taken in jobs.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            foreach (var job in taken)
            {
                var entry = job.Entry;
                var key = job.Key;
                if (SignedPayload.IsSignedBy(
                    verifier,
                    in key,
                    entry.Proof,
                    entry.ProofHeader.Span,
                    entry.BodyBytes.Span,
                    entry.Signature.Span))
                {
                    Interlocked.Increment(ref done);
                }
                else
                {
                    findings.Entry(job.Seq, "The signature is not that of the key it names.");
                }
            }
        }
    }
}
