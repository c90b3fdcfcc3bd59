using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Tests.Attacks;

/// <summary>Deadlines where the clock jumps.</summary>
public sealed class DeadlineTests
{
    private readonly LedgerFixture chain = new();

    [Fact]
    public void A_late_tick_takes_no_phase_away()
    {
        var provider = chain.NewProvider(chain.People[3]);
        var id = chain.Post(chain.People[4]);
        chain.Bid(provider, id, TokenAmount.OneToken);

        chain.Now += Duration.FromHours(1);
        chain.Input(new Tick());
        Assert.Equal(WorkloadPhase.Opening, chain.Workload(id).Phase);
        chain.Input(new BidOpenings(id, null, [chain.OpeningOf(provider.Agent, id)]));

        chain.Now += Duration.FromHours(1);
        chain.Input(new Tick());
        Assert.Equal(WorkloadPhase.Awarded, chain.Workload(id).Phase);
        chain.Do(provider.Agent, new StartWork(id));
    }

    [Fact]
    public void A_tie_that_waits_for_the_beacon_is_tried_once_a_tick()
    {
        var (id, _) = Tie();
        chain.PassDeadline(id);
        chain.Now += Duration.FromDays(7);
        chain.Input(new Tick());
        var reader = new EventReader(chain.LastEvents);
        Assert.True(reader.MoveNext() && reader.Kind == EventKind.AwardPostponed);
        Assert.False(reader.MoveNext());
    }

    [Fact]
    public void A_new_term_misses_no_deadline()
    {
        var provider = chain.NewProvider(chain.People[3]);
        var id = chain.Award(chain.People[4], provider);
        var left = chain.Workload(id).DeadlineMs - chain.State.MarketNowMs;
        chain.Now += Duration.FromDays(7);
        chain.Input(chain.NextTerm());
        Assert.Equal(left, chain.Workload(id).DeadlineMs - chain.State.MarketNowMs);
        chain.Deliver(provider, id);
        Assert.Equal(WorkloadPhase.Submitted, chain.Workload(id).Phase);
    }

    [Fact]
    public void A_tie_that_a_new_term_finds_is_drawn_with_the_new_terms_beacon()
    {
        var (id, _) = Tie();
        chain.RevealBeacon();
        var old = chain.NextBeacon();
        chain.Input(chain.NextTerm());
        Assert.Equal(Outcome.InputRejected, chain.Apply(new Beacon(old)).Outcome);

        chain.PassDeadline(id);
        Assert.Equal(WorkloadPhase.Opening, chain.Workload(id).Phase);
        chain.RevealBeacon();
        chain.PassDeadline(id);
        Assert.Equal(WorkloadPhase.Awarded, chain.Workload(id).Phase);
    }

    [Fact]
    public void A_tick_handles_as_much_whether_the_state_was_kept_or_loaded()
    {
        // The first hundred are taken back, so that what was due for them is stale where the state was kept.
        var client = chain.People[4];
        var posted = Enumerable.Range(0, Ledger.MaxDrained + 150).Select(_ => chain.Post(client)).ToList();
        foreach (var id in posted.Take(100))
        {
            chain.Do(client, new CancelWorkload(id));
        }

        var loaded = Loaded();
        chain.Now += Duration.FromDays(1);
        chain.Input(new Tick());
        var kept = chain.LastEvents;
        Assert.Equal(50, chain.State.Workloads.Live);

        var events = new EventBuffer();
        var header = new EntryHeader(loaded.Globals.Seq + 1, loaded.Globals.Term, chain.Now);
        new Ledger(loaded).Apply(header, new Tick(), events);
        Assert.Equal(kept, events.Bytes.ToArray());
    }

    private LedgerState Loaded()
    {
        using var stream = new MemoryStream();
        chain.State.Save(stream);
        stream.Position = 0;
        return LedgerState.Load(chain.Genesis, stream);
    }

    private (WorkloadId Id, Provider[] Bidders) Tie()
    {
        Provider[] bidders = [chain.NewProvider(chain.People[3]), chain.NewProvider(chain.People[5])];
        var id = chain.Post(chain.People[4]);
        foreach (var bidder in bidders)
        {
            chain.Bid(bidder, id, TokenAmount.OneToken);
        }

        chain.Open(id, bidders);
        return (id, bidders);
    }
}
