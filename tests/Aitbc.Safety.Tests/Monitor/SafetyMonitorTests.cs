using System.ComponentModel.DataAnnotations;
using Aitbc.Protocol.Accounts;
using Aitbc.Safety.Monitor;

namespace Aitbc.Safety.Tests.Monitor;

/// <summary>What the monitor as a whole says to agents with a past and without one.</summary>
public sealed class SafetyMonitorTests
{
    private const uint Agent = Watched.Agent;
    private const uint Stranger = 77;

    [Fact]
    public void A_fresh_agent_works_inside_probation_and_is_never_locked_out_by_having_no_history()
    {
        var watched = new Watched();
        for (var i = 0; i < 40; i++)
        {
            // Bonds of 250 tokens in all, which is the limit.
            Assert.Equal(MonitorLevel.Pass, watched.Do(Agent, 6_249, null, CommandKind.PlaceBid).Verdict);
            watched.Pass(120_000);
        }

        Watched.AssertFound(
            watched.Do(Agent, 1_000, null, CommandKind.PlaceBid), Detector.Probation, MonitorSubject.Agent);
        Assert.Equal(MonitorLevel.Pass, watched.Do(Agent, 0, null, CommandKind.ListService).Verdict);
        Assert.Equal(MonitorLevel.Pass, watched.PassHours(25).Do(Agent, 1_000).Verdict);
    }

    [Fact]
    public void A_fresh_agent_with_much_gas_works_fast_and_a_fleet_shares_the_sum_of_its_grants()
    {
        // 8,000 acts a day of gas: 500 an hour for a fresh agent, and 1,000 an hour for each of an owner's.
        var watched = new Watched();
        for (var i = 0; i < 500; i++)
        {
            for (uint agent = 1; agent <= 3; agent++)
            {
                Assert.Equal(MonitorLevel.Pass, Work(agent).Verdict);
            }
        }

        Watched.AssertFound(Work(1), Detector.Rate, MonitorSubject.Agent);

        // What one agent may do is counted once, whoever states it how often: the fourth has no gas of its own.
        for (uint agent = 4; agent < 30; agent++)
        {
            for (var i = 0; i < 57; i++)
            {
                Assert.Equal(MonitorLevel.Pass, Idle(agent).Verdict);
            }
        }

        var finding = default(MonitorFinding);
        for (uint agent = 30; finding.Verdict == MonitorLevel.Pass; agent++)
        {
            finding = Idle(agent);
        }

        Watched.AssertFound(finding, Detector.Rate, MonitorSubject.Owner);
        Assert.Equal((UInt128)3_000, finding.Limit);

        // A lower grant and a new owner take away from the sum.
        watched.PassHours(2);
        Assert.Equal(MonitorLevel.Pass, Work(1, dailyActs: 0).Verdict);
        Assert.Equal(MonitorLevel.Pass, watched.Do(2, 0, null, CommandKind.AcceptWork, owner: 2_000).Verdict);
        var owner = default(MonitorFinding);
        for (uint agent = 4; owner.Verdict == MonitorLevel.Pass; agent++)
        {
            for (var i = 0; i < 57 && owner.Verdict == MonitorLevel.Pass; i++)
            {
                owner = Idle(agent);
            }
        }

        Watched.AssertFound(owner, Detector.Rate, MonitorSubject.Owner);
        Assert.Equal((UInt128)1_000, owner.Limit);

        MonitorFinding Work(uint agent, uint dailyActs = 8_000) => watched.Monitor.Observe(
            watched.Of(agent, 0, null, CommandKind.AcceptWork) with { DailyActs = dailyActs });
        MonitorFinding Idle(uint agent) => watched.Do(agent, 0, null, CommandKind.AcceptWork);
    }

