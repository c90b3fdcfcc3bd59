using Aitbc.Infrastructure.Receipts;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Tests.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol.Marketplace;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Receipts;

/// <summary>Receipts as a running ledger makes them, through restarts, crashes and full disks.</summary>
public sealed class ReceiptExporterTests : IDisposable
{
    private const string Folder = DataDirectory.ReceiptsDirectory;

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Export_EveryPaidWorkloadAndNoOther_HasAReceiptThatHolds()
    {
        await using var work = await PaidWork.BeginAsync(directory.Combine("a"));
        await work.PayAsync();
        await work.DeliverAsync(qualityPpm: 899_999);
        await work.PayAsync(accept: false);
        await CloseBlockAsync(work);

        using var exporter = new ReceiptExporter(work.Directory.Disk, work.Host);

        Assert.Equal(2, exporter.ExportNew());
        Assert.Equal(["w1.json", "w3.json"], Names(work.Directory.Disk));
        Assert.Equal(0, exporter.ExportNew());
        Assert.Equal(2ul, exporter.Count);
        Assert.All(Files(work), file => Assert.Null(ReceiptVerifier.Verify(file).Problem));
    }

    [Fact]
    public async Task Export_OfABlockThatIsOpen_WaitsUntilItCloses()
    {
        await using var work = await PaidWork.BeginAsync(directory.Combine("a"), blockEntries: 1_000);
        var id = await work.DeliverAsync();
        await CloseBlockAsync(work);
        using var exporter = new ReceiptExporter(work.Directory.Disk, work.Host);
        await work.SettleAsync(id, accept: true);
        Assert.Equal(0, exporter.ExportNew());

        await CloseBlockAsync(work);
        Assert.Equal(1, exporter.ExportNew());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Export_AfterTheLedgerWasClosed_TakesTheLastBlock(bool settled)
    {
        await using var work = await PaidWork.BeginAsync(directory.Combine("a"), blockEntries: 1_000);
        var id = await work.DeliverAsync();
        using var exporter = new ReceiptExporter(work.Directory.Disk, work.Host);
        if (settled)
        {
            await work.SettleAsync(id, accept: true);
        }

        exporter.ExportNew();
        await work.CloseAsync();

        Assert.Equal(settled ? 1 : 0, exporter.ExportNew());
    }

    [Fact]
    public async Task Export_InOneRunOrInManyWithRestartsBetween_GivesTheSameBytes()
    {
        await using var work = await PaidWork.BeginAsync(directory.Combine("a"));
        for (var round = 0; round < 4; round++)
        {
            // Delivered under a key that is revoked while nobody exports, and settled after a restart.
            var late = await work.DeliverAsync();
            await ExportAsync(work);
            var early = await work.DeliverAsync();
            await work.RotateAsync();
            await work.RestartAsync();
            await ExportAsync(work);
            await work.SettleAsync(early, accept: true);
            await work.RestartAsync();
            await ExportAsync(work);
            await work.SettleAsync(late, accept: round % 2 == 0);
            await ExportAsync(work);
        }

        var files = Files(work);
        Assert.Equal(8, files.Count);
        Assert.All(files, file => Assert.Null(ReceiptVerifier.Verify(file).Problem));
        Assert.Equal(8, await RenderAgainAsync(work, files));
    }

    [Fact]
    public async Task Export_BegunAnewWithoutItsProgress_CountsNothingTwiceAndChangesNothing()
    {
        await using var work = await PaidWork.BeginAsync(directory.Combine("a"));
        await work.PayAsync();
        await CloseBlockAsync(work);
        var first = new ReceiptExporter(work.Directory.Disk, work.Host);
        Assert.Equal(1, first.ExportNew());
        var written = File.GetLastWriteTimeUtc(FileOf(work, "w1.json"));

        // As after kill -9: nobody noted the progress.
        using var second = new ReceiptExporter(work.Directory.Disk, work.Host);
        Assert.Equal(1, second.ExportNew());

        Assert.Equal(1ul, second.Count);
        Assert.Equal(written, File.GetLastWriteTimeUtc(FileOf(work, "w1.json")));
        first.Dispose();
    }

    [Fact]
    public async Task Export_WithNotedProgress_DoesNotBeginAnew()
    {
        await using var work = await PaidWork.BeginAsync(directory.Combine("a"));
        await work.PayAsync();
        await ExportAsync(work);
        File.Delete(FileOf(work, "w1.json"));

        Assert.Equal(0, await ExportAsync(work));
        Assert.Empty(Files(work));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Export_WithProgressThatIsNotOfThisJournal_BeginsAnew(int kind)
    {
        await using var work = await PaidWork.BeginAsync(directory.Combine("a"));
        await work.PayAsync();
        await ExportAsync(work);
        var disk = work.Directory.Disk;
        var progress = ReceiptFiles.ReadProgress(disk)!.Value;
        if (kind == 0)
        {
            ReceiptFiles.WriteProgress(disk, progress with { Before = Digest.Sha256("another history"u8) });
        }
        else if (kind == 1)
        {
            ReceiptFiles.WriteProgress(disk, progress with { Next = 1_000_000 });
        }
        else if (kind is 3 or 4)
        {
            ReceiptFiles.WriteProgress(disk, progress with { Next = (ulong)kind - 3 });
        }
        else
        {
            var bytes = await File.ReadAllBytesAsync(FileOf(work, $"../{ReceiptFiles.ProgressFile}"));
            bytes[^1] ^= 1;
            await File.WriteAllBytesAsync(FileOf(work, $"../{ReceiptFiles.ProgressFile}"), bytes);
        }

        File.Delete(FileOf(work, "w1.json"));
        Assert.Equal(1, await ExportAsync(work));
        Assert.Single(Files(work));
    }

    [Fact]
    public async Task ExportOffline_MissingAndChangedFiles_AreMadeAgain()
    {
        var path = directory.Combine("a");
        List<byte[]> before;
        Digest digest;
        Aitbc.Protocol.Genesis genesis;
        await using (var work = await PaidWork.BeginAsync(path))
        {
            await work.PayAsync();
            await work.PayAsync();
            await work.PayAsync();
            await ExportAsync(work);
            before = Files(work);
            (genesis, digest) = (work.Directory.Genesis, work.Directory.GenesisDigest);
        }

        var disk = new FileDisk(path);
        File.Delete(Path.Combine(path, Folder, "w1.json"));
        await File.AppendAllTextAsync(Path.Combine(path, Folder, "w2.json"), " ");
        var changed = before[2].ToArray();
        changed[^3] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(path, Folder, "w3.json"), changed);

        Assert.Equal(3, ReceiptExporter.ExportOffline(disk, genesis, digest));
        Assert.Equal(before, Names(disk).Select(name => File.ReadAllBytes(Path.Combine(path, Folder, name))));
    }

    [Fact]
    public async Task Export_OnAFullDisk_GoesOnOnceThereIsRoom()
    {
        await using var work = await PaidWork.BeginAsync(directory.Combine("a"));
        await work.PayAsync();
        await work.PayAsync();
        await CloseBlockAsync(work);
        var disk = new FaultyDisk(1) { Capacity = 8_000 };
        disk.CreateDirectory(Folder);
        using var exporter = new ReceiptExporter(disk, work.Host);

        Assert.Throws<DiskFullException>(() => exporter.ExportNew());
        Assert.Throws<DiskFullException>(() => exporter.ExportNew());
        disk.Capacity = long.MaxValue;
        exporter.ExportNew();

        Assert.Equal(2ul, exporter.Count);
        Assert.Equal(["w1.json", "w2.json"], Names(disk));
        Assert.All(Names(disk), name => Assert.True(ReceiptVerifier.Verify(disk.ReadAll($"{Folder}/{name}")).Ok));
    }

    [Fact]
    public async Task Export_EndedOnAFullDisk_NotesNoProgressThatItDidNotMake()
    {
        await using var work = await PaidWork.BeginAsync(directory.Combine("a"));
        await work.PayAsync();
        await work.PayAsync();
        await CloseBlockAsync(work);
        var disk = new FaultyDisk(1) { Capacity = 8_000 };
        disk.CreateDirectory(Folder);
        var full = new ReceiptExporter(disk, work.Host);
        Assert.Throws<DiskFullException>(() => full.ExportNew());
        disk.Capacity = long.MaxValue;
        full.Dispose();

        using var exporter = new ReceiptExporter(disk, work.Host);
        exporter.ExportNew();

        Assert.Equal(2ul, exporter.Count);
        Assert.Equal(["w1.json", "w2.json"], Names(disk));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Export_AfterARestart_SearchesTheJournalOnlyForKeysThatWereRevokedMeanwhile(bool revoked)
    {
        await using var work = await PaidWork.BeginAsync(directory.Combine("a"), blockEntries: 1_000);
        await ExportAsync(work);
        var id = await work.DeliverAsync();
        if (revoked)
        {
            await work.RotateAsync();
        }

        await work.RestartAsync();
        using var exporter = new ReceiptExporter(work.Directory.Disk, work.Host);
        await work.SettleAsync(id, accept: true);
        await CloseBlockAsync(work);

        Assert.Equal(1, exporter.ExportNew());
        Assert.Equal(revoked, exporter.HasSearched);
    }

    [Fact]
    public async Task Export_OfADeliveryInTheFirstBlock_FindsItAgain()
    {
        await using var work = await PaidWork.BeginAsync(directory.Combine("a"), blockEntries: 1_000);
        var id = await work.DeliverAsync();
        await work.RestartAsync();
        Assert.Equal(0, await ExportAsync(work));
        await work.SettleAsync(id, accept: true);

        Assert.Equal(1, await ExportAsync(work));
        Assert.Null(ReceiptVerifier.Verify(Assert.Single(Files(work))).Problem);
    }

    [Fact]
    public async Task Export_PowerCutInAnyOperation_LeavesWholeReceiptsAndGoesOn()
    {
        await using var work = await PaidWork.BeginAsync(directory.Combine("a"));
        await work.PayAsync();
        await work.PayAsync();
        await CloseBlockAsync(work);
        var whole = new FaultyDisk(1);
        whole.CreateDirectory(Folder);
        using (var exporter = new ReceiptExporter(whole, work.Host))
        {
            exporter.ExportNew();
        }

        Assert.True(whole.Operations > 8);
        for (ulong seed = 1; seed <= 5; seed++)
        {
            for (var crash = 1; crash <= whole.Operations; crash++)
            {
                CrashAt(work, seed, crash, whole);
            }
        }
    }

    private static void CrashAt(PaidWork work, ulong seed, long crash, FaultyDisk whole)
    {
        var disk = new FaultyDisk(seed);
        disk.CreateDirectory(Folder);
        disk.CrashAtOperation = crash;
        try
        {
            using var exporter = new ReceiptExporter(disk, work.Host);
            exporter.ExportNew();
        }
        catch (DiskCrashedException)
        {
            // As planned.
        }

        disk.CrashAtOperation = 0;
        disk.CutPower();
        Assert.All(
            Names(disk),
            name => Assert.True(
                ReceiptVerifier.Verify(disk.ReadAll($"{Folder}/{name}")).Ok, $"{name}, seed {seed}, operation"
                    + $" {crash}"));
        using (var again = new ReceiptExporter(disk, work.Host))
        {
            again.ExportNew();
            Assert.Equal(2ul, again.Count);
        }

        Assert.Equal(Names(whole), Names(disk));
        Assert.All(Names(whole), name =>
            Assert.Equal(whole.ReadAll($"{Folder}/{name}"), disk.ReadAll($"{Folder}/{name}")));
    }

    /// <summary>Renders the whole journal as a verifier does and compares with the files; how many there
    /// were.</summary>
    private static async Task<int> RenderAgainAsync(PaidWork work, List<byte[]> files)
    {
        await work.CloseAsync();
        var renderer = new ReceiptRenderer(work.Directory.Genesis, work.Directory.GenesisDigest);
        var rendered = new List<RenderedReceipt>();
        var options = new JournalOptions { Identity = work.Directory.GenesisDigest };
        foreach (var frame in JournalFrames.Read(work.Directory.Disk, options))
        {
            if (frame.Kind == FrameKind.Block)
            {
                rendered.AddRange(renderer.ObserveBlock(frame.Payload.Span));
            }
            else if (frame.Kind == FrameKind.Entry)
            {
                renderer.Observe(Infrastructure.Ledger.EntryFrame.Read((ulong)frame.Sequence, frame.Payload));
            }
        }

        Assert.Equal(0, renderer.Waiting);
        Assert.Equal(files, rendered.OrderBy(one => one.FileName, StringComparer.Ordinal).Select(one => one.Bytes));
        return rendered.Count;
    }

    private static async Task<int> ExportAsync(PaidWork work)
    {
        await CloseBlockAsync(work);
        using var exporter = new ReceiptExporter(work.Directory.Disk, work.Host);
        return exporter.ExportNew();
    }

    private static Task CloseBlockAsync(PaidWork work) => work.AdvanceAsync(1_000);

    private static string FileOf(PaidWork work, string name) => Path.Combine(work.Path, Folder, name);

    private static List<string> Names(IDisk disk) => [.. disk.List(Folder)
        .Select(entry => entry.Name)
        .Where(name => !name.EndsWith(SealedFile.WritingExtension, StringComparison.Ordinal))];

    private static List<byte[]> Files(PaidWork work) =>
        [.. Names(work.Directory.Disk).Select(name => File.ReadAllBytes(FileOf(work, name)))];
}
