using System.Net;

namespace Aitbc.Cli.Configuration;

/// <summary>The list of all settings of a node. What is not listed is refused.</summary>
internal static class NodeSettings
{
    private const long MiB = 1024 * 1024;
    private const long GiB = 1024 * MiB;

    /// <summary>Where the data directory is.</summary>
    public static NodeSetting Data { get; } = new TextSetting(
        "data", "The data directory: journal, keys, blobs. One process at a time.", "a path", IsText,
        config => config.Data, (config, value) => config with { Data = value });

    /// <summary>Where it listens.</summary>
    public static NodeSetting Port { get; } = new NumberSetting(
        "port", "TCP port to listen on; 0 takes a free one.", "number", 0, 65_535,
        config => config.Port, (config, value) => config with { Port = value });

    /// <summary>All, in the order in which they are shown.</summary>
    public static IReadOnlyList<NodeSetting> All { get; } = [Data, Port, .. Listening(), .. Limits(), .. Keeping()];

    private static bool IsText(string text) => text.Length > 0 && !text.Any(char.IsControl);

    private static bool IsPath(string text) => !text.Any(char.IsControl);

    private static bool IsHost(string text) =>
        text.Length is > 0 and <= 253 && text.All(one => char.IsAsciiLetterOrDigit(one) || one is '-' or '.');

    private static bool IsCollector(string text) =>
        text.Length == 0 || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https");

