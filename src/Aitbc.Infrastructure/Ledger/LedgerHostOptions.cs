using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>What an embedded ledger runs on and with.</summary>
/// <remarks>Immutable.</remarks>
public sealed record LedgerHostOptions
{
    /// <summary>Where the journal, the snapshots and the blobs are.</summary>
    public required IDisk Disk { get; init; }

    /// <summary>What the chain began with.</summary>
    public required Genesis Genesis { get; init; }

    /// <summary>Digest of the genesis file's bytes: the hash before the first entry.</summary>
    public required Digest GenesisDigest { get; init; }

    /// <summary>Signs block heads with the node's key.</summary>
    public required BlockSigner Signer { get; init; }

    /// <summary>The beacon whose head genesis commits to.</summary>
    public required BeaconChain Beacon { get; init; }

    /// <summary>The wall and monotonic clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told the journal's last instant before the ledger reads <see cref="Time"/> for the first time: virtual
    /// time goes on from there. Default null.</summary>
    public Action<Timestamp>? BeforeClock { get; init; }

    /// <summary>Everything happens on the caller's thread, and a submission returns once it is durable: one order, as
    /// virtual time needs it. Default false.</summary>
    public bool Inline { get; init; }

    /// <summary>Whether the journal goes on from a restored backup: it begins a new term. Default false.</summary>
    public bool NewTerm { get; init; }

    /// <summary>Entries after which a block closes. Range 1 to 1,000,000. Default 4,096.</summary>
    public int BlockEntries { get; init; } = 4_096;

    /// <summary>Time after which a block closes that has an entry. Default 1 s.</summary>
    public Duration BlockInterval { get; init; } = Duration.FromSeconds(1);

    /// <summary>Payloads that may wait for the sequencer. Default 100,000.</summary>
    public int MaxQueued { get; init; } = 100_000;

    /// <summary>Time that requests gather for one write to the disk while many come at once; one that comes alone,
    /// or a guardian's stop, never waits for it. Default zero: none waits.</summary>
    public Duration GroupPause { get; init; } = new(0);

    /// <summary>Longest sleep of the sequencer. Default 1 s.</summary>
    public Duration MaxIdle { get; init; } = Duration.FromSeconds(1);

    /// <summary>Size of a journal segment, bytes. Default 64 MiB.</summary>
    public int SegmentBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Entries after which a snapshot is taken while the ledger runs; 0 for never by this count. Range 0 to
    /// 1,000,000,000. Default 500,000, which a restart reads back in some 2 s.</summary>
    public long SnapshotEntries { get; init; } = 500_000;

    /// <summary>Time after which a snapshot is taken where there is a new block; zero for never. Default 1 h.</summary>
    public Duration SnapshotInterval { get; init; } = Duration.FromHours(1);

    /// <summary>Told in a sentence of a snapshot that could not be taken; the ledger goes on. From a thread of its own.
    /// Default null.</summary>
    public Action<string>? SnapshotFailed { get; init; }

    /// <summary>Looks at agents' payloads before they are ordered; the ledger disposes it. Default null: nobody does.
    /// </summary>
    public AdmissionWatch? Watch { get; init; }

    /// <summary>Largest blob taken, bytes; the chain's own limit counts as well. Default 16 MiB.</summary>
    public int MaxBlobBytes { get; init; } = 16 * 1024 * 1024;
}
