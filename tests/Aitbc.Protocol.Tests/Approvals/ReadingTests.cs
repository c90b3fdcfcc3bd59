using System.Buffers;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Wire;

namespace Aitbc.Protocol.Tests.Approvals;

/// <summary>What people are shown of a constitution is what the rules keep and how the rules compare.</summary>
public sealed class ReadingTests
{
    private readonly LedgerFixture chain = new();

    private Actor Owner => chain.People[5];

    private ref readonly AgentRecord Record(Actor agent) =>
        ref chain.State.Agents[chain.Account(agent).Agent - 1];

    [Fact]
    public void A_constitution_reads_back_as_it_was_written()
    {
        var random = new SeededRandom(11);
        for (var i = 0; i < 100; i++)
        {
            var terms = Any(random);
            var agent = NewAgent(terms, Owner);
            Assert.Equal(Text(terms), Text(ConstitutionReading.Of(chain.State, Record(agent))));
            Assert.Null(ConstitutionCodec.TryParse(System.Text.Encoding.UTF8.GetBytes(Text(terms)), out var read));
            Assert.Equal(Text(terms), Text(read));
        }
    }

    [Fact]
    public void A_line_is_shown_as_looser_exactly_where_the_rules_ask_the_guardians()
    {
        var random = new SeededRandom(12);
        var seen = new HashSet<Tightness>();
        var (tightened, proposed) = (0, 0);
        for (var i = 0; i < 400; i++)
        {
            var old = Any(random);
            var fresh = random.NextInt32(2) == 0 ? Changed(old, random) : Any(random);
            var agent = NewAgent(old, Owner, chain.People[4]);
            var changes = ConstitutionComparison.Of(chain.State, Record(agent), fresh)!;
            seen.UnionWith(changes.Select(change => change.Change));
            chain.Do(Owner, new ChangeConstitution(agent.Id, fresh));
            var isMotion = Record(agent).MotionCount == 1;
            Assert.True(
                isMotion == changes.Any(change => change.Change == Tightness.Looser),
                $"{i}: {Text(old)} to {Text(fresh)}");
            (tightened, proposed) = isMotion ? (tightened, proposed + 1) : (tightened + 1, proposed);
            if (isMotion)
            {
                ref readonly var motion = ref chain.State.Motions[chain.State.FindMotion(chain.LastMotion)];
                Assert.Equal(Text(fresh), Text(ConstitutionReading.Of(chain.State, motion)));
                Assert.Equal(changes, ConstitutionComparison.Of(chain.State, motion));
            }
        }

        Assert.Equal(3, seen.Count);
        Assert.True(tightened > 20 && proposed > 20, $"{tightened} and {proposed}");
    }

    [Fact]
    public void A_limit_says_when_its_oldest_part_leaves_and_then_it_has()
    {
        var rule = new ConstitutionRule(RuleKind.RollingCount, [CommandKind.Transfer])
        {
            Count = 5, Window = Duration.FromHours(2),
        };
        var agent = chain.NewAgent(Owner, Constitutions.Wide with { Rules = [rule] }, [Owner], threshold: 1);
        var pay = new Accounts.Transfer(Owner.Id, TokenAmount.OneToken);
        chain.Do(agent, pay);
        chain.Advance(Duration.FromMinutes(50));
        chain.Do(agent, pay);
        chain.Do(agent, pay);
        var use = Use(agent, chain.Now);
        Assert.Equal((3, 2), (Number(use.Used), Number(use.Left)));
        var leaves = new Timestamp(use.LeavesAtMs);
        Assert.Equal(3, Number(Use(agent, leaves - Duration.FromMilliseconds(1)).Used));
        Assert.Equal(2, Number(Use(agent, leaves).Used));
        Assert.True(Use(agent, leaves).LeavesAtMs > leaves.UnixMs);
        Assert.Equal(0, Use(agent, leaves + Duration.FromHours(2)).LeavesAtMs);
    }

