using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;

namespace Aitbc.Protocol.Tests.Rules;

/// <summary>Each sentence that an owner may be told of a constitution, and that the ledger refuses exactly those.
/// </summary>
public sealed class ConstitutionProblemTests
{
    private const string HourSentence = "it must name at least one hour from 0 to 23; to forbid, use deny.";
    private const string WindowSentence = "its window must be 15 minutes to 30 days.";
    private const string AccountsSentence = "it must name 1 to 8 accounts, each once.";
    private const string SequenceSentence = "it must name the actions that may not follow, each once.";
    private const string ActionsSentence = "it must name the actions that it binds, each once.";

    private static readonly CommandKind[] Pay = [CommandKind.Transfer];

    private static readonly TokenAmount MaxAction = TokenAmount.FromTokens(1_000_000);

    private readonly LedgerFixture chain = new();

    public static TheoryData<string, ConstitutionRule> Rules => new()
    {
        { ActionsSentence, new(RuleKind.Deny, []) },
        { ActionsSentence, new(RuleKind.Deny, [CommandKind.AddKey, CommandKind.AddKey]) },
        { ActionsSentence, new(RuleKind.Deny, [(CommandKind)CommandNames.Count]) },
        { "", new(RuleKind.Deny, Pay) },
        { "", new(RuleKind.MaxValue, Pay) { Amount = MaxAction } },
        {
            "its amount is above maxValuePerAction, so it would change nothing.",
            new(RuleKind.MaxValue, Pay) { Amount = MaxAction + new TokenAmount(1) }
        },
        { "", new(RuleKind.RollingValue, Pay) { Window = Duration.FromMinutes(15) } },
        {
            WindowSentence,
            new(RuleKind.RollingValue, Pay) { Window = Duration.FromMinutes(15) - Duration.FromMilliseconds(1) }
        },
        { "", new(RuleKind.RollingCount, Pay) { Count = 1, Window = Duration.FromDays(30) } },
        {
            WindowSentence,
            new(RuleKind.RollingCount, Pay) { Count = 1, Window = Duration.FromDays(30) + Duration.FromMilliseconds(1) }
        },
        {
            "its count must be at least 1; to forbid, use deny.",
            new(RuleKind.RollingCount, Pay) { Window = Duration.FromDays(1) }
        },
        { AccountsSentence, new(RuleKind.Counterparties, Pay) },
        { AccountsSentence, new(RuleKind.Counterparties, Pay) { Accounts = [Person(1), Person(1)] } },
        {
            AccountsSentence,
            new(RuleKind.Counterparties, Pay) { Accounts = [.. Enumerable.Range(0, 9).Select(i => Person(i))] }
        },
        { HourSentence, new(RuleKind.Hours, Pay) },
        { HourSentence, new(RuleKind.Hours, Pay) { HoursUtc = ConstitutionTerms.AnyHour + 1 } },
        { "", new(RuleKind.Hours, Pay) { HoursUtc = 1u << 23 } },
        { SequenceSentence, new(RuleKind.Sequence, Pay) { Window = Duration.FromDays(1) } },
        {
            SequenceSentence,
            new(RuleKind.Sequence, Pay) { Window = Duration.FromDays(1), Then = [.. Pay, .. Pay] }
        },
        { "its window must be 1 ms to 30 days.", new(RuleKind.Sequence, Pay) { Then = Pay } },
        { "", new(RuleKind.Sequence, Pay) { Then = Pay, Window = Duration.FromMilliseconds(1) } },
        { "its share must be 1 to 1,000,000 ppm.", new(RuleKind.CounterpartyRecord, Pay) },
        { "", new(RuleKind.CounterpartyRecord, Pay) { MinRecordPpm = 1_000_000 } },
        {
            "its share must be 1 to 1,000,000 ppm.",
            new(RuleKind.CounterpartyRecord, Pay) { MinRecordPpm = 1_000_001 }
        },
        {
            "its amount is not below maxValuePerAction, so nothing would ever need approval.",
            new(RuleKind.ApprovalAbove, Pay) { Amount = MaxAction }
        },
        { "", new(RuleKind.ApprovalAbove, Pay) { Amount = MaxAction - new TokenAmount(1) } },
        { "there is no such kind of rule.", new((RuleKind)0, Pay) },
        { "there is no such kind of rule.", new((RuleKind)10, Pay) },
    };

