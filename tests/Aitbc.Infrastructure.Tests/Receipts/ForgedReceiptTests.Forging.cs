using System.Buffers.Text;
using System.Text;
using Aitbc.Infrastructure.Receipts;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Receipts;

/// <content>How receipts are forged.</content>
public sealed partial class ForgedReceiptTests
{
    private static ReceiptReport Refuses(ReceiptFault fault, Action<ForgedReceipt> change)
    {
        using var forged = new ForgedReceipt();
        change(forged);

        var report = forged.Verify();
        Assert.Equal(fault, report.Fault);
        Assert.False(string.IsNullOrWhiteSpace(report.Problem));
        Assert.Empty(report.Proven);
        return report;
    }

    private static void Holds(Action<ForgedReceipt> change)
    {
        using var forged = new ForgedReceipt();
        change(forged);

        Assert.Null(forged.Verify().Problem);
    }

    private static ForgedReceipt Silent()
    {
        var forged = new ForgedReceipt();
        forged.Ended = forged.Ended with { Ending = WorkloadEnding.ClientSilent };
        forged.Settlement = forged.Settlement with { Body = BodyKind.Input, Proof = 0 };
        return forged;
    }

    private static ForgedReceipt OneBlock()
    {
        var forged = new ForgedReceipt();
        forged.DeliveryBlock = forged.SettlementBlock = new ForgedBlock("test", 1, 1, 12, 1, 410);
        return forged;
    }

    private static ForgedReceipt Simulated()
    {
        var forged = new ForgedReceipt { Chain = "sim:test", Simulated = true };
        forged.DeliveryBlock = forged.DeliveryBlock with { Chain = "sim:test" };
        forged.SettlementBlock = forged.SettlementBlock with { Chain = "sim:test" };
        forged.Delivery = forged.Delivery with { Proof = 3 };
        return forged;
    }

    private static byte[] Ending(ForgedReceipt forged) =>
        ForgedReceipt.EventOf(EventKind.WorkloadEnded, forged.Ended);

    private static void Deliver(ForgedReceipt forged, Func<ForgedEntry, ForgedEntry> change)
    {
        forged.Delivery = change(forged.Delivery);
        forged.Ended = forged.Ended with { SubmittedSeq = forged.Delivery.Seq };
    }

    private static void Declare(ForgedReceipt forged, uint qualityPpm)
    {
        forged.Ended = forged.Ended with { QualityPpm = qualityPpm };
        forged.Commands = [new SubmitWork(Workload, forged.Ended.Result, qualityPpm)];
    }

    private static Receipt Settled(Receipt it, string block) =>
        it with { Settlement = it.Settlement with { Block = block } };

    private static Receipt Delivered(Receipt it, string block) =>
        it with { Delivery = it.Delivery with { Block = block } };

    private static JwsParts Parts(string block)
    {
        Assert.True(Jws.TryParse(Encoding.ASCII.GetBytes(block), out var parts, out _));
        return parts;
    }

    private static string Resigned(ForgedReceipt forged, string block) =>
        forged.SignBlock(Parts(block).Payload.Span, forged.Client);
}
