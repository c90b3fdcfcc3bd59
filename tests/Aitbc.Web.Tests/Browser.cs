using Microsoft.Playwright;

namespace Aitbc.Web.Tests;

/// <summary>A browser.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>A machine that others share takes its time; who waits for a condition loses none.</summary>
    private const float PatienceMs = 45_000;

    private IPlaywright? playwright;
    private IBrowser browser = null!;
    private GuardedNode? node;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Checkout.Missing is null)
        {
            Assertions.SetDefaultExpectTimeout(PatienceMs);
            playwright = await Playwright.CreateAsync();
            browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = Checkout.Chromium,
                Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            });
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (playwright is not null)
        {
            await browser.DisposeAsync();
            playwright.Dispose();
        }

        if (node is not null)
        {
            await node.DisposeAsync();
        }
    }

    /// <summary>A node for tests that leave it running as it was: each brings people and agents of its own.</summary>
    public async Task<GuardedNode> NodeAsync() => node ??= await GuardedNode.StartAsync();

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
        context.SetDefaultTimeout(PatienceMs);
        return new Visit(context, await context.NewPageAsync());
    }
}

/// <summary>Tests that share a browser, and a node unless they bring one.</summary>
[CollectionDefinition(Name)]
public sealed class OneBrowser : ICollectionFixture<Browser>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "one browser";
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
        try
        {
            await Page.Locator("h1").WaitForAsync();
        }
        catch (TimeoutException silent)
        {
            throw new TimeoutException($"{address} shows nothing: {string.Join("; ", Complaints)}", silent);
        }

        await Assertions.Expect(Page.Locator("[aria-label=Loading], .mantine-Skeleton-root")).ToHaveCountAsync(0);
    }

    /// <summary>Takes on other colours of the system and another width, as they change under an open page.</summary>
    public async Task LookAsync(bool isDark, bool isPhone)
    {
        await Page.EmulateMediaAsync(new PageEmulateMediaOptions
        {
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
        });
        await Page.SetViewportSizeAsync(isPhone ? 390 : 1280, isPhone ? 844 : 900);
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
            Assert.Empty(await Page.EvaluateAsync<string[]>(
                """
                () => [...document.querySelectorAll('table.data')]
                  .filter(table => table.getBoundingClientRect().right
                    > table.parentElement.getBoundingClientRect().right + 0.5)
                  .map(table => table.getAttribute('aria-label') + ' is wider than its card')
                """));
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
            async () => (await axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa',
              'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.map(found =>
              found.id + ': ' + found.nodes.slice(0, 3).map(node =>
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
