using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Tests.Verification;

/// <summary>Who has what in the end, whatever validators and provider do. Figures are thousandths of a token.</summary>
public sealed class PayByVerdictTests
{
    private const long Bond = 1_000;

    [Theory]
    [InlineData("aaa", WorkloadEnding.Verified, -106_000, 100_000, 2_000, 2_000, 2_000)]
    [InlineData("aad", WorkloadEnding.Verified, -104_000, 100_000, 2_000, 2_000, 0)]
    [InlineData("daa", WorkloadEnding.Verified, -104_000, 100_000, 0, 2_000, 2_000)]
    [InlineData("aas", WorkloadEnding.Verified, -104_000, 100_000, 2_000, 2_000, -Bond)]
    [InlineData("a-a", WorkloadEnding.Verified, -104_000, 100_000, 2_000, 0, 2_000)]
    [InlineData("ddd", WorkloadEnding.Refuted, 4_000, -10_000, 2_000, 2_000, 2_000)]
    [InlineData("add", WorkloadEnding.Refuted, 6_000, -10_000, 0, 2_000, 2_000)]
    [InlineData("dds", WorkloadEnding.Refuted, 6_000, -10_000, 2_000, 2_000, -Bond)]
    [InlineData("dd-", WorkloadEnding.Refuted, 6_000, -10_000, 2_000, 2_000, 0)]
    [InlineData("ad-", WorkloadEnding.Unverified, -4_000, 0, 2_000, 2_000, 0)]
    [InlineData("ads", WorkloadEnding.Unverified, -4_000, Bond, 2_000, 2_000, -Bond)]
    [InlineData("ass", WorkloadEnding.Unverified, -2_000, 2 * Bond, 2_000, -Bond, -Bond)]
    [InlineData("-ds", WorkloadEnding.Unverified, -2_000, Bond, 0, 2_000, -Bond)]
    [InlineData("sss", WorkloadEnding.Unverified, 0, 3 * Bond, -Bond, -Bond, -Bond)]
    [InlineData("a--", WorkloadEnding.Unverified, -2_000, 0, 2_000, 0, 0)]
    [InlineData("---", WorkloadEnding.Unverified, 0, 0, 0, 0, 0)]
    public void Verdicts_decide_who_is_paid(
        string ways, WorkloadEnding ending, long client, long provider, long first, long second, long third)
    {
        var work = new CheckedWork { Ways = ways };
        var treasury = work.Chain.State.Accounts[0].Total;
        var ended = work.Finish();
        Assert.Equal(ending, ended.Ending);
        AssertGains(work, client, provider, first, second, third);
        var silent = ways.Count(way => way == 's');
        var toTreasury = ending is WorkloadEnding.Verified or WorkloadEnding.Refuted ? silent : 0;
        Assert.Equal(
            treasury + TokenAmount.FromTokens((ulong)toTreasury), work.Chain.State.Accounts[0].Total);
        AssertRecords(work, ways, ending);
        Assert.Equal(
            (ways.Contains('-') && ways.Count(way => way != '-') < 2 ? 0 : ways.Count(way => way == 'a'),
                ways.Contains('-') && ways.Count(way => way != '-') < 2 ? 0 : ways.Count(way => way == 'd')),
            (ended.Agreed, ended.Disagreed));
        Assert.Equal((VerificationMode.KOfN, (byte)2), (ended.Mode, ended.Needed));
    }

    [Theory]
    [InlineData("aaa", 4_000)]
    [InlineData("ss-", 6_000)]
    public void A_provider_that_never_shows_its_result_pays_for_those_who_are_bound(string ways, long client)
    {
        var work = new CheckedWork { Ways = ways }.To(WorkloadPhase.Revealing);
        work.Chain.PassDeadline(work.Id);
        Assert.Equal(WorkloadEnding.ProviderMissing, work.Finish().Ending);
        AssertGains(
            work, client, -10_000, [.. ways.Select(way => way == '-' ? 0L : 2_000)]);
        Assert.Equal(1u, work.AgentOf(work.Provider.Agent).JobsFaulted);
    }

    [Fact]
    public void A_result_below_the_promised_quality_is_a_fault_and_validators_are_paid()
    {
        var chain = new CheckedWork { QualityPpm = 499_999 };
        chain.Chain.Do(chain.Provider.Agent, new UpdateService(
            chain.Provider.Service, LedgerFixture.ServiceTerms with { MinAccuracyPpm = 500_000 }));
        Assert.Equal(WorkloadEnding.BelowQuality, chain.Finish().Ending);
        AssertGains(chain, 4_000, -10_000, 2_000, 2_000, 2_000);
    }

