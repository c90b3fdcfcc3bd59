using System.Text;
using Aitbc.Node.Webhooks;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;
using Aitbc.Testing;

namespace Aitbc.Node.Tests.Webhooks;

/// <summary>What a message says: who, what, where to look, and nothing of the payload.</summary>
public sealed class WebhookMessagesTests
{
    private readonly LedgerFixture chain = new();
    private readonly Actor agent;

    public WebhookMessagesTests() => agent = chain.NewAgent(
        chain.People[5],
        Constitutions.Wide with { RequiresHumanApproval = true },
        [chain.People[0], chain.People[1]],
        threshold: 2);

    [Fact]
    public void A_command_that_waits_is_told_with_its_approval_and_a_link()
    {
        var (id, bytes) = chain.Park(agent, new Transfer(chain.People[4].Id, TokenAmount.FromTokens(40)));
        var told = Single("https://aitbc.example/node/");

        Assert.Equal("approval.waiting", told.Type);
        Assert.Equal($"{chain.Now}", told.Json.GetProperty("timestamp").GetString());
        Assert.Equal("sim:test", told.Data.GetProperty("chain").GetString());
        Assert.Equal(id.Value, told.Data.GetProperty("seq").GetUInt64());
        Assert.Equal(1u, told.Data.GetProperty("term").GetUInt32());
        Assert.Equal($"{id}", told.Data.GetProperty("approval").GetString());
        Assert.Equal($"{agent.Id}", told.Data.GetProperty("agent").GetString());
        Assert.Equal(
            $"https://aitbc.example/node/approvals/{id}", told.Data.GetProperty("link").GetString());
        Assert.Contains(
            "waits for its guardians", told.Data.GetProperty("words").GetString(), StringComparison.Ordinal);

        // The payload names who is paid; its digest is what guardians approve.
        Assert.DoesNotContain($"{chain.People[4].Id}", told.Body, StringComparison.Ordinal);
        Assert.DoesNotContain($"{Digest.Sha256(bytes)}", told.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_motion_is_told_with_its_id()
    {
        chain.Do(chain.People[0], new ChangeGuardians(agent.Id, [chain.People[2].Id], 1));
        var told = Single();
        Assert.Equal(
            ("motion.proposed", $"{chain.LastMotion}", $"{agent.Id}"),
            (told.Type, told.Data.GetProperty("motion").GetString(), told.Data.GetProperty("agent").GetString()));
        Assert.False(told.Data.TryGetProperty("link", out _));
    }

    [Theory]
    [InlineData(MonitorVerdictKind.Park, "monitor.judged")]
    [InlineData(MonitorVerdictKind.SafeMode, "agent.safeMode")]
    [InlineData(MonitorVerdictKind.WouldSafeMode, "monitor.judged")]
    public void What_the_monitor_found_is_told(MonitorVerdictKind verdict, string type)
    {
        chain.Input(chain.Verdict(agent, verdict));
        var told = Single();
        Assert.Equal((type, $"{agent.Id}"), (told.Type, told.Data.GetProperty("agent").GetString()));

        // Of another release's detector nothing is known but its name, which the words have.
        Assert.False(told.Data.TryGetProperty("reason", out _));
    }

    [Fact]
    public void What_the_monitor_found_is_told_with_its_reason_and_its_window()
    {
        chain.Input(new MonitorVerdict(
            agent.Id, default, MonitorVerdictKind.Park, Label.Parse("rate.owner"), TokenAmount.FromBaseUnits(301),
            TokenAmount.FromBaseUnits(300)));
        var told = Single();
        Assert.Contains("301 times within the hour", told.Data.GetProperty("reason").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(3_600_000, told.Data.GetProperty("windowMs").GetInt64());
    }

    [Fact]
    public void A_stop_is_told()
    {
        chain.Do(chain.People[0], new StopAgent(agent.Id));
        Assert.Equal("agent.stopped", Single().Type);
        chain.Do(chain.People[0], new StopMarket(StopScope.All));
        var market = Single("https://aitbc.example/");
        Assert.Equal("market.stopped", market.Type);
        Assert.Equal(
            $"https://aitbc.example/ledger/{chain.Journal[^1].Header.Seq}",
            market.Data.GetProperty("link").GetString());
        Assert.False(market.Data.TryGetProperty("agent", out _));
    }

    [Fact]
    public void What_needs_nobody_is_told_to_nobody()
    {
        chain.Do(chain.People[5], new Transfer(chain.People[4].Id, TokenAmount.OneToken));
        Assert.Empty(Of(chain.Journal[^1], null));
        Assert.Empty(Of(chain.Journal[0], null));
    }

    private Received Single(string? url = null)
    {
        var message = Assert.Single(Of(chain.Journal[^1], url));
        return new Received(
            message.Id,
            string.Empty,
            string.Empty,
            Encoding.UTF8.GetString(message.Body.Span),
            new Dictionary<string, string>());
    }

    private IReadOnlyList<WebhookMessage> Of(JournalEntry entry, string? url) => new WebhookMessages(
        chain.Genesis.Chain,
        Digest.Sha256("genesis"u8),
        number => chain.State.Account(number).Id,
        url is null ? null : new Uri(url)).Of(entry.Header, entry.Events);
}