    [Fact]
    public void More_identities_of_one_owner_share_one_probation()
    {
        var watched = new Watched();
        for (uint agent = 1; agent <= 8; agent++)
        {
            Assert.Equal(MonitorLevel.Pass, watched.Do(agent, 31_200, null, CommandKind.PlaceBid).Verdict);
        }

        Watched.AssertFound(
            watched.Do(9, 9_900, null, CommandKind.PlaceBid), Detector.Probation, MonitorSubject.Owner);
        Assert.Equal(MonitorLevel.Pass, watched.Do(10, 9_900, null, CommandKind.PlaceBid, 2_000).Verdict);
    }

    [Fact]
    public void Over_a_hundred_acts_an_hour_are_parked_and_a_loop_leads_to_safe_mode()
    {
        var watched = new Watched().LiveSixWeeks(Agent);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(MonitorLevel.Pass, watched.Do(Agent, 0, null, CommandKind.AcceptWork).Verdict);
        }

        var finding = watched.Do(Agent, 0, null, CommandKind.AcceptWork);
        Watched.AssertFound(finding, Detector.Rate, MonitorSubject.Agent);
        Assert.Equal(MonitorLevel.Park, finding.Verdict);
        Assert.Equal("The agent acts 101 times within the hour; its limit is 100.", finding.Sentence);
        while (finding.Verdict == MonitorLevel.Park)
        {
            finding = watched.Do(Agent, 0, null, CommandKind.AcceptWork);
        }

