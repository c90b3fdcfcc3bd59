using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Tests.Storage;
using Aitbc.Infrastructure.Verification;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Verification;

/// <summary>
/// The operator forges with the node's own key: inside the journal all is in order, and only what others kept shows it.
/// </summary>
public sealed class KeptHeadTests(PaidChain chain) : IClassFixture<PaidChain>
{
    [Fact]
    public async Task Kept_OfAnHonestJournal_IsFound()
    {
        var path = chain.Copy();
        var heads = Heads(path);

        var report = await PaidChain.VerifyAsync(path, [.. KeptHeads.OfReceipts(Receipts(path)), .. heads]);

        Assert.True(report.Ok, string.Join("; ", report.Problems));
        Assert.Equal(4 + heads.Count, report.Kept);
        Assert.Equal(report.LastBlock, heads[^1].Compact);
    }

    [Fact]
    public async Task Payment_LeftOutByTheOperator_IsProvenByTheReceipt()
    {
        var path = chain.Copy();
        using var kept = Keep(path);
        var journal = ReframedJournal.Read(path);
        using (var key = PaidChain.NodeKey(path))
        {
            // The client's acceptance of w1 and all that came after: as if nobody had ever been paid.
            var paid = (long)journal.Find("\"type\":\"workload.accept\"");
            journal.Frames.RemoveAll(frame => frame.Sequence >= paid);
            if (journal.Frames[^1].Kind == FrameKind.Entry)
            {
                journal.Frames.Add(new ForgedFrame(FrameKind.Block, paid - 1, []));
            }

            journal.Reblock(key);
        }

        journal.Write();
        DeleteReceipts(path);

        Assert.True((await PaidChain.VerifyAsync(path)).Ok);
        var report = await PaidChain.VerifyAsync(path, KeptHeads.OfReceipts(kept.Root));
        Assert.False(report.Ok);
        Assert.All(report.Problems, problem => Assert.StartsWith("block ", problem.Where, StringComparison.Ordinal));
        Assert.Contains(report.Problems, problem => problem.What.Contains("w1.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Journal_CutOffByTheOperator_IsProvenByAHead()
    {
        var path = chain.Copy();
        var heads = Heads(path);
        var journal = ReframedJournal.Read(path);
        var last = journal.Blocks[^2].Sequence;
        journal.Frames.RemoveAll(frame => frame.Sequence > last);
        journal.Write();

        Assert.True((await PaidChain.VerifyAsync(path)).Ok);
        var report = await PaidChain.VerifyAsync(path, heads);
        var problem = Assert.Single(report.Problems);
        Assert.Equal($"block {heads.Count}", problem.Where);
        Assert.Contains("what came after was left out", problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entry_RewrittenByTheOperator_IsProvenByAHead()
    {
        var path = chain.Copy();
        var heads = Heads(path);
        using var kept = Keep(path);
        var journal = ReframedJournal.Read(path);
        using (var key = PaidChain.NodeKey(path))
        {
            // The last entry of the last block: taken out, and another in its place.
            var (block, last) = (journal.Frames[^1], journal.Frames.Last(frame => frame.Entry is not null));
            journal.Frames.Remove(block);
            journal.Frames.Remove(last);
            journal.AppendInput(new Protocol.Entries.Tick());
            journal.Frames.Add(block);
            journal.Reapply();
            journal.Reblock(key);
        }

        journal.Write();
        DeleteReceipts(path);

        Assert.True((await PaidChain.VerifyAsync(path)).Ok);
        Assert.True((await PaidChain.VerifyAsync(path, KeptHeads.OfReceipts(kept.Root))).Ok);
        var report = await PaidChain.VerifyAsync(path, heads);
        var problem = Assert.Single(report.Problems);
        Assert.StartsWith($"block {heads.Count} (after entry ", problem.Where, StringComparison.Ordinal);
        Assert.Contains("The node signed another block of this height", problem.What, StringComparison.Ordinal);
        Assert.Equal(heads.Count - 1, report.Kept);
    }

    [Theory]
    [InlineData("not a head", "it is no JWS")]
    [InlineData("payload", "it is no head of a block.")]
    [InlineData("stranger", "it is not signed by this chain's node.")]
    [InlineData("impostor", "it is not signed by this chain's node.")]
    public async Task Head_ThatProvesNothing_IsSaidToProveNothing(string kind, string words)
    {
        var path = chain.Copy();
        using var temporary = new TemporaryDirectory();
        var file = temporary.Combine("heads.txt");
        await File.WriteAllTextAsync(file, $"\n{Bad(path, kind)}\n");

        var report = await PaidChain.VerifyAsync(path, KeptHeads.OfFile(file));

        var problem = Assert.Single(report.Problems);
        Assert.Equal($"{file}, line 2", problem.Where);
        Assert.StartsWith($"It proves nothing about this chain: {words}", problem.What, StringComparison.Ordinal);
        Assert.Equal(0, report.Kept);
    }

    [Fact]
    public async Task Receipt_ThatProvesNothing_IsSaidToProveNothing()
    {
        var path = chain.Copy();
        using var kept = Keep(path);
        await File.WriteAllTextAsync(kept.Combine("w2.json"), "{}");

        var report = await PaidChain.VerifyAsync(path, KeptHeads.OfReceipts(kept.Root));

        var problem = Assert.Single(report.Problems);
        Assert.Equal(kept.Combine("w2.json"), problem.Where);
        Assert.Contains("This is no receipt", problem.What, StringComparison.Ordinal);
        Assert.Equal(2, report.Kept);
    }

    private static string Bad(string path, string kind)
    {
        using var node = PaidChain.NodeKey(path);
        using var other = KeyPair.Generate();
        var header = ReframedJournal.Read(path).Blocks[0].Header;
        return kind switch
        {
            "payload" => Text(Jws.Sign(node, "{}"u8)),
            "stranger" => Text(Jws.Sign(other, header.ToBytes())),
            "impostor" => Text(Jws.Sign(node, (header with { Chain = new ChainId("other") }).ToBytes())),
            _ => kind,
        };
    }

    private static string Text(JwsParts parts) => System.Text.Encoding.ASCII.GetString(parts.ToCompact());

    private static List<KeptHead> Heads(string path) =>
    [
        .. ReframedJournal.Read(path).Blocks.Select((block, i) => new KeptHead(
            $"heads.txt, line {i + 1}", System.Text.Encoding.ASCII.GetString(block.Bytes), null)),
    ];

    private static string Receipts(string path) => Path.Combine(path, DataDirectory.ReceiptsDirectory);

    private static TemporaryDirectory Keep(string path)
    {
        var kept = new TemporaryDirectory();
        foreach (var file in Directory.GetFiles(Receipts(path)))
        {
            File.Copy(file, kept.Combine(Path.GetFileName(file)));
        }

        return kept;
    }

    private static void DeleteReceipts(string path) => Directory.Delete(Receipts(path), recursive: true);
}
