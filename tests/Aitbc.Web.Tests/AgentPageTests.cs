using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Aitbc.Web.Tests;

/// <summary>An agent's page for who guards it: gauges, overrides, history.</summary>
[Collection(OneBrowser.Name)]
public sealed class AgentPageTests(Browser browser)
{
    private static readonly ConstitutionTerms Terms = Constitutions.Wide with
    {
        MaxDailyVolume = TokenAmount.FromTokens(100),
        MaxValuePerAction = TokenAmount.FromTokens(60),
        Rules =
        [
            new ConstitutionRule(RuleKind.ApprovalAbove, [CommandKind.Transfer])
            {
                Amount = TokenAmount.FromTokens(10),
            },
            new ConstitutionRule(RuleKind.RollingCount, [CommandKind.Transfer])
            {
                Count = 20, Window = Duration.FromHours(1),
            },
        ],
    };

    [BrowserFact]
    public async Task Gauges_say_what_is_used_reserved_and_left_and_when_it_is_free_again()
    {
        await using var scene = await Scene.BeginAsync(browser);
        var (node, visit, person) = scene;
        var agent = await node.RegisterAsync(Terms, 1, person);
        Assert.Equal(Outcome.Applied, await node.ActAsync(agent, new Transfer(person, TokenAmount.FromTokens(5))));
        await node.ParkAsync(agent, new Transfer(person, TokenAmount.FromTokens(40)));
        await visit.OpenAsync($"{node.Url}agents/{agent}");
        var gauges = visit.Page.GetByTestId("gauge");
        await Expect(gauges).ToHaveCountAsync(4);
        await Expect(gauges.Nth(0)).ToContainTextAsync("Volume in 24 h55 AITBC left");
        await Expect(gauges.Nth(0)).ToContainTextAsync("Used5 AITBCReserved40 AITBCAt most100 AITBC");
        await Expect(gauges.Nth(0)).ToContainTextAsync(People.InADay);
        await Expect(gauges.Nth(0).GetByRole(AriaRole.Meter))
            .ToHaveAttributeAsync("aria-valuetext", "5 % used, 40.0 % reserved");
        await Expect(gauges.Nth(3)).ToContainTextAsync("Rule 219 acts left");
        await Expect(gauges.Nth(3)).ToContainTextAsync("Transfer at most 20 times in any 1 hour.");
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("1 payload of this agent waits for its guardians");
        await visit.CheckLooksAsync("agent-guarded");
    }

    [BrowserFact]
    public async Task An_action_is_denied_allowed_again_and_allowed_up_to_a_cap_and_the_history_says_who_did_it()
    {
        await using var scene = await Scene.BeginAsync(browser);
        var (node, visit, person) = scene;
        var agent = await node.RegisterAsync(Terms, 1, person);
        var pay = new Transfer(person, TokenAmount.FromTokens(1));
        await visit.OpenAsync($"{node.Url}agents/{agent}");
        await OverrideAsync(visit, "Deny");
        await visit.CheckLooksAsync("override");
        await visit.Dialog.GetByRole(AriaRole.Button, new() { Name = "Read and sign" }).ClickAsync();
        await Expect(visit.Sentence).ToContainTextAsync($"Deny transfer to the agent {agent} until");
        await visit.SignAsync("Deny it with a passkey");
        await visit.SaysAsync("The denial is in force.");
        Assert.Equal(Outcome.DeniedByOverride, await node.ActAsync(agent, pay));
        await visit.CloseDialogAsync();
        var rows = visit.Page.GetByRole(AriaRole.Table, new() { Name = "Overrides" }).Locator("tbody tr");
        await Expect(rows).ToContainTextAsync("Denied transfer");
        await Expect(rows).ToContainTextAsync(People.InADay);

        await rows.GetByRole(AriaRole.Button).Last.ClickAsync();
        await Expect(visit.Sentence).ToContainTextAsync("End the override");
        await visit.SignAsync("End it with a passkey");
        await visit.SaysAsync("The override has ended.");
        await visit.CloseDialogAsync();
        await Expect(rows).ToHaveCountAsync(0);
        Assert.Equal(Outcome.Applied, await node.ActAsync(agent, pay));

        await OverrideAsync(visit, "Allow");
        await visit.Dialog.GetByLabel("At most, AITBC all told").FillAsync("50");
        await visit.Dialog.GetByRole(AriaRole.Button, new() { Name = "Read and sign" }).ClickAsync();
        await Expect(visit.Sentence).ToContainTextAsync("up to 50 AITBC all told");
        await visit.SignAsync("Propose with a passkey");
        await visit.SaysAsync("You proposed it");
        await visit.CloseDialogAsync();
        Assert.Equal(
            Outcome.Applied, await node.ActAsync(agent, new Transfer(person, TokenAmount.FromTokens(30))));
        await Expect(rows).ToContainTextAsync("20 AITBCof 50 AITBC");
        await visit.CheckLooksAsync("agent-override");

        await visit.OpenAsync($"{node.Url}agents/{agent}/history");
        var decisions = visit.Page.GetByTestId("decision");
        await Expect(decisions).ToHaveCountAsync(4);
        await Expect(decisions.Nth(0)).ToContainTextAsync("allowed transfer to");
        await Expect(decisions.Nth(0)).ToContainTextAsync("You, with “This device”");
        await Expect(decisions.Nth(1)).ToContainTextAsync("was revoked by you");
        await Expect(decisions.Nth(2)).ToContainTextAsync("denied transfer to");
        await Expect(decisions.Nth(3)).ToContainTextAsync("is now an inference agent");
        await visit.CheckLooksAsync("agent-history");
    }

    private static async Task OverrideAsync(Visit visit, string effect)
    {
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Override", Exact = true }).ClickAsync();
        await visit.Dialog.GetByText(effect, new() { Exact = true }).ClickAsync();
        await visit.Dialog.GetByLabel("Reason").FillAsync("It moves its store.");
    }
}