        Assert.Equal((UInt128)303, finding.Observed);
        Assert.Equal(MonitorLevel.SafeMode, finding.Verdict);
        Assert.Equal(MonitorLevel.Pass, watched.PassHours(1).Do(Agent, 0, null, CommandKind.AcceptWork).Verdict);
    }

    [Fact]
    public void A_value_far_above_the_average_is_parked_with_its_numbers()
    {
        var watched = new Watched().LiveSixWeeks(Agent);

        Assert.Equal(MonitorLevel.Pass, watched.Do(Agent, 29_000).Verdict);
        watched.PassHours(24);
        var finding = watched.Do(Agent, 301_000, null, CommandKind.OpenAccount);
        Watched.AssertFound(finding, Detector.OverAverage, MonitorSubject.Agent);
        Assert.Equal(MonitorLevel.Park, finding.Verdict);
        Assert.Contains("301.", finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_never_used_may_be_tried_out_and_no_more()
    {
        var watched = new Watched().LiveSixWeeks(Agent);

        Assert.Equal(MonitorLevel.Pass, watched.Do(Agent, 95_000, null, CommandKind.DepositStake).Verdict);
        var more = watched.PassHours(2).Do(Agent, 26_000, null, CommandKind.DepositStake);
        Watched.AssertFound(more, Detector.NewKind, MonitorSubject.Agent);

        // After two days it is no longer new.
        Assert.Equal(MonitorLevel.Pass, watched.PassHours(24).Do(Agent, 1_000).Verdict);
        Assert.Equal(MonitorLevel.Pass, watched.PassHours(24).Do(Agent, 1_000).Verdict);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(
                MonitorLevel.Pass, watched.PassHours(2).Do(Agent, 95_000, null, CommandKind.DepositStake).Verdict);
        }
    }

    [Fact]
    public void Small_payments_to_many_strangers_add_up()
    {
        var watched = new Watched().LiveSixWeeks(Agent);
        MonitorFinding finding = default;
        ulong moved = 0;
        for (uint i = 0; finding.Verdict == MonitorLevel.Pass && i < 1_000; i++)
        {
            finding = watched.Pass(600_000).Do(Agent, 1_000, Stranger + i);
            moved += finding.Verdict == MonitorLevel.Pass ? 1_000UL : 0;
        }

        Watched.AssertFound(finding, Detector.Strangers, MonitorSubject.Agent);
        // A tenth of the cap; each payment is rounded up by less than a millionth.
        Assert.Equal(99_000UL, moved);
    }

    [Fact]
    public void One_stranger_that_gets_most_is_found_earlier()
    {
        var watched = new Watched().LiveSixWeeks(Agent).PassHours(24);
        MonitorFinding finding = default;
        for (var i = 0; finding.Verdict == MonitorLevel.Pass && i < 1_000; i++)
        {
            finding = watched.Pass(600_000).Do(Agent, 5_000, Stranger);
        }

        Watched.AssertFound(finding, Detector.Dominance, MonitorSubject.Agent);
        Assert.True(finding.Observed < TokenAmount.FromTokens(75).BaseUnits, finding.Sentence);
    }

    [Fact]
    public void The_same_split_over_the_agents_of_one_owner_is_found()
    {
        var watched = new Watched().LiveSixWeeks(1, 2, 3, 4, 5, 6, 7, 8);
        MonitorFinding finding = default;
        for (uint i = 0; finding.Verdict == MonitorLevel.Pass && i < 144; i++)
        {
            // In a day at most 72 of each agent's cap of 1,000.
            finding = watched.Pass(600_000).Do(1 + (i % 8), 4_000, Stranger + i);
        }

        Watched.AssertFound(finding, Detector.Strangers, MonitorSubject.Owner);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Value_that_goes_round_is_found(int ring)
    {
        // Others would find it first.
        var watched = new Watched(new MonitorOptions
        {
            HourValuePpm = 1_000_000, StrangersPpm = 1_000_000, DominancePpm = 1_000_000,
        });
        for (uint agent = 1; agent <= ring; agent++)
        {
            for (var i = 0; i < 30; i++)
            {
                watched.Monitor.Learn(watched.PassHours(1).Of(agent, 1_000, Watched.Payee, owner: 1_000 + agent));
            }
        }

        watched.PassHours(30);
        MonitorFinding finding = default;
        var steps = 0;
        for (; finding.Verdict == MonitorLevel.Pass && steps < 60; steps++)
        {
            var from = 1 + (uint)(steps % ring);
            var to = 1 + (uint)((steps + 1) % ring);
            finding = watched.Pass(60_000).Do(from, 10_000, to, owner: 1_000 + from);
        }

        Watched.AssertFound(finding, Detector.Circle, MonitorSubject.Agent);
        Assert.InRange(steps, 9, 30);
    }

    [Fact]
    public void What_stays_in_the_house_is_nobodys_loss()
    {
        var watched = new Watched().LiveSixWeeks(1, 2);

        Assert.Equal(MonitorLevel.Pass, watched.Do(1, 900_000, Watched.Owner).Verdict);
        Assert.Equal(MonitorLevel.Pass, watched.Do(1, 900_000, 2).Verdict);
    }

    [Fact]
    public void After_a_change_of_keys_a_quarter_is_enough()
    {
        var watched = new Watched().LiveSixWeeks(Agent);
        Assert.Equal(MonitorLevel.Pass, watched.Do(Agent, 0, null, CommandKind.AddKey).Verdict);

        Watched.AssertFound(
            watched.PassHours(2).Do(Agent, 50_000, Stranger), Detector.Strangers, MonitorSubject.Agent);
        Assert.Equal(MonitorLevel.Pass, watched.PassHours(23).Do(Agent, 50_000, Stranger).Verdict);
    }

    [Fact]
    public void What_was_parked_is_learnt_only_once_a_person_approves_it()
    {
        var watched = new Watched().LiveSixWeeks(Agent);
        Assert.Equal(MonitorLevel.Pass, watched.Do(Agent, 59_000, Stranger).Verdict);
        for (var i = 0; i < 2; i++)
        {
            var finding = watched.PassHours(2).Do(Agent, 59_000, Stranger);
            Watched.AssertFound(finding, Detector.Strangers, MonitorSubject.Agent);
        }

        // Whom a person approved is trusted; others are not.
        Assert.True(watched.Monitor.Approve(watched.Of(Agent, 59_000, Stranger)));
        watched.PassHours(25);
        Assert.Equal(MonitorLevel.Pass, watched.PassHours(2).Do(Agent, 59_000, Stranger).Verdict);
        Assert.Equal(MonitorLevel.Pass, watched.PassHours(2).Do(Agent, 59_000, Stranger).Verdict);
        Assert.Equal(MonitorLevel.Pass, watched.PassHours(2).Do(Agent, 59_000, Stranger + 1).Verdict);
        Watched.AssertFound(
            watched.PassHours(2).Do(Agent, 59_000, Stranger + 1), Detector.Strangers, MonitorSubject.Agent);
    }

    [Fact]
    public void The_same_acts_give_the_same_findings_and_time_does_not_go_back()
    {
        Assert.Equal(Findings(), Findings());

        static List<MonitorFinding> Findings()
        {
            var watched = new Watched().LiveSixWeeks(1, 2, 3);
            var random = new SeededRandom(3);
            List<MonitorFinding> found = [];
            for (var i = 0; i < 3_000; i++)
            {
                watched.Pass(random.NextInt32(2_000_000) - 500_000);
                found.Add(watched.Do(
                    1 + (uint)random.NextInt32(3), (ulong)random.NextInt32(90_000), (uint)random.NextInt32(60)));
            }

            Assert.Contains(found, finding => finding.Verdict == MonitorLevel.Park);
            Assert.Contains(found, finding => finding.Verdict == MonitorLevel.Pass);
            return found;
        }
    }

    [Fact]
    public void Where_there_is_no_room_for_another_window_nothing_goes_by_unseen()
    {
        var watched = new Watched(new MonitorOptions { MaxWindows = 2 });

        Assert.Equal(MonitorLevel.Pass, watched.Do(1, 1_000).Verdict);
        Assert.Equal(MonitorLevel.Pass, watched.Do(2, 1_000).Verdict);
        Watched.AssertFound(watched.Do(3, 0, null, CommandKind.AcceptWork), Detector.Room, MonitorSubject.Agent);
        Watched.AssertFound(watched.Do(uint.MaxValue, 0, null), Detector.Room, MonitorSubject.Agent);
        Assert.Equal(MonitorLevel.Pass, watched.Do(2, 1_000).Verdict);
        Assert.Equal(2, watched.Monitor.Agents);
    }

    [Fact]
    public void A_check_of_a_known_agent_allocates_nothing()
    {
        var watched = new Watched().LiveSixWeeks(1, 2);
        watched.Do(1, 5_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (uint i = 0; i < 10_000; i++)
        {
            watched.Monitor.Observe(watched.Pass(1_000_000).Of(1 + (i % 2), 5_000 + (i * 10), 50 + (i % 40)));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Amounts_beyond_any_supply_are_judged_and_never_thrown_at()
    {
        var watched = new Watched().LiveSixWeeks(Agent);
        for (var i = 0; i < 5_000; i++)
        {
            var huge = watched.Of(Agent, 1) with { Value = TokenAmount.MaxSupply };
            Assert.NotEqual(MonitorLevel.Pass, watched.Monitor.Observe(huge).Verdict);
            Assert.True(watched.Monitor.Learn(huge with { DailyCap = TokenAmount.MaxSupply }));
            watched.Monitor.Learn(huge with { Counterparty = new AccountNumber((uint)i), At = new Timestamp(i) });
        }

        watched.PassHours(10_000).Do(Agent, 1);
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        foreach (var options in new MonitorOptions[]
        {
            new() { ActsPerHour = 0 }, new() { UsualDays = 366 }, new() { CapWhereNone = TokenAmount.Zero },
            new() { SafeModeFactor = 1 }, new() { MaxWindows = 0 },
        })
        {
            Assert.Throws<ValidationException>(() => new SafetyMonitor(options));
        }
    }

    [Fact]
    public void A_finding_says_who_and_why_in_words_and_numbers()
    {
        foreach (var detector in Enum.GetValues<Detector>())
        {
            var finding = new MonitorFinding(
                MonitorLevel.Park,
                detector,
                MonitorSubject.Owner,
                3_000_000_000_000_000_000,
                2_000_000_000_000_000_000);

            Assert.EndsWith(".", finding.Sentence, StringComparison.Ordinal);
            Assert.True(detector == Detector.None || finding.Sentence.Any(char.IsAsciiDigit), finding.Sentence);
        }
    }
}
