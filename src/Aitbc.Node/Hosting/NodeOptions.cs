using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Aitbc.Node.Hosting;

/// <summary>Where a node listens and how much it takes.</summary>
/// <remarks>Immutable.</remarks>
public sealed record NodeOptions
{
    /// <summary>The port of a node whose user names none.</summary>
    public const int DefaultPort = 7420;

    /// <summary>Address to listen on. Default: loopback only. Any other needs a certificate.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>TCP port; 0 takes any free one. Default 7420.</summary>
    [Range(0, 65_535)]
    public int Port { get; init; } = DefaultPort;

    /// <summary>Names by which browsers and clients may call the node, beside <c>localhost</c> and its address. A
    /// request for any other <c>Host</c> is refused, so that no foreign name can be made to point here. Default:
    /// none.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>A certificate with its key in PEM files. Default: none, plain HTTP on loopback.</summary>
    public (string CertificatePath, string KeyPath)? Tls { get; init; }

    /// <summary>The data directory whose kept tokens count. Default: none, only those of this run do.</summary>
    public string? TokensPath { get; init; }

    /// <summary>The data directory whose webhooks are told what needs a person. Default: none.</summary>
    public string? WebhooksPath { get; init; }

    /// <summary>Where people reach the dashboard, ending in a slash: what messages link to. Default: none, and messages
    /// hold no link.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Most connections at once, event streams included. Default 4,096.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; init; } = 4_096;

    /// <summary>Most event streams at once. Default 2,048.</summary>
    [Range(1, 1_000_000)]
    public int MaxEventStreams { get; init; } = 2_048;

    /// <summary>Most bytes of a request's body, blobs apart. Default 1 MiB.</summary>
    [Range(1_024, 64 * 1024 * 1024)]
    public int MaxBodyBytes { get; init; } = 1024 * 1024;

    /// <summary>Requests with commands that are worked on at once; as many as there are cores keep the others
    /// waiting least. Default: twice the cores.</summary>
    [Range(1, 1_024)]
    public int MaxCommandsAtOnce { get; init; } = 2 * Environment.ProcessorCount;

    /// <summary>Requests with commands that wait for their turn; the next is told to come back. Default 512.</summary>
    [Range(0, 65_536)]
    public int MaxCommandsWaiting { get; init; } = 512;

    /// <summary>How many of the newest entries are read again at the start, so that finished workloads, timelines and
    /// charts reach back. Default 100,000.</summary>
    [Range(0, 10_000_000)]
    public ulong HistoryEntries { get; init; } = 100_000;

    /// <summary>Directory of a built dashboard, read once at the start. Default: none, and <c>/</c> says how to build
    /// it.</summary>
    public string? Dashboard { get; init; }

    /// <summary>Root address of an OpenTelemetry collector that takes OTLP over HTTP, <c>http://localhost:4318</c> for
    /// example; the figures of <c>/metrics</c> are sent to its <c>v1/metrics</c>. Default: none, nothing is sent.
    /// </summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Time between two sendings to the collector, seconds. Default 60.</summary>
    [Range(1, 3_600)]
    public int OtlpIntervalSeconds { get; init; } = 60;

    /// <summary>Opens accounts for the operator with tokens that have no value. Default: none.</summary>
    public Faucet? Faucet { get; init; }

    /// <summary>Whether the address is this machine's own.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>What is wrong with the options, each in a plain sentence; empty where nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), problems, validateAllProperties: true);
        var sentences = problems.Select(problem => problem.ErrorMessage!).ToList();
        if (!IsLoopback && Tls is null)
        {
            sentences.Add(
                $"Listening on {Address} needs a certificate, for beyond this machine tokens and readings would travel"
                + " in clear text: give one, or listen on loopback.");
        }

        return sentences;
    }
}
