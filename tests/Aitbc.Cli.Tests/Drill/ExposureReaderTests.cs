using Aitbc.Cli.Drill;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;

namespace Aitbc.Cli.Tests.Drill;

/// <summary>The reader that sums what was spent, on journals in which a cap was passed and on such as only come near.
/// </summary>
public sealed class ExposureReaderTests
{
    private static readonly Duration Day = Duration.FromDays(1);
    private static readonly Duration Moment = Duration.FromMilliseconds(1);

    // 1,000 tokens a day, 60 an action, 350 an hour for transfers and 6 h for the market, 200 staked, 1 of gas.
    private readonly DrillLimits limits = DrillLimits.Of(1_000);
    private readonly DrillEntries entries = new();
    private readonly ExposureReader reader;

    public ExposureReaderTests() => reader = new ExposureReader(DrillEntries.Agent, limits);

    [Fact]
    public void A_journal_over_the_daily_cap_by_one_token_is_found()
    {
        for (var hour = 0; hour < 23; hour++)
        {
            reader.Take(entries.Pays(43).At(Duration.FromHours(hour)));
        }

        reader.Take(entries.Pays(11).At(Duration.FromHours(23)));
        Assert.Equal(TokenAmount.Zero, Over("maxDailyVolume"));
        reader.Take(entries.Pays(1).At(Day - Moment));
        Assert.Equal(TokenAmount.OneToken, Over("maxDailyVolume"));
    }

    [Fact]
    public void What_is_a_whole_window_old_counts_no_more()
    {
        reader.Take(entries.Pays(350).At(Duration.Zero));
        reader.Take(entries.Pays(350).At(Duration.FromHours(1)));
        Assert.Equal(TokenAmount.Zero, Over("transfers in 1 h"));
        reader.Take(entries.Pays(1).At(Duration.FromHours(2) - Moment));
        Assert.Equal(TokenAmount.OneToken, Over("transfers in 1 h"));
    }

    [Fact]
    public void What_was_given_back_may_be_spent_again_and_what_was_not_may_not()
    {
        reader.Take(entries.Holds(350, 1).At(Duration.Zero));
        reader.Take(entries.GetsBack(50, 1).At(Moment));
        reader.Take(entries.Holds(50, 2).At(Moment));
        Assert.Equal(TokenAmount.Zero, Over("workloads and bids in 6 h"));
        reader.Take(entries.Holds(1, 3).At(Moment));
        Assert.Equal(TokenAmount.OneToken, Over("workloads and bids in 6 h"));
        Assert.Equal((4, 1), (reader.Debits + 1, reader.GivenBack));
    }

    [Fact]
    public void The_debits_of_one_hold_in_one_entry_are_one_action()
    {
        reader.Take(entries.Holds(40, 1).Holds(20, 1).Holds(60, 2).At(Duration.Zero));
        Assert.Equal(TokenAmount.Zero, Over("maxValuePerAction"));
        reader.Take(entries.Holds(40, 3).Holds(21, 3).At(Duration.Zero));
        Assert.Equal(TokenAmount.OneToken, Over("maxValuePerAction"));
    }

    [Fact]
    public void Stake_and_gas_have_caps_of_their_own()
    {
        Moved staked = new(
            DrillEntries.Agent, DrillEntries.Agent, SubAccount.Available, SubAccount.Stake, MovePhase.Direct,
            MoveReason.Staked, 0, TokenAmount.FromTokens(201));
        reader.Take(entries.With(EventKind.Moved, staked).Gas(1).At(Duration.Zero));
        Assert.Equal((TokenAmount.OneToken, TokenAmount.Zero), (Over("maxStake"), Over("maxGasPerDay")));
        reader.Take(entries.Gas(1).At(Day - Moment));
        Assert.Equal((TokenAmount.OneToken, TokenAmount.Zero), (Over("maxGasPerDay"), Over("maxDailyVolume")));
    }

    [Fact]
    public void What_others_pay_is_not_the_agents()
    {
        Moved moved = new(
            DrillEntries.Other, DrillEntries.Agent, SubAccount.Available, SubAccount.Available, MovePhase.Direct,
            MoveReason.Transfer, 0, TokenAmount.FromTokens(5_000));
        reader.Take(entries.With(EventKind.Moved, moved).At(Duration.Zero));
        Assert.All(reader.ToResults(), cap => Assert.Equal((TokenAmount.Zero, 0.0), (cap.Most, cap.Share)));
    }

    private TokenAmount Over(string name) => reader.ToResults().Single(cap => cap.Name == name).Over;
}
