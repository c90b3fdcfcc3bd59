using System.Net;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Node.Hosting;
using Aitbc.Primitives;
using Aitbc.Safety.Admission;
using Aitbc.Safety.Monitor;

namespace Aitbc.Cli.Configuration;

/// <summary>All that a node can be told; each member is one setting of <see cref="NodeSettings"/>.</summary>
/// <remarks>Immutable. Each default is that of the part of the house which it configures.</remarks>
internal sealed record NodeConfig
{
    /// <summary>What the monitor may do, in the order of <see cref="MonitorMode"/>; the first is the default.
    /// </summary>
    public static readonly string[] MonitorWords = ["enforce", "watch", "off"];

    private static readonly NodeOptions Node = new();

    public string Data { get; init; } = "./aitbc-data";

    public long Port { get; init; } = Node.Port;

    public string Address { get; init; } = $"{Node.Address}";

    public IReadOnlyList<string> HostNames { get; init; } = [];

    public string Certificate { get; init; } = string.Empty;

    public string CertificateKey { get; init; } = string.Empty;

    public long MaxConnections { get; init; } = Node.MaxConnections;

    public long MaxEventStreams { get; init; } = Node.MaxEventStreams;

    public long MaxBodyBytes { get; init; } = Node.MaxBodyBytes;

    public long MaxCommandsAtOnce { get; init; }

    public long MaxCommandsWaiting { get; init; } = Node.MaxCommandsWaiting;

    public long MaxQueued { get; init; } = 100_000;

    public long QuotaBytes { get; init; }

    public long MaxBlobBytes { get; init; } = 16 * 1024 * 1024;

    public long SegmentBytes { get; init; } = 64 * 1024 * 1024;

    public long BlockEntries { get; init; } = 4_096;

    public long BlockIntervalMs { get; init; } = 1_000;

    public long SnapshotEntries { get; init; } = 500_000;

    public long SnapshotMinutes { get; init; } = 60;

    public string Monitor { get; init; } = MonitorWords[0];

    public long HistoryEntries { get; init; } = (long)Node.HistoryEntries;

    public string PublicUrl { get; init; } = string.Empty;

    public string OtlpEndpoint { get; init; } = string.Empty;

    public long OtlpIntervalSeconds { get; init; } = Node.OtlpIntervalSeconds;

    /// <summary>How the data directory is held.</summary>
    public DataDirectoryOptions ToDirectoryOptions() =>
        QuotaBytes == 0 ? new DataDirectoryOptions() : new DataDirectoryOptions { MaxBytes = QuotaBytes };

    /// <summary>Sets a ledger's options.</summary>
    public LedgerHostOptions Adjust(LedgerHostOptions options) => options with
    {
        // What comes over HTTP comes from many at once: fewer and larger groups leave the processor to signatures.
        GroupPause = new Duration(2),
        Watch = new LedgerMonitor((MonitorMode)Array.IndexOf(MonitorWords, Monitor), new MonitorOptions()),
        MaxQueued = (int)MaxQueued,
        MaxBlobBytes = (int)MaxBlobBytes,
        SegmentBytes = (int)SegmentBytes,
        BlockEntries = (int)BlockEntries,
        BlockInterval = new Duration(BlockIntervalMs),
        SnapshotEntries = SnapshotEntries,
        SnapshotInterval = Duration.FromMinutes(SnapshotMinutes),
    };

    /// <summary>The server's options.</summary>
    public NodeOptions ToNodeOptions() => new()
    {
        Address = IPAddress.Parse(Address),
        Port = (int)Port,
        HostNames = HostNames,
        Tls = Certificate.Length > 0 ? (Certificate, CertificateKey) : null,
        TokensPath = Data,
        WebhooksPath = Data,
        PublicUrl = PublicUrl.Length > 0 ? new Uri(PublicUrl.TrimEnd('/') + "/") : null,
        MaxConnections = (int)MaxConnections,
        MaxEventStreams = (int)MaxEventStreams,
        MaxBodyBytes = (int)MaxBodyBytes,
        MaxCommandsAtOnce = MaxCommandsAtOnce == 0 ? Node.MaxCommandsAtOnce : (int)MaxCommandsAtOnce,
        MaxCommandsWaiting = (int)MaxCommandsWaiting,
        HistoryEntries = (ulong)HistoryEntries,
        OtlpEndpoint = OtlpEndpoint.Length > 0 ? new Uri(OtlpEndpoint) : null,
        OtlpIntervalSeconds = (int)OtlpIntervalSeconds,
    };
}
