using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Aitbc.Web.Tests;

/// <summary>Every page in a real browser: what it shows, and that anybody can use it.</summary>
[Collection(OneNode.Name)]
public sealed class PageTests(LivingNode node)
{
    private const int MaxFirstLoadBytes = 300 * 1024;

    /// <summary>Pages by name, with their address and a word that only real data brings there.</summary>
    public static TheoryData<string, string, string> Pages => new()
    {
        { "overview", "/", "Prices by capability" },
        { "agents", "/agents", "AITBC" },
        { "agent", "/agents/{agent}", "Volume in 24 h" },
        { "services", "/services", "Unit price" },
        { "workloads", "/workloads", "w1" },
        { "workload", "/workloads/w1", "Workload posted" },
        { "ledger", "/ledger", "Entries" },
        { "entry", "/ledger/7", "Proven" },
        { "blocks", "/ledger/blocks", "Previous block" },
        { "keys", "/keys", "Create a passkey" },
        { "approvals-empty", "/approvals", "Nothing waits for approval" },
        { "alerts-demo", "/alerts", "monitor found" },
        { "constitution-demo", "/agents/{agent}/constitution", "No change" },
        { "history-demo", "/agents/{agent}/history", "Registered" },
    };

    [BrowserTheory]
    [MemberData(nameof(Pages))]
    public async Task Each_page_shows_data_in_light_dark_and_on_a_phone_without_a_fault(
        string name, string path, string word)
    {
        await using var visit = await node.VisitAsync();
        await visit.OpenAsync(node.Resolve(path));
        await Expect(visit.Page.Locator("main")).ToContainTextAsync(word);
        Assert.EndsWith(" · AITBC", await visit.Page.TitleAsync());
        await visit.CheckLooksAsync(name);
    }

