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
[Collection(OneNode.Name)]
public sealed class KeyPageTests(LivingNode browser)
{
    private const string MediaType = "application/vnd.aitbc.webauthn+json";

    [BrowserFact]
    public async Task A_passkey_opens_an_account_stops_an_agent_and_the_journal_verifies()
    {
        await using var node = await GuardedNode.StartAsync();
        await using var visit = await browser.VisitAsync();
        await AddAuthenticatorAsync(visit);
        var person = await BeginAsync(visit, node);
        var agent = await node.RegisterAsync(person);
        await StopAsync(visit, agent);
        await SaysAsync(visit, "is stopped");
        Assert.True(node.IsStopped(agent));
        using (var entries = node.Ledger.ReadFrom(node.Ledger.View.Seq))
        {
            Assert.True(entries.TryRead(out var entry));
            Assert.Equal(ProofKind.WebAuthn, entry.Proof);
            Assert.Equal(
                Digest.Sha256(Encoding.ASCII.GetBytes($"{node.Url}".TrimEnd('/'))),
                node.Ledger.View.Read(state => state.OriginOf(person, KeyId.From(person.AsSpan()))));
        }

        // Chromium warns of authenticators without ES256; the ledger knows no other algorithm, so none is offered.
        visit.Complaints.RemoveAll(line => line.Contains("pubKeyCredParams", StringComparison.Ordinal));
        await visit.CheckLooksAsync("keys-account");
        await node.CloseAsync();
        var report = await ChainVerifier.RunAsync(node.DataPath, [], null, CancellationToken.None);
        Assert.True(report.Ok, string.Join("; ", report.Problems));
    }

