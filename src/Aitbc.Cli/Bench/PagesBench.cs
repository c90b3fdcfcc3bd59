using System.Diagnostics;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Hosting;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;
using Microsoft.Extensions.Logging;

namespace Aitbc.Cli.Bench;

/// <summary>How long a page of each list takes on a node that has much, beside the same of one that has little.
/// </summary>
internal static class PagesBench
{
    private const int Few = 1_000;
    private const int Many = 100_000;
    private const int Group = 2_048;
    private const double TargetMs = 5;

    private static readonly Label Capability = Label.Parse("bench.work");

    private static readonly (string Name, string Path)[] Pages =
    [
        ("agents", "/v1/agents"),
        ("services", "/v1/services"),
        ("servicesFoundNone", "/v1/services?capability=none"),
        ("workloads", "/v1/workloads"),
        ("account", "/v1/accounts/"),
    ];

    /// <summary>Runs it.</summary>
    public static async Task<BenchResult> RunAsync(BenchScale scale, CancellationToken stop)
    {
        var (few, many) = (scale.Of(Few, 20), scale.Of(Many, 400));
        var little = await MeasureAsync(scale, few, stop).ConfigureAwait(false);
        var much = await MeasureAsync(scale, many, stop).ConfigureAwait(false);
        var details = new Dictionary<string, object> { ["records"] = many, ["recordsOfLittle"] = few };
        foreach (var (name, _) in Pages)
        {
            details[$"{name}Ms"] = Math.Round(much[name], 2);
            details[$"{name}OfLittleMs"] = Math.Round(little[name], 2);
        }

        details["measures"] = "median of a page of 100, from request to answer; services by a capability that none has,"
            + " too";
        var most = much.Values.Max();
        return new BenchResult("pages", Math.Round(most, 2), "ms", TargetMs, most < TargetMs, details);
    }

    private static async Task<Dictionary<string, double>> MeasureAsync(
        BenchScale scale, int count, CancellationToken stop)
    {
        using var scratch = scale.Scratch("pages");
        var chain = BenchChain.Create(count);
        await using var ledger = new BenchLedger(chain, scratch.FullPath);
        await ledger.SetUpAsync(stop).ConfigureAwait(false);
        await ledger.Host.PutBlobAsync(chain.Owner, "bench"u8.ToArray(), stop).ConfigureAwait(false);
        await FillAsync(chain, ledger.Host, stop).ConfigureAwait(false);
        await using var server = await NodeServer.StartAsync(
            new NodeOptions { Port = 0, HistoryEntries = 0 }, ledger.Host, TimeProvider.System, _ => { }, stop)
            .ConfigureAwait(false);
        using var client = new HttpClient { BaseAddress = server.Url };
        var found = new Dictionary<string, double>();
        foreach (var (name, path) in Pages)
        {
            var address = name == "account" ? $"{path}{chain.Agents[^1]}" : path;
            found[name] = await MedianAsync(client, address, scale.Of(101, 5), stop).ConfigureAwait(false);
        }

        return found;
    }

    private static async Task<double> MedianAsync(HttpClient client, string path, int times, CancellationToken stop)
    {
        var took = new List<double>();
        for (var i = 0; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await client.GetByteArrayAsync(path, stop).ConfigureAwait(false);
            took.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        took.Sort();
        return took[took.Count / 2];
    }

    /// <summary>Every agent offers a service and has a workload open.</summary>
    private static async Task FillAsync(BenchChain chain, LedgerHost host, CancellationToken stop)
    {
        var terms = new ServiceTerms(Label.Parse("bench"), Capability, TokenAmount.OneToken, 1, default, 0);
        Command[][] acts =
        [
            [new DepositStake(TokenAmount.FromTokens(1_000))], [new ListService(terms)], [MarketScript.Post()],
        ];
        foreach (var act in acts)
        {
            for (var done = 0; done < chain.Agents.Length; done += Group)
            {
                var group = Enumerable.Range(done, Math.Min(Group, chain.Agents.Length - done))
                    .Select(agent => BenchLedger.Parse(BenchLedger.Bytes(chain.Next(agent, act))))
                    .ToList();
                var results = await host.SubmitAllAsync(group, stop).ConfigureAwait(false);
                if (results.Any(one => one.Outcome != Outcome.Applied))
                {
                    throw new InvalidOperationException(
                        $"The benchmark's setup was refused: {results.Max(one => one.Outcome)}.");
                }
            }
        }
    }
}
