using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Tests.Rules;

/// <summary>Entries follow one another, and the state is kept and loaded whole.</summary>
public sealed class EntryTests
{
    private readonly LedgerFixture chain = new();

    [Fact]
    public void An_entry_that_does_not_follow_the_last_is_a_broken_precondition()
    {
        chain.Apply(new Tick());
        var globals = chain.State.Globals;
        var now = chain.Now;
        Throws(new EntryHeader(globals.Seq, globals.Term, now));
        Throws(new EntryHeader(globals.Seq + 2, globals.Term, now));
        Throws(new EntryHeader(globals.Seq + 1, globals.Term - 1, now));
        Throws(new EntryHeader(globals.Seq + 1, globals.Term, now - new Duration(1)));

        void Throws(EntryHeader header) =>
            Assert.Throws<ArgumentException>(() => chain.Apply(header, new Tick()));
    }

    [Fact]
    public void A_term_begins_by_its_own_input_and_by_nothing_else()
    {
        var (seq, term) = (chain.State.Globals.Seq + 1, chain.State.Globals.Term);
        Assert.Equal(
            Outcome.InputRejected, chain.Apply(new EntryHeader(seq, term, chain.Now), chain.NextTerm()).Outcome);
        Assert.Equal(
            Outcome.InputRejected, chain.Apply(new EntryHeader(seq, term + 1, chain.Now), new Tick()).Outcome);
        Assert.Equal(term, chain.State.Globals.Term);
        Assert.Equal(Outcome.Applied, chain.Apply(chain.NextTerm()).Outcome);
        Assert.Equal(term + 1, chain.State.Globals.Term);
        Assert.Contains(EventKind.TermBegan, KindsOf(chain.LastEvents));
    }

    [Fact]
    public void A_chain_begins_once() => Assert.Throws<InvalidOperationException>(
        () => chain.Ledger.ApplyGenesis(Digest.Sha256("genesis"u8), new EventBuffer()));

    [Fact]
    public void A_chain_begins_at_its_first_instant() =>
        Assert.Equal(chain.Genesis.CreatedAt, new LedgerFixture().State.Time);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_state_that_was_saved_and_loaded_goes_on_as_the_one_it_was(ulong seed)
    {
        var economy = new RandomEconomy(seed);
        var twin = new RandomEconomy(seed);
        var saved = (Approvals: 0, Motions: 0, Overrides: 0, Rules: 0);
        for (var i = 0; i < 10; i++)
        {
            economy.Run(150);
            twin.Run(150);
            using var stream = new MemoryStream();
            economy.Chain.State.Save(stream);
            stream.Position = 0;
            economy.Chain.SwapState(LedgerState.Load(economy.Chain.Genesis, stream));
            Assert.Equal(twin.Chain.State.ComputeHash(), economy.Chain.State.ComputeHash());
            var state = economy.Chain.State;
            saved.Approvals += state.Approvals.Live;
            saved.Motions += state.Motions.Live;
            saved.Overrides += state.Overrides.Live;
            saved.Rules += state.RuleSets.Live;
        }

        Assert.True(
            saved is { Approvals: > 0, Motions: > 0, Overrides: > 0, Rules: > 0 }, $"{saved}, {economy.Where}");
    }

    [Fact]
    public void Every_kind_of_record_is_in_the_hash()
    {
        var economy = new RandomEconomy(3);
        economy.Run(1_500);
        var state = economy.Chain.State;
        Changes(() => state.Accounts.Write(1).Available += new TokenAmount(1));
        Changes(() => state.Lanes.Write(0).NextSequence++);
        Changes(() => state.Keys.Write(0).NextKey++);
        Changes(() => state.Agents.Write(0).JobsSettled++);
        Changes(() => state.Services.Write(0).CurrentLoad++);
        Changes(() => state.Blobs.Write(0).SizeBytes++);
        Changes(() => state.GlobalTable.Write(0).LastBlob++);

        void Changes(Action change)
        {
            var before = state.ComputeHash();
            change();
            Assert.NotEqual(before, state.ComputeHash());
        }
    }

    private static List<EventKind> KindsOf(byte[] events)
    {
        var kinds = new List<EventKind>();
        var reader = new EventReader(events);
        while (reader.MoveNext())
        {
            kinds.Add(reader.Kind);
        }

        return kinds;
    }
}
