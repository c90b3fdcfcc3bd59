using System.Buffers;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;

namespace Aitbc.Cli.Bench;

/// <summary>A ledger host on a throwaway directory, with a bench chain's accounts on it.</summary>
internal sealed class BenchLedger : IAsyncDisposable
{
    private readonly KeyPair nodeKey = KeyPair.Generate();
    private readonly BenchChain chain;
    private readonly LedgerHostOptions options;

    /// <summary>Opens a host in a directory.</summary>
    public BenchLedger(BenchChain chain, string directory)
    {
        this.chain = chain;
        options = new LedgerHostOptions
        {
            Disk = new FileDisk(directory),
            Genesis = chain.Genesis,
            GenesisDigest = chain.GenesisDigest,
            Signer = header => Jws.Sign(nodeKey, header).ToCompact(),
            Beacon = BeaconChain.Create(new byte[32]),
        };
        Host = LedgerHost.Open(options);
    }

    /// <summary>The host.</summary>
    public LedgerHost Host { get; private set; }

    /// <summary>Applies the chain's setup.</summary>
    public async Task SetUpAsync(CancellationToken cancellationToken)
    {
        foreach (var payload in chain.Setup)
        {
            var result = await Host.SubmitAsync(Parse(Bytes(payload)), cancellationToken).ConfigureAwait(false);
            if (result.Outcome != Outcome.Applied)
            {
                throw new InvalidOperationException($"The benchmark's setup was refused: {result.Outcome}.");
            }
        }
    }

    /// <summary>Stops the host and opens it again.</summary>
    public async Task<TimeSpan> ReopenAsync(bool withSnapshot)
    {
        await Host.DisposeAsync().ConfigureAwait(false);
        if (!withSnapshot)
        {
            foreach (var entry in options.Disk.List(SnapshotStore.DirectoryName))
            {
                options.Disk.Delete($"{SnapshotStore.DirectoryName}/{entry.Name}");
            }
        }

        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        Host = LedgerHost.Open(options);
        return System.Diagnostics.Stopwatch.GetElapsedTime(started);
    }

    /// <summary>A payload's bytes, as a client would send them.</summary>
    public static byte[] Bytes(ClientPayload payload)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        PayloadCodec.Write(payload, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>What admission does with the bytes, signatures left out.</summary>
    public static SignedPayload Parse(byte[] bytes) =>
        SignedPayload.TrySimulated(bytes, null, out var signed, out var problem)
            ? signed
            : throw new InvalidOperationException(problem);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync().ConfigureAwait(false);
        nodeKey.Dispose();
    }
}
