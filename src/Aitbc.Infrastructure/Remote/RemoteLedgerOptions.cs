using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Remote;

/// <summary>How a node is reached and followed.</summary>
/// <remarks>Immutable.</remarks>
public sealed record RemoteLedgerOptions
{
    /// <summary>The node's address, such as <c>http://localhost:7420</c>.</summary>
    public required Uri Node { get; init; }

    /// <summary>A bearer token of the node. Default: none, which a node on loopback takes.</summary>
    public string? Token { get; init; }

    /// <summary>Digest of the genesis file that the chain must have; null takes the node's word for it, as for the
    /// first connection. Default null.</summary>
    public Digest? Genesis { get; init; }

    /// <summary>Whether to replay the chain from its first entry instead of taking the node's snapshot on its word.
    /// Default false.</summary>
    public bool FromGenesis { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How long to wait before the first new connection; doubles each time. Default 100 ms.</summary>
    public Duration FirstRetry { get; init; } = new(100);

    /// <summary>Longest wait before a new connection. Default 10 s.</summary>
    public Duration MaxRetry { get; init; } = Duration.FromSeconds(10);

    /// <summary>How long the node may be silent before the connection counts as lost; a node beats every 5 s. Default
    /// 20 s.</summary>
    public Duration Silence { get; init; } = Duration.FromSeconds(20);

    /// <summary>How long to wait for an answer, and for it to show in the view. Default 30 s.</summary>
    public Duration AnswerWithin { get; init; } = Duration.FromSeconds(30);

    /// <summary>Bytes of late entries that are kept for cursors; older ones they ask the node for. Default 16 MiB.
    /// </summary>
    public int WindowBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of blobs that are kept. Default 64 MiB.</summary>
    public int BlobBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Makes what sends requests; null for plain sockets. Disposed with the ledger.</summary>
    public Func<HttpMessageHandler>? Handler { get; init; }
}

/// <summary>The node refused for good: this client must be changed before it makes sense to ask again.</summary>
/// <param name="code">Stable word, the problem's code.</param>
/// <param name="message">A plain sentence.</param>
public sealed class NodeRefusedException(string code, string message) : Exception(message)
{
    /// <summary>Stable word for machines: <c>unauthorised</c>, <c>forbidden</c>, <c>otherChain</c>,
    /// <c>otherHistory</c> and what the node's problems say.</summary>
    public string Code { get; } = code;
}
