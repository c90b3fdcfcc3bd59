using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Hosting;
using Aitbc.Primitives;
using Aitbc.Protocol.State;
using Aitbc.Simulation.Worlds;

namespace Aitbc.Web.Tests;

/// <summary>The small economy of the demonstration in virtual time, a real node on it, and a browser.</summary>
public sealed class LivingNode : IAsyncLifetime
{
    private const int Settled = 12;
    private const int More = 8;

    private readonly string root = Directory.CreateTempSubdirectory("aitbc-web-").FullName;
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim goOn = new();
    private Task living = Task.CompletedTask;
    private readonly Browser browser = new();
    private World world = null!;
    private NodeServer server = null!;

    /// <summary>The node's address, without a token.</summary>
    public Uri Url => server.Url;

    /// <summary>The ledger behind it.</summary>
    public LedgerHost Ledger => world.Ledger;

    /// <summary>The first agent.</summary>
    public AccountId Agent => Ledger.View.Read(state => state.Account(state.Agents[0].Account).Id);

    /// <summary>A workload whose validators are drawn while the economy is held.</summary>
    public WorkloadId Checked { get; private set; }

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Checkout.Missing is not null)
        {
            return;
        }

        world = await World.OpenAsync(
            new WorldOptions
            {
                Directory = Path.Combine(root, "data"),
                Dataset = File.ReadAllBytes(Path.Combine(Checkout.Root, "data", "digits.csv")),
                Demand = File.ReadAllBytes(Path.Combine(Checkout.Root, "data", "llm-requests.csv")),
                Seed = 1,
                IsVirtual = true,
            },
            CancellationToken.None);
        living = Task.Run(() => world.RunAsync(Settled + More, PauseOnce, CancellationToken.None));
        await Task.WhenAny(ready.Task, living);
        server = await StartAsync();
        await browser.InitializeAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (Checkout.Missing is null)
        {
            await browser.DisposeAsync();
            goOn.Set();
            await living;
            await server.DisposeAsync();
            await world.DisposeAsync();
        }

        Directory.Delete(root, recursive: true);
    }

    /// <summary>Lets the economy, which was held, live on to its end.</summary>
    public async Task LiveOnAsync()
    {
        goOn.Set();
        await living;
    }

    /// <summary>Another node on the same ledger.</summary>
    public Task<NodeServer> StartAsync() => NodeServer.StartAsync(
        new NodeOptions { Port = 0, Dashboard = Checkout.Dashboard },
        world.Ledger,
        TimeProvider.System,
        _ => { },
        CancellationToken.None);

    /// <summary>An address that opens a session.</summary>
    public string NewAddress() => $"{Url}?token={server.Sessions.NewOneTime()}";

    /// <summary>A page's address; <c>{agent}</c> is the first agent.</summary>
    public string Resolve(string path) =>
        $"{Url}{path.Replace("{agent}", $"{Agent}", StringComparison.Ordinal)[1..]}";

    private void PauseOnce(WorldView view)
    {
        if (view.Counts.Settled >= Settled && !goOn.IsSet && Ledger.View.Read(FindChecked) is { } found)
        {
            Checked = found;
            ready.TrySetResult();
            goOn.Wait();
        }
    }

    /// <summary>The first workload whose validators are drawn.</summary>
    private static WorkloadId? FindChecked(LedgerState state)
    {
        for (var slot = 0; slot < state.Workloads.Count; slot++)
        {
            ref readonly var workload = ref state.Workloads[slot];
            if (workload.Validation != 0 && state.Validations[workload.Validation - 1].Drawn > 0)
            {
                return workload.Id;
            }
        }

        return null;
    }

    /// <summary>A window of its own, without cookies.</summary>
    public Task<Visit> VisitAsync(bool isDark = false) => browser.VisitAsync(isDark);
}

/// <summary>Tests that share one node; one browser at a time.</summary>
[CollectionDefinition(Name)]
public sealed class OneNode : ICollectionFixture<LivingNode>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "one node";
}
