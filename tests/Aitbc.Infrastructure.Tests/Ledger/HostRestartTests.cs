using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Ledger;

/// <summary>What a restart and a clock may not change.</summary>
public sealed class HostRestartTests
{
    [Fact]
    public async Task Submit_Again_GivesTheFirstOutcomeAlsoAfterARestart()
    {
        var disk = new FaultyDisk(1);
        var fixture = new HostFixture(disk);
        SignedPayload paid, refused;
        SubmitResult first, second;
        await using (var host = fixture.Open())
        {
            paid = fixture.Transfer(host, 0);
            refused = fixture.Transfer(host, 0, TokenAmount.FromTokens(5_000_000));
            (first, second) = (HostFixture.Submit(host, paid), HostFixture.Submit(host, refused));
            AssertDuplicates(host);
        }

        await using (var host = fixture.Open())
        {
            AssertDuplicates(host);
        }

        foreach (var name in disk.List(SnapshotStore.DirectoryName))
        {
            disk.Remove($"{SnapshotStore.DirectoryName}/{name.Name}");
        }

        await using (var host = fixture.Open())
        {
            Assert.Equal(0UL, host.Recovered.SnapshotSeq);
            AssertDuplicates(host);
            var paidTo = HostFixture.BalanceOf(host, fixture.Account(3));
            Assert.Equal(TokenAmount.FromTokens(1_000_000) + TokenAmount.FromBaseUnits(1), paidTo);
        }

        void AssertDuplicates(LedgerHost host)
        {
            foreach (var (payload, result) in new[] { (paid, first), (refused, second) })
            {
                var again = HostFixture.Submit(host, payload);
                Assert.True(again.IsDuplicate);
                Assert.Equal((result.Outcome, result.Seq), (again.Outcome, again.Seq));
            }

            Assert.Equal((Outcome.Applied, Outcome.InsufficientFunds), (first.Outcome, second.Outcome));
        }
    }

    [Theory]
    [InlineData(2_001, true)]
    [InlineData(-2_001, true)]
    [InlineData(2_000, false)]
    [InlineData(-2_000, false)]
    public async Task WallClock_Stepped_StopsAdmissionBeyondTwoSeconds(long stepMs, bool stops)
    {
        var fixture = new HostFixture(new FaultyDisk(1));
        await using var host = fixture.Open();
        fixture.Clock.Advance(Duration.FromMinutes(1));
        var payload = fixture.Transfer(host, 0);
        fixture.Clock.StepWall(new Duration(stepMs));

        if (stops)
        {
            Assert.Equal("clock", Assert.Throws<AdmissionClosedException>(() => { Send(host, payload); }).Code);
            fixture.Clock.StepWall(new Duration(-stepMs));
        }

        Assert.Equal(Outcome.Applied, Send(host, payload).Outcome);
    }

    [Theory]
    [InlineData(2_001, true)]
    [InlineData(2_000, false)]
    public async Task Open_ClockBehindTheJournal_IsRefused(long behindMs, bool isRefused)
    {
        var fixture = new HostFixture(new FaultyDisk(1));
        await using (var host = fixture.Open())
        {
            fixture.Clock.Advance(Duration.FromMinutes(1));
            Send(host, fixture.Transfer(host, 0));
        }

        fixture.Clock.StepWall(new Duration(-behindMs));
        if (isRefused)
        {
            Assert.Equal("clock", Assert.Throws<AdmissionClosedException>(() => { fixture.Open(); }).Code);
            fixture.Clock.StepWall(new Duration(behindMs));
        }

        await using var again = fixture.Open();
        Assert.Equal(Outcome.Applied, Send(again, fixture.Transfer(again, 0)).Outcome);
    }

    [Fact]
    public async Task Open_AfterAWeek_HoldsMarketTimeStill()
    {
        var fixture = new HostFixture(new FaultyDisk(1));
        long before;
        await using (var host = fixture.Open())
        {
            fixture.Clock.Advance(Duration.FromMinutes(1));
            Send(host, fixture.Transfer(host, 0));
            before = host.View.Read(state => state.MarketNowMs);
        }

        fixture.Clock.Advance(Duration.FromDays(7));
        await using var again = fixture.Open();
        Assert.Equal(before, again.View.Read(state => state.MarketNowMs));
        fixture.Clock.Advance(Duration.FromSeconds(5));
        Send(again, fixture.Transfer(again, 0));
        Assert.Equal(before + 5_000, again.View.Read(state => state.MarketNowMs));
    }

    private static SubmitResult Send(LedgerHost host, SignedPayload payload) => HostFixture.Submit(host, payload);
}
