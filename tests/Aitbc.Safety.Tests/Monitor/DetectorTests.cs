using Aitbc.Safety.Monitor;

namespace Aitbc.Safety.Tests.Monitor;

/// <summary>Each detector alone: it finds nothing at its limit and something one above, and leaves a fresh agent to
/// probation.</summary>
public sealed class DetectorTests
{
    // A cap of a million units makes a part per million one unit.
    private const ulong Cap = 1_000_000;
    private static readonly MonitorOptions Options = new();

    private static Act Known(ulong value = 1) => new()
    {
        Cap = Cap, Value = value, Flowing = value, Flow = value, Payee = Act.FirstAccount + 7, PayeeRecent = value,
        Beyond = value,
    };

    [Theory]
    [InlineData(99U, 100UL)]
    [InlineData(100U, 101UL)]
    public void Rate_counts_this_act_against_a_hundred_an_hour(uint before, ulong observed)
    {
        var window = new ActivityWindow { HourActs = before };
        var reading = Detectors.Rate(in window, Known(), Options);

        Assert.Equal(new Reading(observed, 100), reading);
        Assert.Equal(observed > 100, reading.IsOver);
    }

    [Fact]
    public void Rate_lets_who_is_always_busy_be_so()
    {
        var window = new ActivityWindow { HourActs = 179, PeakActs = 60 };

        Assert.Equal(new Reading(180, 180), Detectors.Rate(in window, Known(), Options));
    }

    [Fact]
    public void Rate_of_a_fresh_agent_and_of_an_owner_have_limits_of_their_own()
    {
        var window = new ActivityWindow { HourActs = 60 };

        Assert.Equal(60UL, Detectors.Rate(in window, Known() with { IsFresh = true }, Options).Limit);
        Assert.Equal(300UL, Detectors.Rate(in window, Known() with { IsFresh = true, IsOwner = true }, Options).Limit);
    }

    [Theory]
    [InlineData(800UL, 100UL, 60UL, 300UL)]
    [InlineData(8_000UL, 1_000UL, 500UL, 1_000UL)]
    public void Rate_grows_with_the_acts_that_the_gas_cap_pays_for_and_has_a_floor(
        ulong dailyActs, ulong known, ulong fresh, ulong owner)
    {
        var window = default(ActivityWindow);
        var act = Known() with { DailyActs = dailyActs };

        Assert.Equal(known, Detectors.Rate(in window, in act, Options).Limit);
        Assert.Equal(fresh, Detectors.Rate(in window, act with { IsFresh = true }, Options).Limit);
        Assert.Equal(owner, Detectors.Rate(in window, act with { IsOwner = true }, Options).Limit);
    }

    [Theory]
    [InlineData(249_999UL, false)]
    [InlineData(250_000UL, true)]
    public void Probation_bounds_the_value_of_a_fresh_agent(ulong before, bool isFound)
    {
        var window = new ActivityWindow { Day = new() { Volume = before } };

        Assert.Equal(isFound, Detectors.Probation(in window, Known() with { IsFresh = true }, Options).IsOver);
        Assert.False(Detectors.Probation(in window, Known(), Options).IsOver);
        Assert.False(Detectors.Probation(in window, Known(0) with { IsFresh = true }, Options).IsOver);
    }

    [Theory]
    [InlineData(312_499UL, false)]
    [InlineData(312_500UL, true)]
    public void Probation_is_shared_by_an_owners_fresh_agents(ulong before, bool isFound)
    {
        // Its fleet usually moves 250,000: a share of that is added to the share of the cap.
        var window = new ActivityWindow { Day = new() { Young = before, Volume = 900_000 }, UsualVolume = 250_000 };
        var act = Known() with { IsFresh = true, IsOwner = true };

        Assert.Equal(isFound, Detectors.Probation(in window, in act, Options).IsOver);
    }

