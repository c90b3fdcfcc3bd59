using Aitbc.Node.Hosting;
using Aitbc.Testing;

namespace Aitbc.Node.Tests.Hostile;

/// <summary>Commands leave a guardian the processor while its decision is made durable, and never for long.</summary>
public sealed class StandAsideTests : IDisposable
{
    private static readonly TimeSpan Aside = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly SteppedTime time = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly CommandShares shares;

    public StandAsideTests() => shares = new CommandShares(new NodeOptions(), time);

    public void Dispose() => shares.Dispose();

    [Fact]
    public void Without_a_decision_nobody_stands_aside() => Assert.True(shares.StandAsideAsync().IsCompleted);

    [Fact]
    public async Task Commands_stand_aside_until_all_decisions_are_answered()
    {
        shares.BeginDecision();
        shares.BeginDecision();
        var waits = shares.StandAsideAsync();
        shares.EndDecision();
        Assert.False(waits.IsCompleted);
        shares.EndDecision();
        await waits;
        Assert.True(shares.StandAsideAsync().IsCompleted);
    }

    [Fact]
    public async Task Commands_stand_aside_for_no_more_than_a_moment_and_not_again_at_once()
    {
        shares.BeginDecision();
        var waits = shares.StandAsideAsync();
        time.Advance(Aside - Moment);
        Assert.False(waits.IsCompleted);
        time.Advance(Moment);
        await waits;
        shares.EndDecision();
        shares.BeginDecision();
        Assert.True(shares.StandAsideAsync().IsCompleted);
        shares.EndDecision();
        time.Advance(Aside);
        shares.BeginDecision();
        Assert.False(shares.StandAsideAsync().IsCompleted);
    }
}
