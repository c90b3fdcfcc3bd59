using System.Text;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

/// <summary>Backups that are interrupted, forged or changed while somebody works with them.</summary>
public sealed class BackupFaultTests
{
    private static readonly JournalOptions Options = JournalModel.Options(8 * 1024);

    [Fact]
    public async Task A_finished_backup_survives_the_power_cut_that_follows()
    {
        for (var seed = 1ul; seed <= 40; seed++)
        {
            var target = new FaultyDisk(seed);
            var disk = await Filled();
            Backup.Create(disk, target, Options, running: null);

            target.CutPower();

            Assert.Empty(Backup.Check(target));
        }
    }

    [Fact]
    public async Task A_backup_cut_off_at_any_operation_is_whole_or_has_no_manifest()
    {
        var disk = await Filled();
        var whole = new FaultyDisk(1);
        Backup.Create(disk, whole, Options, running: null);
        var unfinished = 0;
        for (var operation = 1; operation <= whole.Operations; operation++)
        {
            var target = new FaultyDisk((ulong)operation) { CrashAtOperation = operation };
            Assert.Throws<DiskCrashedException>(() => Backup.Create(disk, target, Options, running: null));
            target.CutPower();

            var problems = Backup.Check(target).ToList();
            Assert.True(
                problems.Count == 0 || problems is [{ File: "manifest" }], $"operation {operation}: {problems.Count}");
            unfinished += problems.Count;
            if (problems.Count > 0)
            {
                Assert.Throws<StorageDamagedException>(() => Backup.Restore(
                    target, Backup.Check(target), () => throw new InvalidOperationException("nothing is laid out")));
            }
        }

        Assert.True(unfinished > 10);
    }

    [Fact]
    public async Task Restore_InterruptedHalfWay_LeavesADirectoryThatDoesNotOpen()
    {
        var backup = new FaultyDisk(2);
        Backup.Create(await Filled(), backup, Options, running: null);
        var target = new FaultyDisk(3) { CrashAtOperation = 12 };

        Assert.Throws<DiskCrashedException>(() => Backup.Restore(backup, Backup.Check(backup), () => target));

        target.CutPower();
        Assert.True(target.Exists(DataDirectory.RestoringFile));
        using var directory = new TemporaryDirectory();
        File.WriteAllBytes(directory.Combine(DataDirectory.RestoringFile), target.ReadAll(DataDirectory.RestoringFile));
        Assert.Throws<DataDirectoryUnusableException>(() => DataDirectory.Open(directory.Root));
    }

    [Fact]
    public async Task Restore_OfAFileThatChangesAfterItWasProven_IsRefusedAndNotFinished()
    {
        var backup = new FaultyDisk(2);
        Backup.Create(await Filled(), backup, Options, running: null);
        var target = new FaultyDisk(3);

        var error = Assert.Throws<StorageDamagedException>(() => Backup.Restore(backup, Backup.Check(backup), () =>
        {
            backup.FlipBit("genesis.json", 0, 0);
            return target;
        }));

        Assert.Equal("genesis.json", error.File);
        Assert.True(target.Exists(DataDirectory.RestoringFile));
    }

    [Fact]
    public async Task Restore_OfABackupWithAMissingFile_LaysNothingOut()
    {
        var backup = new FaultyDisk(2);
        Backup.Create(await Filled(), backup, Options, running: null);
        backup.Remove("journal/0000000001.seg");

        var error = Assert.Throws<StorageDamagedException>(() => Backup.Restore(
            backup, Backup.Check(backup), () => throw new InvalidOperationException("nothing is laid out")));

        Assert.Equal(("journal/0000000001.seg", "the file is missing"), (error.File, error.Text));
    }

    [Fact]
    public async Task Create_BesideAWriteUnderWay_CopiesNoByteBehindTheDurableEnd()
    {
        var disk = new FaultyDisk(1);
        await using var journal = Journal.Open(disk, Options, out _);
        Write(journal, 1, 500);
        var written = disk.ReadAll("journal/0000000000.seg").AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        disk.Overwrite("journal/0000000000.seg", written, "AJFR of a write that is under way"u8);
        var target = new FaultyDisk(2);

        Backup.Create(disk, target, Options, journal);

        Assert.Empty(Journal.Check(target, Options));
        Assert.Equal(["0000000000.seg"], target.List("journal").Select(static entry => entry.Name));
    }

    [Fact]
    public async Task Create_OfASegmentLargerThanOneReading_EndsItInZeros()
    {
        var options = JournalModel.Options(1024 * 1024);
        var disk = new FaultyDisk(1);
        await using var journal = Journal.Open(disk, options, out _);
        Write(journal, 1, 300_000);
        var target = new FaultyDisk(2);

        Backup.Create(disk, target, options, journal);

        Assert.Empty(Journal.Check(target, options));
        Assert.Equal(
            disk.ReadAll("journal/0000000000.seg"), target.ReadAll("journal/0000000000.seg"));
    }

    [Theory]
    [InlineData("{0} 3")]
    [InlineData("{0} 3 a b")]
    [InlineData("x 3 a")]
    [InlineData("{0} x a")]
    [InlineData("{0} -3 a")]
    [InlineData("{0} 3 ../a")]
    [InlineData("{0} 3 /a")]
    [InlineData("{0} 3 a\n{0} 3 a")]
    public void A_manifest_of_lines_that_are_none_is_refused(string pattern)
    {
        var backup = new FaultyDisk(1);
        backup.Put("a", "abc"u8);
        var text = string.Format(null, pattern, Digest.Sha256("abc"u8));
        SealedFile.Write(backup, "manifest", new SealedKind("backup-manifest", 1), Encoding.ASCII.GetBytes(text));

        var problem = Assert.Single(Backup.Check(backup));

        Assert.Equal("manifest", problem.File);
        Assert.Contains(" is not a ", problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_of_one_sound_line_is_read()
    {
        var backup = new FaultyDisk(1);
        backup.Put("a", "abc"u8);
        var line = Encoding.ASCII.GetBytes($"{Digest.Sha256("abc"u8)} 3 a\n");
        SealedFile.Write(backup, "manifest", new SealedKind("backup-manifest", 1), line);

        Assert.Empty(Backup.Check(backup));
    }

    [Fact]
    public async Task Create_OfANameThatNoBackupCanHold_IsRefused()
    {
        var disk = await Filled();
        disk.Put("keys/my key", "x"u8);

        Assert.Throws<DataDirectoryUnusableException>(
            () => Backup.Create(disk, new FaultyDisk(2), Options, running: null));
    }

    private static async Task<FaultyDisk> Filled()
    {
        var disk = new FaultyDisk(1);
        await using (var journal = Journal.Open(disk, Options, out _))
        {
            for (var sequence = 1; sequence <= 5; sequence++)
            {
                Write(journal, sequence, 3_000);
            }
        }

        disk.CreateDirectory("blobs/ab");
        disk.Put("blobs/ab/first", "comes before the genesis in the order of names"u8);
        disk.CreateDirectory("keys");
        disk.Put("keys/k.key", "key"u8);
        disk.Put("genesis.json", "{}"u8);
        return disk;
    }

    private static void Write(Journal journal, long sequence, int bytes)
    {
        var batch = new JournalBatch();
        var payload = batch.BeginFrame(FrameKind.Entry, sequence, bytes);
        payload.Fill(7);
        batch.EndFrame(bytes);
        journal.Write(batch);
    }
}
