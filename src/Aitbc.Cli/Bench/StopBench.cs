using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Aitbc.Cli.Drill;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Cli.Bench;

/// <summary>
/// How long a guardian waits for the durable answer to a stop, and to a release, while more commands than the node
/// takes flood it: good ones, replayed ones and broken ones, single and in batches, with slow bodies and idle streams
/// beside. Then how long a guardian waits for the durable answer while 1,000 agents act as fast as they can: after it
/// nothing of the stopped agent has effect.
/// </summary>
internal static class StopBench
{
    private const int Singles = 48;
    private const int Batches = 16;
    private const int PerBatch = 64;
    private const int SlowBodies = 64;
    private const int IdleStreams = 1_000;
    private const double TargetMs = 100;
    private const double AgentsTargetMs = 50;

    public static async Task<BenchResult> RunAsync(BenchScale scale, CancellationToken stop)
    {
        using var scratch = scale.Scratch("stop");
        var flood = await FloodAsync(scale, scratch, stop).ConfigureAwait(false);
        var agents = await new StopDrill(new DrillScale(scale.Quick, Seed: 1), _ => { }).RunAsync(
            Path.Combine(scratch.FullPath, "agents"), stop).ConfigureAwait(false);
        return Result(flood, agents, scale.Quick);
    }

    private static async Task<Flood> FloodAsync(BenchScale scale, ScratchDirectory scratch, CancellationToken stop)
    {
        using var chain = SignedChain.Create(Path.Combine(scratch.FullPath, "data"), Singles + Batches + 1);
        using var node = await NodeProcess.StartAsync(chain.Directory, stop).ConfigureAwait(false);
        var before = node.ResidentMiB();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var idle = await HoldAsync(
            node.Url, scale.Of(IdleStreams, 20), "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n", stop)
            .ConfigureAwait(false);
        var held = node.ResidentMiB() - before;
        var slow = Task.WhenAll(Enumerable.Range(0, SlowBodies).Select(i => SlowAsync(node.Url, i, end.Token)));
        var signed = chain.SignAll(PerBatch);
        var flood = Enumerable.Range(0, Singles + Batches).Select(i => Task.Run(
            () => FloodAsync(
                node.Url,
                i < Singles ? [.. signed[i + 1].Select(one => HttpLoad.Single(one))] : [HttpLoad.Batch(signed[i + 1])],
                end.Token),
            stop)).ToArray();
        var times = new List<double>();
        var guardian = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (guardian)
        {
            await guardian.ConnectAsync(node.Url.Host, node.Url.Port, stop).ConfigureAwait(false);
            var reader = new AnswerReader(guardian);
            chain.SkipAll();
            for (var i = 0; i < scale.Of(100, 4); i++)
            {
                times.Add(await AskAsync(chain, guardian, reader, isStop: i % 2 == 0, stop).ConfigureAwait(false));
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, stop).ConfigureAwait(false);
            }
        }

