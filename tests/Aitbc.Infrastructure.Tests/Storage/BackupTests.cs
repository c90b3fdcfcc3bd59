using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

public sealed class BackupTests : IDisposable
{
    private static readonly JournalOptions Options = JournalModel.Options(8 * 1024);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Restore_OfABackupOfAClosedDirectory_GivesAllOfItBack()
    {
        var model = new JournalModel();
        Digest blob;
        using (var data = DataDirectory.Open(_directory.Combine("a")))
        {
            await using (var journal = Journal.Open(data.Disk, Options, out _))
            {
                Write(journal, model, batches: 30);
            }

            blob = Furnish(data);
            var made = Backup.Create(data, _directory.Combine("b"), Options, running: null);
            Assert.Equal(made, Backup.Restore(_directory.Combine("b"), _directory.Combine("c")));
        }

        using var restored = DataDirectory.Open(_directory.Combine("c"));
        await using var again = Journal.Open(restored.Disk, Options, out var recovery);
        Assert.Empty(recovery.Notices);
        model.HoldAgainst(again);
        Assert.Equal(500, new BlobStore(restored.Disk, new BlobStoreOptions()).Get(blob).Length);
        Assert.Equal("key"u8.ToArray(), File.ReadAllBytes(_directory.Combine("c/keys/k.key")));
        Assert.Equal("{}"u8.ToArray(), File.ReadAllBytes(_directory.Combine("c/genesis.json")));
        using var snapshot = new SnapshotStore(restored.Disk).OpenNewest(out var problems);
        Assert.Empty(problems);
        Assert.Equal(7, snapshot!.Sequence);
        Assert.False(File.Exists(_directory.Combine("b/lock")));
        Assert.False(File.Exists(_directory.Combine("c/manifest")));
        Write(again, model, batches: 3);
    }

