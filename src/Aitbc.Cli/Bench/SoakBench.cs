using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Aitbc.Primitives;

namespace Aitbc.Cli.Bench;

/// <summary>A node under the demo's load for minutes, with readers at each resource: memory, the reads' times, and
/// whatever is not answered as it should be.</summary>
internal static class SoakBench
{
    private const int Readers = 8;
    private const int Streams = 16;
    private const double TargetMs = 20;
    private const double MarginMiB = 48;
    private const int Samples = 40;
    private const string FirstProof = "/v1/entries/1/proof";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    public static async Task<BenchResult> RunAsync(BenchScale scale, int minutes, CancellationToken stop)
    {
        using var scratch = scale.Scratch("soak");
        using var node = await NodeProcess.StartAsync(Path.Combine(scratch.FullPath, "data"), stop, "--demo")
            .ConfigureAwait(false);
        using var client = new HttpClient { BaseAddress = node.Url, Timeout = TimeSpan.FromSeconds(30) };
        var length = TimeSpan.FromMinutes(scale.Quick ? 0.2 : minutes);
        await FirstBlockAsync(client, stop).ConfigureAwait(false);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var (times, errors) = (new ConcurrentQueue<TimedRead>(), new ConcurrentQueue<string>());
        var followers = Enumerable.Range(0, Streams).Select(_ => FollowAsync(client, errors, end.Token)).ToArray();
        var readers = Enumerable.Range(0, Readers)
            .Select(i => ReadAsync(client, (ulong)i, times, errors, end.Token)).ToArray();
        var memory = new List<double>();
        for (var i = 0; i < Samples; i++)
        {
            await Task.Delay(length / Samples, TimeProvider.System, stop).ConfigureAwait(false);
            memory.Add(node.ResidentMiB());
        }

        await end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(readers).ConfigureAwait(false);
        var entries = (await Task.WhenAll(followers).ConfigureAwait(false)).Max();
        return Result(node, length, times, errors, memory, entries);
    }

    private static BenchResult Result(
        NodeProcess node,
        TimeSpan length,
        ConcurrentQueue<TimedRead> times,
        ConcurrentQueue<string> errors,
        List<double> memory,
        ulong entries)
    {
        var sorted = times.Select(one => one.Ms).Order().ToArray();
        var p99 = P99(sorted);
        var (early, late) = (memory[(Samples / 4)..(Samples / 2)].Average(), memory[^(Samples / 4)..].Average());
        return new BenchResult(
            "soak",
            Math.Round(p99, 2),
            "ms, p99 of reads",
            TargetMs,
            p99 < TargetMs && errors.IsEmpty && node.Complaints.Count == 0 && late < early + MarginMiB,
            new Dictionary<string, object>
            {
                ["minutes"] = length.TotalMinutes,
                ["reads"] = sorted.Length,
                ["p50Ms"] = Math.Round(sorted[sorted.Length / 2], 2),
                ["maxMs"] = Math.Round(sorted[^1], 1),
                ["p99MsByResource"] = times.GroupBy(one => one.Resource).OrderBy(one => one.Key, StringComparer.Ordinal)
                    .ToDictionary(
                        one => one.Key,
                        one => Math.Round(P99([.. one.Select(read => read.Ms).Order()]), 2)),
                ["errors"] = errors.Count,
                ["firstErrors"] = string.Join(" | ", errors.Take(3)),
                ["nodeComplaints"] = node.Complaints.Count,
                ["eventStreams"] = Streams,
                ["entries"] = entries,
                ["residentSecondQuarterMiB"] = Math.Round(early, 1),
                ["residentLastQuarterMiB"] = Math.Round(late, 1),
                ["residentMaxMiB"] = Math.Round(memory.Max(), 1),
                ["mayGrowMiB"] = MarginMiB,
                ["nodeCpuSeconds"] = node.CpuTime().TotalSeconds,
            });
    }

    private static double P99(double[] sorted) => sorted[(int)(sorted.Length * 0.99)];

    /// <summary>Waits until a block is closed: before that, the node rightly has no proof of any entry.</summary>
    private static async Task FirstBlockAsync(HttpClient client, CancellationToken stop)
    {
        while (true)
        {
            using var answer = await client.GetAsync(FirstProof, stop).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode)
            {
                return;
            }

            await Task.Delay(Pause, TimeProvider.System, stop).ConfigureAwait(false);
        }
    }

    private static async Task ReadAsync(
        HttpClient client,
        ulong seed,
        ConcurrentQueue<TimedRead> times,
        ConcurrentQueue<string> errors,
        CancellationToken end)
    {
        var random = new SeededRandom(seed).Fork("soak");
        string agent = string.Empty;
        try
        {
            while (!end.IsCancellationRequested)
            {
                string[] paths =
                [
                    "/v1/chain", "/v1/agents", "/v1/services", "/v1/workloads", "/v1/entries?limit=20", "/v1/blocks",
                    FirstProof, "/health/ready", "/metrics", "/openapi/v1.json", "/", "/v1/genesis",
                    .. agent.Length > 0 ? (string[])[$"/v1/agents/{agent}", $"/v1/accounts/{agent}"] : [],
                ];
                var path = paths[random.NextInt32(paths.Length)];
                var started = Stopwatch.GetTimestamp();
                using var answer = await client.GetAsync(path, end).ConfigureAwait(false);
                var text = await answer.Content.ReadAsStringAsync(end).ConfigureAwait(false);
                var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                times.Enqueue(new TimedRead(agent.Length == 0 ? path : path.Replace(agent, "{id}"), took));
                if (!answer.IsSuccessStatusCode)
                {
                    errors.Enqueue($"{path} {(int)answer.StatusCode}");
                }

                if (path == "/v1/agents")
                {
                    agent = FirstOf(text) ?? agent;
                }

                await Task.Delay(Pause, TimeProvider.System, end).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The time is over.
        }
        catch (HttpRequestException gone)
        {
            errors.Enqueue(gone.Message);
        }
    }

    private static string? FirstOf(string page)
    {
        using var json = JsonDocument.Parse(page);
        var items = json.RootElement.GetProperty("items");
        return items.GetArrayLength() > 0 && items[0].TryGetProperty("id", out var id) ? id.GetString() : null;
    }

    /// <summary>Follows what happens; every entry must come, in order.</summary>
    private static async Task<ulong> FollowAsync(
        HttpClient client, ConcurrentQueue<string> errors, CancellationToken end)
    {
        var last = 0UL;
        try
        {
            using var stream = await client.GetStreamAsync("/v1/events?after=0", end).ConfigureAwait(false);
            using var lines = new StreamReader(stream);
            while (await lines.ReadLineAsync(end).ConfigureAwait(false) is { } line)
            {
                if (line.StartsWith("id: ", StringComparison.Ordinal)
                    && ulong.Parse(line[4..], System.Globalization.CultureInfo.InvariantCulture) != ++last)
                {
                    errors.Enqueue($"an event stream skipped to {line}");
                }
            }

            errors.Enqueue("an event stream ended");
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The time is over.
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            errors.Enqueue(gone.Message);
        }

        return last;
    }

    /// <summary>How long one read took.</summary>
    private readonly record struct TimedRead(string Resource, double Ms);
}
