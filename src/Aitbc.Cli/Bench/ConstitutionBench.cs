using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.State;

namespace Aitbc.Cli.Bench;

/// <summary>How many commands a second a constitution of 20 rules judges, all limits of the seed beside them, on one
/// core: of few agents, and of many whose constitutions fit no cache together.</summary>
internal static class ConstitutionBench
{
    private const int Few = 5;
    private const int Many = 10_000;

    /// <summary>The rules: eight bind payments, five orders, four bids, three stakes and keys.</summary>
    private static ConstitutionRule[] Rules { get; } =
    [
        .. Limits(CommandKind.Transfer),
        new(RuleKind.RollingValue, [CommandKind.Transfer])
        {
            Amount = TokenAmount.FromTokens(5_000_000), Window = Duration.FromDays(7),
        },
        new(RuleKind.Hours, [CommandKind.Transfer]) { HoursUtc = ConstitutionTerms.AnyHour },
        new(RuleKind.Sequence, [CommandKind.AddKey, CommandKind.RevokeKey])
        {
            Then = [CommandKind.Transfer], Window = Duration.FromHours(1),
        },
        new(RuleKind.Sequence, [CommandKind.WithdrawStake])
        {
            Then = [CommandKind.Transfer], Window = Duration.FromHours(1),
        },
        .. Limits(CommandKind.PostWorkload),
        new(RuleKind.Hours, [CommandKind.PostWorkload]) { HoursUtc = ConstitutionTerms.AnyHour },
        .. Limits(CommandKind.PlaceBid),
        new(RuleKind.MaxValue, [CommandKind.DepositStake]) { Amount = TokenAmount.FromTokens(1_000) },
        new(RuleKind.RollingCount, [CommandKind.DepositStake]) { Count = 10, Window = Duration.FromDays(1) },
        new(RuleKind.RollingCount, [CommandKind.AddKey]) { Count = 2, Window = Duration.FromDays(1) },
    ];

    /// <summary>Measures.</summary>
    public static (double Few, double Many) Run(BenchScale scale)
    {
        if (Rules.Length != 20)
        {
            throw new InvalidOperationException($"The benchmark's constitution has {Rules.Length} rules.");
        }

        List<double> few = [], many = [];
        var all = scale.Of(Many, 500);
        var (small, large) = (new Field(Few, all), new Field(all, all));
        for (var round = 0; round < scale.Of(5, 1); round++)
        {
            few.Add(small.Measure(scale.Of(20_000_000, 200_000)));
            many.Add(large.Measure(scale.Of(20_000_000, 200_000)));
        }

        return (ApplyBench.Median([.. few]), ApplyBench.Median([.. many]));
    }

    private static ConstitutionRule[] Limits(CommandKind kind) =>
    [
        new(RuleKind.MaxValue, [kind]) { Amount = TokenAmount.FromTokens(900) },
        new(RuleKind.RollingValue, [kind])
        {
            Amount = TokenAmount.FromTokens(1_000_000), Window = Duration.FromHours(1),
        },
        new(RuleKind.RollingCount, [kind]) { Count = 100_000, Window = Duration.FromHours(1) },
        new(RuleKind.ApprovalAbove, [kind]) { Amount = TokenAmount.FromTokens(800) },
    ];

    /// <summary>Agents that have acted, and what they would do next, in no order: as many commands of few
    /// agents as of many, so that reading the commands themselves costs the same.</summary>
    private sealed class Field
    {
        private readonly LedgerState state;
        private readonly AgentCommand[] acts;
        private readonly Outcome[] expected;
        private readonly Outcome[] judged;

        public Field(int agents, int acting)
        {
            var chain = BenchChain.Create(agents, rules: Rules);
            var ledger = chain.Open();
            state = ledger.State;
            var events = new EventBuffer();
            for (var i = 0; i < agents; i++)
            {
                BenchChain.Apply(ledger, chain.Next(i, Pay(chain, i, 1), Pay(chain, i, 2)), events);
            }

            acts = new AgentCommand[acting * 8];
            expected = new Outcome[acts.Length];
            judged = new Outcome[acts.Length];
            var order = Enumerable.Range(0, acts.Length).ToArray();
            new SeededRandom(12).Fork("bench/constitution").Shuffle(order.AsSpan());
            for (var i = 0; i < acts.Length; i++)
            {
                var agent = order[i] % agents;
                (Command command, expected[i]) = (order[i] / acting) switch
                {
                    0 or 1 or 2 or 3 => ((Command)Pay(chain, agent, 3), Outcome.Applied),
                    4 => (MarketScript.Post(), Outcome.Applied),
                    5 => (new DepositStake(TokenAmount.FromTokens(5)), Outcome.Applied),
                    6 => (Pay(chain, agent, 950), Outcome.ValueLimit),
                    _ => (Pay(chain, agent, 850), Outcome.ApprovalNeeded),
                };
                acts[i] = new AgentCommand(state.FindAccount(chain.Agents[agent])!.Value, command);
            }
        }

        /// <summary>Checks a second of the core's own time.</summary>
        public double Measure(int count)
        {
            var started = CpuClock.Now();
            var done = 0;
            while (done < count)
            {
                state.Judge(acts, judged);
                done += acts.Length;
                if (!judged.AsSpan().SequenceEqual(expected))
                {
                    throw new InvalidOperationException("The judgements were not the expected ones.");
                }
            }

            return done / CpuClock.Since(started).TotalSeconds;
        }

        private static Transfer Pay(BenchChain chain, int agent, ulong tokens) =>
            new(chain.Agents[(agent + 1) % chain.Agents.Length], TokenAmount.FromTokens(tokens));
    }
}
