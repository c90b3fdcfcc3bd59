using Aitbc.Primitives;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;

namespace Aitbc.Infrastructure.Identity;

/// <summary>A constitution to begin with.</summary>
/// <param name="Kind">For which kind of agent.</param>
/// <param name="Purpose">What it lets the agent do, in a sentence.</param>
/// <param name="Terms">The constitution.</param>
public sealed record ConstitutionTemplate(AgentKind Kind, string Purpose, ConstitutionTerms Terms);

/// <summary>One constitution for each kind of agent, narrow rather than wide.</summary>
/// <remarks>Thread-safe. Kinds whose own acts this release has not may keep a stake, and nothing more.</remarks>
public static class ConstitutionTemplates
{
    private static readonly CommandKind[] Provides =
    [
        CommandKind.DepositStake, CommandKind.ListService, CommandKind.UpdateService, CommandKind.DelistService,
        CommandKind.DeclareBlob, CommandKind.PlaceBid, CommandKind.OpenBid, CommandKind.StartWork,
        CommandKind.SubmitWork, CommandKind.SealWork, CommandKind.RevealWork,
    ];

    private static readonly CommandKind[] Validates =
    [
        CommandKind.DepositStake, CommandKind.ListService, CommandKind.UpdateService, CommandKind.DelistService,
        CommandKind.DeclareBlob, CommandKind.CommitVerdict, CommandKind.RevealVerdict,
    ];

    private static readonly CommandKind[] Buys =
        [CommandKind.DeclareBlob, CommandKind.PostWorkload, CommandKind.CancelWorkload, CommandKind.AcceptWork];

    /// <summary>All templates, in the order of the kinds.</summary>
    public static IReadOnlyList<ConstitutionTemplate> All { get; } =
        [.. Enum.GetValues<AgentKind>().Select(kind => new ConstitutionTemplate(kind, PurposeOf(kind), TermsOf(kind)))];

    /// <summary>The template of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind.</exception>
    public static ConstitutionTemplate Of(AgentKind kind) =>
        All.FirstOrDefault(template => template.Kind == kind)
        ?? throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind of agent.");

    private static string PurposeOf(AgentKind kind) => kind switch
    {
        AgentKind.Requester => "Buys work: posts workloads, and asks a person above 250 AITBC.",
        AgentKind.Inference or AgentKind.Training or AgentKind.Data =>
            "Sells work: offers services, bids with bonds, delivers.",
        AgentKind.Validation => "Checks the work of others: offers itself, pledges its verdicts.",
        _ => "Keeps a stake. Its kind's own acts are not supported yet, so it is allowed none.",
    };

    private static ConstitutionTerms TermsOf(AgentKind kind) => kind switch
    {
        AgentKind.Requester => Terms(Buys, stake: 0, volume: 2_000, value: 500) with
        {
            Rules =
            [
                new ConstitutionRule(RuleKind.ApprovalAbove, [CommandKind.PostWorkload])
                {
                    Amount = TokenAmount.FromTokens(250),
                },
                new ConstitutionRule(RuleKind.RollingCount, [CommandKind.PostWorkload])
                {
                    Count = 60, Window = Duration.FromHours(1),
                },
            ],
        },
        AgentKind.Inference or AgentKind.Data => Terms(Provides, stake: 2_000, volume: 5_000, value: 500) with
        {
            Rules = [Bids(120)],
        },
        AgentKind.Training => Terms(Provides, stake: 2_000, volume: 10_000, value: 2_000) with { Rules = [Bids(30)] },
        AgentKind.Validation => Terms(Validates, stake: 2_000, volume: 2_000, value: 200),
        _ => Terms([CommandKind.DepositStake], stake: 2_000, volume: 100, value: 100),
    };

    private static ConstitutionRule Bids(uint anHour) => new(RuleKind.RollingCount, [CommandKind.PlaceBid])
    {
        Count = anHour, Window = Duration.FromHours(1),
    };

    private static ConstitutionTerms Terms(CommandKind[] acts, ulong stake, ulong volume, ulong value) => new(
        TokenAmount.FromTokens(stake),
        TokenAmount.FromTokens(volume),
        MaxGasPerDay: TokenAmount.FromTokens(50),
        TokenAmount.FromTokens(value),
        acts,
        Counterparties: [],
        ConstitutionTerms.AnyHour,
        KeyChangeHold: Duration.FromHours(24),
        RequiresHumanApproval: false);
}
