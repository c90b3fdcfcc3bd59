using Aitbc.Infrastructure.Storage;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

/// <summary>What every disk must do: both implementations pass the same kit.</summary>
public abstract class DiskConformance
{
    protected abstract IDisk Disk { get; }

    [Fact]
    public void Write_ThenRead_GivesTheBytesBack()
    {
        using var file = Disk.Create("a");
        file.Write(0, "hello"u8);
        file.Write(3, "p me"u8);
        Span<byte> read = stackalloc byte[10];

        Assert.Equal(7, file.Read(0, read));
        Assert.Equal("help me"u8, read[..7]);
        Assert.Equal(7, file.Length);
        Assert.Equal(2, file.Read(5, read));
        Assert.Equal(0, file.Read(7, read));
        Assert.Equal(0, file.Read(700, read));
    }

    [Fact]
    public void OpenRead_WhileTheWriterGoesOn_SeesWhatIsWritten()
    {
        using var writer = Disk.Create("a");
        using var reader = Disk.OpenRead("a");
        writer.Write(0, "x"u8);
        writer.Flush();
        Span<byte> read = stackalloc byte[1];

        Assert.Equal(1, reader.Read(0, read));
        Assert.Equal((byte)'x', read[0]);
    }

    [Fact]
    public void Preallocate_GrowsWithZeros_AndNeverShrinks()
    {
        using var file = Disk.Create("a");
        file.Write(0, "abc"u8);
        file.Preallocate(2_500_000);
        file.Preallocate(10);
        var bytes = new byte[2_500_001];

        Assert.Equal(2_500_000, file.Read(0, bytes));
        Assert.Equal("abc"u8, bytes.AsSpan(0, 3));
        Assert.False(bytes.AsSpan(3).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void Create_OfAnExistingFile_IsRefused()
    {
        Disk.Create("a").Dispose();

        Assert.ThrowsAny<IOException>(() => Disk.Create("a"));
    }

    [Fact]
    public void Open_OfAMissingFile_IsRefused()
    {
        Assert.ThrowsAny<IOException>(() => Disk.OpenRead("a"));
        Assert.ThrowsAny<IOException>(() => Disk.OpenWrite("a"));
        Assert.False(Disk.Exists("a"));
    }

    [Fact]
    public void Rename_ReplacesTheTarget()
    {
        Put("a", "new"u8);
        Put("b", "old"u8);
        Disk.Rename("a", "b");

        Assert.False(Disk.Exists("a"));
        using var file = Disk.OpenRead("b");
        Span<byte> read = stackalloc byte[4];
        Assert.Equal(3, file.Read(0, read));
        Assert.Equal("new"u8, read[..3]);
    }

    [Fact]
    public void Delete_RemovesTheFile_AndAMissingOneIsNoError()
    {
        Put("a", "x"u8);
        Disk.Delete("a");
        Disk.Delete("a");

        Assert.False(Disk.Exists("a"));
    }

    [Fact]
    public void List_IsInOrdinalOrder_WithLengthsAndDirectories()
    {
        Disk.CreateDirectory("d/e");
        Disk.CreateDirectory("d/e");
        Put("d/b", "22"u8);
        Put("d/B", "1"u8);

        Assert.Equal(
            [new DiskEntry("B", 1, false), new DiskEntry("b", 2, false), new DiskEntry("e", 0, true)], Disk.List("d"));
        Assert.Empty(Disk.List("nowhere"));
        Assert.Contains(new DiskEntry("d", 0, true), Disk.List(""));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../x")]
    [InlineData("/etc/x")]
    [InlineData("a//b")]
    [InlineData("a b")]
    [InlineData("..")]
    [InlineData("a/")]
    public void APath_ThatCouldLeaveTheRoot_IsRefused(string path)
    {
        Assert.Throws<ArgumentException>(() => Disk.Create(path));
        Assert.Throws<ArgumentException>(() => Disk.Exists(path));
        Assert.Throws<ArgumentException>(() => Disk.List(path));
        Assert.Throws<ArgumentException>(() => Disk.Delete(path));
    }

    [Fact]
    public void FreeBytes_ShrinkByWhatIsWritten_AndReturnByDelete()
    {
        Put("a", new byte[1000]);
        var before = Disk.FreeBytes;
        Put("b", new byte[5000]);
        var between = Disk.FreeBytes;
        Disk.Delete("b");

        Assert.Equal(5000, before - between);
        Assert.Equal(before, Disk.FreeBytes);
    }

    [Fact]
    public void AFullDisk_RefusesGrowth_AndKeepsWhatWasThere()
    {
        using var file = Disk.Create("a");
        file.Write(0, "kept"u8);
        var free = Disk.FreeBytes;

        Assert.Throws<DiskFullException>(() => file.Write(4, new byte[free + 1]));
        Span<byte> read = stackalloc byte[4];
        Assert.Equal(4, file.Read(0, read));
        Assert.Equal("kept"u8, read);
        file.Write(0, "KEPT"u8);
        Assert.Throws<DiskFullException>(() => file.Preallocate(file.Length + free + 1));
    }

    private void Put(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = Disk.Create(path);
        file.Write(0, bytes);
        file.Flush();
    }

    public sealed class OfFiles : DiskConformance, IDisposable
    {
        private readonly TemporaryDirectory _directory = new();

        public OfFiles() => Disk = new FileDisk(_directory.Root, maxBytes: 4_000_000);

        protected override IDisk Disk { get; }

        public void Dispose() => _directory.Dispose();

        [Fact]
        public void AnotherOpening_CountsWhatLiesThere()
        {
            Disk.CreateDirectory("d");
            using (var file = Disk.Create("d/a"))
            {
                file.Write(0, new byte[3_999_000]);
            }

            var again = new FileDisk(_directory.Root, maxBytes: 4_000_000);
            Assert.Equal(3_999_000, again.UsedBytes);
            Assert.Equal(1_000, again.FreeBytes);
        }
    }

    public sealed class OfMemory : DiskConformance
    {
        protected override IDisk Disk { get; } = new FaultyDisk(1) { Capacity = 4_000_000 };
    }
}
