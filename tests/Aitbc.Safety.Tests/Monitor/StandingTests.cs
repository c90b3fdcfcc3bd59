using Aitbc.Safety.Monitor;

namespace Aitbc.Safety.Tests.Monitor;

/// <summary>Who is a stranger, and what is no flow.</summary>
public sealed class StandingTests
{
    private const uint Agent = Watched.Agent;
    private const uint Stranger = 77;

    [Fact]
    public void Who_is_in_business_with_others_is_no_stranger_until_it_gets_much_more_than_they_pay()
    {
        var watched = new Watched().LiveSixWeeks(Agent);
        for (var hour = 0; hour < 240; hour++)
        {
            // Another owner's agent pays it 48 a day.
            Assert.True(watched.Monitor.Learn(watched.PassHours(1).Of(2, 2_000, Stranger, owner: 2_000)));
        }

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(MonitorLevel.Pass, watched.PassHours(2).Do(Agent, 40_000, Stranger).Verdict);
        }

        // A new account that nobody pays gets less, and one that an accomplice pays a little is as good as new.
        for (var hour = 0; hour < 240; hour++)
        {
            Assert.True(watched.Monitor.Learn(watched.PassHours(1).Of(2, 100, Stranger + 1, owner: 2_000)));
        }

        Assert.Equal(MonitorLevel.Pass, watched.PassHours(2).Do(Agent, 9_000, Stranger + 1).Verdict);
        Assert.Equal(MonitorLevel.Pass, watched.PassHours(2).Do(Agent, 40_000, Stranger + 1).Verdict);
        Assert.Equal(MonitorLevel.Pass, watched.PassHours(2).Do(Agent, 40_000, Stranger + 2).Verdict);
        var finding = watched.PassHours(2).Do(Agent, 14_000, Stranger + 2);
        Watched.AssertFound(finding, Detector.Strangers, MonitorSubject.Agent);
        Assert.True(finding.Observed > TokenAmount.FromTokens(100).BaseUnits, finding.Sentence);
    }

    [Fact]
    public void A_queue_is_worked_off_after_a_standstill_and_a_large_purchase_is_no_flow()
    {
        var watched = new Watched().LiveSixWeeks(Agent).PassHours(3);
        for (var i = 0; i < 11; i++)
        {
            Assert.Equal(MonitorLevel.Pass, watched.Pass(60_000).Do(Agent, 12_000).Verdict);
        }

        // The same without a standstill.
        watched = new Watched().LiveSixWeeks(Agent);
        MonitorFinding finding = default;
        for (var i = 0; i < 11 && finding.Verdict == MonitorLevel.Pass; i++)
        {
            finding = watched.Pass(60_000).Do(Agent, 12_000);
        }

        Watched.AssertFound(finding, Detector.HourValue, MonitorSubject.Agent);

        watched = new Watched().LiveSixWeeks(Agent);
        Assert.Equal(MonitorLevel.Pass, watched.Do(Agent, 160_000).Verdict);
    }

    [Fact]
    public void Who_goes_on_paying_a_stranger_while_people_are_asked_is_accused_until_one_lets_an_act_pass()
    {
        var watched = new Watched().LiveSixWeeks(Agent);
        // One large act to a stranger is only asked about, however large.
        Assert.Equal(MonitorLevel.Park, watched.Do(Agent, 900_000, Stranger).Verdict);
        Assert.Equal(MonitorLevel.Park, watched.PassHours(1).Do(Agent, 150_000, Stranger).Verdict);
        Assert.Equal(MonitorLevel.Pass, watched.PassHours(1).Do(Agent, 5_000).Verdict);
        var accused = watched.PassHours(1).Do(Agent, 20_000, Stranger);
        Watched.AssertFound(accused, Detector.Insistence, MonitorSubject.Agent);
        Assert.Equal(MonitorLevel.SafeMode, accused.Verdict);
        // What waits is in it: more than the cap.
        Assert.True(accused.Observed > TokenAmount.FromTokens(1_069).BaseUnits, accused.Sentence);

        Assert.True(watched.Monitor.Approve(watched.Of(Agent, 150_000, Stranger)));
        Assert.Equal(MonitorLevel.Park, watched.PassHours(1).Do(Agent, 200_000, Stranger + 1).Verdict);

        // What was asked leaves the day.
        Assert.Equal(MonitorLevel.Park, watched.PassHours(1).Do(Agent, 200_000, Stranger + 1).Verdict);
        Assert.Equal(MonitorLevel.Park, watched.PassHours(24).Do(Agent, 200_000, Stranger + 1).Verdict);
    }

    [Fact]
    public void Who_is_in_business_is_asked_about_and_never_accused_of()
    {
        var watched = new Watched().LiveSixWeeks(Agent);
        for (var hour = 0; hour < 240; hour++)
        {
            Assert.True(watched.Monitor.Learn(watched.PassHours(1).Of(2, 2_000, Stranger, owner: 2_000)));
        }

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(MonitorLevel.Park, watched.PassHours(1).Do(Agent, 350_000, Stranger).Verdict);
        }

        // Nor whom the agent itself has paid for a month.
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(MonitorLevel.Park, watched.PassHours(1).Do(Agent, 980_000).Verdict);
        }
    }

    [Fact]
    public void A_payload_that_waits_is_one_ask_and_none_where_only_the_constitution_asks()
    {
        var watched = new Watched().LiveSixWeeks(Agent);
        ObservedAction[] unusual = [watched.Of(Agent, 50_000, Stranger), watched.Of(Agent, 150_000, Stranger)];
        ObservedAction[] small = [watched.Of(Agent, 1_000, Stranger)];
        Assert.True(watched.Monitor.Park(small));
        Assert.True(watched.Monitor.Park(small));
        Assert.True(watched.Monitor.Park(unusual));
        Assert.Equal(Detector.Strangers, watched.Monitor.Judge(unusual).Detector);
        Assert.True(watched.Monitor.Park(unusual));
        Assert.Equal(Detector.Insistence, watched.Monitor.Judge(unusual).Detector);
    }

    [Fact]
    public void What_all_agents_of_an_owner_move_in_a_day_is_asked_about_and_accuses_none_of_them()
    {
        var watched = new Watched().LiveSixWeeks(Agent);
        for (uint other = 10; other < 24; other++)
        {
            Assert.True(watched.Monitor.Learn(watched.Of(other, 100_000)));
        }

        var finding = watched.Do(Agent, 5_000);
        Assert.Equal((MonitorLevel.Park, MonitorSubject.Owner), (finding.Verdict, finding.Subject));
        Assert.True(finding.Observed / 3 > finding.Limit, finding.Sentence);
    }
}
