using Aitbc.Primitives;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Receipts;

/// <content>The last values that the rules still allow: a check that were one too strict would refuse honest work.
/// </content>
public sealed partial class ForgedReceiptTests
{
    private static readonly Dictionary<string, Action<ForgedReceipt>> Edges = new()
    {
        ["paid the whole maximum"] = it => it.Ended = it.Ended with { Paid = it.Ended.MaxPrice },
        ["paid one base unit"] = it => it.Ended = it.Ended with { Paid = TokenAmount.FromBaseUnits(1) },
        ["just the promised quality"] = it => Declare(it, 900_000),
        ["all quality"] = it => Declare(it, 1_000_000),
        ["one unit"] = it => it.Ended = it.Ended with { Units = 1 },
        ["awarded when posted"] = it => it.Ended = it.Ended with { PostedAtMs = 200 },
        ["delivered when awarded"] = it => it.Ended = it.Ended with { AwardedAtMs = 300 },
        ["settled when delivered"] = it => it.Settlement = it.Settlement with { TimeMs = 300 },
        ["settlement as old as its block"] = it => it.Settlement = it.Settlement with { TimeMs = 410 },
        ["delivery as old as its block"] = it => it.DeliveryBlock = it.DeliveryBlock with { TimeMs = 300 },
        ["two blocks of one millisecond"] = it => it.DeliveryBlock = it.DeliveryBlock with { TimeMs = 410 },
        ["settlement first in its block"] = it => it.Settlement = it.Settlement with { Seq = 6 },
        ["settlement last in its block"] = it => it.Settlement = it.Settlement with { Seq = 12 },
        ["delivery first in its block"] = it => Deliver(it, delivery => delivery with { Seq = 1 }),
        ["delivery last in its block"] = it => Deliver(it, delivery => delivery with { Seq = 5 }),
        ["blocks with blocks between them"] = it => it.SettlementBlock = it.SettlementBlock with { Height = 9 },
        ["settled in a later term"] = it =>
        {
            it.Settlement = it.Settlement with { Term = 2 };
            it.SettlementBlock = it.SettlementBlock with { Term = 2 };
        },
    };

    public static TheoryData<string> EdgeNames() => [.. Edges.Keys];

    [Theory]
    [MemberData(nameof(EdgeNames))]
    public void Verify_TheLastThatTheRulesAllow_Holds(string edge) => Holds(Edges[edge]);
}
