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
}