    [Theory]
    [InlineData(99_999UL, 0UL, 0UL, false)]
    [InlineData(100_000UL, 0UL, 0UL, true)]
    [InlineData(219_999UL, 100_000UL, 0UL, false)]
    [InlineData(220_000UL, 100_000UL, 0UL, true)]
    [InlineData(119_999UL, 0UL, 200_000UL, false)]
    [InlineData(120_000UL, 0UL, 200_000UL, true)]
    public void HourValue_is_bounded_by_the_cap_or_by_the_usual_hour_or_day(
        ulong before, ulong peak, ulong usual, bool isFound)
    {
        var window = Grown(new()
        {
            HourValue = before, PeakValue = peak, UsualVolume = usual, Day = new() { Volume = before + usual },
        });

        Assert.Equal(isFound, Detectors.HourValue(in window, Known(), Options).IsOver);
        Assert.False(Detectors.HourValue(in window, Known() with { IsFresh = true }, Options).IsOver);
    }

    [Theory]
    [InlineData(259_999UL, false)]
    [InlineData(260_000UL, true)]
    public void HourValue_lets_what_was_due_in_a_standstill_go_at_once(ulong before, bool isFound)
    {
        var window = Grown(new()
        {
            HourValue = before, UsualVolume = 200_000, Day = new() { Volume = before + 200_000 },
        });

        Assert.Equal(
            isFound, Detectors.HourValue(in window, Known() with { IsCatchingUp = true }, Options).IsOver);
        Assert.True(Detectors.HourValue(in window, Known(), Options).IsOver);
    }

    [Fact]
    public void HourValue_counts_only_what_comes_on_top_of_a_usual_day()
    {
        var window = Grown(new()
        {
            HourValue = 300_000, UsualVolume = 200_000, Day = new() { Volume = 300_000 },
        });

        Assert.Equal(new Reading(100_001, 120_000), Detectors.HourValue(in window, Known(), Options));
    }

    [Fact]
    public void In_its_first_week_an_agent_may_grow_into_its_work()
    {
        var window = new ActivityWindow { Days = 6 };
        Assert.Equal(400_000UL, Detectors.HourValue(in window, Known(), Options).Limit);
        Assert.Equal(400_000UL, Detectors.DayValue(in window, Known(), Options).Limit);

        window.Days = 7;
        Assert.Equal(100_000UL, Detectors.HourValue(in window, Known(), Options).Limit);
        Assert.Equal(300_000UL, Detectors.DayValue(in window, Known(), Options).Limit);
    }

    [Theory]
    [InlineData(299_999UL, 0UL, 0UL, false)]
    [InlineData(300_000UL, 0UL, 0UL, true)]
    [InlineData(449_999UL, 300_000UL, 0UL, false)]
    [InlineData(450_000UL, 300_000UL, 0UL, true)]
    [InlineData(649_999UL, 0UL, 200_000UL, false)]
    [InlineData(650_000UL, 0UL, 200_000UL, true)]
    public void DayValue_is_bounded_by_the_cap_or_by_the_usual_day_or_its_peak(
        ulong before, ulong peak, ulong usual, bool isFound)
    {
        var window = Grown(new() { PeakDay = peak, UsualVolume = usual, Day = new() { Volume = before } });

        Assert.Equal(isFound, Detectors.DayValue(in window, Known(), Options).IsOver);
        Assert.False(Detectors.DayValue(in window, Known() with { IsFresh = true }, Options).IsOver);
    }

    [Theory]
    [InlineData(300_000UL, 0UL, false)]
    [InlineData(300_001UL, 0UL, true)]
    [InlineData(400_000UL, 40_000UL, false)]
    [InlineData(400_001UL, 40_000UL, true)]
    public void OverAverage_allows_ten_times_the_average_and_what_is_small(ulong value, ulong average, bool isFound)
    {
        var window = default(ActivityWindow);
        window.Means[0].Mean = average;

        Assert.Equal(isFound, Detectors.OverAverage(in window, Known(value), Options).IsOver);
        Assert.False(Detectors.OverAverage(in window, Known(value) with { IsFresh = true }, Options).IsOver);
    }