    [Fact]
    public async Task Create_WhileTheJournalGoesOn_CopiesItAsItWasAtOneMoment()
    {
        using var data = DataDirectory.Open(_directory.Combine("a"));
        var model = new JournalModel();
        await using var journal = Journal.Open(data.Disk, Options, out _);
        Write(journal, model, batches: 20);
        var batch = new JournalBatch();
        var random = new SeededRandom(5);
        var before = journal.DurableSequence;
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                batch.Clear();
                model.Fill(batch, random, 5, maxPayload: 700);
                journal.Write(batch);
                model.Confirm();
            }
        });

        Backup.Create(data, _directory.Combine("b"), Options, journal);
        var after = journal.DurableSequence;
        await stop.CancelAsync();
        await writing;

        Backup.Restore(_directory.Combine("b"), _directory.Combine("c"));
        using var restored = DataDirectory.Open(_directory.Combine("c"));
        await using var copy = Journal.Open(restored.Disk, Options, out var recovery);
        Assert.Empty(recovery.Notices);
        Assert.InRange(recovery.LastEntry, before, after);
        model.Unconfirm();
        model.HoldAgainst(copy);
    }

    [Fact]
    public async Task Create_LeavesOutWhatIsLaterThanItsMoment()
    {
        var disk = new FaultyDisk(1);
        var model = new JournalModel();
        await using var journal = Journal.Open(disk, Options, out _);
        Write(journal, model, batches: 20);
        var snapshots = new SnapshotStore(disk, keep: 5);
        snapshots.Save(journal.DurableSequence, static stream => stream.Write("now"u8));
        snapshots.Save(journal.DurableSequence + 1, static stream => stream.Write("later"u8));
        disk.Put("snapshots/00000000000000000009.snap.writing", "half"u8);
        disk.Put("journal/0000000077.seg.preparing", "half"u8);
        var target = new FaultyDisk(2);

        Backup.Create(disk, target, Options, journal);

        Assert.Equal([journal.DurableSequence], new SnapshotStore(target).Sequences);
        Assert.Single(target.List("snapshots"));
        Assert.All(
            target.List("journal"), static entry => Assert.EndsWith(".seg", entry.Name, StringComparison.Ordinal));
        Assert.Empty(Journal.Check(target, Options));
        await using var copy = Journal.Open(target, Options, out _);
        model.HoldAgainst(copy);
    }

    [Fact]
    public async Task Any_flipped_byte_of_a_backup_is_found_and_not_restored()
    {
        var (_, backup) = await SmallBackup();
        Assert.Empty(Backup.Check(backup));
        foreach (var path in Files(backup, ""))
        {
            var length = backup.ReadAll(path).Length;
            for (var offset = 0; offset < length; offset += path == "manifest" ? 1 : 97)
            {
                backup.FlipBit(path, offset, offset % 8);
                Assert.Equal(path, Backup.Check(backup).First().File);
                backup.FlipBit(path, offset, offset % 8);
            }
        }
    }

    [Fact]
    public async Task Check_AMissingOrAddedFile_IsFound()
    {
        var (_, backup) = await SmallBackup();
        backup.Put("keys/added", "x"u8);
        Assert.Equal("keys/added", Assert.Single(Backup.Check(backup)).File);
        backup.Remove("keys/added");
        backup.Remove("genesis.json");
        Assert.Equal("genesis.json", Assert.Single(Backup.Check(backup)).File);
        backup.Remove("manifest");
        Assert.Equal("manifest", Assert.Single(Backup.Check(backup)).File);
    }

    [Fact]
    public async Task Create_OfADamagedJournal_IsRefusedWithItsPlaceAndHasNoManifest()
    {
        var (disk, _) = await SmallBackup();
        disk.FlipBit("journal/0000000000.seg", 700, 1);
        var target = new FaultyDisk(2);

        var error = Assert.Throws<StorageDamagedException>(() => Backup.Create(disk, target, Options, running: null));

        Assert.Equal("journal/0000000000.seg", error.File);
        Assert.False(target.Exists("manifest"));
    }

    [Fact]
    public async Task Restore_CrashedAtAnyOperation_IsFinishedOrSaysThatItIsNot()
    {
        var (_, backup) = await SmallBackup();
        var finished = 0;
        for (var operation = 1; operation < 70; operation++)
        {
            var target = new FaultyDisk((ulong)operation) { CrashAtOperation = operation };
            var isDone = false;
            try
            {
                Backup.Restore(backup, [], () => target);
                isDone = true;
            }
            catch (DiskCrashedException)
            {
                // That is what the test is about.
            }

            target.CutPower();
            Assert.True(!isDone || IsWhole(backup, target), $"operation {operation}: what was restored is gone");
            var says = target.Exists("restore.incomplete");
            var anything = Files(target, "").Any(static path => path != "restore.incomplete");
            Assert.True(isDone ? !says : says || !anything || IsWhole(backup, target), $"operation {operation}");
            finished += isDone ? 1 : 0;
        }

        Assert.InRange(finished, 1, 50);
    }

    [Fact]
    public async Task Create_and_restore_want_an_empty_target()
    {
        using var data = DataDirectory.Open(_directory.Combine("a"));
        await Journal.Open(data.Disk, Options, out _).DisposeAsync();
        Directory.CreateDirectory(_directory.Combine("b"));
        File.WriteAllText(_directory.Combine("b/mine"), "x");
        Assert.Throws<DataDirectoryUnusableException>(
            () => Backup.Create(data, _directory.Combine("b"), Options, running: null));
        Backup.Create(data, _directory.Combine("c"), Options, running: null);
        Assert.Throws<DataDirectoryUnusableException>(
            () => Backup.Restore(_directory.Combine("c"), _directory.Combine("b")));
        Assert.Throws<DirectoryNotFoundException>(
            () => Backup.Restore(_directory.Combine("nowhere"), _directory.Combine("d")));
    }

    private static bool IsWhole(FaultyDisk backup, FaultyDisk target) =>
        Files(backup, "").Where(static path => path != "manifest")
            .All(path => target.Exists(path) && target.ReadAll(path).AsSpan().SequenceEqual(backup.ReadAll(path)));

    private static async Task<(FaultyDisk Disk, FaultyDisk Backup)> SmallBackup()
    {
        var disk = new FaultyDisk(1);
        await using (var journal = Journal.Open(disk, Options, out _))
        {
            Write(journal, new JournalModel(), batches: 8);
        }

        disk.CreateDirectory("keys");
        disk.Put("keys/k.key", "key"u8);
        disk.Put("genesis.json", "{}"u8);
        disk.CreateDirectory("blobs/ab");
        disk.Put("blobs/ab/first", "comes before the genesis in the order of names"u8);
        var target = new FaultyDisk(2);
        Backup.Create(disk, target, Options, running: null);
        return (disk, target);
    }

    private static IEnumerable<string> Files(FaultyDisk disk, string directory) =>
        disk.List(directory).SelectMany(entry => entry.IsDirectory
            ? Files(disk, DiskPath.Join(directory, entry.Name))
            : [DiskPath.Join(directory, entry.Name)]);

    private static Digest Furnish(DataDirectory data)
    {
        File.WriteAllText(Path.Combine(data.Path, "keys/k.key"), "key");
        File.WriteAllText(Path.Combine(data.Path, DataDirectory.GenesisFile), "{}");
        new SnapshotStore(data.Disk).Save(7, static stream => stream.Write("state"u8));
        return new BlobStore(data.Disk, new BlobStoreOptions()).Put(new byte[500]);
    }

    private static void Write(Journal journal, JournalModel model, int batches)
    {
        var batch = new JournalBatch();
        var random = new SeededRandom(8);
        for (var i = 0; i < batches; i++)
        {
            batch.Clear();
            model.Fill(batch, random, 4, maxPayload: 500);
            journal.Write(batch);
            model.Confirm();
        }
    }
}