    /// <summary>It stands in messages, so it holds no password and ends where a page's own path begins.</summary>
    private static bool IsPage(string text) =>
        text.Length == 0
        || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && uri.UserInfo.Length + uri.Query.Length + uri.Fragment.Length == 0);

    private static IEnumerable<NodeSetting> Listening() =>
    [
        new TextSetting(
            "address",
            "IP address to listen on. Loopback is this machine alone, where no token is needed to read and to send"
                + " signed commands; any other address needs a certificate, and every request a token of 'aitbc token"
                + " new'.",
            "an IP address",
            text => IPAddress.TryParse(text, out _),
            config => config.Address,
            (config, value) => config with { Address = value }),
        new ListSetting(
            "hostNames",
            "Names by which clients call the node, beside localhost and its address. A request for any other name is"
                + " refused.",
            "a host name",
            IsHost,
            config => config.HostNames,
            (config, value) => config with { HostNames = value }),
        new TextSetting(
            "certificate", "PEM file with the certificate, and those above it; empty for plain HTTP on loopback.",
            "a path or empty", IsPath,
            config => config.Certificate, (config, value) => config with { Certificate = value }),
        new TextSetting(
            "certificateKey", "PEM file with the certificate's private key, not encrypted.", "a path or empty", IsPath,
            config => config.CertificateKey, (config, value) => config with { CertificateKey = value }),
        new TextSetting(
            "publicUrl",
            "Address by which people reach the dashboard; the messages of 'aitbc webhook' link to it. Empty: they hold"
                + " no link.",
            "an http or https address, or empty",
            IsPage,
            config => config.PublicUrl,
            (config, value) => config with { PublicUrl = value }),
        new TextSetting(
            "otlpEndpoint",
            "Root address of an OpenTelemetry collector that takes OTLP over HTTP; the figures of /metrics are sent"
                + " there. Empty: nothing is sent anywhere.",
            "an http or https address, or empty",
            IsCollector,
            config => config.OtlpEndpoint,
            (config, value) => config with { OtlpEndpoint = value }),
        new NumberSetting(
            "otlpIntervalSeconds", "Time between two sendings to the collector.", "seconds", 1, 3_600,
            config => config.OtlpIntervalSeconds, (config, value) => config with { OtlpIntervalSeconds = value }),
    ];

    private static IEnumerable<NodeSetting> Limits() =>
    [
        new TextSetting(
            "monitor",
            "What the monitor does with a command of an agent that is unlike before: enforce has it wait for a person,"
                + " or lets the agent's exposure only shrink; watch only audits and tells it; off looks at nothing. All"
                + " but off keep every verdict in the directory's verdicts.",
            "enforce, watch or off",
            text => Array.IndexOf(NodeConfig.MonitorWords, text) >= 0,
            config => config.Monitor,
            (config, value) => config with { Monitor = value }),
        new NumberSetting(
            "maxConnections", "Most connections at once, event streams included; more are closed at once.",
            "connections", 1, 1_000_000,
            config => config.MaxConnections, (config, value) => config with { MaxConnections = value }),
        new NumberSetting(
            "maxEventStreams", "Most event streams at once; the next is told to come back.", "streams", 1, 1_000_000,
            config => config.MaxEventStreams, (config, value) => config with { MaxEventStreams = value }),
        new NumberSetting(
            "maxBodyBytes", "Largest body of a request, blobs apart.", "bytes", 1_024, 64 * MiB,
            config => config.MaxBodyBytes, (config, value) => config with { MaxBodyBytes = value }),
        new NumberSetting(
            "maxCommandsAtOnce",
            "Requests with commands that are worked on at once; 0 is twice the processor's cores. Guardians' stops"
                + " have a share of their own.",
            "requests",
            0,
            1_024,
            config => config.MaxCommandsAtOnce,
            (config, value) => config with { MaxCommandsAtOnce = value }),
        new NumberSetting(
            "maxCommandsWaiting", "Requests with commands that wait for their turn; the next is told to come back.",
            "requests", 0, 65_536,
            config => config.MaxCommandsWaiting, (config, value) => config with { MaxCommandsWaiting = value }),
        new NumberSetting(
            "maxQueued", "Payloads that wait for the sequencer; the next is told to come back.", "payloads",
            1, 10_000_000,
            config => config.MaxQueued, (config, value) => config with { MaxQueued = value }),
        new NumberSetting(
            "quotaBytes",
            "Most bytes of all files in the data directory, 0 for as many as the disk has. Near it the node takes no"
                + " more commands and goes on reading.",
            "bytes",
            0,
            1L << 53,
            config => config.QuotaBytes,
            (config, value) => config with { QuotaBytes = value }),
        new NumberSetting(
            "maxBlobBytes", "Largest blob taken; the chain's own limit counts as well.", "bytes", 1, GiB,
            config => config.MaxBlobBytes, (config, value) => config with { MaxBlobBytes = value }),
    ];

    private static IEnumerable<NodeSetting> Keeping() =>
    [
        new NumberSetting(
            "segmentBytes", "Size of a new journal file, a multiple of 4096; two are taken ahead.", "bytes",
            8 * MiB, GiB,
            config => config.SegmentBytes, (config, value) => config with { SegmentBytes = value }),
        new NumberSetting(
            "blockEntries", "Entries after which a block is closed and signed.", "entries", 1, 1_000_000,
            config => config.BlockEntries, (config, value) => config with { BlockEntries = value }),
        new NumberSetting(
            "blockIntervalMs", "Time after which a block is closed that has an entry.", "milliseconds", 10, 3_600_000,
            config => config.BlockIntervalMs, (config, value) => config with { BlockIntervalMs = value }),
        new NumberSetting(
            "snapshotEntries",
            "Entries after which a snapshot of the state is taken, so that a restart has less to read back; 0 for"
                + " never by this count. One is taken at every clean stop as well.",
            "entries",
            0,
            1_000_000_000,
            config => config.SnapshotEntries,
            (config, value) => config with { SnapshotEntries = value }),
        new NumberSetting(
            "snapshotMinutes", "Time after which a snapshot is taken where there is something new; 0 for never.",
            "minutes", 0, 100_000,
            config => config.SnapshotMinutes, (config, value) => config with { SnapshotMinutes = value }),
        new NumberSetting(
            "historyEntries",
            "Newest entries that are read again at the start, so that finished workloads, timelines and charts reach"
                + " back; 0 begins them anew.",
            "entries",
            0,
            10_000_000,
            config => config.HistoryEntries,
            (config, value) => config with { HistoryEntries = value }),
    ];
}
