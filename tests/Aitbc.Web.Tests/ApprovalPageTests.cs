using System.Buffers.Text;
using System.Text;
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

/// <summary>What waits for people, in a real browser: read, approved and denied with a passkey.</summary>
[Collection(OneBrowser.Name)]
public sealed class ApprovalPageTests(Browser browser)
{
    private static readonly TokenAmount Forty = TokenAmount.FromTokens(40);

    private static readonly ConstitutionTerms Asks = Constitutions.Wide with
    {
        MaxDailyVolume = TokenAmount.FromTokens(100),
        MaxValuePerAction = TokenAmount.FromTokens(100),
        Rules =
        [
            new ConstitutionRule(RuleKind.ApprovalAbove, [CommandKind.Transfer])
            {
                Amount = TokenAmount.FromTokens(10),
            },
        ],
    };

    [BrowserFact]
    public async Task What_is_approved_with_a_passkey_is_what_was_shown_and_the_last_word_has_it_paid()
    {
        await using var node = await GuardedNode.StartAsync();
        await using var scene = await Scene.BeginAsync(browser, node);
        var (_, visit, person) = scene;
        var agent = await node.RegisterAsync(Asks, 2, person, node.Owner);
        var (id, bytes) = await node.ParkAsync(agent, new Transfer(person, Forty));
        await visit.OpenAsync($"{node.Url}approvals");
        await Expect(visit.Page.GetByTestId("waiting")).ToHaveTextAsync("1 waiting");
        var card = visit.Page.GetByTestId("approval");
        await Expect(card).ToContainTextAsync($"Pay 40 AITBC to you, {People.Short(person)}");
        await Expect(card).ToContainTextAsync("Transfer above 10 AITBC with a person's approval.");
        await Expect(card).ToContainTextAsync("Approved now, it would take effect.");
        await Expect(visit.Page.GetByRole(AriaRole.Row, new() { Name = "Volume in 24 h" }))
            .ToContainTextAsync("+ 40 AITBC reserved");
        await Expect(visit.Page.Locator(".countdown").First).ToContainTextAsync(People.InADay);
        await visit.CheckLooksAsync("approvals");

        await card.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await Expect(visit.Sentence).ToContainTextAsync($"Approve what the agent {agent} asks for under {id}:");
        await Expect(visit.Sentence.GetByRole(AriaRole.Listitem)).ToHaveTextAsync([$"Pay 40 AITBC to you, {person}"]);
        var shown = await visit.Dialog.GetByTestId("bytes").TextContentAsync();
        await visit.CheckLooksAsync("approve");
        var request = visit.Page.WaitForRequestAsync("**/v1/oversight");
        await visit.SignAsync("Approve with a passkey");
        await visit.SaysAsync("You approved.");

        // What went to the ledger is what the dialog showed, and carries the very bytes that wait.
        var signed = People.PayloadOf((await request).PostData!);
        Assert.Equal(shown, signed);
        var grant = Assert.Single(JsonNode.Parse(signed)!["commands"]!.AsArray())!;
        Assert.Equal(("approval.grant", $"{id}"), ($"{grant["type"]}", $"{grant["approval"]}"));
        Assert.Equal(bytes, Base64Url.DecodeFromChars($"{grant["payload"]}"));
        var inner = Assert.Single(JsonNode.Parse(bytes)!["commands"]!.AsArray())!;
        Assert.Equal(
            ("transfer", $"{person}", $"{Forty}"), ($"{inner["type"]}", $"{inner["to"]}", $"{inner["amount"]}"));

        await visit.Page.Keyboard.PressAsync("Escape");
        await Expect(card).ToContainTextAsync("You have approved it.");
        await Expect(card.GetByRole(AriaRole.Button, new() { Name = "Approve" })).ToBeDisabledAsync();
        await Expect(visit.Page.GetByTestId("waiting")).ToHaveCountAsync(0);
        var before = node.AvailableOf(person);
        Assert.Equal(Outcome.Applied, await node.DecideAsync(new GrantApproval(id, bytes)));
        Assert.Equal(before + Forty, node.AvailableOf(person));
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("Nothing waits for approval");

        // What had just ended was asked for once more, and Chromium says of each 404 that it was one.
        visit.Complaints.RemoveAll(line => line.Contains("404", StringComparison.Ordinal));
        await visit.CheckLooksAsync("approvals-none");
    }

