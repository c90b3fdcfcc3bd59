using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;

namespace Aitbc.Protocol.Tests.Rules;

/// <summary>What the ledger takes for tightening lets nothing pass that was refused before it.</summary>
public sealed class StrictnessTests
{
    private static readonly ChainShape Small = new() { BeaconRounds = 2 };

    private static readonly CommandKind[] Common =
    [
        CommandKind.Transfer, CommandKind.DepositStake, CommandKind.WithdrawStake, CommandKind.AddKey,
        CommandKind.DeclareBlob, CommandKind.OpenAccount, CommandKind.PostWorkload, CommandKind.CancelWorkload,
    ];

    [Fact]
    public void A_second_rule_of_the_same_count_does_not_begin_the_count_anew()
    {
        var chain = new LedgerFixture();
        ConstitutionRule Most(ulong tokens) => new(RuleKind.RollingValue, [CommandKind.Transfer])
        {
            Amount = TokenAmount.FromTokens(tokens),
            Window = Duration.FromHours(1),
        };
        var terms = Constitutions.Wide with { Rules = [Most(100)] };
        var agent = chain.NewAgent(chain.People[3], terms);
        var pay = new Transfer(chain.People[4].Id, TokenAmount.FromTokens(100));
        chain.Do(agent, pay);
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, pay).Outcome);
        chain.Send(chain.People[3], new ChangeConstitution(agent.Id, terms with { Rules = [Most(1_000), Most(100)] }));
        Assert.Equal(Outcome.WindowLimit, chain.Send(agent, pay).Outcome);
    }

    /// <summary>Two chains with one history; one changes the constitution. Each action is tried on both; only what both
    /// let pass is done, on both.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void What_tightens_refuses_all_that_was_refused_before(ulong seed)
    {
        var (tightened, refused, freshly) = (0, 0, 0);
        for (var pair = 0; pair < 120; pair++)
        {
            var random = new SeededRandom(seed).Fork($"pair/{pair}");
            var where = $"seed {seed}, pair {pair}";
            var (old, fresh) = (new Side(random), new Side(random));
            var terms = Terms(random, old.Chain);
            Side[] both = [old, fresh];
            Array.ForEach(both, one => one.Begin(terms));
            var acting = random.Fork("actions");
            for (var i = 0; i < 25; i++)
            {
                Act(both, acting, where);
            }

            var next = Redraft(random.Fork("next"), terms, old.Chain);
            if (!fresh.Tightens(next))
            {
                continue;
            }

            tightened++;
            old.Chain.Do(old.Owner, new Transfer(old.Chain.People[0].Id, TokenAmount.OneToken));
            for (var i = 0; i < 60; i++)
            {
                var (before, after) = Act(both, acting, where);
                Assert.True(
                    before == Outcome.Applied || after != Outcome.Applied,
                    $"{before} before and {after} after what tightens, {where}, action {i}");
                refused += before == Outcome.Applied ? 0 : 1;
                freshly += before == Outcome.Applied && after != Outcome.Applied ? 1 : 0;
            }
        }

        Assert.True(tightened > 40 && refused > 400 && freshly > 100, $"{tightened}, {refused}, {freshly}");
    }

    private static (Outcome Old, Outcome Fresh) Act(Side[] both, SeededRandom random, string where)
    {
        var passes = random.NextInt32(4) switch
        {
            0 => Duration.FromMinutes(random.NextInt32(90)),
            1 => Duration.FromMilliseconds(random.NextInt32(1_000)),
            _ => Duration.Zero,
        };
        Array.ForEach(both, one => one.Chain.Advance(passes));
        var (draw, amount) = (random.NextUInt64(), random.NextUInt64(30));
        var (a, b) = (both[0].Make(draw, amount), both[1].Make(draw, amount));
        var (old, fresh) = (both[0].Try(a), both[1].Try(b));
        if (old == Outcome.Applied && fresh == Outcome.Applied)
        {
            both[0].Chain.Do(both[0].Agent, a);
            both[1].Chain.Do(both[1].Agent, b);
        }

        Assert.True(both[0].Chain.Now == both[1].Chain.Now, where);
        return (old, fresh);
    }

    private static ConstitutionTerms Terms(SeededRandom random, LedgerFixture chain) => Constitutions.Wide with
    {
        MaxDailyVolume = TokenAmount.FromTokens(60 + random.NextUInt64(400)),
        MaxValuePerAction = TokenAmount.FromTokens(20 + random.NextUInt64(20)),
        MaxStake = TokenAmount.FromTokens(50 + random.NextUInt64(200)),
        AllowedActions = [.. Common.Where(_ => Hits(random, 900)), CommandKind.RevokeKey],
        Counterparties = Hits(random, 150) ? Some(random, chain) : [],
        HoursUtc = Hits(random, 200) ? (uint)random.NextInt32(1 << 24) | 1 : ConstitutionTerms.AnyHour,
        KeyChangeHold = Duration.FromMinutes(Hits(random, 300) ? random.NextInt32(60) : 0),
        RequiresHumanApproval = Hits(random, 60),
        Rules = [.. Enumerable.Range(0, random.NextInt32(6)).Select(_ => Rule(random, chain))],
    };

    private static ConstitutionRule Rule(SeededRandom random, LedgerFixture chain) => new(
        (RuleKind)(1 + random.NextInt32(9)) is var kind && kind == RuleKind.Deny && !Hits(random, 200)
            ? RuleKind.RollingValue
            : kind,
        [CommandKind.Transfer, .. Common[1..].Where(_ => Hits(random, 300))])
    {
        Amount = TokenAmount.FromTokens(5 + random.NextUInt64(15)),
        Count = 2 + (uint)random.NextInt32(10),
        Window = Duration.FromMinutes(15 + random.NextInt32(300)),
        Then = [Common[random.NextInt32(Common.Length)]],
        Accounts = Some(random, chain),
        Forbids = Hits(random, 600),
        HoursUtc = (uint)random.NextInt32(1 << 24) | 0xF,
        MinRecordPpm = 1 + (uint)random.NextInt32(1_000_000),
    };

    private static List<AccountId> Some(SeededRandom random, LedgerFixture chain) =>
        [chain.People[0].Id, .. chain.People.Skip(1).Where(_ => Hits(random, 500)).Select(one => one.Id)];

    /// <summary>What was, with a few changes of which most tighten and some do not.</summary>
    private static ConstitutionTerms Redraft(SeededRandom random, ConstitutionTerms terms, LedgerFixture chain)
    {
        for (var changes = 1 + random.NextInt32(3); changes > 0; changes--)
        {
            var at = terms.Rules.Count == 0 ? -1 : random.NextInt32(terms.Rules.Count);
            terms = random.NextInt32(14) switch
            {
                0 => terms with { MaxDailyVolume = terms.MaxDailyVolume.MulDivDown(9, 10) },
                1 => terms with { MaxStake = terms.MaxStake.MulDivDown(8, 10) },
                2 => terms with { AllowedActions = [.. terms.AllowedActions.Skip(1)] },
                3 => terms with { HoursUtc = terms.HoursUtc & ((uint)random.NextInt32(1 << 24) | 1) },
                4 => terms with { KeyChangeHold = terms.KeyChangeHold + Duration.FromMinutes(5) },
                5 => terms with { Counterparties = Some(random, chain) },
                6 => terms with { RequiresHumanApproval = true },
                7 or 8 => terms with { Rules = [Rule(random, chain), .. terms.Rules] },
                9 when at >= 0 => terms with { Rules = [.. terms.Rules.Where((_, i) => i != at)] },
                10 when at >= 0 => terms with { Rules = [Rule(random, chain), .. terms.Rules.Reverse()] },
                _ when at >= 0 => terms with
                {
                    Rules = [.. terms.Rules.Select((one, i) => i == at ? Other(random, one) : one)],
                },
                _ => terms,
            };
        }

        return terms;
    }

    private static ConstitutionRule Other(SeededRandom random, ConstitutionRule rule) => random.NextInt32(8) switch
    {
        0 => rule with { Amount = rule.Amount.MulDivDown(8, 10), Count = rule.Count - 1 },
        1 => rule with { Actions = [.. rule.Actions.Union([Common[random.NextInt32(Common.Length)]])] },
        2 => rule with { Accounts = [.. rule.Accounts.Skip(rule.Forbids || rule.Accounts.Count == 1 ? 0 : 1)] },
        3 => rule with { HoursUtc = rule.HoursUtc & ((uint)random.NextInt32(1 << 24) | 1) },
        4 => rule with { Window = rule.Window + Duration.FromMinutes(20) },
        5 => rule with { MinRecordPpm = Math.Min(1_000_000, rule.MinRecordPpm + 50_000) },
        6 => rule with { Forbids = !rule.Forbids },
        _ => rule with { Then = [.. rule.Then.Union([Common[random.NextInt32(Common.Length)]])] },
    };

    private static bool Hits(SeededRandom random, uint perThousand) =>
        random.Chance(Ratio.FromPpm(perThousand * 1_000));

    /// <summary>One of two chains that are alike.</summary>
    private sealed class Side(SeededRandom random)
    {
        public LedgerFixture Chain { get; } = new(random.Fork("chain").NextUInt64(), Small);

        public Actor Agent { get; private set; } = null!;

        public Actor Owner => Chain.People[3];

        public void Begin(ConstitutionTerms terms)
        {
            Chain.Posting(Owner);
            Agent = Chain.NewActor("agent");
            var outcome = Chain.Send(Owner, Chain.Registration(Agent, terms, [Owner])).Outcome;
            if (outcome != Outcome.Applied)
            {
                Chain.Do(Owner, Chain.Registration(Agent, terms with { Rules = [] }, [Owner]));
            }
        }

        /// <summary>Whether the ledger takes a constitution as tightening; then it is in force.</summary>
        public bool Tightens(ConstitutionTerms terms)
        {
            var outcome = Chain.Send(Owner, new ChangeConstitution(Agent.Id, terms)).Outcome;
            return outcome == Outcome.Applied && Chain.State.Motions.Live == 0;
        }

        public Command Make(ulong draw, ulong tokens)
        {
            var amount = TokenAmount.FromTokens(1 + tokens);
            var payee = Chain.People[(int)(draw / 100 % 6)].Id;
            return (draw % 100) switch
            {
                < 50 => new Transfer(payee, amount),
                < 60 => new DepositStake(amount),
                < 64 => new WithdrawStake(TokenAmount.OneToken),
                < 67 => new AddKey(Chain.NewKey().Public, null),
                < 72 => new DeclareBlob(Chain.Unique("declared", draw), 1 + (tokens * 1_000), 3),
                < 77 => new OpenAccount(Chain.NewKey().Public, null, amount),
                < 92 => Chain.Posting(Owner) with { MaxPrice = amount, JobBond = amount, BidWindowMs = 200_000_000 },
                _ => new CancelWorkload(new WorkloadId(Chain.State.Globals.LastWorkload)),
            };
        }

        /// <summary>What would become of a command; nothing stays.</summary>
        public Outcome Try(Command command)
        {
            using var trial = new DryRun(Chain.State, Chain.Now);
            var admitted = trial.Admit(Chain.Payload(Agent, command));
            return admitted == Outcome.Applied ? trial.Handle(out _) : admitted;
        }
    }
}
