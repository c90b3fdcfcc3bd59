using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

public sealed class SealedFileTests
{
    private static readonly SealedKind Kind = new("test", 3);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(262_143)]
    [InlineData(262_144)]
    [InlineData(1_000_003)]
    public void Read_WhatWasWritten_GivesItBack(int length)
    {
        var disk = new FaultyDisk(1);
        var payload = Noise(length);
        SealedFile.Write(disk, "a", Kind, payload);

        Assert.Equal(payload, SealedFile.Read(disk, "a", Kind));
        Assert.Null(SealedFile.Check(disk, "a", Kind));
        Assert.Equal(["a"], disk.List("").Select(static entry => entry.Name));
    }

    [Fact]
    public void Format_IsFrozen()
    {
        var disk = new FaultyDisk(1);
        SealedFile.Write(disk, "a", Kind, "hi"u8);

        var line = "AITBC-SEALED 1 test 3\n"u8.ToArray();
        byte[] sealedPart = [.. line, .. "hi"u8, 2, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal([.. sealedPart, .. Digest.Sha256(sealedPart).AsSpan()], disk.ReadAll("a"));
    }

    [Fact]
    public void Any_flipped_bit_and_any_cut_or_added_byte_is_found()
    {
        var disk = new FaultyDisk(1);
        SealedFile.Write(disk, "a", Kind, Noise(100));
        var whole = disk.ReadAll("a");
        for (var offset = 0; offset < whole.Length; offset++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                disk.FlipBit("a", offset, bit);
                AssertDamaged(disk);
                disk.FlipBit("a", offset, bit);
            }

            disk.Put("a", whole.AsSpan(0, offset));
            AssertDamaged(disk);
            disk.Put("a", whole);
        }

        disk.Put("a", [.. whole, 0]);
        AssertDamaged(disk);
    }

    [Fact]
    public void Read_AnotherKindOrVersion_IsRefused()
    {
        var disk = new FaultyDisk(1);
        SealedFile.Write(disk, "a", Kind, "x"u8);

        Assert.Throws<StorageDamagedException>(() => SealedFile.Read(disk, "a", new SealedKind("test", 4)));
        Assert.Throws<StorageDamagedException>(() => SealedFile.Read(disk, "a", new SealedKind("tes", 3)));
        Assert.Throws<StorageDamagedException>(() => SealedFile.Read(disk, "a", Kind, maxBytes: 0));
        Assert.ThrowsAny<FileNotFoundException>(() => SealedFile.Read(disk, "b", Kind));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("Test", 1)]
    [InlineData("a b", 1)]
    [InlineData("a", 0)]
    [InlineData("a", 10_000)]
    public void AKind_ThatIsNone_IsRefused(string name, int version)
    {
        var disk = new FaultyDisk(1);
        Assert.Throws<ArgumentException>(() => SealedFile.Write(disk, "a", new SealedKind(name, version), []));
        Assert.Empty(disk.List(""));
    }

    [Fact]
    public void A_crash_at_any_operation_leaves_the_old_file_or_the_new_one()
    {
        var seen = new HashSet<string>();
        for (var seed = 1ul; seed <= 40; seed++)
        {
            for (var operation = 1; operation <= 9; operation++)
            {
                var disk = new FaultyDisk(seed);
                SealedFile.Write(disk, "a", Kind, "old"u8);
                disk.CrashAtOperation = disk.Operations + operation;
                var isDone = false;
                try
                {
                    SealedFile.Write(disk, "a", Kind, Noise(3_000));
                    isDone = true;
                }
                catch (DiskCrashedException)
                {
                    // That is what the test is about.
                }

                disk.CutPower();
                var found = SealedFile.Read(disk, "a", Kind);
                Assert.True(found.Length == 3_000 || !isDone, $"seed {seed}: what was committed is gone");
                seen.Add(found.Length == 3_000 ? "new" : "old");
            }
        }

        Assert.Equal(2, seen.Count);
    }

    [Theory]
    [InlineData(1, "removing what a crash left", "old")]
    [InlineData(2, "creating the temporary file", "old")]
    [InlineData(3, "writing the payload", "old")]
    [InlineData(4, "writing the seal", "old")]
    [InlineData(5, "flushing the content", "old")]
    [InlineData(6, "renaming", "old")]
    [InlineData(7, "flushing the directory", "either")]
    [InlineData(8, "nothing more", "new")]
    public void Replacing_killed_at_each_step_leaves_the_old_file_or_the_new_one(
        int operation, string step, string expected)
    {
        for (var seed = 1ul; seed <= 60; seed++)
        {
            foreach (var thenPower in new[] { false, true })
            {
                var disk = new FaultyDisk(seed);
                SealedFile.Write(disk, "a", Kind, "old"u8);
                disk.CrashAtOperation = disk.Operations + operation;
                var isDone = false;
                try
                {
                    SealedFile.Write(disk, "a", Kind, Noise(3_000));
                    isDone = true;
                }
                catch (DiskCrashedException)
                {
                    // That is what the test is about.
                }

                Assert.Equal(operation == 8, isDone);
                disk.CrashAtOperation = 0;
                disk.KillProcess();
                if (thenPower)
                {
                    disk.CutPower();
                }

                var found = SealedFile.Read(disk, "a", Kind).Length == 3_000 ? "new" : "old";
                Assert.True(found == expected || expected == "either", $"{step}, seed {seed}: {found}");
                SealedFile.Write(disk, "a", Kind, "next"u8);
                Assert.Equal(["a"], disk.List("").Select(static entry => entry.Name));
            }
        }
    }

    [Fact]
    public void Without_the_flush_of_the_content_a_power_cut_destroys_the_file() =>
        AssertLoses(static seed => new FaultyDisk(seed) { SwallowsFlushOf = static _ => true });

    [Fact]
    public void Without_the_flush_of_the_directory_a_power_cut_brings_the_old_file_back() =>
        AssertLoses(static seed => new FaultyDisk(seed) { SwallowsDirectorySync = true });

    [Fact]
    public void Writer_AfterCommitOrDispose_TakesNothingMore()
    {
        var disk = new FaultyDisk(1);
        using (var writer = new SealedFileWriter(disk, "a", Kind))
        {
            Assert.True(writer.CanWrite);
            writer.Write("x"u8);
            writer.Commit();
            Assert.False(writer.CanWrite);
            Assert.Throws<InvalidOperationException>(() => writer.Write("y"u8));
            Assert.Throws<InvalidOperationException>(writer.Commit);
        }

        var left = new SealedFileWriter(disk, "b", Kind);
        left.Dispose();
        left.Dispose();
        Assert.False(left.CanWrite);
        Assert.Throws<ObjectDisposedException>(() => left.Write("y"u8));
        Assert.Throws<ObjectDisposedException>(left.Commit);
        Assert.Equal("x"u8.ToArray(), SealedFile.Read(disk, "a", Kind));
        Assert.Single(disk.List(""));
    }

    [Fact]
    public void Position_CountsWhatWasWrittenAndRead()
    {
        var disk = new FaultyDisk(1);
        using (var writer = new SealedFileWriter(disk, "a", new SealedKind("0-test", 9_999)))
        {
            writer.Write(new byte[300]);
            Assert.Equal((300, 300), (writer.Position, writer.Length));
            writer.Commit();
        }

        using var reader = new SealedFileReader(disk, "a", new SealedKind("0-test", 9_999));
        Assert.Equal((0, 300), (reader.Position, reader.Length));
        reader.ReadExactly(new byte[100]);
        Assert.Equal(100, reader.Position);
        reader.Verify();
        Assert.Equal(300, reader.Position);
        Assert.Equal(0, reader.Read(new byte[10]));
    }

    [Fact]
    public void Reader_OfAFileThatIsCutMeanwhile_SaysWhere()
    {
        const int PayloadEnd = 22 + 3_000;
        var disk = new FaultyDisk(1);
        SealedFile.Write(disk, "a", Kind, Noise(3_000));
        foreach (var end in new[] { 30, PayloadEnd + 3 })
        {
            var cut = Assert.Throws<StorageDamagedException>(
                () => SealedFile.Read(new ShrinkingDisk(disk) { End = end }, "a", Kind));
            Assert.Equal((PayloadEnd, "the length is wrong"), (cut.Offset, cut.Text));
        }

        foreach (var (end, text) in new[] { (2_000, "the file ends here"), (PayloadEnd + 20, "does not match") })
        {
            var shrinking = new ShrinkingDisk(disk);
            using var reader = new SealedFileReader(shrinking, "a", Kind);
            shrinking.End = end;
            var error = Assert.Throws<StorageDamagedException>(reader.Verify);
            Assert.Contains(text, error.Text, StringComparison.Ordinal);
        }
    }

    private static void AssertLoses(Func<ulong, FaultyDisk> make)
    {
        var lost = 0;
        for (var seed = 1ul; seed <= 60; seed++)
        {
            var disk = make(seed);
            SealedFile.Write(disk, "a", Kind, "old"u8);
            SealedFile.Write(disk, "a", Kind, Noise(3_000));
            disk.CutPower();
            lost += disk.Exists("a") && SealedFile.Check(disk, "a", Kind) is null
                && SealedFile.Read(disk, "a", Kind).Length == 3_000 ? 0 : 1;
        }

        Assert.True(lost > 5, $"only {lost} of 60 runs noticed the missing flush");
    }

    [Fact]
    public void Writer_NotCommitted_LeavesNothing()
    {
        var disk = new FaultyDisk(1);
        SealedFile.Write(disk, "a", Kind, "old"u8);
        using (var writer = new SealedFileWriter(disk, "a", Kind))
        {
            writer.Write("new"u8);
        }

        Assert.Equal("old"u8.ToArray(), SealedFile.Read(disk, "a", Kind));
        Assert.Single(disk.List(""));
    }

    [Fact]
    public void Writer_OnAFullDisk_LeavesTheOldFile()
    {
        var disk = new FaultyDisk(1);
        SealedFile.Write(disk, "a", Kind, "old"u8);
        disk.Capacity = 1_000;

        Assert.Throws<DiskFullException>(() => SealedFile.Write(disk, "a", Kind, Noise(2_000)));

        Assert.Equal("old"u8.ToArray(), SealedFile.Read(disk, "a", Kind));
        Assert.Single(disk.List(""));
    }

    [Fact]
    public void Reader_OfADamagedFile_NeverHandsOutTheLastBytes()
    {
        var disk = new FaultyDisk(1);
        SealedFile.Write(disk, "a", Kind, Noise(600_000));
        disk.FlipBit("a", 30, 1);
        using var reader = new SealedFileReader(disk, "a", Kind);
        using var copy = new MemoryStream();

        Assert.Throws<StorageDamagedException>(() => reader.CopyTo(copy));

        Assert.True(copy.Length < 600_000);
    }

    private static void AssertDamaged(FaultyDisk disk)
    {
        Assert.Throws<StorageDamagedException>(() => SealedFile.Read(disk, "a", Kind));
        Assert.Equal("a", SealedFile.Check(disk, "a", Kind)?.File);
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new SeededRandom(6).NextBytes(bytes);
        return bytes;
    }
}
