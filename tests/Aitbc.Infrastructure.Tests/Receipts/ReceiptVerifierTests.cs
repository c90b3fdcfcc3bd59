using System.Text;
using Aitbc.Infrastructure.Receipts;
using Aitbc.Primitives;
using Aitbc.Protocol.Marketplace;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Receipts;

/// <summary>Receipts of real runs, verified with nothing else at hand.</summary>
public sealed class ReceiptVerifierTests(ReceiptSamples samples) : IClassFixture<ReceiptSamples>
{
    [Fact]
    public void Verify_AcceptedWork_HoldsAndSaysWhatIsProven()
    {
        var report = ReceiptVerifier.Verify(samples.Accepted);

        Assert.Null(report.Problem);
        Assert.Equal((ReceiptFault.None, true), (report.Fault, report.IsProviderSigned));
        var receipt = report.Receipt!;
        Assert.Equal(
            (WorkloadEnding.Accepted, new WorkloadId(1), 950_000u, TokenAmount.FromTokens(100), "test"),
            (receipt.Ending, receipt.Workload, receipt.QualityPpm, receipt.MaxPrice, receipt.Chain.ToString()));
        Assert.Equal(Digest.Sha256("result w1"u8), receipt.Result);
        Assert.Contains(report.Proven, sentence => sentence.Contains("the client accepted"));
        Assert.Contains(report.Proven, sentence => sentence.Contains("the account is named by its thumbprint"));
        Assert.Contains(report.Proven, sentence => sentence.Contains("signed that delivery itself"));
        Assert.Contains(report.NotProven, sentence => sentence.Contains("That the client accepted"));
        Assert.Contains(report.NotProven, sentence => sentence.Contains("That the result is good"));
        Assert.Contains(report.NotProven, sentence => sentence.Contains($"{samples.NodeKey} is the chain's node key"));
    }

    [Fact]
    public void Verify_SilentClient_HoldsAcrossTwoBlocks()
    {
        var report = ReceiptVerifier.Verify(samples.Silent);

        Assert.Equal((ReceiptFault.None, WorkloadEnding.ClientSilent), (report.Fault, report.Receipt?.Ending));
        Assert.NotEqual(report.Receipt!.Delivery.Block, report.Receipt.Settlement.Block);
        Assert.Contains(report.Proven, sentence => sentence.Contains("silent until its deadline"));
        Assert.Contains(report.NotProven, sentence => sentence.Contains("had the time it was promised"));
    }

    [Fact]
    public void Verify_DeliveryAndSettlementInOneBlock_Holds()
    {
        var report = ReceiptVerifier.Verify(samples.OneBlock);

        Assert.Null(report.Problem);
        Assert.Equal(report.Receipt!.Delivery.Block, report.Receipt.Settlement.Block);
    }

    [Fact]
    public void Verify_KeyThatIsNotTheAccountsFirst_SaysThatItIsTheNodesWord()
    {
        var report = ReceiptVerifier.Verify(samples.Rotated);

        Assert.Null(report.Problem);
        Assert.True(report.IsProviderSigned);
        Assert.DoesNotContain(report.Proven, sentence => sentence.Contains("named by its thumbprint"));
        Assert.Contains(report.NotProven, sentence => sentence.Contains("was a key of the provider"));
    }

    [Fact]
    public void Verify_SimulatedChain_SaysThatNobodySigned()
    {
        var report = ReceiptVerifier.Verify(samples.Simulated);

        Assert.Null(report.Problem);
        Assert.False(report.IsProviderSigned);
        Assert.Contains(report.NotProven, sentence => sentence.Contains("there are no provider signatures"));
        Assert.DoesNotContain(report.Proven, sentence => sentence.Contains("signed that delivery"));
    }

    [Fact]
    public void Verify_NodeKeyThatWasAskedFor_IsNoLongerAmongWhatIsNotProven()
    {
        var report = ReceiptVerifier.Verify(samples.Accepted, samples.NodeKey);

        Assert.Equal((true, true), (report.Ok, report.IsNodeKeyPinned));
        Assert.DoesNotContain(report.NotProven, sentence => sentence.Contains("node key"));
    }

    [Fact]
    public void Verify_AnotherNodeKeyAskedFor_IsRefused()
    {
        var other = KeyId.From(Digest.Sha256("another"u8).AsSpan());

        var report = ReceiptVerifier.Verify(samples.Accepted, other);

        Assert.Equal((ReceiptFault.OtherNode, samples.NodeKey), (report.Fault, report.NodeKey));
        Assert.Contains(other.ToString(), report.Problem);
    }

    [Fact]
    public void RealReceipts_HoldForAStrangerWithoutOurCode()
    {
        Assert.All(
            [samples.Accepted, samples.Silent, samples.OneBlock, samples.Rotated],
            receipt => Assert.True(PlainCheck.Holds(receipt)));

        var text = Encoding.ASCII.GetString(samples.Accepted);
        var wrong = text.Replace("\"outcome\": 0", "\"outcome\": 1", StringComparison.Ordinal);
        Assert.NotEqual(text, wrong);
        Assert.False(PlainCheck.Holds(Encoding.ASCII.GetBytes(wrong)));
    }

    [Fact]
    public void Form_OfAReceipt_IsTheDocumentedOne()
    {
        var names = new List<string>();
        using var json = System.Text.Json.JsonDocument.Parse(samples.Accepted);
        Gather(json.RootElement, string.Empty, names);

        Assert.Equal(
            "version chain workload ending client provider service capability units minQualityPpm qualityPpm"
                + " postedAtMs "
            + "awardedAtMs submittedAtMs input spec result maxPrice paid verdicts delivery delivery.proof "
            + "delivery.protected "
            + "delivery.payload delivery.signature delivery.key delivery.key.kty delivery.key.crv delivery.key.x "
            + "delivery.key.y delivery.entry delivery.entry.seq delivery.entry.term delivery.entry.timeMs "
            + "delivery.entry.body delivery.entry.proof delivery.entry.outcome delivery.entry.previous "
            + "delivery.entry.proofDigest delivery.entry.eventsDigest delivery.path delivery.block settlement "
            + "settlement.entry settlement.entry.seq settlement.entry.term settlement.entry.timeMs "
            + "settlement.entry.body settlement.entry.proof settlement.entry.outcome settlement.entry.previous "
            + "settlement.entry.payloadDigest settlement.entry.proofDigest settlement.events settlement.path "
            + "settlement.block nodeKey nodeKey.kty nodeKey.crv nodeKey.x nodeKey.y",
            string.Join(' ', names));
    }

    private static void Gather(System.Text.Json.JsonElement element, string path, List<string> names)
    {
        foreach (var member in element.EnumerateObject())
        {
            names.Add(path + member.Name);
            if (member.Value.ValueKind == System.Text.Json.JsonValueKind.Object)
            {
                Gather(member.Value, $"{path}{member.Name}.", names);
            }
        }
    }
}
