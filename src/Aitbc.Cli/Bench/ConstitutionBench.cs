using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
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
        var (small, large) = (new Field(Few), new Field(scale.Of(Many, 500)));
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

    /// <summary>Agents that have acted, and what they would do next.</summary>
    private sealed class Field
    {
        private readonly LedgerState state;
        private readonly (AccountNumber Agent, Command Command, Outcome Expected)[] acts;

        public Field(int agents)
        {
            var chain = BenchChain.Create(agents, rules: Rules);
            var ledger = chain.Open();
            state = ledger.State;
            var events = new EventBuffer();
            for (var i = 0; i < agents; i++)
            {
                BenchChain.Apply(ledger, chain.Next(i, Pay(chain, i, 1), Pay(chain, i, 2)), events);
            }

            acts = new (AccountNumber, Command, Outcome)[agents * 8];
            for (var i = 0; i < acts.Length; i++)
            {
                var agent = i % agents;
                (Command command, var expected) = (i / agents % 8) switch
                {
                    0 or 1 or 2 or 3 => ((Command)Pay(chain, agent, 3), Outcome.Applied),
                    4 => (MarketScript.Post(), Outcome.Applied),
                    5 => (new DepositStake(TokenAmount.FromTokens(5)), Outcome.Applied),
                    6 => (Pay(chain, agent, 950), Outcome.ValueLimit),
                    _ => (Pay(chain, agent, 850), Outcome.ApprovalNeeded),
                };
                acts[i] = (state.FindAccount(chain.Agents[agent])!.Value, command, expected);
            }
        }

        /// <summary>Checks a second of the core's own time.</summary>
        public double Measure(int count)
        {
            var wrong = 0;
            var started = CpuClock.Now();
            for (int i = 0, at = 0; i < count; i++)
            {
                ref readonly var act = ref acts[at];
                wrong += state.JudgementOf(act.Agent, act.Command) == act.Expected ? 0 : 1;
                at = at + 1 == acts.Length ? 0 : at + 1;
            }

            var seconds = CpuClock.Since(started).TotalSeconds;
            return wrong == 0
                ? count / seconds
                : throw new InvalidOperationException($"{wrong} of {count} judgements were not the expected ones.");
        }

        private static Transfer Pay(BenchChain chain, int agent, ulong tokens) =>
            new(chain.Agents[(agent + 1) % chain.Agents.Length], TokenAmount.FromTokens(tokens));
    }
}