    [Fact]
    public void Outlier_measures_deviations_of_the_logarithm_from_the_median()
    {
        // All values 2^12: the median is 12 * 256, the deviation the least, 64; so 2^14 lies 8 deviations above.
        var window = Sampled(_ => 4_096);

        Assert.Equal(new Reading(8_000, 8_000), Detectors.Outlier(in window, Valued(16_384), Options));
        Assert.True(Detectors.Outlier(in window, Valued(16_384 + 64), Options).IsOver);

        // Values that differ by factors of eight take away the surprise.
        window = Sampled(i => 512UL << (3 * (i % 3)));
        Assert.False(Detectors.Outlier(in window, Valued(65_536), Options).IsOver);

        static Act Valued(ulong value) => Known(value) with { Cap = 10_000 };
    }

    [Fact]
    public void Outlier_needs_half_a_sample_a_history_and_a_value_that_matters()
    {
        var window = Sampled(_ => 16, ActivityWindow.SampleSize / 2);
        var act = Known(400_000);
        Assert.True(Detectors.Outlier(in window, in act, Options).IsOver);
        Assert.False(Detectors.Outlier(in window, act with { IsFresh = true }, Options).IsOver);
        Assert.False(Detectors.Outlier(in window, act with { Value = 300_000 }, Options).IsOver);

        window = Sampled(_ => 16, (ActivityWindow.SampleSize / 2) - 1);
        Assert.False(Detectors.Outlier(in window, in act, Options).IsOver);
    }

    [Theory]
    [InlineData(119_999UL, false)]
    [InlineData(120_000UL, true)]
    public void NewKind_lets_a_new_type_be_tried_out(ulong before, bool isFound)
    {
        var window = new ActivityWindow { Day = new() { Young = before } };
        var act = Known() with { Young = 1 };

        Assert.Equal(isFound, Detectors.NewKind(in window, in act, Options).IsOver);
        Assert.False(Detectors.NewKind(in window, act with { Young = 0 }, Options).IsOver);
        Assert.False(Detectors.NewKind(in window, act with { IsFresh = true }, Options).IsOver);
    }

    [Theory]
    [InlineData(99_999UL, 0UL, 0UL, false)]
    [InlineData(100_000UL, 0UL, 0UL, true)]
    [InlineData(149_999UL, 150_000UL, 0UL, false)]
    [InlineData(150_000UL, 150_000UL, 0UL, true)]
    [InlineData(149_999UL, 0UL, 600_000UL, false)]
    [InlineData(150_000UL, 0UL, 600_000UL, true)]
    public void Strangers_together_get_a_share_of_the_cap_or_what_is_usual(
        ulong before, ulong peak, ulong usual, bool isFound)
    {
        var window = new ActivityWindow
        {
            PeakBeyond = peak, UsualVolume = usual, Day = new() { Beyond = before },
        };

        Assert.Equal(isFound, Detectors.Strangers(in window, Known(), Options).IsOver);
        Assert.Equal(isFound, Detectors.Strangers(in window, Known() with { IsFresh = true }, Options).IsOver);
        Assert.False(Detectors.Strangers(in window, Known() with { Beyond = 0 }, Options).IsOver);
    }

    [Theory]
    [InlineData(119_999UL, 40_000UL, false)]
    [InlineData(120_000UL, 40_000UL, true)]
    [InlineData(120_000UL, 40_001UL, false)]
    public void Strangers_of_an_owners_agents_add_up_unless_one_agent_makes_up_a_third(
        ulong before, ulong own, bool isFound)
    {
        var window = new ActivityWindow { Day = new() { Beyond = before } };
        var act = Known() with { IsOwner = true, OwnBeyond = own };

        Assert.Equal(isFound, Detectors.Strangers(in window, in act, Options).IsOver);
    }

    [Theory]
    [InlineData(60_000UL, 39_999UL, 2UL, 0UL, false)]
    [InlineData(60_000UL, 40_000UL, 2UL, 0UL, true)]
    [InlineData(60_000UL, 400_000UL, 1UL, 0UL, false)]
    [InlineData(60_000UL, 400_000UL, 2UL, 0UL, true)]
    [InlineData(60_000UL, 99_999UL, 2UL, 2_000UL, true)]
    [InlineData(60_000UL, 99_999UL, 2UL, 2_001UL, false)]
    public void Insistence_needs_two_asks_a_tenth_of_the_cap_and_a_payee_that_gets_little_otherwise(
        ulong passed, ulong asked, ulong asks, ulong standing, bool isFound)
    {
        var window = new ActivityWindow { Day = new() { Beyond = passed, Asked = asked, Asks = asks } };
        var act = Known() with { Standing = standing };

        Assert.Equal(isFound, Detectors.Insistence(in window, in act, Options).IsOver);
        Assert.False(Detectors.Insistence(in window, act with { Beyond = 0 }, Options).IsOver);
        Assert.False(Detectors.Insistence(in window, act with { IsFresh = true }, Options).IsOver);
        Assert.False(Detectors.Insistence(in window, act with { IsOwner = true }, Options).IsOver);
    }

