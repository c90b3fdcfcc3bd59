using Aitbc.Agents;
using Aitbc.Agents.Core.Memory;
using Aitbc.Agents.Kinds;
using Aitbc.Agents.Kinds.Requesting;
using Aitbc.Agents.Runtime.Marketplace;
using Aitbc.Infrastructure.Identity;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;

namespace Aitbc.Simulation.Worlds;

/// <summary>Somebody in the world who is no agent.</summary>
/// <param name="Name">The name.</param>
/// <param name="Balance">Tokens it begins with.</param>
/// <param name="IsCouncil">Whether it is on the council.</param>
public sealed record Person(string Name, ulong Balance, bool IsCouncil);

/// <summary>One part in the world's play.</summary>
/// <param name="Name">The agent's name.</param>
/// <param name="Owner">The person who owns it.</param>
/// <param name="Deposit">Tokens its owner gives it.</param>
/// <param name="Conduct">How it behaves.</param>
/// <param name="NewMemory">Its memory before it has lived.</param>
public sealed record CastMember(
    string Name, string Owner, ulong Deposit, IAgentConduct Conduct, Func<AgentMemory> NewMemory);

/// <summary>
/// Who lives in the demonstration's world: eight owners and a council, one requester, two data agents, two trainers,
/// four inference agents, each kind with different costs so that they compete, and four validators. Two are cheap and
/// unreliable, so that faults are seen: infer-3 gets its first jobs wrong, infer-4 misses the deadline of its first and
/// of one in eight later. The requester stays silent one time in ten, so that silence is seen to pay, and has its first
/// inferences and three in ten of the others checked. One validator, check-4, is silent now and then.
/// </summary>
public static class Cast
{
    /// <summary>Tokens in the world; what nobody is given is the treasury's.</summary>
    public const ulong Supply = 1_000_000;

    /// <summary>Tokens that a buyer may order for in a day. Its demand comes far faster than recorded, four orders a
    /// second, and in its first day an agent may move 8 % of its cap before a person is asked: what bounds it here is
    /// the money its owner gave it.</summary>
    private const ulong BuyersDay = 4_000_000;

    /// <summary>Tokens that a provider or validator may bind in bonds in a day, of which each comes back.</summary>
    private const ulong ProvidersDay = 1_000_000;

    private const string Council = "council";
    private const string Ada = "ada";
    private const string Ben = "ben";
    private const string Cyn = "cyn";
    private const string Dan = "dan";
    private const string Eve = "eve";
    private const string Fay = "fay";
    private const string Gil = "gil";
    private const string Hal = "hal";

    internal static readonly CommandKind[] ProviderActs =
    [
        CommandKind.DepositStake, CommandKind.ListService, CommandKind.UpdateService, CommandKind.DeclareBlob,
        CommandKind.PlaceBid, CommandKind.OpenBid, CommandKind.StartWork, CommandKind.SubmitWork,
        CommandKind.SealWork, CommandKind.RevealWork,
    ];

    private static readonly CommandKind[] ValidatorActs =
    [
        CommandKind.DepositStake, CommandKind.ListService, CommandKind.UpdateService, CommandKind.DeclareBlob,
        CommandKind.CommitVerdict, CommandKind.RevealVerdict,
    ];

    internal static readonly CommandKind[] RequesterActs =
        [CommandKind.DeclareBlob, CommandKind.PostWorkload, CommandKind.CancelWorkload, CommandKind.AcceptWork];

    /// <summary>The people, in the order of the genesis file.</summary>
    public static IReadOnlyList<Person> People { get; } =
    [
        new(Council, 1_000, true),
        new(Ada, 150_000, false),
        new(Ben, 50_000, false),
        new(Cyn, 50_000, false),
        new(Dan, 50_000, false),
        new(Eve, 10_000, false),
        new(Fay, 10_000, false),
        new(Gil, 10_000, false),
        new(Hal, 10_000, false),
    ];

