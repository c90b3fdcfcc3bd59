using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Safety.Admission;
using Aitbc.Safety.Monitor;
using Aitbc.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Aitbc.Web.Tests;

/// <summary>What the monitor found, in a real browser: why, over which time, and what became of it.</summary>
[Collection(OneBrowser.Name)]
public sealed class AlertPageTests(Browser browser)
{
    [BrowserFact]
    public async Task A_finding_is_shown_with_its_reason_and_with_what_waits_because_of_it()
    {
        var finding = new MonitorFinding(
            MonitorLevel.Park, Detector.HourValue, MonitorSubject.Agent, Units(40), Units(30));
        await using var node = await GuardedNode.StartAsync(options => options with
        {
            Watch = new ToldWatch((_, payload) => payload.Commands[0] is Transfer
                ? JournalledFinding.ToInput(finding, payload, isEnforced: true)
                : null),
        });
        await using var visit = await browser.VisitAsync();
        await visit.Page.GotoAsync(node.NewAddress());
        await visit.OpenAsync($"{node.Url}alerts");
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("The monitor found nothing");
        var agent = await node.RegisterAsync(Constitutions.Wide, 1, node.Owner);
        var (id, _) = await node.ParkAsync(agent, new Transfer(node.Owner, TokenAmount.FromTokens(40)));
        finding = finding with
        {
            Verdict = MonitorLevel.SafeMode, Detector = Detector.Rate, Observed = 901, Limit = 300,
        };
        Assert.Equal(Outcome.SafeMode, await node.ActAsync(agent, new Transfer(node.Owner, TokenAmount.FromTokens(1))));

        var rows = visit.Page.GetByRole(AriaRole.Table, new() { Name = "Alerts" }).Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.Nth(0)).ToContainTextAsync("Safe mode");
        await Expect(rows.Nth(1)).ToContainTextAsync(
            "The agent would move 40 AITBC within the hour; its limit is 30 AITBC.");
        await Expect(rows.Nth(1)).ToContainTextAsync("Counted over 1 hour");
        await visit.CheckLooksAsync("alerts");
        await rows.Nth(1).GetByRole(AriaRole.Link, new() { Name = $"Approval {id}" }).ClickAsync();
        await Expect(visit.Page.GetByTestId("approval")).ToContainTextAsync(
            "The agent would move 40 AITBC within the hour; its limit is 30 AITBC.");
        await visit.OpenAsync($"{node.Url}agents/{agent}");
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("It is in safe mode");
        await visit.CheckLooksAsync("agent-safe-mode");
    }

    private static UInt128 Units(ulong tokens) => TokenAmount.FromTokens(tokens).BaseUnits;
}
