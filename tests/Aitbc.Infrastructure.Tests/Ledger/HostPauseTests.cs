using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Tests.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Ledger;

/// <summary>A node that is down: work's deadlines stand still, caps run on the wall clock.</summary>
public sealed class HostPauseTests
{
    private const int WorkWindowMs = 60_000;
    private static readonly TokenAmount Cap = TokenAmount.FromTokens(100);
    private static readonly TokenAmount Most = TokenAmount.FromTokens(90);
    private static readonly TokenAmount More = TokenAmount.FromTokens(20);

    [Fact]
    public async Task Pause_OfAWeek_WithAwardedWork_MissesNoDeadlineAndItIsPaid()
    {
        using var temporary = new TemporaryDirectory();
        await using var work = await PaidWork.BeginAsync(temporary.Combine("chain"));
        var id = await work.AwardAsync();
        await work.DoAsync(work.Provider, new StartWork(id));
        await work.AdvanceAsync(WorkWindowMs - 1_000);
        await work.DoAsync(work.Client, new Transfer(work.Owner.Account, TokenAmount.OneToken));
        await work.CloseAsync();

        work.Time.Advance(TimeSpan.FromDays(7));
        await work.RestartAsync();
        var before = HostFixture.BalanceOf(work.Host, work.Provider.Account);
        var result = await work.BlobAsync(work.Provider, "late result");
        await work.AdvanceAsync(500);
        await work.DoAsync(work.Provider, new SubmitWork(id, result, 950_000));
        await work.CloseAsync();

        // The client's window stands still as well.
        work.Time.Advance(TimeSpan.FromDays(7));
        await work.RestartAsync();
        await work.DoAsync(work.Client, new AcceptWork(id));
        var paid = HostFixture.BalanceOf(work.Host, work.Provider.Account);
        Assert.True(paid > before + TokenAmount.FromTokens(39), $"{before} became {paid}");
    }

    [Fact]
    public async Task Pause_OfAWeek_MissesNoDeadlineOnThreadsOfItsOwn()
    {
        using var temporary = new TemporaryDirectory();
        await using var work = await PaidWork.BeginAsync(temporary.Combine("chain"));
        var id = await work.AwardAsync();
        await work.CloseAsync();
        work.Time.Advance(TimeSpan.FromDays(7));

        using var chain = ChainDirectory.Open(work.Path);
        await using var host = chain.OpenLedger(options => options with
        {
            Time = work.Time, SegmentBytes = 1024 * 1024,
        });
        await host.PumpAsync(CancellationToken.None);

        Assert.True(host.View.Read(state => state.FindWorkload(id)) >= 0, "the work was ended while the node was down");
    }

    [Fact]
    public async Task Pause_OfAWeek_GivesNoMoreTimeThanWasLeft()
    {
        using var temporary = new TemporaryDirectory();
        await using var work = await PaidWork.BeginAsync(temporary.Combine("chain"));
        var id = await work.AwardAsync();
        await work.DoAsync(work.Provider, new StartWork(id));
        await work.AdvanceAsync(WorkWindowMs - 1_000);
        await work.DoAsync(work.Client, new Transfer(work.Owner.Account, TokenAmount.OneToken));
        await work.CloseAsync();

        work.Time.Advance(TimeSpan.FromDays(7));
        await work.RestartAsync();
        var result = await work.BlobAsync(work.Provider, "late result");
        await work.AdvanceAsync(1_001);

        var late = await work.SendAsync(work.Provider, new SubmitWork(id, result, 950_000));
        Assert.Equal(Outcome.NoSuchWorkload, late.Outcome);
    }

    [Theory]
    [InlineData(10 * 60, Outcome.VolumeLimit)]
    [InlineData(24 * 60, Outcome.VolumeLimit)]
    [InlineData((24 * 60) + 15, Outcome.Applied)]
    [InlineData(7 * 24 * 60, Outcome.Applied)]
    public async Task Pause_WithTheDailyCapNearlyUsed_FreesItByTheWallClock(int minutes, Outcome expected)
    {
        var fixture = new HostFixture(new FaultyDisk(1));
        var agent = new TestKey(new SeededRandom(5));
        await using (var host = fixture.Open())
        {
            Join(fixture, host, agent);
            Assert.Equal(Outcome.Applied, Pay(fixture, host, agent, Most));
            Assert.Equal(Outcome.VolumeLimit, Pay(fixture, host, agent, More));
        }

        fixture.Clock.Advance(Duration.FromMinutes(minutes));
        await using var again = fixture.Open();
        Assert.Equal(expected, Pay(fixture, again, agent, More));
    }

    [Theory]
    [InlineData(25 * 3_600_000L)]
    [InlineData(-25 * 3_600_000L)]
    [InlineData(2_000L)]
    [InlineData(-2_000L)]
    public async Task WallClock_Stepped_FreesNothingOfTheDailyCap(long stepMs)
    {
        var fixture = new HostFixture(new FaultyDisk(1));
        var agent = new TestKey(new SeededRandom(5));
        await using var host = fixture.Open();
        Join(fixture, host, agent);
        Assert.Equal(Outcome.Applied, Pay(fixture, host, agent, Most));
        var more = fixture.Payload(host, agent, 0, new Transfer(fixture.Account(3), More));

        fixture.Clock.StepWall(new Duration(stepMs));

        var outcome = Outcome.VolumeLimit;
        var refused = Record.Exception(() => { outcome = HostFixture.Submit(host, more).Outcome; });
        Assert.Equal(Math.Abs(stepMs) > 2_000, refused is AdmissionClosedException { Code: "clock" });
        Assert.Equal(Outcome.VolumeLimit, outcome);
        fixture.Clock.StepWall(new Duration(-stepMs));
        Assert.Equal(Outcome.VolumeLimit, Pay(fixture, host, agent, More));
    }

    [Fact]
    public async Task WallClock_SetBackBeforeAStart_FreesNothingOfTheDailyCap()
    {
        var fixture = new HostFixture(new FaultyDisk(1));
        var agent = new TestKey(new SeededRandom(5));
        await using (var host = fixture.Open())
        {
            Join(fixture, host, agent);
            Assert.Equal(Outcome.Applied, Pay(fixture, host, agent, Most));
        }

        fixture.Clock.StepWall(new Duration(-2_000));
        await using var again = fixture.Open();
        Assert.Equal(Outcome.VolumeLimit, Pay(fixture, again, agent, More));
    }

    private static Outcome Pay(HostFixture fixture, LedgerHost host, TestKey agent, TokenAmount amount) =>
        HostFixture.Submit(host, fixture.Payload(host, agent, 0, new Transfer(fixture.Account(3), amount))).Outcome;

    /// <summary>Registers an agent that may spend <see cref="Cap"/> in 24 hours.</summary>
    private static void Join(HostFixture fixture, LedgerHost host, TestKey agent)
    {
        fixture.Clock.Advance(Duration.FromMinutes(1));
        var owner = fixture.People[0];
        var possession = agent.Sign(KeyPossession.Challenge(
            fixture.Genesis.Chain, (AccountId)owner.Id, agent.Public));
        var register = new RegisterAgent(
            agent.Public,
            possession,
            AgentKind.Inference,
            [LedgerFixture.Capability],
            Label.Parse("1.0"),
            Constitutions.Wide with { MaxDailyVolume = Cap, MaxValuePerAction = Cap },
            [(AccountId)owner.Id],
            1,
            TokenAmount.FromTokens(1_000));
        Assert.Equal(Outcome.Applied, HostFixture.Submit(host, fixture.Payload(host, owner, 0, register)).Outcome);
    }
}