    [BrowserFact]
    public async Task The_first_load_is_small_comes_from_the_node_alone_and_leaves_the_token()
    {
        await using var visit = await node.VisitAsync();
        var (bytes, requests, foreign) = (0L, 0, new List<string>());
        visit.Page.RequestFinished += async (_, request) =>
        {
            if (new Uri(request.Url).AbsolutePath.StartsWith("/v1/", StringComparison.Ordinal))
            {
                return;
            }

            Interlocked.Increment(ref requests);
            Interlocked.Add(ref bytes, (await request.SizesAsync()).ResponseBodySize);
        };
        visit.Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith($"{node.Url}", StringComparison.Ordinal))
            {
                foreign.Add(request.Url);
            }
        };
        await visit.OpenAsync(node.NewAddress());
        await visit.Page.Locator(".chart svg").First.WaitForAsync();
        Assert.Equal($"{node.Url}", visit.Page.Url);
        Assert.Empty(foreign);
        Assert.InRange(bytes, 50_000, MaxFirstLoadBytes);
        var paint = await visit.Page.EvaluateAsync<double>(
            "performance.getEntriesByName('first-contentful-paint')[0].startTime");
        Console.WriteLine($"First load with charts: {bytes} bytes, {requests} requests, first paint {paint:0} ms.");
    }

    [BrowserFact]
    public async Task What_validators_found_right_is_drawn_apart_from_what_nobody_checked()
    {
        await using var visit = await node.VisitAsync();
        await visit.OpenAsync($"{node.Url}");
        var text = await visit.Page.EvaluateAsync<string>(
            "async () => (await fetch('/v1/workloads/finished?limit=1000')).text()");
        var endings = JsonDocument.Parse(text).RootElement.GetProperty("items").EnumerateArray()
            .Select(one => one.GetProperty("ending").GetString()).ToList();
        var verified = endings.Count(one => one == "verified");
        var other = endings.Count(one => one is "accepted" or "clientSilent");
        Assert.True(verified > 0 && other > 0, $"{verified} and {other} show no difference.");
        var words = $"{verified + other} workloads paid ({verified} verified, {other} accepted or client silent),"
            + $" {endings.Count - verified - other} not";
        var card = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Workloads that ended" });
        await Expect(card).ToContainTextAsync($"{words}, in the time shown");
    }

    [BrowserFact]
    public async Task A_proof_that_was_tampered_with_is_shown_in_red()
    {
        await using var visit = await node.VisitAsync();
        await visit.Page.RouteAsync("**/v1/entries/7/proof", async route =>
        {
            var answer = await route.FetchAsync();
            var text = await answer.TextAsync();
            var digest = JsonDocument.Parse(text).RootElement
                .GetProperty("leaf").GetProperty("payloadDigest").GetString()!;
            var forged = (digest[0] == 'A' ? 'B' : 'A') + digest[1..];
            await route.FulfillAsync(new RouteFulfillOptions
            {
                Response = answer,
                Body = text.Replace(digest, forged, StringComparison.Ordinal),
            });
        });
        await visit.OpenAsync(node.Resolve("/ledger/7"));
        await Expect(visit.Page.GetByTestId("verdict")).ToContainTextAsync("Not proven");
        await Expect(visit.Page.Locator(".steps .status.bad").First).ToBeVisibleAsync();
        await visit.OpenAsync(node.Resolve("/ledger/8"));
        await Expect(visit.Page.GetByTestId("verdict")).ToContainTextAsync("recomputed every hash");
    }

    [BrowserFact]
    public async Task A_workload_shows_its_timeline_and_its_receipt()
    {
        await using var visit = await node.VisitAsync();
        await visit.OpenAsync(node.Resolve("/workloads/w1"));
        var steps = visit.Page.GetByRole(AriaRole.List, new() { Name = "Timeline" });
        await Expect(steps).ToContainTextAsync("Bid opened");
        await Expect(steps).ToContainTextAsync("Workload ended");
        await Expect(visit.Page.Locator("pre.json")).ToContainTextAsync("\"workload\": \"w1\"");
    }

    [BrowserFact]
    public async Task The_keyboard_alone_leads_everywhere()
    {
        await using var visit = await node.VisitAsync();
        await visit.OpenAsync($"{node.Url}");
        await visit.Page.Keyboard.PressAsync("Tab");
        await Expect(visit.Page.GetByText("Skip to the content")).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator("#main")).ToBeFocusedAsync();
        await visit.Page.ReloadAsync();
        await visit.Page.Locator("h1").WaitForAsync();
        await TabToAsync(visit.Page, "Agents");
        var outline = await visit.Page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle");
        Assert.Equal("solid", outline);
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("Agents");
        await Expect(visit.Page.Locator("h1")).ToBeFocusedAsync();
        await visit.Page.Locator("tbody a").First.WaitForAsync();
        await visit.Page.Keyboard.PressAsync("Tab");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator("h1")).ToContainTextAsync("Agent ");
    }

    [BrowserFact]
    public async Task The_colours_follow_the_system_until_they_are_switched_and_stay_switched()
    {
        await using var visit = await node.VisitAsync(isDark: true);
        await visit.OpenAsync($"{node.Url}");
        var html = visit.Page.Locator("html");
        await Expect(html).ToHaveAttributeAsync("data-mantine-color-scheme", "dark");
        await visit.Page.GetByLabel("Use light colours").ClickAsync();
        await Expect(html).ToHaveAttributeAsync("data-mantine-color-scheme", "light");
        await visit.Page.ReloadAsync();
        await Expect(html).ToHaveAttributeAsync("data-mantine-color-scheme", "light");
    }

    [BrowserFact]
    public async Task A_node_that_stops_is_said_and_what_is_known_stays()
    {
        var second = await node.StartAsync();
        await using var visit = await node.VisitAsync();
        await visit.OpenAsync($"{second.Url}");
        await Expect(visit.Page.GetByText("Live · entry")).ToBeVisibleAsync();
        await second.DisposeAsync();
        await Expect(visit.Page.Locator(".banner")).ToContainTextAsync("run aitbc up again");
        await Expect(visit.Page.GetByTestId("seq")).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Overview" }).FocusAsync();
        Assert.Empty(await visit.ViolationsAsync());
    }

    [BrowserFact]
    public async Task A_session_that_has_ended_is_said_with_what_to_do()
    {
        await using var visit = await node.VisitAsync();
        await visit.Page.RouteAsync("**/v1/**", route => route.FulfillAsync(new RouteFulfillOptions
        {
            Status = 401,
            ContentType = "application/problem+json",
            Body = """{"code":"unauthorised","detail":"Send a token of this node as Authorization: Bearer."}""",
        }));
        await visit.Page.GotoAsync(node.Resolve("/agents"));
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("Your session has ended");
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("aitbc up");
    }

    [BrowserFact]
    public async Task What_does_not_exist_is_said_plainly()
    {
        await using var visit = await node.VisitAsync();
        await visit.OpenAsync(node.Resolve("/workloads/w99999"));
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is no such thing here");
        await visit.OpenAsync(node.Resolve("/ledger/99999999"));
        await Expect(visit.Page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("Entries run from 1 to");
    }

    private static async Task TabToAsync(IPage page, string name)
    {
        for (var i = 0; i < 20; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<string>("document.activeElement.textContent") == name)
            {
                return;
            }
        }

        Assert.Fail($"The Tab key does not lead to {name}.");
    }
}
