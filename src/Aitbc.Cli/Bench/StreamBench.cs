using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Aitbc.Cli.Bench;

/// <summary>
/// What it costs a node to tell many event streams of what happens: each reads every entry as it comes. The time is
/// that of the server process on its cores, the kernel's part too, over what the same commands cost it without a
/// stream.
/// </summary>
internal static class StreamBench
{
    private const int Streams = 1_000;
    private const int Events = 1_000;
    private const int Pipelined = 16;
    private const double TargetMicroseconds = 20;

    /// <summary>Runs it.</summary>
    public static async Task<BenchResult> RunAsync(BenchScale scale, CancellationToken stop)
    {
        using var scratch = scale.Scratch("streams");
        var (streams, events) = (scale.Of(Streams, 20), scale.Of(Events, 100));
        using var chain = SignedChain.Create(Path.Combine(scratch.FullPath, "data"), 2);
        using var node = await NodeProcess.StartAsync(chain.Directory, stop).ConfigureAwait(false);
        var requests = chain.SignAll(3 * events)[1].Select(one => HttpLoad.Single(one)).ToArray();

        // The first third warms the node up, the second is what the commands cost by themselves.
        await HttpLoad.RunAsync(node.Url, requests[..events], Pipelined, stop).ConfigureAwait(false);
        var alone = node.CpuTime();
        await HttpLoad.RunAsync(node.Url, requests[events..(2 * events)], Pipelined, stop).ConfigureAwait(false);
        alone = node.CpuTime() - alone;
        var readers = await OpenAsync(node.Url, streams, events, stop).ConfigureAwait(false);
        var (started, before, memory) = (Stopwatch.GetTimestamp(), node.CpuTime(), node.ResidentMiB());
        var read = Task.WhenAll(readers.Select(reader => reader.ReadAsync(stop)));
        await HttpLoad.RunAsync(node.Url, requests[(2 * events)..], Pipelined, stop).ConfigureAwait(false);
        var bytes = (await read.ConfigureAwait(false)).Sum();
        var took = Stopwatch.GetElapsedTime(started);
        var spent = node.CpuTime() - before;
        var most = node.ResidentMiB();
        foreach (var reader in readers)
        {
            reader.Dispose();
        }

        var each = (spent - alone).TotalMicroseconds / ((double)streams * events);
        return new BenchResult(
            "streams",
            Math.Round(each, 2),
            "us an event and stream",
            TargetMicroseconds,
            each < TargetMicroseconds,
            new Dictionary<string, object>
            {
                ["streams"] = streams,
                ["events"] = events,
                ["seconds"] = Math.Round(took.TotalSeconds, 2),
                ["cpuSeconds"] = Math.Round(spent.TotalSeconds, 2),
                ["cpuSecondsWithoutStreams"] = Math.Round(alone.TotalSeconds, 2),
                ["sentMiB"] = Math.Round(bytes / (1024.0 * 1024.0), 1),
                ["residentBeforeMiB"] = Math.Round(memory, 1),
                ["residentAfterMiB"] = Math.Round(most, 1),
            });
    }

    private static async Task<List<Reader>> OpenAsync(Uri url, int count, int events, CancellationToken stop)
    {
        var readers = new List<Reader>();
        for (var i = 0; i < count; i++)
        {
            var reader = new Reader(events);
            await reader.OpenAsync(url, stop).ConfigureAwait(false);
            readers.Add(reader);
        }

        return readers;
    }

    /// <summary>Counts events off one stream as cheaply as it can, for it shares the machine with the node.</summary>
    private sealed class Reader(int events) : IDisposable
    {
        private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        private readonly byte[] buffer = new byte[16 * 1024];

        // A chunk of the answer ends in front of it or behind it, never within.
        private static ReadOnlySpan<byte> Mark => "\ndata: "u8;

        public async Task OpenAsync(Uri url, CancellationToken stop)
        {
            await socket.ConnectAsync(url.Host, url.Port, stop).ConfigureAwait(false);
            var request = Encoding.ASCII.GetBytes("GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await HttpLoad.SendAsync(socket, request, stop).ConfigureAwait(false);
            await socket.ReceiveAsync(buffer, stop).ConfigureAwait(false);
        }

        /// <summary>Reads until all events came.</summary>
        /// <returns>Bytes read.</returns>
        public async Task<long> ReadAsync(CancellationToken stop)
        {
            var (seen, bytes, kept) = (0, 0L, 0);
            while (seen < events)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(kept), stop).ConfigureAwait(false);
                if (read == 0)
                {
                    throw new IOException($"A stream ended after {seen} events of {events}.");
                }

                var there = buffer.AsSpan(0, kept + read);
                seen += there.Count(Mark);
                bytes += read;

                // A mark that is cut by the end of what came is found with what comes next.
                kept = Math.Min(Mark.Length - 1, there.Length);
                there[^kept..].CopyTo(buffer);
            }

            return bytes;
        }

        public void Dispose() => socket.Dispose();
    }
}