    public static TheoryData<string, Func<ConstitutionTerms, ConstitutionTerms>> Limits => new()
    {
        {
            "allowedActions is empty: a constitution allows only what it names, so this one allows nothing.",
            terms => terms with { AllowedActions = [] }
        },
        {
            "allowedActions names an action twice, or one that there is not.",
            terms => terms with { AllowedActions = [CommandKind.AddKey, CommandKind.AddKey] }
        },
        {
            "hoursUtc must name at least one hour from 0 to 23: without any the agent can never act.",
            terms => terms with { HoursUtc = 0 }
        },
        { "counterparties names more than 8.", terms => terms with { Counterparties = [.. Repeated(9)] } },
        { "keyChangeHoldMs must be 0 to 30 days.", terms => terms with { KeyChangeHold = new Duration(-1) } },
        {
            "maxValuePerAction is above maxDailyVolume, so it could never be used.",
            terms => terms with { MaxDailyVolume = TokenAmount.OneToken }
        },
        {
            "maxGasPerDay is below the gas of a single command (0.001 AITBC), so the agent could never act.",
            terms => terms with { MaxGasPerDay = TokenAmount.Zero }
        },
        { "there are more than 24 rules.", terms => terms with { Rules = [.. Enumerable.Range(0, 25).Select(One)] } },
        {
            "the rules deny every action that allowedActions names.",
            terms => terms with { AllowedActions = Pay, Rules = [new(RuleKind.Deny, [.. Pay, CommandKind.AddKey])] }
        },
        {
            "rule 2 (RollingValue): it counts what rule 1 counts; keep the stricter of the two.",
            terms => terms with { Rules = [Counted(RuleKind.RollingValue), Counted(RuleKind.RollingValue)] }
        },
        {
            "rule 3 (RollingCount): it counts what rule 1 counts; keep the stricter of the two.",
            terms => terms with
            {
                Rules =
                [
                    Counted(RuleKind.RollingCount), Counted(RuleKind.RollingValue),
                    Counted(RuleKind.RollingCount) with { Count = 9 },
                ],
            }
        },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_has_the_problem_it_has(string problem, ConstitutionRule rule)
    {
        var terms = Constitutions.Wide with { Rules = [One(0), rule] };
        string[] expected = problem.Length == 0 ? [] : [$"rule 2 ({rule.Kind}): {problem}"];
        Assert.Equal(expected, ConstitutionProblems.Of(terms, new Parameters().BaseGas));
        if (rule.Accounts.Count == 0)
        {
            Assert.Equal(expected.Length == 0 ? Outcome.Applied : Outcome.BadConstitution, Register(terms));
        }
    }

    [Theory]
    [MemberData(nameof(Limits))]
    public void A_constitution_has_the_problem_it_has(string problem, Func<ConstitutionTerms, ConstitutionTerms> change)
    {
        var terms = change(Constitutions.Wide);
        Assert.Equal([problem], ConstitutionProblems.Of(terms, new Parameters().BaseGas));
        Assert.Equal(terms.Counterparties.Count > 0 ? Outcome.NoSuchAccount : Outcome.BadConstitution, Register(terms));
    }

    [Fact]
    public void A_constitution_has_24_rules_and_no_more()
    {
        Assert.Equal(24, ConstitutionTerms.MaxRules);
        var most = Constitutions.Wide with { Rules = [.. Enumerable.Range(0, 24).Select(One)] };
        Assert.Equal(Outcome.Applied, Register(most));
        Assert.Equal(Outcome.BadConstitution, Register(most with { Rules = [.. most.Rules, One(24)] }));
    }

    [Fact]
    public void The_last_of_24_rules_binds()
    {
        var agent = chain.NewAgent(chain.People[3], Constitutions.Wide with
        {
            Rules = [.. Enumerable.Range(0, 23).Select(One), new(RuleKind.Deny, Pay)],
        });
        Assert.Equal(
            Outcome.ActionDenied,
            chain.Send(agent, new Accounts.Transfer(chain.People[4].Id, TokenAmount.OneToken)).Outcome);
    }

    [Fact]
    public void All_problems_are_named_not_only_the_first()
    {
        ConstitutionRule[] rules = [new(RuleKind.Deny, []), new(RuleKind.Hours, Pay)];
        var terms = Constitutions.Wide with { HoursUtc = 0, Rules = rules };
        Assert.Equal(3, ConstitutionProblems.Of(terms, new Parameters().BaseGas).Count);
    }

    /// <summary>Some rule that is sound, another for each number.</summary>
    private static ConstitutionRule One(int number) => new(RuleKind.RollingCount, [CommandKind.AddKey])
    {
        Count = 5,
        Window = Duration.FromMinutes(15 + number),
    };

    private static ConstitutionRule Counted(RuleKind kind) => new(kind, Pay)
    {
        Amount = TokenAmount.OneToken,
        Count = 1,
        Window = Duration.FromHours(1),
    };

    private static AccountId Person(int number) =>
        AccountId.From(Digest.Sha256([(byte)number]).AsSpan());

    private static IEnumerable<AccountId> Repeated(int count) => Enumerable.Repeat(Person(1), count);

    private Outcome Register(ConstitutionTerms terms) => chain.Send(
        chain.People[3], chain.Registration(chain.NewActor("agent"), terms, [chain.People[3]])).Outcome;
}