    /// <summary>The agents.</summary>
    /// <param name="requester">What the requester wants.</param>
    public static IReadOnlyList<CastMember> Agents(RequesterTraits requester) =>
    [
        new("requester-1", Ada, 120_000, new RequesterAgent(requester), requester.NewMemory),
        Data("data-1", Ben, perJob: 50, perUnit: 20, marginPercent: 30),
        Data("data-2", Cyn, perJob: 30, perUnit: 23, marginPercent: 45),
        Training("train-1", Ben, perJob: 500, perUnit: 700, marginPercent: 35, slownessPercent: 100),
        Training("train-2", Cyn, perJob: 300, perUnit: 800, marginPercent: 25, slownessPercent: 80),
        Inference("infer-1", Ben, perJob: 20, perUnit: 30, marginPercent: 40, slownessPercent: 100, missPercent: 0),
        Inference("infer-2", Cyn, perJob: 25, perUnit: 34, marginPercent: 25, slownessPercent: 70, missPercent: 0),
        Inference(
            "infer-3", Dan, perJob: 18, perUnit: 20, marginPercent: 35, slownessPercent: 150, missPercent: 0,
            Slip.Wrong, Slip.Wrong, Slip.Wrong),
        Inference(
            "infer-4", Dan, perJob: 20, perUnit: 25, marginPercent: 30, slownessPercent: 120, missPercent: 12,
            Slip.Missed),
        Validation("check-1", Eve, missPercent: 0),
        Validation("check-2", Fay, missPercent: 0),
        Validation("check-3", Gil, missPercent: 0),
        Validation("check-4", Hal, missPercent: 15),
    ];

    /// <summary>What an agent of the cast is registered as; its owner and the council guard it.</summary>
    /// <param name="member">The agent.</param>
    /// <param name="owner">Its owner's account.</param>
    /// <param name="council">The council's account.</param>
    public static AgentCharter CharterOf(CastMember member, AccountId owner, AccountId council)
    {
        ArgumentNullException.ThrowIfNull(member);
        var buys = member.Conduct.Offers.Count == 0;
        var constitution = new ConstitutionTerms(
            MaxStake: buys ? TokenAmount.Zero : TokenAmount.FromTokens(2_000),
            MaxDailyVolume: TokenAmount.FromTokens(buys ? BuyersDay : ProvidersDay),
            MaxGasPerDay: TokenAmount.FromTokens(1_000),
            MaxValuePerAction: TokenAmount.FromTokens(10_000),
            AllowedActions: ActsOf(member.Conduct.Kind),
            Counterparties: [],
            HoursUtc: ConstitutionTerms.AnyHour,
            KeyChangeHold: Duration.FromHours(1),
            RequiresHumanApproval: false);
        return new AgentCharter(
            member.Conduct.Kind,
            [.. member.Conduct.Offers.Select(offer => offer.Capability)],
            Label.Parse("0.1"),
            constitution,
            [owner, council],
            1,
            TokenAmount.FromTokens(member.Deposit));
    }

    private static CommandKind[] ActsOf(AgentKind kind) => kind switch
    {
        AgentKind.Requester => RequesterActs,
        AgentKind.Validation => ValidatorActs,
        _ => ProviderActs,
    };

    private static CastMember Data(string name, string owner, ulong perJob, ulong perUnit, uint marginPercent)
    {
        var agent = new DataAgent(Traits(perJob, perUnit, marginPercent, 0, 100));
        return new CastMember(name, owner, 3_000, agent, agent.NewMemory);
    }

    private static CastMember Training(
        string name, string owner, ulong perJob, ulong perUnit, uint marginPercent, uint slownessPercent)
    {
        var agent = new TrainingAgent(Traits(perJob, perUnit, marginPercent, 0, slownessPercent));
        return new CastMember(name, owner, 3_000, agent, agent.NewMemory);
    }

    private static CastMember Inference(
        string name,
        string owner,
        ulong perJob,
        ulong perUnit,
        uint marginPercent,
        uint slownessPercent,
        uint missPercent,
        params Slip[] slips)
    {
        var traits = Traits(perJob, perUnit, marginPercent, missPercent, slownessPercent);
        var agent = new InferenceAgent(traits with { Slips = slips });
        return new CastMember(name, owner, 3_000, agent, agent.NewMemory);
    }

    private static CastMember Validation(string name, string owner, uint missPercent)
    {
        var fee = TokenAmount.OneToken.MulDivDown(100, 1000);
        var agent = new ValidationAgent(new ValidatorTraits(fee, Ratio.FromPpm(missPercent * 10_000), Ratio.One));
        return new CastMember(name, owner, 2_000, agent, ValidationAgent.NewMemory);
    }

    /// <summary>Costs are given in thousandths of a token.</summary>
    private static ProviderTraits Traits(
        ulong perJob, ulong perUnit, uint marginPercent, uint missPercent, uint slownessPercent) => new(
            TokenAmount.OneToken.MulDivDown(perJob, 1000),
            TokenAmount.OneToken.MulDivDown(perUnit, 1000),
            Ratio.FromPpm(marginPercent * 10_000),
            Ratio.FromPpm(missPercent * 10_000),
            Ratio.FromPpm(slownessPercent * 10_000));
}
