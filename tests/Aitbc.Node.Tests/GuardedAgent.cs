using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Aitbc.Infrastructure.Identity;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Node.Tests;

/// <summary>An agent of the fourth account of genesis, guarded by the first three, of whom two decide.</summary>
internal sealed class GuardedAgent(NodeFixture node, Identity identity) : IDisposable
{
    /// <summary>Whose agent it is.</summary>
    public const int Owner = 3;

    private ulong sequence;

    /// <summary>Pays up to 100 at once and 200 an hour, above 50 with approval.</summary>
    public static ConstitutionTerms Terms { get; } = new(
        TokenAmount.FromTokens(10),
        TokenAmount.FromTokens(300),
        TokenAmount.FromTokens(5),
        TokenAmount.FromTokens(100),
        [CommandKind.Transfer, CommandKind.DepositStake],
        [],
        ConstitutionTerms.AnyHour,
        Duration.FromHours(1),
        RequiresHumanApproval: false)
    {
        Rules =
        [
            new ConstitutionRule(RuleKind.ApprovalAbove, [CommandKind.Transfer])
            {
                Amount = TokenAmount.FromTokens(50),
            },
            new ConstitutionRule(RuleKind.RollingValue, [CommandKind.Transfer])
            {
                Amount = TokenAmount.FromTokens(200), Window = Duration.FromHours(1),
            },
        ],
    };

    /// <summary>Its account.</summary>
    public AccountId Id => identity.Account;

    /// <summary>Its key.</summary>
    public Infrastructure.Wallet.KeyPair Key => identity.Key!;

    /// <summary>Registers one.</summary>
    public static async Task<GuardedAgent> RegisterAsync(
        NodeFixture node, ConstitutionTerms? terms = null, ulong deposit = 400)
    {
        var identity = Identity.Create(node.Keys);
        var register = identity.RegisterAgent(node.Ledger.Genesis.Chain, node.Account(Owner), new AgentCharter(
            AgentKind.Data, [], Label.Parse("1"), terms ?? Terms, [.. Enumerable.Range(0, 3).Select(node.Account)], 2,
            TokenAmount.FromTokens(deposit)));
        Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(node.Sign(Owner, register))).StatusCode);
        return new GuardedAgent(node, identity);
    }

    /// <summary>A payload of it, in its next place.</summary>
    public string Sign(params Command[] commands) => node.Sign(Id, Key, ++sequence, commands);

    /// <summary>A payment of whole tokens to the owner.</summary>
    public Transfer Pay(ulong tokens) => new(node.Account(Owner), TokenAmount.FromTokens(tokens));

    /// <summary>Has it ask for what needs approval.</summary>
    public async Task<(ApprovalId Id, byte[] Bytes)> ParkAsync(params Command[] commands)
    {
        var jws = Sign(commands);
        var response = await node.SendAsync(jws);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var answer = await NodeFixture.JsonOf(response);
        Assert.Equal("parked", answer.GetProperty("outcome").GetString());
        return (new ApprovalId(answer.GetProperty("seq").GetUInt64()), Base64Url.DecodeFromChars(jws.Split('.')[1]));
    }

    /// <summary>What a guardian says, or another account of genesis, and the problem's code it gets; null where it took
    /// effect.</summary>
    public async Task<string?> SayAsync(int who, Command command)
    {
        var response = await node.SendAsync(node.Sign(who, command), "/v1/oversight");
        var answer = await NodeFixture.JsonOf(response);
        return response.StatusCode == HttpStatusCode.OK ? null : answer.GetProperty("code").GetString();
    }

    /// <summary>Two guardians approve.</summary>
    public async Task ApproveAsync(ApprovalId id, byte[] bytes)
    {
        Assert.Null(await SayAsync(0, new GrantApproval(id, bytes)));
        Assert.Null(await SayAsync(1, new GrantApproval(id, bytes)));
    }

    /// <summary>The agent as the node shows it.</summary>
    public Task<JsonElement> ShowAsync() => node.GetAsync($"/v1/agents/{Id}");

    /// <summary>Its balances as the node shows them.</summary>
    public async Task<string> BalancesAsync()
    {
        var account = await node.GetAsync($"/v1/accounts/{Id}");
        return Balances(account);
    }

    /// <summary>Balances out of an account, or out of an effect.</summary>
    public static string Balances(JsonElement account) => string.Join(
        ' ', new[] { "available", "escrow", "stake", "bond" }.Select(name => account.GetProperty(name).GetString()));

    /// <summary>What is used, reserved and left of each limit.</summary>
    public static IEnumerable<string> Limits(IEnumerable<JsonElement> limits) => limits.Select(limit => string.Join(
        ' ',
        new[] { "limit", "most", "used", "reserved", "left" }.Select(name => limit.GetProperty(name).GetString())));

    /// <inheritdoc/>
    public void Dispose() => identity.Dispose();
}
