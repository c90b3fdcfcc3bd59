using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Tests.Invariants;

/// <summary>What holds after every entry of a long random economy with honest, wrong and hostile senders.</summary>
public sealed class LedgerInvariants
{
    private const int Steps = 6_000;

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Invariant_I1_ValueIsConservedAfterEveryEntry(ulong seed)
    {
        var economy = new RandomEconomy(seed);
        economy.Chain.Journalled += _ => Assert.True(
            Sum(economy.Chain.State) == economy.Chain.State.Globals.Supply.BaseUnits, economy.Where);
        economy.Run(Steps / 4);
        Assert.True(economy.Chain.Journal.Count > 500, economy.Where);
    }

    [Fact]
    public void Invariant_I3_TheSameJournalGivesTheSameStateHash()
    {
        static Digest HashOf(ulong seed)
        {
            var economy = new RandomEconomy(seed);
            economy.Run(Steps / 3);
            return economy.Chain.State.ComputeHash();
        }

        Assert.Equal(HashOf(31), HashOf(31));
        Assert.NotEqual(HashOf(31), HashOf(32));
    }

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    public void Invariant_I4_TheEventsAloneRebuildTheState(ulong seed)
    {
        var economy = new RandomEconomy(seed);
        economy.Run(Steps);
        var follower = new LedgerState(economy.Chain.Genesis);
        foreach (var entry in economy.Chain.Journal)
        {
            EventCatalog.Apply(follower, entry.Header, entry.Events);
        }

        Assert.Equal(economy.Chain.State.ComputeHash(), follower.ComputeHash());
    }

    [Theory]
    [InlineData(51)]
    [InlineData(52)]
    public void Invariant_I5_ASecondSendChangesNothingAndGetsTheFirstOutcome(ulong seed)
    {
        var economy = new RandomEconomy(seed);
        var chain = economy.Chain;
        var checks = 0;
        for (var i = 0; i < Steps / 6; i++)
        {
            var known = chain.Journal.Count;
            economy.Step();

            // Whoever revokes the very key it signs with cannot prove a second time who it is.
            if (chain.Journal.Count == known
                || chain.Journal[^1].Body is not ClientPayload payload
                || Array.Exists(payload.Commands, command => command is RevokeKey))
            {
                continue;
            }

            var first = chain.Journal[^1].Result;
            var before = chain.State.ComputeHash();
            var again = chain.Submit(payload);
            Assert.True(again.IsDuplicate, economy.Where);
            Assert.Equal((first.Outcome, first.Seq), (again.Outcome, again.Seq));
            Assert.Equal(before, chain.State.ComputeHash());
            checks++;
        }

        Assert.True(checks > 300, economy.Where);
    }

    [Theory]
    [InlineData(71)]
    [InlineData(72)]
    public void Invariant_I7_ARefusedPayloadChangesNothingButItsFeeAndNonce(ulong seed)
    {
        var economy = new RandomEconomy(seed);
        economy.Run(Steps);
        var refused = economy.Chain.Journal
            .Where(entry => entry.Result.Outcome is >= (Outcome)100 and not Outcome.Parked).ToList();
        Assert.True(refused.Count > 200, economy.Where);
        foreach (var entry in refused)
        {
            var reader = new EventReader(entry.Events);
            Assert.True(reader.MoveNext());
            Assert.Equal(EventKind.CommandHandled, reader.Kind);
            var handled = reader.As<CommandHandled>();
            Assert.True(handled.Gas <= economy.Chain.State.Parameters.BaseGas);
            Assert.False(reader.MoveNext());
        }
    }

    [Theory]
    [InlineData(91)]
    [InlineData(92)]
    public void Invariant_I9_WhatIsInadmissibleLeavesNoTrace(ulong seed)
    {
        var economy = new RandomEconomy(seed);
        var chain = economy.Chain;
        var before = default(Digest);
        var checks = 0;
        chain.Attempting += (_, _) => before = chain.State.ComputeHash();
        chain.Attempted += (_, _, result) =>
        {
            if (!result.Outcome.IsJournalled())
            {
                checks++;
                Assert.True(before == chain.State.ComputeHash(), $"{result.Outcome}, {economy.Where}");
            }
        };
        economy.Run(Steps / 6);
        Assert.True(checks > 100, economy.Where);
    }

    private static UInt128 Sum(LedgerState state)
    {
        var sum = UInt128.Zero;
        for (var slot = 0; slot < state.Accounts.Count; slot++)
        {
            sum += state.Accounts[slot].Total.BaseUnits;
        }

        return sum;
    }
}
