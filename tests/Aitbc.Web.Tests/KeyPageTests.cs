using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Verification;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Aitbc.Web.Tests;

/// <summary>Passkeys in a real browser with an authenticator of its own: made, enrolled, used and refused.</summary>
[Collection(OneBrowser.Name)]
public sealed class KeyPageTests(Browser browser)
{
    private const string MediaType = "application/vnd.aitbc.webauthn+json";

    [BrowserFact]
    public async Task A_passkey_opens_an_account_stops_an_agent_and_the_journal_verifies()
    {
        await using var node = await GuardedNode.StartAsync();
        await using var scene = await Scene.BeginAsync(browser, node);
        var (_, visit, person) = scene;
        var agent = await node.RegisterAsync(person);
        await StopAsync(visit, agent);
        await visit.SaysAsync("is stopped");
        Assert.True(node.IsStopped(agent));
        using (var entries = node.Ledger.ReadFrom(node.Ledger.View.Seq))
        {
            Assert.True(entries.TryRead(out var entry));
            Assert.Equal(ProofKind.WebAuthn, entry.Proof);
            Assert.Equal(
                Digest.Sha256(Encoding.ASCII.GetBytes($"{node.Url}".TrimEnd('/'))),
                node.Ledger.View.Read(state => state.OriginOf(person, KeyId.From(person.AsSpan()))));
        }

        await visit.CloseDialogAsync();
        await visit.CheckLooksAsync("keys-account");
        await node.CloseAsync();
        var report = await ChainVerifier.RunAsync(node.DataPath, [], null, CancellationToken.None);
        Assert.True(report.Ok, string.Join("; ", report.Problems));
    }

    [BrowserFact]
    public async Task An_answer_counts_once_and_for_its_own_command_alone()
    {
        await using var scene = await Scene.BeginAsync(browser);
        var (node, visit, person) = scene;
        var (agent, other) = (await node.RegisterAsync(person), await node.RegisterAsync(person));
        var sent = visit.Page.WaitForRequestAsync("**/v1/oversight");
        await StopAsync(visit, agent);
        await visit.SaysAsync("is stopped");
        var (body, seq) = ((await sent).PostData!, node.Ledger.View.Seq);
        using var client = new HttpClient { BaseAddress = node.Url };

        var again = await PostAsync(body);
        Assert.Equal((HttpStatusCode.OK, true), (again.Status, again.Json["isDuplicate"]!.GetValue<bool>()));
        Assert.Equal(seq, again.Json["seq"]!.GetValue<ulong>());
        foreach (var (old, fresh) in new[] { ($"{agent}", $"{other}"), ("\"sequence\":1", "\"sequence\":2") })
        {
            var changed = await PostAsync(People.Changed(body, old, fresh));
            Assert.Equal(
                (HttpStatusCode.Unauthorized, "passkeyChallengeMismatch"),
                (changed.Status, changed.Json["code"]!.GetValue<string>()));
        }

        Assert.Equal((seq, false), (node.Ledger.View.Seq, node.IsStopped(other)));

        async Task<(HttpStatusCode Status, JsonNode Json)> PostAsync(string text)
        {
            var content = new StringContent(text);
            content.Headers.ContentType = new MediaTypeHeaderValue(MediaType);
            var response = await client.PostAsync("/v1/oversight", content);
            return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
        }
    }

    [BrowserFact]
    public async Task A_command_that_is_changed_on_its_way_is_refused_and_said()
    {
        await using var scene = await Scene.BeginAsync(browser);
        var (node, visit, person) = scene;
        var (agent, other) = (await node.RegisterAsync(person), await node.RegisterAsync(person));
        await visit.Page.RouteAsync("**/v1/oversight", route => route.ContinueAsync(new RouteContinueOptions
        {
            PostData = Encoding.UTF8.GetBytes(People.Changed(route.Request.PostData!, $"{agent}", $"{other}")),
        }));
        await StopAsync(visit, agent);
        await visit.SaysAsync("Passkey challenge mismatch");
        Assert.False(node.IsStopped(agent) || node.IsStopped(other));
    }

    [BrowserFact]
    public async Task A_page_at_another_address_is_refused_though_the_browser_gives_it_the_passkey()
    {
        await using var scene = await Scene.BeginAsync(browser);
        var (node, visit, person) = scene;
        await using var elsewhere = await node.StartServerAsync();
        var agent = await node.RegisterAsync(person);
        var ring = await visit.Page.EvaluateAsync<string>("localStorage.getItem('aitbc.keyring')");
        await visit.OpenAsync($"{elsewhere.Url}keys");
        await visit.Page.EvaluateAsync("ring => localStorage.setItem('aitbc.keyring', ring)", ring);
        await visit.OpenAsync($"{elsewhere.Url}keys");
        await Expect(visit.Page.GetByText("At another address")).ToBeVisibleAsync();
        await StopAsync(visit, agent);
        await visit.SaysAsync("Passkey other origin: The passkey was enrolled at another address");
        Assert.False(node.IsStopped(agent));
    }

