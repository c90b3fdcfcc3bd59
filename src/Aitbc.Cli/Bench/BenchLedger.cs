using System.Buffers;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;
using Aitbc.Safety.Admission;
using Aitbc.Safety.Monitor;

namespace Aitbc.Cli.Bench;

/// <summary>A ledger host on a throwaway directory, with a bench chain's accounts on it.</summary>
internal sealed class BenchLedger : IAsyncDisposable
{
    private readonly KeyPair nodeKey = KeyPair.Generate();
    private readonly BenchChain chain;
    private readonly LedgerHostOptions options;

    /// <summary>Opens a host in a directory.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="isWatched">Whether the monitor is there and keeps its log, as on a node.</param>
    public BenchLedger(BenchChain chain, string directory, bool isWatched = false)
    {
        this.chain = chain;
        IsWatched = isWatched;
        options = new LedgerHostOptions
        {
            Disk = new FileDisk(directory),
            Genesis = chain.Genesis,
            GenesisDigest = chain.GenesisDigest,
            Signer = header => Jws.Sign(nodeKey, header).ToCompact(),
            Beacon = BeaconChain.Create(new byte[32]),
        };
        Host = Open();
    }

    /// <summary>Whether the monitor is there from the next opening on.</summary>
    public bool IsWatched { get; set; }

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
        Host = Open();
        return System.Diagnostics.Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Limits so wide that the load of a benchmark passes: what is measured is the judging, not the parking.
    /// </summary>
    private LedgerHost Open() => LedgerHost.Open(!IsWatched ? options : options with
    {
        Watch = new LedgerMonitor(MonitorMode.Enforce, new MonitorOptions
        {
            ActsPerHour = 1_000_000,
            OwnerActsPerHour = 10_000_000,
            ProbationActsPerHour = 1_000_000,
            ProbationPpm = 1_000_000,
            CirclePpm = 1_000_000,
        }),
    });

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
