using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Staking;

namespace Aitbc.Protocol.Tests.Outcomes;

/// <summary>Every outcome comes about, alone and, where several apply, by precedence.</summary>
public sealed class OutcomeTests
{
    private static readonly Scenario[] Scenarios =
    [
        AdmissionScenarios.Admission, AdmissionScenarios.Duplicate, AdmissionScenarios.Constitution,
        AdmissionScenarios.StakeLimit, AdmissionScenarios.Approval, AccountScenarios.OpenAccount,
        AccountScenarios.RegisterAgent,
        AccountScenarios.AddKey, AccountScenarios.RevokeKey, AccountScenarios.RevokeLastKey,
        AccountScenarios.RetireAgent, AccountScenarios.DepositStake, AccountScenarios.WithdrawStake,
        AccountScenarios.DeclareBlob, AccountScenarios.StopAgent, AccountScenarios.ReleaseAgent,
        AccountScenarios.StopMarket, AccountScenarios.ReleaseMarket, MarketScenarios.ListService,
        MarketScenarios.UpdateService, MarketScenarios.DelistService, MarketScenarios.PostWorkload,
        MarketScenarios.CancelWorkload, MarketScenarios.StartWork, MarketScenarios.SubmitWork,
        MarketScenarios.AcceptWork, BidScenarios.PlaceBid, BidScenarios.OpenBid,
        VerificationScenarios.PostChecked, VerificationScenarios.SealWork, VerificationScenarios.CommitVerdict,
        VerificationScenarios.RevealWork, VerificationScenarios.RevealVerdict,
        OversightScenarios.TightenConstitution, OversightScenarios.LoosenConstitution,
        OversightScenarios.ChangeGuardians, OversightScenarios.Deny, OversightScenarios.Allow,
        OversightScenarios.RevokeOverride, OversightScenarios.AgreeMotion, OversightScenarios.RejectMotion,
        OversightScenarios.GrantApproval, OversightScenarios.DenyApproval,
    ];

    /// <summary>Outcomes of what is no payload: two have a test of their own below, and what is planned only has no
    /// form that the rules could see (<c>TryParse_OfAPlannedInput_IsNotSupported</c>).</summary>
    private static readonly Outcome[] NotOfPayloads =
        [Outcome.InputRejected, Outcome.DueFirst, Outcome.NotSupported];

    public static TheoryData<string> Names => [.. Scenarios.Select(scenario => scenario.Name)];

    [Fact]
    public void Every_member_has_a_case()
    {
        var shown = Scenarios.SelectMany(scenario => scenario.Defects).Select(defect => defect.Outcome)
            .Concat(NotOfPayloads).Append(Outcome.Applied).Distinct().Order();
        Assert.Equal(Enum.GetValues<Outcome>().Order(), shown);
    }

    [Fact]
    public void Every_command_has_a_scenario()
    {
        var sent = new HashSet<CommandKind>();
        foreach (var scenario in Scenarios)
        {
            var scene = new Scene();
            scene.Chain = new LedgerFixture(1, new ChainShape { Parameters = scene.Parameters });
            scenario.Build(scene);
            scenario.Ready(scene);
            sent.UnionWith(scene.Commands.Select(command => command.Kind));
        }

        Assert.Equal(Enum.GetValues<CommandKind>().Order(), sent.Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_has_no_defect_takes_effect(string name) => Assert.Equal(Outcome.Applied, Find(name).Run());

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_defect_alone_gives_its_outcome(string name) => Assert.All(
        Find(name).Defects, defect => Assert.Equal(defect.Outcome, Find(name).Run(defect)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Of_two_defects_the_one_with_the_lower_number_is_named(string name)
    {
        var scenario = Find(name);
        for (var i = 0; i < scenario.Defects.Length; i++)
        {
            for (var j = i + 1; j < scenario.Defects.Length; j++)
            {
                var (a, b) = (scenario.Defects[i], scenario.Defects[j]);
                if (a.Fits(b))
                {
                    var expected = a.Outcome < b.Outcome ? a.Outcome : b.Outcome;
                    Assert.True(expected == scenario.Run(a, b), $"{name}: {a.Field} and {b.Field}");
                }
            }
        }
    }

    [Fact]
    public void A_false_input_of_the_node_is_rejected_and_what_is_due_comes_first()
    {
        var chain = new LedgerFixture();
        Assert.Equal(Outcome.InputRejected, chain.Apply(new Beacon(chain.Unique("false", 1))).Outcome);
        chain.Do(chain.People[0], new DepositStake(TokenAmount.OneToken));
        chain.Do(chain.People[0], new WithdrawStake(TokenAmount.OneToken));
        chain.Now += chain.State.Parameters.Unbonding;
        Assert.Equal(Outcome.DueFirst, chain.Apply(new Beacon(chain.NextBeacon())).Outcome);
        Assert.Equal(Outcome.DueFirst, chain.Apply(chain.Payload(chain.People[0], [])).Outcome);
    }

    [Fact]
    public void Numbers_below_100_are_inadmissible_and_the_rest_is_journalled()
    {
        foreach (var outcome in Enum.GetValues<Outcome>())
        {
            Assert.Equal(outcome is Outcome.Applied or >= (Outcome)100, outcome.IsJournalled());
            Assert.NotEqual(outcome.IsJournalled(), outcome.IsInadmissible());
        }
    }

    private static Scenario Find(string name) => Scenarios.Single(scenario => scenario.Name == name);
}
