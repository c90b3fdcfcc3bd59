using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Tests.Verification;

namespace Aitbc.Protocol.Tests.Invariants;

/// <summary>What holds for every result that validators check.</summary>
public sealed class VerificationInvariants
{
    /// <summary>All ways in which three validators can go.</summary>
    public static TheoryData<string> Ways
    {
        get
        {
            const string Each = "ads-";
            var all = new TheoryData<string>();
            foreach (var a in Each)
            {
                foreach (var b in Each)
                {
                    foreach (var c in Each)
                    {
                        all.Add($"{a}{b}{c}");
                    }
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Invariant_I19_TheProviderIsPaidWhereEnoughValidatorsAgreeAndOnlyThere(string ways)
    {
        var work = new CheckedWork { Ways = ways };
        var ending = work.Finish().Ending;
        var (right, wrong) = (ways.Count(way => way == 'a'), ways.Count(way => way == 'd'));
        Assert.Equal(
            right >= 2 ? WorkloadEnding.Verified
            : wrong >= 2 ? WorkloadEnding.Refuted
            : WorkloadEnding.Unverified,
            ending);
        Assert.Equal(right >= 2, work.Gained(work.Provider.Agent) >= 100_000);
        Assert.Equal(wrong >= 2, work.Gained(work.Provider.Agent) < 0);
        work.AssertNothingLeft();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Invariant_I20_ASilentValidatorIsNeverPaidAndOnlyWhoWasBoundLosesItsBond(string ways)
    {
        var work = new CheckedWork { Ways = ways };
        var ended = work.Finish();
        var couldJudge = ways.Count(way => way != '-') >= 2;
        for (var i = 0; i < ways.Length; i++)
        {
            var gained = work.Gained(work.Drawn[i].Agent);
            Assert.Equal(ways[i] == 's' && couldJudge, gained == -1_000);
            Assert.True(ways[i] is not '-' || gained == 0, $"{ways}, {ended.Ending}");
        }
    }

    [Fact]
    public void Invariant_I21_NobodySeesTheResultBeforeAllCommitmentsAreIn()
    {
        var work = new CheckedWork().To(WorkloadPhase.Committing);
        work.Chain.Store(work.Provider.Agent, work.Result);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(
                Outcome.WrongPhase, work.Chain.Send(work.Provider.Agent, work.Chain.Showing(work.Id)).Outcome);
            Assert.True(work.Chain.Workload(work.Id).Result.IsZero);
            work.Chain.Commit(work.Id, work.Result, work.Drawn[i]);
        }

        work.Chain.Do(work.Provider.Agent, work.Chain.Showing(work.Id));
        var late = work.Chain.Committing(work.Drawn[0].Agent, work.Id, work.Result);
        Assert.Equal(Outcome.WrongPhase, work.Chain.Send(work.Drawn[0].Agent, late).Outcome);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Invariant_I22_APanelHasOneSeatAnOwnerAndNoneOfTheParties(ulong seed)
    {
        var work = new CheckedWork(seed);
        work.Chain.NewValidator(work.Chain.People[3]);
        work.Chain.NewValidator(work.Chain.People[4]);
        var twin = work.Chain.ActorOf(work.AgentOf(work.Validators[0].Agent).Owner);
        work.Chain.NewValidator(twin);
        work.To(WorkloadPhase.Committing);
        var owners = work.Drawn.Select(one => work.AgentOf(one.Agent).Owner).ToList();
        Assert.Equal(3, owners.Distinct().Count());
        Assert.DoesNotContain(work.Chain.Number(work.Chain.People[3]), owners);
        Assert.DoesNotContain(work.Chain.Number(work.Chain.People[4]), owners);
    }
}