    [Theory]
    [InlineData(60_000UL, 0UL, 0UL, false)]
    [InlineData(60_001UL, 0UL, 0UL, true)]
    [InlineData(400_000UL, 20_000UL, 0UL, false)]
    [InlineData(400_001UL, 20_000UL, 0UL, true)]
    [InlineData(70_000UL, 0UL, 139_999UL, false)]
    [InlineData(70_001UL, 0UL, 139_999UL, true)]
    public void Dominance_needs_a_share_of_the_cap_and_half_of_the_day_and_more_than_usual(
        ulong recent, ulong usual, ulong volume, bool isFound)
    {
        var window = new ActivityWindow { Day = new() { Volume = volume } };
        var act = Known() with { PayeeRecent = recent, PayeeUsual = usual };

        Assert.Equal(isFound, Detectors.Dominance(in window, in act, Options).IsOver);
        Assert.False(Detectors.Dominance(in window, act with { Beyond = 0 }, Options).IsOver);
        Assert.False(Detectors.Dominance(in window, act with { IsFresh = true }, Options).IsOver);
        Assert.False(Detectors.Dominance(in window, act with { IsOwner = true }, Options).IsOver);
    }

    [Theory]
    [InlineData(15_000UL, false)]
    [InlineData(15_001UL, true)]
    public void Dominance_allows_a_quarter_after_a_change_of_keys(ulong recent, bool isFound)
    {
        var act = Known() with { PayeeRecent = recent, IsWatched = true };

        Assert.Equal(isFound, Detectors.Dominance(default(ActivityWindow), in act, Options).IsOver);
    }

    [Theory]
    [InlineData(70_000UL, false)]
    [InlineData(70_001UL, true)]
    public void Dominance_lets_be_what_strangers_got_on_a_day_of_late(ulong recent, bool isFound)
    {
        var window = new ActivityWindow { PeakBeyond = 70_000 };

        Assert.Equal(isFound, Detectors.Dominance(in window, Known() with { PayeeRecent = recent }, Options).IsOver);
    }

    [Theory]
    [InlineData(119_999UL, false)]
    [InlineData(120_000UL, true)]
    public void Circle_lets_twice_as_much_go_back_as_on_a_day_of_late(ulong before, bool isFound)
    {
        var window = new ActivityWindow { PeakCircle = 60_000, Day = new() { Circle = before } };

        Assert.Equal(isFound, Detectors.Circle(in window, Known() with { Circle = 1 }, Options).IsOver);
    }

    [Theory]
    [InlineData(79_999UL, false)]
    [InlineData(80_000UL, true)]
    public void Circle_adds_up_what_goes_back_and_has_no_warm_up(ulong before, bool isFound)
    {
        var window = new ActivityWindow { Day = new() { Circle = before } };
        var act = Known() with { Circle = 1, IsFresh = true };

        Assert.Equal(isFound, Detectors.Circle(in window, in act, Options).IsOver);
        Assert.False(Detectors.Circle(in window, act with { Circle = 0 }, Options).IsOver);
        Assert.Equal(Cap, Detectors.Circle(in window, act with { IsOwner = true }, Options).Limit);
    }

    private static ActivityWindow Grown(ActivityWindow window)
    {
        window.Days = ActivityWindow.YoungDays;
        return window;
    }

    private static ActivityWindow Sampled(Func<int, ulong> value, int count = ActivityWindow.SampleSize)
    {
        var window = default(ActivityWindow);
        for (var i = 0; i < count; i++)
        {
            window.TakeValue(0, value(i));
        }

        return window;
    }
}
