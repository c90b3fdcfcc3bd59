using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Hosting;
using Aitbc.Primitives;
using Aitbc.Protocol.State;
using Aitbc.Simulation.Worlds;
using Microsoft.Playwright;

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
    private IPlaywright? playwright;
    private IBrowser browser = null!;
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
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Checkout.Chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (playwright is not null)
        {
            await browser.DisposeAsync();
            playwright.Dispose();
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
    public async Task<Visit> VisitAsync(bool isDark = false)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new ViewportSize { Width = 1360, Height = 900 },
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "en-GB",
        });
        context.SetDefaultTimeout(15_000);
        return new Visit(context, await context.NewPageAsync());
    }
}

/// <summary>Tests that share one node; one browser at a time.</summary>
[CollectionDefinition(Name)]
public sealed class OneNode : ICollectionFixture<LivingNode>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "one node";
}

/// <summary>A window, and what went wrong in it.</summary>
public sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext context;

    internal Visit(IBrowserContext context, IPage page)
    {
        (this.context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => Complaints.Add(error);
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>Errors and warnings of the console, violations of the page's policy among them.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Opens an address and waits until its data is there.</summary>
    public async Task OpenAsync(string address)
    {
        await Page.GotoAsync(address);
        await Page.Locator("h1").WaitForAsync();
        await Assertions.Expect(Page.Locator("[aria-label=Loading], .mantine-Skeleton-root")).ToHaveCountAsync(0);
    }

    /// <summary>Takes on other colours of the system and another width, as they change under an open page.</summary>
    public async Task LookAsync(bool isDark, bool isPhone)
    {
        await Page.EmulateMediaAsync(new PageEmulateMediaOptions
        {
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
        });
        await Page.SetViewportSizeAsync(isPhone ? 390 : 1360, isPhone ? 844 : 900);
        await Assertions.Expect(Page.Locator("html"))
            .ToHaveAttributeAsync("data-mantine-color-scheme", isDark ? "dark" : "light");
    }

    /// <summary>Looks at the page in light, dark and on a phone: nothing scrolls sideways, axe finds nothing, the
    /// console says nothing.</summary>
    public async Task CheckLooksAsync(string name)
    {
        foreach (var (isDark, isPhone) in new[] { (false, false), (true, false), (true, true), (false, true) })
        {
            await LookAsync(isDark, isPhone);
            await TakeShotAsync($"{name}-{(isPhone ? "phone" : "wide")}-{(isDark ? "dark" : "light")}");
            var sideways = await Page.EvaluateAsync<int>(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(sideways <= 0, $"{name} scrolls sideways by {sideways} px.");
            Assert.Empty(await ViolationsAsync());
            Assert.Empty(Complaints);
        }
    }

    /// <summary>What axe finds against WCAG 2.2 A and AA.</summary>
    public async Task<string[]> ViolationsAsync()
    {
        if (await Page.EvaluateAsync<bool>("typeof axe === 'undefined'"))
        {
            await Page.EvaluateAsync(await File.ReadAllTextAsync(Checkout.Axe));
        }

        return await Page.EvaluateAsync<string[]>(
            """
            async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
              'best-practice'] })).violations.map(found => found.id + ': ' + found.nodes.slice(0, 3).map(node =>
              node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? '')).join(' | '))
            """);
    }

    private async Task TakeShotAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("AITBC_SHOTS") is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new PageScreenshotOptions
            {
                Path = Path.Combine(folder, $"{name}.png"),
                FullPage = true,
            });
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