    [Fact]
    public void A_provider_that_never_seals_loses_its_job_bond_and_nobody_else_anything()
    {
        var work = new CheckedWork().To(WorkloadPhase.Awarded);
        work.Chain.PassDeadline(work.Id);
        Assert.Equal(WorkloadEnding.ProviderMissing, work.Finish().Ending);
        AssertGains(work, 10_000, -10_000, 0, 0, 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_draw_without_a_beacon_or_validators_waits_ten_times_and_then_gives_everybody_their_own(bool isEmpty)
    {
        var work = new CheckedWork().To(WorkloadPhase.Awarded);
        if (isEmpty)
        {
            work.Chain.Input(new Liveness(work.Validators[0].Agent.Id, false));
        }

        work.To(WorkloadPhase.Sealed);
        if (isEmpty)
        {
            work.Chain.RevealBeacon();
        }

        for (var i = 0; i < 10; i++)
        {
            var due = work.Chain.Workload(work.Id).DeadlineMs;
            work.Chain.PassDeadline(work.Id);
            Assert.Equal(due + (100L << i), work.Chain.Workload(work.Id).DeadlineMs);
            Assert.Equal(WorkloadPhase.Sealed, work.Phase);
        }

        work.Chain.PassDeadline(work.Id);
        Assert.Equal(WorkloadEnding.Unverified, work.Ended().Ending);
        AssertGains(work, 0, 0, 0, 0, 0);
    }

    [Fact]
    public void A_cancelled_workload_gives_the_fees_back()
    {
        var work = new CheckedWork();
        var before = work.Chain.Account(work.Client).Available;
        var id = work.Chain.Post(work.Client, post => post with
        {
            Mode = VerificationMode.KOfN, Validation = work.Terms,
        });
        Assert.Equal(before - TokenAmount.FromTokens(106), work.Chain.Account(work.Client).Available);
        work.Chain.Do(work.Client, new CancelWorkload(id));
        Assert.Equal(before, work.Chain.Account(work.Client).Available);
        Assert.Equal(0, work.Counted(work.Client));
        work.AssertNothingLeft();
    }

    [Fact]
    public void Once_all_are_bound_nobody_waits_and_the_last_verdict_decides_at_once()
    {
        var work = new CheckedWork().To(WorkloadPhase.Committing);
        var now = work.Chain.Now;
        work.Chain.Commit(work.Id, work.Result, work.Drawn[..2]);
        Assert.Equal(WorkloadPhase.Committing, work.Phase);
        work.Chain.Commit(work.Id, work.Result, work.Drawn[2]);
        Assert.Equal(WorkloadPhase.Revealing, work.Phase);
        work.Chain.Show(work.Provider, work.Id);
        work.Chain.Judge(work.Id, work.Drawn[..2]);
        Assert.Equal(WorkloadPhase.Judging, work.Phase);
        work.Chain.Judge(work.Id, work.Drawn[2]);
        Assert.False(work.Chain.IsLive(work.Id));
        Assert.Equal(now, work.Chain.Now);
    }

    [Fact]
    public void A_verdict_bond_goes_back_into_the_bucket_in_which_it_was_reserved()
    {
        var windows = LedgerFixture.Validation with { CommitWindowMs = 1_200_000, RevealWindowMs = 1_200_000 };
        var work = new CheckedWork(terms: windows) { Ways = "aas" }.To(WorkloadPhase.Committing);
        work.Chain.Advance(Duration.FromMinutes(16));
        Assert.Equal(WorkloadEnding.Verified, work.Finish().Ending);
        AssertGains(work, -104_000, 100_000, 2_000, 2_000, -Bond);
    }

    /// <summary>Gains; limits count what is gone and nothing else; nothing is left behind.</summary>
    private static void AssertGains(CheckedWork work, long client, long provider, params long[] validators)
    {
        Assert.Equal((client, provider), (work.Gained(work.Client), work.Gained(work.Provider.Agent)));
        var forfeit = provider is -10_000 ? 10_000 : 0;
        Assert.Equal((forfeit - client, forfeit), (work.Counted(work.Client), work.Counted(work.Provider.Agent)));
        var found = work.Drawn.Length == 0 ? work.Validators : work.Drawn;
        Assert.Equal(validators, found.Select(one => work.Gained(one.Agent)));
        Assert.Equal(validators.Select(gain => Math.Max(0, -gain)), found.Select(one => work.Counted(one.Agent)));
        work.AssertNothingLeft();
    }

    private static void AssertRecords(CheckedWork work, string ways, WorkloadEnding ending)
    {
        var provider = work.AgentOf(work.Provider.Agent);
        Assert.Equal(
            (ending == WorkloadEnding.Verified ? 1u : 0, ending == WorkloadEnding.Refuted ? 1u : 0),
            (provider.JobsSettled, provider.JobsFaulted));
        for (var i = 0; i < ways.Length; i++)
        {
            var record = work.AgentOf(work.Drawn[i].Agent);
            var isSilent = ways[i] is '-' or 's';
            Assert.Equal(
                (!isSilent && work.Gained(work.Drawn[i].Agent) > 0 ? 1u : 0, isSilent ? 1u : 0),
                (record.JobsSettled, record.JobsFaulted));
            ref readonly var service = ref work.Chain.State.Services[
                work.Chain.State.FindService(work.Drawn[i].Service)];
            Assert.Equal((record.JobsSettled, record.JobsFaulted), (service.JobsSettled, service.JobsFaulted));
        }
    }
}
