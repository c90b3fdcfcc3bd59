using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;
using Aitbc.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Aitbc.Web.Tests;

/// <summary>The editor of constitutions in a real browser: checked, tried on the past, and signed with a passkey.
/// </summary>
[Collection(OneBrowser.Name)]
public sealed class ConstitutionPageTests(Browser browser)
{
    private static readonly ConstitutionTerms Terms = Constitutions.Wide with
    {
        MaxDailyVolume = TokenAmount.FromTokens(100),
        MaxValuePerAction = TokenAmount.FromTokens(20),
        AllowedActions = [CommandKind.Transfer, CommandKind.DepositStake],
    };

    [BrowserFact]
    public async Task What_tightens_is_bound_at_once_as_it_was_shown()
    {
        await using var scene = await Scene.BeginAsync(browser);
        var (node, visit, person) = scene;
        var agent = await node.RegisterAsync(Terms, 2, person, node.Owner);
        await visit.OpenAsync($"{node.Url}agents/{agent}/constitution");
        var (check, sign) = (visit.Page.GetByTestId("check"), ReadAndSign(visit));
        await Expect(check).ToContainTextAsync("No change");
        await Expect(sign).ToBeDisabledAsync();

        await visit.Page.GetByLabel("transfer").UncheckAsync();
        await visit.Page.GetByLabel("stake.deposit").UncheckAsync();
        await Expect(check).ToContainTextAsync("allowedActions is empty");
        await Expect(sign).ToBeDisabledAsync();
        await visit.Page.GetByLabel("transfer").CheckAsync();
        await visit.Page.GetByRole(AriaRole.Textbox, new() { Name = "Rules" }).FillAsync("[{]");
        await Expect(check).ToContainTextAsync("This is no list of rules in JSON");
        await visit.Page.GetByRole(AriaRole.Textbox, new() { Name = "Rules" }).FillAsync("");
        await visit.Page.GetByLabel("Add a rule").SelectOptionAsync("Ask a person above an amount");
        await visit.Page.GetByLabel("Value in 24 h, at most").FillAsync("60");
        await Expect(check).ToContainTextAsync("Tightens");
        await Expect(check).ToContainTextAsync("It spends or binds at most 60 AITBC in any 24 hours.");
        await visit.CheckLooksAsync("constitution-tighter");

        await sign.ClickAsync();
        await Expect(visit.Sentence).ToContainTextAsync("In any 24 hours it spends or binds at most 60 AITBC");
        await Expect(visit.Sentence)
            .ToContainTextAsync("Rule 1: transfer above 10 AITBC waits for a person’s approval.");
        await visit.CheckLooksAsync("constitution-sign");
        var shown = await visit.Dialog.GetByTestId("bytes").TextContentAsync();
        var request = visit.Page.WaitForRequestAsync("**/v1/oversight");
        await visit.SignAsync("Bind it with a passkey");
        await visit.SaysAsync("It is in force.");
        Assert.Equal(shown, People.PayloadOf((await request).PostData!));
        var (version, terms) = InForce(node, agent);
        Assert.Equal(2u, version);
        Assert.Equal(TokenAmount.FromTokens(60), terms.MaxDailyVolume);
        Assert.Equal([CommandKind.Transfer], terms.AllowedActions);
        Assert.Equal(TokenAmount.FromTokens(10), Assert.Single(terms.Rules).Amount);
    }

    [BrowserFact]
    public async Task What_loosens_is_tried_on_the_past_and_put_to_the_guardians()
    {
        await using var scene = await Scene.BeginAsync(browser);
        var (node, visit, person) = scene;
        var agent = await node.RegisterAsync(Terms, 2, person, node.Owner);
        var pay = new Transfer(person, TokenAmount.FromTokens(30));
        Assert.Equal(Outcome.ValueLimit, await node.ActAsync(agent, pay));
        await visit.OpenAsync($"{node.Url}agents/{agent}/constitution");
        await visit.Page.GetByLabel("One action, at most").FillAsync("50");
        var check = visit.Page.GetByTestId("check");
        await Expect(check).ToContainTextAsync("It opens a motion: 2 of 2 guardians must agree");
        await Expect(check).ToContainTextAsync("1 day after it is proposed");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try it on its past" }).ClickAsync();
        var backtest = visit.Page.GetByTestId("backtest");
        await Expect(backtest).ToContainTextAsync("Would be allowed130 AITBC");
        await Expect(backtest.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await visit.CheckLooksAsync("constitution-looser");

        await ReadAndSign(visit).ClickAsync();
        await visit.SignAsync("Propose with a passkey");
        await visit.SaysAsync("The motion is open");
        await visit.CloseDialogAsync();
        var id = node.LastMotion;
        var motion = visit.Page.GetByRole(AriaRole.Region, new() { Name = $"Motion {id}: constitution" });
        await Expect(motion).ToContainTextAsync("1 of 2 needed");
        await Expect(motion).ToContainTextAsync("One action moves at most 50 AITBC.");
        Assert.Equal(Outcome.ValueLimit, await node.ActAsync(agent, pay));
        Assert.Equal(Outcome.Applied, await node.DecideAsync(new AgreeMotion(id)));
        await Expect(motion).ToContainTextAsync("2 of 2 needed");
        await Expect(motion).ToContainTextAsync(People.InADay);
        await visit.CheckLooksAsync("motion");

        await motion.GetByRole(AriaRole.Button, new() { Name = "Take back" }).ClickAsync();
        await Expect(visit.Sentence).ToContainTextAsync($"Reject the motion {id}");
        await visit.SignAsync("Take back with a passkey");
        await Expect(motion).ToHaveCountAsync(0);
        Assert.Equal(1u, InForce(node, agent).Version);
    }

    [BrowserFact]
    public async Task A_constitution_begins_from_a_template_and_nobody_signs_who_may_not()
    {
        await using var scene = await Scene.BeginAsync(browser);
        var (node, visit, _) = scene;
        var agent = await node.RegisterAsync(Terms, 1, node.Owner);
        await visit.OpenAsync($"{node.Url}agents/{agent}/constitution");
        await visit.Page.GetByRole(AriaRole.Combobox, new() { Name = "Begin with" }).SelectOptionAsync("inference");
        await Expect(visit.Page.GetByTestId("verdict")).ToContainTextAsync("Loosens");
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("Only the owner and the guardians");
        await Expect(ReadAndSign(visit)).ToHaveCountAsync(0);
        var terms = JsonNode.Parse(await visit.Page.EvaluateAsync<string>(
            "async () => (await fetch('/v1/constitutions/templates')).text()"))!.AsArray()
            .Single(one => $"{one!["kind"]}" == "inference")!["constitution"]!["terms"]!;
        var most = TokenAmount.Parse($"{terms["maxValuePerAction"]}").ToDisplay();
        await Expect(visit.Page.GetByLabel("One action, at most"))
            .ToHaveValueAsync(most.Replace(" AITBC", "", StringComparison.Ordinal));
    }

    private static ILocator ReadAndSign(Visit visit) =>
        visit.Page.GetByRole(AriaRole.Button, new() { Name = "Read and sign" });

    private static (uint Version, ConstitutionTerms Terms) InForce(GuardedNode node, AccountId agent) =>
        node.Ledger.View.Read(state =>
        {
            ref readonly var record = ref state.Agents[state.Account(state.FindAccount(agent)!.Value).Agent - 1];
            return (record.Constitution.Version, ConstitutionReading.Of(state, record));
        });
}
