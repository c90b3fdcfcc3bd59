using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Aitbc.Cli.Bench;
using Aitbc.Primitives;

namespace Aitbc.Cli.Drill;

/// <summary>What a node said to a payload.</summary>
/// <param name="Code"><c>applied</c>, or why not.</param>
/// <param name="IsDuplicate">Whether it was handled before.</param>
internal readonly record struct SpendAnswer(string Code, bool IsDuplicate);

/// <summary>Sends payloads to a node that may be killed at any moment: the same bytes, until an answer comes.</summary>
/// <param name="node">Where it listens.</param>
/// <remarks>Thread-safe. Bare sockets, for ten such clients share the machine with the node.</remarks>
internal sealed class SpendClient(Uri node) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly ConcurrentBag<Connection> idle = [];
    private long retries;

    /// <summary>Times that no answer came.</summary>
    public long Retries => Volatile.Read(ref retries);

    /// <summary>Sends a payload.</summary>
    /// <exception cref="IOException">The node was away for too long.</exception>
    public Task<SpendAnswer> SendAsync(byte[] signed, CancellationToken stop) => InsistAsync(
        HttpLoad.Post("/v1/commands", "application/jose", signed),
        static (_, body) =>
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            var code = root.TryGetProperty("outcome", out var outcome) ? outcome : root.GetProperty("code");
            return new SpendAnswer(
                code.GetString()!,
                root.TryGetProperty("isDuplicate", out var duplicate) && duplicate.GetBoolean());
        },
        stop);

    /// <summary>Asks for the sequence that the next payload of a lane must carry.</summary>
    /// <exception cref="IOException">The node was away for too long.</exception>
    public Task<ulong> NextSequenceAsync(KeyId key, int lane, CancellationToken stop) => InsistAsync(
        Get($"/v1/accounts/{key}"),
        (_, body) =>
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.GetProperty("nextSequences")[lane].GetUInt64();
        },
        stop);

    /// <summary>The last durable entry; null while the node is away.</summary>
    public async Task<ulong?> FindSeqAsync(CancellationToken stop)
    {
        try
        {
            return await AskAsync(
                Get("/v1/chain"),
                static (_, body) =>
                {
                    using var json = JsonDocument.Parse(body);
                    return json.RootElement.GetProperty("seq").GetUInt64();
                },
                stop).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is SocketException or IOException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (idle.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    private static byte[] Get(string path) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    private async Task<T> InsistAsync<T>(
        byte[] request, Func<int, ReadOnlyMemory<byte>, T> read, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await AskAsync(request, read, stop).ConfigureAwait(false);
            }
            catch (Exception gone) when (gone is SocketException or IOException
                && Stopwatch.GetElapsedTime(started) < Patience)
            {
                // Killed, or not up again yet: nobody knows whether the payload counted, so the same is sent again.
                Interlocked.Increment(ref retries);
                await Task.Delay(Pause, TimeProvider.System, stop).ConfigureAwait(false);
            }
        }
    }

    private async Task<T> AskAsync<T>(byte[] request, Func<int, ReadOnlyMemory<byte>, T> read, CancellationToken stop)
    {
        var connection = idle.TryTake(out var kept)
            ? kept
            : await Connection.OpenAsync(node, stop).ConfigureAwait(false);
        try
        {
            await HttpLoad.SendAsync(connection.Socket, request, stop).ConfigureAwait(false);
            var (status, body) = await connection.Reader.ReadAsync(stop).ConfigureAwait(false);
            if (status == 503)
            {
                throw new IOException("The node is too busy.");
            }

            var said = read(status, body);
            idle.Add(connection);
            return said;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private sealed class Connection(Socket socket) : IDisposable
    {
        public Socket Socket { get; } = socket;

        public AnswerReader Reader { get; } = new(socket);

        public static async Task<Connection> OpenAsync(Uri node, CancellationToken stop)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(System.Net.IPAddress.Loopback, node.Port, stop).ConfigureAwait(false);
                return new Connection(socket);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        public void Dispose() => Socket.Dispose();
    }
}
