using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Aitbc.Web.Tests;

/// <summary>Services in a real browser: what each has done, and how they are searched.</summary>
[Collection(OneNode.Name)]
public sealed class ServicePageTests(LivingNode node)
{
    [BrowserFact]
    public async Task Services_are_searched_by_words_and_price()
    {
        await using var visit = await node.VisitAsync();
        await visit.OpenAsync(node.Resolve("/services"));
        var rows = visit.Page.Locator("tbody tr");
        var all = await rows.CountAsync();
        Assert.True(all > 1);
        await visit.Page.GetByLabel("At most, AITBC a unit").FillAsync("0.000000000000000001");
        await Expect(visit.Page.GetByText("No service is like that")).ToBeVisibleAsync();
        await visit.Page.GetByLabel("At most, AITBC a unit").FillAsync("");
        await Expect(rows).ToHaveCountAsync(all);
        await visit.Page.GetByLabel("Search").FillAsync("nothing-like-it");
        await Expect(visit.Page.GetByText("No service is like that")).ToBeVisibleAsync();
        await visit.CheckLooksAsync("services-none");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show all services" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(all);
        await Expect(visit.Page.GetByLabel("Search")).ToHaveValueAsync("");
    }

    [BrowserFact]
    public async Task Services_are_filtered_by_what_stands_in_the_address()
    {
        var (all, capability, alike) = node.Ledger.View.Read(state =>
        {
            var services = Enumerable.Range(0, state.Services.Count).Select(slot => state.Services[slot]).ToList();
            return (services.Count, services[0].Capability, services.Count(one =>
                one.Capability == services[0].Capability));
        });
        Assert.InRange(alike, 1, all - 1);
        await using var visit = await node.VisitAsync();
        await visit.OpenAsync(node.Resolve("/services"));
        var rows = visit.Page.Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(all);
        await visit.Page.GetByLabel("Capability").SelectOptionAsync($"{capability}");
        await Expect(rows).ToHaveCountAsync(alike);
        await Expect(visit.Page).ToHaveURLAsync(node.Resolve($"/services?capability={capability}"));
        await visit.Page.GetByLabel("Health").SelectOptionAsync("unheard");
        await Expect(visit.Page).ToHaveURLAsync(node.Resolve($"/services?capability={capability}&health=unheard"));
        await visit.Page.ReloadAsync();
        await Expect(visit.Page.GetByLabel("Capability")).ToHaveValueAsync($"{capability}");
        await Expect(rows).ToHaveCountAsync(alike);
        await visit.Page.GetByLabel("Health").SelectOptionAsync("gone");
        await Expect(visit.Page.GetByText("No service is like that")).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Services_are_filtered_by_their_record_and_say_it()
    {
        var (all, tried, flawless) = node.Ledger.View.Read(state =>
        {
            var services = Enumerable.Range(0, state.Services.Count).Select(slot => state.Services[slot]).ToList();
            return (services.Count, services.Count(one => one.JobsSettled + one.JobsFaulted > 0), services.Count(one =>
                one.JobsSettled > 0 && one.JobsFaulted == 0));
        });
        Assert.True(flawless > 0);
        await using var visit = await node.VisitAsync();
        await visit.OpenAsync(node.Resolve("/services?record=100"));
        await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(flawless);
        await Expect(visit.Page.GetByText("settled, 100 %")).ToHaveCountAsync(flawless);
        await visit.OpenAsync(node.Resolve("/services"));
        await Expect(visit.Page.GetByText("earned")).ToHaveCountAsync(tried);
        await Expect(visit.Page.GetByText("No job yet")).ToHaveCountAsync(all - tried);
    }

    [BrowserFact]
    public async Task The_health_of_a_service_says_what_it_means_to_the_keyboard()
    {
        await using var visit = await node.VisitAsync();
        await visit.OpenAsync(node.Resolve("/services"));
        await visit.Page.Locator("tbody .status", new() { HasText = "No heartbeats" }).First.FocusAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Tooltip)).ToContainTextAsync("sends no heartbeats here");
        Assert.Empty(await visit.ViolationsAsync());
    }

    [BrowserFact]
    public async Task An_agent_shows_the_record_of_each_of_its_services()
    {
        var agent = node.Ledger.View.Read(state => state.Account(state.Services[0].Provider).Id);
        await using var visit = await node.VisitAsync();
        await visit.OpenAsync(node.Resolve($"/agents/{agent}"));
        var services = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Services" });
        await Expect(services.Locator("th", new() { HasText = "Record" })).ToBeVisibleAsync();
        await Expect(services.Locator("th", new() { HasText = "Provider" })).ToHaveCountAsync(0);
        await Expect(services.Locator("tbody")).ToContainTextAsync("No heartbeats");
        await visit.CheckLooksAsync("provider");
    }
}
