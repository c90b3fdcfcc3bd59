using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Oversight;
using Aitbc.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Aitbc.Web.Tests;

/// <summary>The stop button in a real browser, from wherever one is.</summary>
[Collection(OneBrowser.Name)]
public sealed class StopTests(Browser browser)
{
    private static readonly TokenAmount Five = TokenAmount.FromTokens(5);

    [BrowserFact]
    public async Task The_button_on_an_agents_page_stops_it_says_when_all_is_quiet_and_leads_to_the_release()
    {
        await using var scene = await Scene.BeginAsync(browser);
        var (node, visit, person) = scene;
        var agent = await node.RegisterAsync(
            Constitutions.Wide with { RequiresHumanApproval = true }, 2, person, node.Owner);
        Assert.Equal(Outcome.Parked, await node.ActAsync(agent, new Transfer(node.Owner, Five)));
        await visit.OpenAsync($"{node.Url}agents/{agent}");
        var request = visit.Page.WaitForRequestAsync("**/v1/oversight");

        // By the keyboard alone: the button, then, past Close, the bytes and Cancel, the confirmation.
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop this agent" }).FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Sentence).ToContainTextAsync($"Stop the agent {agent} at once");
        await visit.CheckLooksAsync("stop-ask");
        await TabToAsync(visit, "Stop with a passkey");
        await visit.Page.Keyboard.PressAsync("Enter");

        await visit.SaysAsync("is stopped");
        Assert.True(node.IsStopped(agent));
        var quiet = visit.Page.GetByTestId("quiet");
        await Expect(quiet).ToContainTextAsync("All is quiet");
        await Expect(quiet).ToContainTextAsync("ms from your signature to the durable stop");
        await Expect(quiet).ToContainTextAsync($"0 effects of this agent after entry #{node.Ledger.View.Seq}");
        await Expect(quiet).ToContainTextAsync("1 payload made void");
        var payload = JsonNode.Parse(People.PayloadOf((await request).PostData!))!;
        var command = Assert.Single(payload["commands"]!.AsArray());
        Assert.Equal($$"""{"type":"agent.stop","agent":"{{agent}}"}""", command!.ToJsonString());
        await visit.CheckLooksAsync("stop-quiet");

        await visit.Page.Keyboard.PressAsync("Escape");
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop this agent" })).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        var release = visit.Page.GetByTestId("release");
        await Expect(release).ToContainTextAsync("2 of its 2 guardians must agree; 0 have so far");
        await visit.SignAsync("Agree with a passkey");
        await Expect(release).ToContainTextAsync("1 has so far");
        Assert.True(node.IsStopped(agent));
        await visit.CheckLooksAsync("stop-release");
        Assert.Equal(Outcome.Applied, await node.DecideAsync(new ReleaseAgent(agent)));
        await Expect(release).ToContainTextAsync("It is released");
        Assert.False(node.IsStopped(agent));
    }

    [BrowserFact]
    public async Task Elsewhere_one_chooses_among_the_agents_that_one_guards_and_nothing_else_is_offered()
    {
        await using var scene = await Scene.BeginAsync(browser);
        var (node, visit, person) = scene;
        var (mine, other) = (await node.RegisterAsync(person), await node.RegisterAsync(node.Owner));
        await visit.OpenAsync($"{node.Url}ledger");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true }).ClickAsync();
        var choice = visit.Dialog.GetByLabel("What to stop");
        await Expect(choice.Locator("option")).ToHaveTextAsync(
            ["Choose", $"Inference {People.Short(mine)}"]);
        await choice.SelectOptionAsync($"{mine}");
        await visit.SignAsync("Stop with a passkey");
        await visit.SaysAsync("is stopped");
        Assert.True(node.IsStopped(mine));
        Assert.False(node.IsStopped(other));

        await visit.OpenAsync($"{node.Url}agents/{other}");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop this agent" }).ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("Only a guardian of this agent stops and releases it");
        await Expect(visit.Dialog.GetByRole(AriaRole.Button, new() { Name = "Stop with a passkey" }))
            .ToHaveCountAsync(0);
    }

    [BrowserFact]
    public async Task Who_has_no_passkey_is_told_where_to_make_one()
    {
        var node = await browser.NodeAsync();
        await using var visit = await browser.VisitAsync();
        await visit.Page.GotoAsync(node.NewAddress());
        await visit.OpenAsync($"{node.Url}ledger");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true }).ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("this browser has no passkey of an account");
        await visit.CheckLooksAsync("stop-nobody");
    }

    private static async Task TabToAsync(Visit visit, string name)
    {
        for (var i = 0; i < 10; i++)
        {
            await visit.Page.Keyboard.PressAsync("Tab");
            if (await visit.Page.EvaluateAsync<string>("document.activeElement.textContent") == name)
            {
                return;
            }
        }

        Assert.Fail($"The Tab key does not lead to {name}.");
    }
}
