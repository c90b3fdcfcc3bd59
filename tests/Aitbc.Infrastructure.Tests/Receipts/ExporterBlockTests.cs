using Aitbc.Infrastructure.Receipts;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Tests.Storage;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Receipts;

/// <summary>Exporting a journal that closes a block after every entry.</summary>
public sealed class ExporterBlockTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Progress_is_noted_at_the_64th_block_though_nobody_ends_the_exporter()
    {
        await using var work = await PaidWork.BeginAsync(directory.Combine("a"), blockEntries: 1);
        while (BlockEnds(work).Count < ReceiptExporter.BlocksPerNote + 8)
        {
            await work.PayAsync();
        }

        var disk = new FaultyDisk(1);
        disk.CreateDirectory(DataDirectory.ReceiptsDirectory);
        var exporter = new ReceiptExporter(disk, work.Host);
        exporter.ExportNew();

        var noted = ReceiptFiles.ReadProgress(disk);
        Assert.Equal(BlockEnds(work)[ReceiptExporter.BlocksPerNote - 1] + 1, noted?.Next);
        exporter.Dispose();
        Assert.Equal(BlockEnds(work)[^1] + 1, ReceiptFiles.ReadProgress(disk)?.Next);
    }

    [Fact]
    public async Task A_delivery_that_begins_its_block_is_found_again_after_a_restart()
    {
        await using var work = await PaidWork.BeginAsync(directory.Combine("a"), blockEntries: 1);
        var id = await work.DeliverAsync();
        await work.RestartAsync();
        using (var exporter = new ReceiptExporter(work.Directory.Disk, work.Host))
        {
            Assert.Equal(0, exporter.ExportNew());
        }

        await work.SettleAsync(id, accept: true);
        await work.AdvanceAsync(1_000);
        using var again = new ReceiptExporter(work.Directory.Disk, work.Host);

        Assert.Equal(1, again.ExportNew());
        var file = Path.Combine(work.Path, DataDirectory.ReceiptsDirectory, ReceiptRenderer.FileNameOf(id));
        Assert.Null(ReceiptVerifier.Verify(await File.ReadAllBytesAsync(file)).Problem);
    }

    private static List<ulong> BlockEnds(PaidWork work)
    {
        var ends = new List<ulong>();
        using var frames = work.Host.FramesFrom(1);
        while (frames.TryRead(out var frame))
        {
            if (frame.Kind == FrameKind.Block)
            {
                ends.Add((ulong)frame.Sequence);
            }
        }

        return ends;
    }
}
