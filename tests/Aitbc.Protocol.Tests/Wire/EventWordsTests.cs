using System.Runtime.InteropServices;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Wire;

namespace Aitbc.Protocol.Tests.Wire;

public sealed class EventWordsTests
{
    private static readonly TokenAmount OneAndAHalf = TokenAmount.FromBaseUnits(1_500_000_000_000_000_000);

    public static TheoryData<EventKind> Kinds => [.. EventCatalog.All.Select(pair => pair.Key)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Describe_OfEveryKind_IsOnePlainLine(EventKind kind)
    {
        var said = EventWords.Describe(kind, new byte[EventJsonTests.SizeOf(EventCatalog.TypeOf(kind))]);
        Assert.InRange(said.Length, 10, 250);
        Assert.DoesNotContain('\n', said);
        Assert.DoesNotContain("  ", said);
        Assert.False(said.EndsWith('.') || said.EndsWith(' '), said);
        Assert.True(char.IsAsciiLetterUpper(said[0]) || char.IsAsciiDigit(said[0]) || said[0] is 'w' or 's', said);
    }

    [Fact]
    public void Describe_OfGas_SaysWhoPaidAndWhatWasRefused()
    {
        var gas = TokenAmount.FromBaseUnits(2_000_000_000_000_000);
        Assert.Equal(
            "Account #12 paid 0.002 AITBC of gas (lane 1, sequence 9)",
            Say(EventKind.CommandHandled, new CommandHandled(new(12), 1, 0, 0, 9, 0, gas)));
        Assert.Equal(
            "Account #12 was refused: insufficient funds, at command 3 of its payload; "
            + "it paid 0.002 AITBC of gas (lane 1, sequence 9)",
            Say(
                EventKind.CommandHandled,
                new CommandHandled(new(12), 1, 2, (uint)Outcome.InsufficientFunds, 9, 0, gas)));
        Assert.Equal(
            "Account #1 paid no gas (lane 0, sequence 1)",
            Say(EventKind.CommandHandled, new CommandHandled(new(1), 0, 0, 0, 1, 0, TokenAmount.Zero)));
    }

    [Fact]
    public void Describe_OfMovements_SaysFromWhereToWhereAndWhy()
    {
        Assert.Equal(
            "Account #3 paid 1.5 AITBC to #4",
            Say(EventKind.Moved, Movement(3, 4, SubAccount.Available, SubAccount.Available, MoveReason.Transfer)));
        Assert.Equal(
            "1.5 AITBC of #3 went from available to escrow: escrow, w7 (pending)",
            Say(EventKind.Moved, Movement(3, 3, SubAccount.Available, SubAccount.Escrow, MoveReason.Escrow)));
        Assert.Equal(
            "1.5 AITBC went from #3 (available) to the treasury (available): blob rent, blob 7",
            Say(
                EventKind.Moved,
                Movement(3, 0, SubAccount.Available, SubAccount.Available, MoveReason.BlobRent, MovePhase.Direct)));
    }

    [Fact]
    public void Describe_OfTheMarket_SaysWhatHappened()
    {
        var price = TokenAmount.FromBaseUnits(1_200_000_000_000_000_000);
        Assert.Equal(
            "w7 was awarded to #4 for 1.5 AITBC (asked 1.2 AITBC)",
            Say(EventKind.WorkloadAwarded, new WorkloadAwarded(new(7), new(4), new(2), 0, price, OneAndAHalf)));
        Assert.Equal(
            "The bid of #4 on w7 was never opened and lost its bond",
            Say(EventKind.BidReleased, new BidReleased(new(7), new(4), 1)));
        Assert.Equal(
            "Account #4 delivered w7 with a quality of 90 %: " + Digest.Sha256("r"u8),
            Say(EventKind.WorkSubmitted, new WorkSubmitted(new(7), new(4), 900_000, 0, Digest.Sha256("r"u8))));
        Assert.Equal("w7 ended: #3 accepted and #4 was paid 1.5 AITBC", Ended(WorkloadEnding.Accepted));
        Assert.Equal(
            "w7 ended: #3 was silent, so #4 was paid 1.5 AITBC", Ended(WorkloadEnding.ClientSilent));
        Assert.Equal(
            "w7 ended by the fault of #4 (below quality): #3 got its money back and 0 AITBC of bond",
            Ended(WorkloadEnding.BelowQuality));
        Assert.Equal("w7 of #3 ended without an award: no eligible bid", Ended(WorkloadEnding.NoEligibleBid));
    }

    [Fact]
    public void Describe_OfOversight_NamesWhoStoppedWhat()
    {
        Assert.Equal(
            "Account #9 was stopped by its guardian #2 (stop epoch 4)",
            Say(EventKind.AgentStopped, new AgentStopped(new(9), new(2), 4)));
        Assert.Equal(
            "Guardian #2 agreed to release #9 (2 so far)",
            Say(EventKind.ReleaseApproved, new ReleaseApproved(new(9), new(2), 0b101)));
        Assert.Equal(
            "All was stopped by council member #2 (stop epoch 4)",
            Say(EventKind.MarketStopped, new MarketStopped(StopScope.All, new(2), 4)));
        Assert.Equal(
            "The node came back; market time stood still for 1500 ms", Say(EventKind.Resumed, new ResumedAfter(1500)));
    }

    [Fact]
    public void Describe_WithNames_UsesThem()
    {
        var key = new TestKey(new SeededRandom(1)).Public;
        var opened = new AccountOpened(new(5), AccountKind.Agent, 0, 0, key);
        Assert.Equal(
            $"Ada was opened for an agent with the key {key.Thumbprint()}",
            EventWords.Describe(EventKind.AccountOpened, Bytes(opened), _ => "Ada"));
    }

    [Fact]
    public void Describe_OfAnUnknownKind_Throws() =>
        Assert.Throws<InvalidDataException>(() => EventWords.Describe((EventKind)999, []));

    private static string Ended(WorkloadEnding ending) => Say(
        EventKind.WorkloadEnded,
        default(WorkloadEnded) with
        {
            Workload = new(7),
            Client = new(3),
            Provider = new(4),
            Ending = ending,
            Paid = OneAndAHalf,
        });

    private static Moved Movement(
        uint from,
        uint to,
        SubAccount fromSub,
        SubAccount toSub,
        MoveReason reason,
        MovePhase phase = MovePhase.Pending) =>
        new(new(from), new(to), fromSub, toSub, phase, reason, 7, OneAndAHalf);

    private static string Say<T>(EventKind kind, T value)
        where T : unmanaged => EventWords.Describe(kind, Bytes(value));

    private static byte[] Bytes<T>(T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();
}
