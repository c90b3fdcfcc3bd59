using Aitbc.Cli.Drill;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Cli.Tests.Drill;

/// <summary>The reader that counts effects after stops, on journals of a ledger whose fence is broken.</summary>
public sealed class EffectReaderTests
{
    private static readonly Duration Now = Duration.Zero;

    private readonly DrillEntries entries = new();
    private readonly EffectReader reader = new();

    [Theory]
    [InlineData(StopScope.All)]
    [InlineData(StopScope.Market)]
    public void A_debit_while_a_scope_is_stopped_is_found(StopScope scope)
    {
        reader.Take(entries.Holds(1, 1).Holds(1, 2).At(Now));
        Stop(scope, 1);
        reader.Take(entries.Holds(1, 3).At(Now, epoch: 1));
        Assert.Equal((2, 1, 1), (Of(scope).EffectsBefore, Of(scope).EffectsAfter, reader.EffectsAfterStop));
    }

    [Fact]
    public void What_was_signed_before_a_stop_and_has_effect_after_the_release_is_found()
    {
        Stop(StopScope.All, 1);
        reader.Take(entries.With(EventKind.MarketReleased, new MarketReleased(StopScope.All)).At(Now));
        reader.Take(entries.Pays(1).At(Now, epoch: 1));
        Assert.Equal(0, reader.EffectsAfterStop);
        reader.Take(entries.Pays(1).At(Now, epoch: 0));
        Assert.Equal((2, 1), (reader.Effects, reader.EffectsAfterStop));
    }

    [Fact]
    public void Gas_and_obligations_are_effects_and_what_comes_back_is_none()
    {
        reader.Take(entries.Holds(5, 1).At(Now));
        reader.Take(entries.With(EventKind.AgentStopped, new AgentStopped(DrillEntries.Agent, DrillEntries.Other, 1))
            .At(Now));
        reader.Take(entries.GetsBack(5, 1).At(Now));
        reader.Take(entries.With(EventKind.WorkStarted, new WorkStarted(new WorkloadId(1), DrillEntries.Other))
            .At(Now));
        Assert.Equal(0, reader.EffectsAfterStop);
        reader.Take(entries.Gas(1).At(Now, epoch: 1));
        reader.Take(entries.With(EventKind.WorkStarted, new WorkStarted(new WorkloadId(1), DrillEntries.Agent))
            .At(Now));
        Assert.Equal(2, reader.EffectsAfterStop);
        Assert.Equal((1, 2), (reader.Agents[DrillEntries.Agent].EffectsBefore,
            reader.Agents[DrillEntries.Agent].EffectsAfter));
    }

    [Fact]
    public void A_stop_of_the_market_covers_no_payment_and_no_guardian()
    {
        Stop(StopScope.Market, 1);
        reader.Take(entries.Pays(1).At(Now, epoch: 0));
        reader.Take(entries.Gas(1).At(Now, epoch: 0, new ReleaseMarket(StopScope.Market)));
        Assert.Equal((1, 0), (reader.Effects, reader.EffectsAfterStop));
    }

    private void Stop(StopScope scope, ulong epoch) => reader.Take(
        entries.With(EventKind.MarketStopped, new MarketStopped(scope, DrillEntries.Other, epoch)).At(Now));

    private StopReading Of(StopScope scope) => reader.Of(scope)!;
}
