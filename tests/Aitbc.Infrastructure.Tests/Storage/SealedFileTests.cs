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