        var most = node.ResidentMiB();
        await end.CancelAsync().ConfigureAwait(false);
        var sent = (await Task.WhenAll(flood).ConfigureAwait(false)).Sum();
        await slow.ConfigureAwait(false);
        idle.ForEach(socket => socket.Dispose());
        times.Sort();
        return new Flood(times, sent, held, most);
    }

    private static BenchResult Result(Flood flood, StopDrillResult agents, bool isQuick)
    {
        var times = flood.Times;
        var p99 = times[(int)((times.Count - 1) * 0.99)];
        return new BenchResult(
            "stop",
            Math.Round(p99, 2),
            "ms, p99",
            TargetMs,
            p99 < TargetMs && agents.EffectsAfterStop == 0 && (isQuick || agents.QuietP99Ms < AgentsTargetMs),
            new Dictionary<string, object>
            {
                ["stopsAndReleases"] = times.Count,
                ["p50Ms"] = Math.Round(times[times.Count / 2], 2),
                ["p90Ms"] = Math.Round(times[(int)(times.Count * 0.9)], 2),
                ["maxMs"] = Math.Round(times[^1], 2),
                ["floodConnections"] = Singles + Batches,
                ["floodRequestsAnswered"] = flood.Sent,
                ["slowBodies"] = SlowBodies,
                ["idleStreams"] = IdleStreams,
                ["idleStreamsMiB"] = Math.Round(flood.HeldMiB, 1),
                ["residentMiB"] = Math.Round(flood.MostMiB, 1),
                ["agentsUnderLoad"] = agents.Agents,
                ["agentStops"] = agents.AgentStops,
                ["agentQuietTargetMs"] = AgentsTargetMs,
                ["agentQuietP50Ms"] = agents.QuietP50Ms,
                ["agentQuietP99Ms"] = agents.QuietP99Ms,
                ["agentQuietMaxMs"] = agents.QuietMaxMs,
                ["effectsAfterStop"] = agents.EffectsAfterStop,
            });
    }

    private static async Task<double> AskAsync(
        SignedChain chain, Socket guardian, AnswerReader reader, bool isStop, CancellationToken stop)
    {
        var signed = isStop
            ? chain.Sign(0, new StopMarket(StopScope.All))
            : chain.Sign(0, new ReleaseMarket(StopScope.All));
        var request = HttpLoad.Single(signed, "/v1/oversight");

        // On a thread of its own: the flood comes from this process, and its queues are not the node's.
        var took = await Task.Factory.StartNew(
            () =>
            {
                var started = Stopwatch.GetTimestamp();
                guardian.Send(request);
                guardian.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead);
                return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            },
            stop,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).ConfigureAwait(false);
        var (status, body) = await reader.ReadAsync(stop).ConfigureAwait(false);
        return status == 200
            ? took
            : throw new InvalidOperationException($"The guardian got {status}: {Encoding.UTF8.GetString(body.Span)}");
    }

    /// <summary>Sends the same again and again, every third broken; what comes back is counted only.</summary>
    private static async Task<int> FloodAsync(Uri url, byte[][] requests, CancellationToken end)
    {
        var answered = 0;
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(url.Host, url.Port, end).ConfigureAwait(false);
            var reader = new AnswerReader(socket);
            for (var i = 0; !end.IsCancellationRequested; i++)
            {
                var request = requests[i % requests.Length];
                if (i % 3 == 2)
                {
                    request = [.. request];
                    request[^20] ^= 1;
                }

                await HttpLoad.SendAsync(socket, request, end).ConfigureAwait(false);
                await reader.ReadAsync(end).ConfigureAwait(false);
                answered++;
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }

        return answered;
    }

    /// <summary>Sends bodies a byte at a time, again when it is cut off.</summary>
    private static async Task SlowAsync(Uri url, int number, CancellationToken end)
    {
        var path = number % 2 == 0 ? "/v1/commands" : "/v1/oversight";
        var head = $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jose\r\n"
            + "Content-Length: 1000000\r\n\r\n";
        while (!end.IsCancellationRequested)
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(url.Host, url.Port, end).ConfigureAwait(false);
                await HttpLoad.SendAsync(socket, Encoding.ASCII.GetBytes(head), end).ConfigureAwait(false);
                while (true)
                {
                    await HttpLoad.SendAsync(socket, "a"u8.ToArray(), end).ConfigureAwait(false);
                    await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, end).ConfigureAwait(false);
                }
            }
            catch (Exception gone) when (gone is OperationCanceledException or SocketException)
            {
                // Cut off for its slowness, or the time is over.
            }
        }
    }

    private static async Task<List<Socket>> HoldAsync(Uri url, int count, string request, CancellationToken stop)
    {
        var held = new List<Socket>();
        var answer = new byte[1_024];
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(url.Host, url.Port, stop).ConfigureAwait(false);
            await HttpLoad.SendAsync(socket, Encoding.ASCII.GetBytes(request), stop).ConfigureAwait(false);
            await socket.ReceiveAsync(answer, stop).ConfigureAwait(false);
            held.Add(socket);
        }

        return held;
    }

    /// <summary>What came of the flood.</summary>
    /// <param name="Times">Until the answers to stops and releases, ms, shortest first.</param>
    /// <param name="Sent">Requests of the flood that were answered.</param>
    /// <param name="HeldMiB">What the idle streams take.</param>
    /// <param name="MostMiB">What the node takes at the end.</param>
    private sealed record Flood(List<double> Times, int Sent, double HeldMiB, double MostMiB);
}