    [BrowserFact]
    public async Task A_denial_with_a_passkey_ends_it_and_its_address_then_says_so()
    {
        await using var scene = await Scene.BeginAsync(browser);
        var (node, visit, person) = scene;
        var agent = await node.RegisterAsync(Asks, 2, person, node.Owner);
        var (id, _) = await node.ParkAsync(agent, new Transfer(node.Owner, Forty));
        await visit.OpenAsync($"{node.Url}approvals/{id}");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Deny" }).ClickAsync();
        await Expect(visit.Sentence).ToContainTextAsync($"Deny what waits under {id}");
        await Expect(visit.Dialog).ToContainTextAsync($"Pay 40 AITBC to {People.Short(node.Owner)}");
        await visit.SignAsync("Deny with a passkey");
        await visit.SaysAsync("it does not take effect");
        Assert.Equal(TokenAmount.FromTokens(1_000), node.AvailableOf(agent) + node.GasOf(agent));
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.OpenAsync($"{node.Url}approvals/{id}");
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("It no longer waits");
    }

    [BrowserFact]
    public async Task Other_bytes_than_those_that_wait_are_not_shown_as_them_and_never_approved()
    {
        await using var scene = await Scene.BeginAsync(browser);
        var (node, visit, person) = scene;
        var agent = await node.RegisterAsync(Asks, 1, person);
        var (id, bytes) = await node.ParkAsync(agent, new Transfer(node.Owner, Forty));
        var forged = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes)
            .Replace($"{node.Owner}", $"{person}", StringComparison.Ordinal));

        // A node that shows other bytes beside the digest of those that wait.
        var isWhole = false;
        await visit.Page.RouteAsync("**/v1/approvals/*", async route =>
        {
            var answer = await route.FetchAsync();
            var json = JsonNode.Parse(await answer.TextAsync())!;
            json["payload"] = Base64Url.EncodeToString(forged);
            json["payloadDigest"] = isWhole ? $"{Digest.Sha256(forged)}" : $"{json["payloadDigest"]}";
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = json.ToJsonString() });
        });
        await visit.OpenAsync($"{node.Url}approvals/{id}");
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("This cannot be trusted");
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" })).ToHaveCountAsync(0);

        // One that lies about the digest, too: the person approves what they read, and the ledger takes it for nothing.
        isWhole = true;
        await visit.OpenAsync($"{node.Url}approvals/{id}");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await Expect(visit.Sentence).ToContainTextAsync($"Pay 40 AITBC to you, {person}");
        await visit.SignAsync("Approve with a passkey");
        await visit.SaysAsync("Approval mismatch");
        Assert.True(node.Ledger.View.Read(state => state.FindApproval(id)) >= 0);
    }

    [BrowserFact]
    public async Task Who_guards_nothing_reads_it_and_is_offered_no_decision()
    {
        await using var node = await GuardedNode.StartAsync();
        await using var visit = await browser.VisitAsync();
        var agent = await node.RegisterAsync(Asks, 1, node.Owner);
        await node.ParkAsync(agent, new Transfer(node.Owner, Forty));
        await visit.Page.GotoAsync(node.NewAddress());
        await visit.OpenAsync($"{node.Url}approvals");
        await Expect(visit.Page.GetByTestId("approval")).ToContainTextAsync("Pay 40 AITBC to");
        await Expect(visit.Page.GetByTestId("approval")).ToContainTextAsync("no passkey of an account");
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Deny" })).ToHaveCountAsync(0);
    }
}