    private Actor NewAgent(ConstitutionTerms terms, params Actor[] guardians)
    {
        var agent = chain.NewActor($"read{chain.State.Agents.Count}");
        chain.Do(Owner, chain.Registration(agent, terms, guardians, guardians.Length) with
        {
            Deposit = TokenAmount.OneToken,
        });
        return agent;
    }

    private static int Number(TokenAmount amount) => (int)amount.BaseUnits;

    private LimitUse Use(Actor agent, Timestamp at) =>
        LimitUses.Of(chain.State, Record(agent), at).Single(use => use.Line == ConstitutionLine.Rule);

    private static string Text(ConstitutionTerms terms)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ConstitutionCodec.Write(terms, buffer);
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>One line or rule of another constitution.</summary>
    private ConstitutionTerms Changed(ConstitutionTerms terms, SeededRandom random)
    {
        var other = Any(random);
        return random.NextInt32(8) switch
        {
            0 => terms with { MaxStake = other.MaxStake },
            1 => terms with { MaxGasPerDay = other.MaxGasPerDay },
            2 => terms with { AllowedActions = [.. terms.AllowedActions.Union([CommandKind.Transfer]).Order()] },
            3 => terms with { HoursUtc = other.HoursUtc },
            4 => terms with { Counterparties = other.Counterparties },
            5 => terms with { KeyChangeHold = other.KeyChangeHold },
            6 => terms with { Rules = [.. terms.Rules, .. other.Rules] },
            _ => terms with { Rules = [.. terms.Rules.Skip(1)] },
        };
    }

    private ConstitutionTerms Any(SeededRandom random)
    {
        CommandKind[] actions = [CommandKind.Transfer, CommandKind.DepositStake, CommandKind.WithdrawStake];
        return new ConstitutionTerms(
            Few(random), TokenAmount.FromTokens(50), Few(random), TokenAmount.FromTokens(50),
            [.. actions.Take(1 + random.NextInt32(3))], Accounts(random, 0), 1 + (uint)random.NextInt32(3),
            Duration.FromHours(random.NextInt32(2)), random.NextInt32(2) == 1)
        {
            // Two rules with one count are a mistake.
            Rules =
            [
                .. Enumerable.Range(0, random.NextInt32(4)).Select(_ => Rule(random))
                    .DistinctBy(rule => (rule.Kind, rule.Window, rule.Actions.Count)),
            ],
        };
    }

    private ConstitutionRule Rule(SeededRandom random)
    {
        RuleKind[] kinds = [.. Enum.GetValues<RuleKind>().Where(kind => kind != RuleKind.Deny)];
        var kind = kinds[random.NextInt32(kinds.Length)];
        var rule = new ConstitutionRule(kind, random.NextInt32(2) == 0
            ? [CommandKind.Transfer]
            : [CommandKind.Transfer, CommandKind.DepositStake]);
        return kind switch
        {
            RuleKind.MaxValue or RuleKind.ApprovalAbove => rule with { Amount = Few(random) },
            RuleKind.RollingValue => rule with { Amount = Few(random), Window = Duration.FromHours(1) },
            RuleKind.RollingCount => rule with
            {
                Count = 1 + (uint)random.NextInt32(2), Window = Duration.FromHours(1 + random.NextInt32(2)),
            },
            RuleKind.Counterparties => rule with { Accounts = Accounts(random, 1), Forbids = random.NextInt32(2) == 1 },
            RuleKind.Hours => rule with { HoursUtc = 1 + (uint)random.NextInt32(3) },
            RuleKind.Sequence => rule with { Then = [CommandKind.WithdrawStake], Window = Duration.FromHours(1) },
            _ => rule with { MinRecordPpm = 1 + (uint)random.NextInt32(2) },
        };
    }

    private AccountId[] Accounts(SeededRandom random, int least) =>
        [.. chain.People.Take(least + random.NextInt32(2)).Select(person => person.Id)];

    private static TokenAmount Few(SeededRandom random) => TokenAmount.FromTokens(1 + random.NextUInt64(2));
}
