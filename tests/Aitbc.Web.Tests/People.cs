using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Aitbc.Primitives;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Aitbc.Web.Tests;

/// <summary>What people do in a browser with an authenticator of its own.</summary>
internal static class People
{
    /// <summary>What a countdown of a day says soon after it began, and of a window that a quarter of an hour is added
    /// to.</summary>
    public static Regex InADay { get; } = new(@"in (1 d|23 h \d)");

    extension(Visit visit)
    {
        /// <summary>The dialog that is open.</summary>
        public ILocator Dialog => visit.Page.Locator("dialog[open]");

        /// <summary>Waits until the page, or the dialog that is open, says something.</summary>
        public Task SaysAsync(string text) => Expect(visit.Page.Locator("[data-testid=signed], [data-testid=said]")
            .Filter(new LocatorFilterOptions { HasText = text }).First)
            .ToBeVisibleAsync();

        /// <summary>What the dialog reads out of the bytes that are about to be signed.</summary>
        public ILocator Sentence => visit.Dialog.GetByTestId("sentence");

        /// <summary>Signs what the dialog shows.</summary>
        public Task SignAsync(string button) =>
            visit.Dialog.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();

        /// <summary>Closes the dialog that is open.</summary>
        public async Task CloseDialogAsync()
        {
            await visit.Page.Keyboard.PressAsync("Escape");
            await Expect(visit.Dialog).ToHaveCountAsync(0);
        }

        /// <summary>Gives the window an authenticator.</summary>
        public async Task<(ICDPSession Session, string Id)> AddAuthenticatorAsync()
        {
            var session = await visit.Page.Context.NewCDPSessionAsync(visit.Page);
            await session.SendAsync("WebAuthn.enable");
            return (session, await AddAuthenticatorAsync(session));
        }

        /// <summary>Opens an account that begins with a passkey.</summary>
        public async Task<AccountId> BeginAsync(GuardedNode node)
        {
            await visit.Page.GotoAsync(node.NewAddress());
            await visit.OpenAsync($"{node.Url}keys");
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Create a passkey" }).ClickAsync();
            await visit.SaysAsync("Your account is open");

            // Chromium warns of authenticators without ES256; the ledger knows no other algorithm, so none is offered.
            visit.Complaints.RemoveAll(line => line.Contains("pubKeyCredParams", StringComparison.Ordinal));
            var ring = await visit.Page.EvaluateAsync<string>("localStorage.getItem('aitbc.keyring')");
            return AccountId.Parse(JsonDocument.Parse(ring).RootElement.GetProperty("account").GetString()!);
        }
    }

    /// <summary>Gives a window's session one more authenticator.</summary>
    public static async Task<string> AddAuthenticatorAsync(ICDPSession session)
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

    /// <summary>An id as pages show it.</summary>
    public static string Short(AccountId id) => $"{$"{id}"[..6]}…{$"{id}"[^4..]}";

    /// <summary>The payload that a body carries.</summary>
    public static string PayloadOf(string body) => Encoding.UTF8.GetString(
        Base64Url.DecodeFromChars(JsonNode.Parse(body)!["payload"]!.GetValue<string>()));

    /// <summary>A body whose payload says something else, under the proof that it had.</summary>
    public static string Changed(string body, string old, string fresh)
    {
        var (json, payload) = (JsonNode.Parse(body)!, PayloadOf(body));
        Assert.Contains(old, payload, StringComparison.Ordinal);
        json["payload"] = Base64Url.EncodeToString(
            Encoding.UTF8.GetBytes(payload.Replace(old, fresh, StringComparison.Ordinal)));
        return json.ToJsonString();
    }
}