    [BrowserFact]
    public async Task An_answer_counts_once_and_for_its_own_command_alone()
    {
        await using var node = await GuardedNode.StartAsync();
        await using var visit = await browser.VisitAsync();
        await AddAuthenticatorAsync(visit);
        var person = await BeginAsync(visit, node);
        var (agent, other) = (await node.RegisterAsync(person), await node.RegisterAsync(person));
        var sent = visit.Page.WaitForRequestAsync("**/v1/oversight");
        await StopAsync(visit, agent);
        await SaysAsync(visit, "is stopped");
        var (body, seq) = ((await sent).PostData!, node.Ledger.View.Seq);
        using var client = new HttpClient { BaseAddress = node.Url };

        var again = await PostAsync(body);
        Assert.Equal((HttpStatusCode.OK, true), (again.Status, again.Json["isDuplicate"]!.GetValue<bool>()));
        Assert.Equal(seq, again.Json["seq"]!.GetValue<ulong>());
        foreach (var (old, fresh) in new[] { ($"{agent}", $"{other}"), ("\"sequence\":1", "\"sequence\":2") })
        {
            var changed = await PostAsync(Changed(body, old, fresh));
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
        await using var node = await GuardedNode.StartAsync();
        await using var visit = await browser.VisitAsync();
        await AddAuthenticatorAsync(visit);
        var person = await BeginAsync(visit, node);
        var (agent, other) = (await node.RegisterAsync(person), await node.RegisterAsync(person));
        await visit.Page.RouteAsync("**/v1/oversight", route => route.ContinueAsync(new RouteContinueOptions
        {
            PostData = Encoding.UTF8.GetBytes(Changed(route.Request.PostData!, $"{agent}", $"{other}")),
        }));
        await StopAsync(visit, agent);
        await SaysAsync(visit, "Passkey challenge mismatch");
        Assert.False(node.IsStopped(agent) || node.IsStopped(other));
    }

    [BrowserFact]
    public async Task A_page_at_another_address_is_refused_though_the_browser_gives_it_the_passkey()
    {
        await using var node = await GuardedNode.StartAsync();
        await using var elsewhere = await node.StartServerAsync();
        await using var visit = await browser.VisitAsync();
        await AddAuthenticatorAsync(visit);
        var person = await BeginAsync(visit, node);
        var agent = await node.RegisterAsync(person);
        var ring = await visit.Page.EvaluateAsync<string>("localStorage.getItem('aitbc.keyring')");
        await visit.OpenAsync($"{elsewhere.Url}keys");
        await visit.Page.EvaluateAsync("ring => localStorage.setItem('aitbc.keyring', ring)", ring);
        await visit.OpenAsync($"{elsewhere.Url}keys");
        await Expect(visit.Page.GetByText("At another address")).ToBeVisibleAsync();
        await StopAsync(visit, agent);
        await SaysAsync(visit, "Passkey other origin: The passkey was enrolled at another address");
        Assert.False(node.IsStopped(agent));
    }

    [BrowserFact]
    public async Task Without_user_verification_the_browser_gives_nothing_and_the_node_takes_nothing()
    {
        await using var node = await GuardedNode.StartAsync();
        await using var visit = await browser.VisitAsync();
        var (session, id) = await AddAuthenticatorAsync(visit);
        var person = await BeginAsync(visit, node);
        var agent = await node.RegisterAsync(person);
        await session.SendAsync("WebAuthn.setUserVerified", new Dictionary<string, object>
        {
            ["authenticatorId"] = id, ["isUserVerified"] = false,
        });
        await StopAsync(visit, agent);
        await SaysAsync(visit, "The browser gave no passkey");

        // A page that does not ask for it gets an answer without it, and the node sees that.
        await visit.Page.EvaluateAsync(
            """
            () => {
              const get = navigator.credentials.get.bind(navigator.credentials);
              navigator.credentials.get = (wish) => get({
                publicKey: { ...wish.publicKey, userVerification: 'discouraged' } });
            }
            """);
        await StopAsync(visit, agent);
        await SaysAsync(visit, "Passkey user not verified");
        Assert.False(node.IsStopped(agent));
    }

    [BrowserFact]
    public async Task A_second_device_is_added_and_may_then_remove_the_first()
    {
        await using var node = await GuardedNode.StartAsync();
        await using var visit = await browser.VisitAsync();
        var (session, id) = await AddAuthenticatorAsync(visit);
        var person = await BeginAsync(visit, node);

        // The first device is away while the second makes its passkey, and comes back to sign that it is added.
        var first = (await session.SendAsync(
            "WebAuthn.getCredentials", new Dictionary<string, object> { ["authenticatorId"] = id }))!.Value
            .GetProperty("credentials")[0].Clone();
        await session.SendAsync(
            "WebAuthn.removeVirtualAuthenticator", new Dictionary<string, object> { ["authenticatorId"] = id });
        var second = await AddAuthenticatorAsync(session);
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
        await SaysAsync(visit, "The device is added");
        var rows = visit.Page.GetByRole(AriaRole.Table, new() { Name = "Devices" }).Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(2);
        Assert.Equal(2, node.Ledger.View.Read(state => state.Account(state.FindAccount(person)!.Value).KeyCount));

        await session.SendAsync("WebAuthn.removeCredential", new Dictionary<string, object>
        {
            ["authenticatorId"] = second, ["credentialId"] = first.GetProperty("credentialId").GetString()!,
        });
        await visit.Page.GetByLabel($"Remove {Short(person)}").ClickAsync();
        await SaysAsync(visit, "The device is removed");
        await Expect(rows).ToHaveCountAsync(1);
        Assert.Null(node.Ledger.View.Read(state => state.KeyOf(person, KeyId.From(person.AsSpan()))));
    }

    [BrowserFact]
    public async Task Who_runs_no_node_is_told_how_an_account_is_opened()
    {
        await using var node = await GuardedNode.StartAsync();
        await using var visit = await browser.VisitAsync();
        await AddAuthenticatorAsync(visit);
        await visit.OpenAsync($"{node.Url}keys");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Create a passkey" }).ClickAsync();
        await SaysAsync(visit, "open the address that aitbc up prints");
    }

    /// <summary>Waits until the page says something; an authenticator may take its time.</summary>
    private static Task SaysAsync(Visit visit, string text) => Expect(visit.Page.GetByTestId("said"))
        .ToContainTextAsync(text, new LocatorAssertionsToContainTextOptions { Timeout = 20_000 });

    private static string Short(AccountId id) => $"{$"{id}"[..6]}…{$"{id}"[^4..]}";

    private static Task StopAsync(Visit visit, AccountId agent) =>
        visit.Page.GetByLabel($"Stop {Short(agent)}").ClickAsync();

    /// <summary>A body whose payload says something else, under the proof that it had.</summary>
    private static string Changed(string body, string old, string fresh)
    {
        var json = JsonNode.Parse(body)!;
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(json["payload"]!.GetValue<string>()));
        Assert.Contains(old, payload, StringComparison.Ordinal);
        json["payload"] = Base64Url.EncodeToString(
            Encoding.UTF8.GetBytes(payload.Replace(old, fresh, StringComparison.Ordinal)));
        return json.ToJsonString();
    }

    private static async Task<(ICDPSession Session, string Id)> AddAuthenticatorAsync(Visit visit)
    {
        var session = await visit.Page.Context.NewCDPSessionAsync(visit.Page);
        await session.SendAsync("WebAuthn.enable");
        return (session, await AddAuthenticatorAsync(session));
    }

    private static async Task<string> AddAuthenticatorAsync(ICDPSession session)
    {
        var added = await session.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });
        return added!.Value.GetProperty("authenticatorId").GetString()!;
    }

    /// <summary>Opens an account that begins with a passkey.</summary>
    private static async Task<AccountId> BeginAsync(Visit visit, GuardedNode node)
    {
        await visit.Page.GotoAsync(node.NewAddress());
        await visit.OpenAsync($"{node.Url}keys");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Create a passkey" }).ClickAsync();
        await SaysAsync(visit, "Your account is open");
        var ring = await visit.Page.EvaluateAsync<string>("localStorage.getItem('aitbc.keyring')");
        return AccountId.Parse(JsonDocument.Parse(ring).RootElement.GetProperty("account").GetString()!);
    }
}
