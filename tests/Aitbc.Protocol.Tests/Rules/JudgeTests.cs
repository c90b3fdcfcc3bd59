using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.Staking;

namespace Aitbc.Protocol.Tests.Rules;

/// <summary>Many commands judged at once are judged as the ledger judges each.</summary>
public sealed class JudgeTests
{
    private readonly LedgerFixture chain = new();

    [Fact]
    public void Every_action_has_a_place_among_those_that_rules_bind() =>
        Assert.True(CommandNames.Count <= RuleBindings.Length, "RuleBindings has no room for the newest action.");

    [Fact]
    public void Many_commands_get_the_outcomes_that_the_ledger_gives_each_of_them()
    {
        Actor[] agents =
        [
            chain.NewAgent(chain.People[3], Constitutions.Wide with { Rules = Rules(40) }),
            chain.NewAgent(chain.People[3], Constitutions.Wide with { Rules = Rules(9) }),
            chain.NewAgent(chain.People[3], Constitutions.Wide),
            chain.NewAgent(chain.People[3], Constitutions.Wide with { AllowedActions = [CommandKind.DepositStake] }),
        ];
        Array.ForEach(agents[..2], agent => chain.Do(agent, Pay(5)));
        var commands = new List<(Actor Agent, Command Command)>();
        for (var i = 0; i < 15; i++)
        {
            foreach (var agent in agents)
            {
                commands.Add((agent, i % 3 == 2 ? new DepositStake(TokenAmount.FromTokens(1 + (ulong)i)) : Pay(1 + i)));
            }
        }

        commands.Add((chain.People[3], Pay(1_000)));
        var judged = new Outcome[commands.Count];
        chain.State.Judge(
            [.. commands.Select(one => new AgentCommand(chain.State.FindAccount(one.Agent.Id)!.Value, one.Command))],
            judged);
        for (var i = 0; i < judged.Length; i++)
        {
            using var trial = new DryRun(chain.State, chain.Now);
            Assert.Equal(Outcome.Applied, trial.Admit(chain.Payload(commands[i].Agent, commands[i].Command)));
            var alone = trial.Handle(out _);
            Assert.Equal(alone == Outcome.Parked ? Outcome.ApprovalNeeded : alone, judged[i]);
        }

        Assert.Superset(
            new HashSet<Outcome>
            {
                Outcome.Applied, Outcome.ValueLimit, Outcome.WindowLimit, Outcome.SequenceHold,
                Outcome.ApprovalNeeded, Outcome.ActionNotAllowed,
            },
            new HashSet<Outcome>(judged));
    }

    [Fact]
    public void Judgements_without_room_are_refused() => Assert.Throws<ArgumentException>(() => chain.State.Judge(
        [new AgentCommand(AccountNumber.Treasury, Pay(1))], []));

    /// <summary>An agent that paid once may not stake for an hour, and has a little left to pay.</summary>
    private static ConstitutionRule[] Rules(ulong most) =>
    [
        new(RuleKind.MaxValue, [CommandKind.Transfer]) { Amount = TokenAmount.FromTokens(12) },
        new(RuleKind.RollingValue, [CommandKind.Transfer])
        {
            Amount = TokenAmount.FromTokens(most), Window = Duration.FromHours(1),
        },
        new(RuleKind.Sequence, [CommandKind.Transfer])
        {
            Then = [CommandKind.DepositStake], Window = Duration.FromHours(1),
        },
        new(RuleKind.ApprovalAbove, [CommandKind.Transfer]) { Amount = TokenAmount.FromTokens(10) },
    ];

    private Transfer Pay(int tokens) => new(chain.People[4].Id, TokenAmount.FromTokens((ulong)tokens));
}