    [BrowserFact]
    public async Task Without_user_verification_the_browser_gives_nothing_and_the_node_takes_nothing()
    {
        var node = await browser.NodeAsync();
        await using var visit = await browser.VisitAsync();
        var (session, id) = await visit.AddAuthenticatorAsync();
        var person = await visit.BeginAsync(node);
        var agent = await node.RegisterAsync(person);
        await session.SendAsync("WebAuthn.setUserVerified", new Dictionary<string, object>
        {
            ["authenticatorId"] = id, ["isUserVerified"] = false,
        });
        await StopAsync(visit, agent);
        await visit.SaysAsync("The browser gave no passkey");

        // A page that does not ask for it gets an answer without it, and the node sees that.
        await visit.Page.EvaluateAsync(
            """
            () => {
              const get = navigator.credentials.get.bind(navigator.credentials);
              navigator.credentials.get = (wish) => get({
                publicKey: { ...wish.publicKey, userVerification: 'discouraged' } });
            }
            """);
        await visit.SignAsync("Stop with a passkey");
        await visit.SaysAsync("Passkey user not verified");
        Assert.False(node.IsStopped(agent));
    }

    [BrowserFact]
    public async Task A_second_device_is_added_and_may_then_remove_the_first()
    {
        var node = await browser.NodeAsync();
        await using var visit = await browser.VisitAsync();
        var (session, id) = await visit.AddAuthenticatorAsync();
        var person = await visit.BeginAsync(node);

        // The first device is away while the second makes its passkey, and comes back to sign that it is added.
        var first = (await session.SendAsync(
            "WebAuthn.getCredentials", new Dictionary<string, object> { ["authenticatorId"] = id }))!.Value
            .GetProperty("credentials")[0].Clone();
        await session.SendAsync(
            "WebAuthn.removeVirtualAuthenticator", new Dictionary<string, object> { ["authenticatorId"] = id });
        var second = await People.AddAuthenticatorAsync(session);
        await visit.Page.ExposeFunctionAsync("bringBack", async () =>
        {
            await session.SendAsync("WebAuthn.addCredential", new Dictionary<string, object>
            {
                ["authenticatorId"] = second, ["credential"] = first,
            });
            return true;
        });
        await visit.Page.EvaluateAsync(
            """
            () => {
              const get = navigator.credentials.get.bind(navigator.credentials);
              let asked = 0;
              navigator.credentials.get = async (wish) => {
                asked += 1;
                if (asked === 2) await window.bringBack();
                return get(wish);
              };
            }
            """);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add a device" }).ClickAsync();
        await Expect(visit.Sentence).ToContainTextAsync("Add a passkey to your account");
        await visit.SignAsync("Add it with a passkey you have");
        await visit.SaysAsync("The device is added");
        await visit.CloseDialogAsync();
        var rows = visit.Page.GetByRole(AriaRole.Table, new() { Name = "Devices" }).Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(2);
        Assert.Equal(2, node.Ledger.View.Read(state => state.Account(state.FindAccount(person)!.Value).KeyCount));

        await session.SendAsync("WebAuthn.removeCredential", new Dictionary<string, object>
        {
            ["authenticatorId"] = second, ["credentialId"] = first.GetProperty("credentialId").GetString()!,
        });
        await visit.Page.GetByLabel($"Remove {People.Short(person)}").ClickAsync();
        await Expect(visit.Sentence).ToHaveTextAsync($"Take the key you, {person} from your account.");
        await visit.SignAsync("Remove it with a passkey");
        await visit.SaysAsync("The device is removed");
        await Expect(rows).ToHaveCountAsync(1);
        Assert.Null(node.Ledger.View.Read(state => state.KeyOf(person, KeyId.From(person.AsSpan()))));
    }

    [BrowserFact]
    public async Task Who_runs_no_node_is_told_how_an_account_is_opened()
    {
        var node = await browser.NodeAsync();
        await using var visit = await browser.VisitAsync();
        await visit.AddAuthenticatorAsync();
        await visit.OpenAsync($"{node.Url}keys");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Create a passkey" }).ClickAsync();
        await visit.SaysAsync("open the address that aitbc up prints");
    }

    private static async Task StopAsync(Visit visit, AccountId agent)
    {
        await visit.Page.GetByLabel($"Stop {People.Short(agent)}").ClickAsync();
        await visit.SignAsync("Stop with a passkey");
    }
}
