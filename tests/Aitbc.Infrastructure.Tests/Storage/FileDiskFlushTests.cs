using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

/// <summary>That the real disk really flushes: the one thing no disk in memory can tell.</summary>
public sealed class FileDiskFlushTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FileDisk _disk;

    public FileDiskFlushTests() => _disk = new FileDisk(_directory.Root);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Flush_LeavesNoPageThatWaitsForTheDevice()
    {
        if (!FlushProbe.SeesPages(_directory.Root))
        {
            return;
        }

        using var file = _disk.Create("a");
        file.Write(0, new byte[50_000]);
        Assert.True(FlushProbe.WaitingPages(_directory.Combine("a")) > 0);

        file.Flush();

        Assert.Equal(0, FlushProbe.WaitingPages(_directory.Combine("a")));
    }

    [Fact]
    public void A_key_file_is_on_the_device_when_it_has_its_name()
    {
        if (!FlushProbe.SeesPages(_directory.Root))
        {
            return;
        }

        HostKey.CreateRandom(_directory.Combine(HostKey.FileName)).Dispose();

        Assert.Equal(0, FlushProbe.WaitingPages(_directory.Combine(HostKey.FileName)));
    }

    [Fact]
    public void Flush_OfWhatCannotBeFlushed_IsAnError()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        File.CreateSymbolicLink(_directory.Combine("null"), "/dev/null");
        using var file = _disk.OpenWrite("null");
        Assert.Contains("fdatasync", Assert.Throws<IOException>(file.Flush).Message, StringComparison.Ordinal);

        File.CreateSymbolicLink(_directory.Combine("proc"), "/proc/self");
        var error = Assert.Throws<IOException>(() => _disk.SyncDirectory("proc"));
        Assert.Contains("fsync directory", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<IOException>(() => _disk.SyncDirectory("nowhere"));
        Assert.Contains("open directory", error.Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => DirectorySync.Flush("/proc/self"));
        Assert.Throws<IOException>(() => DirectorySync.Flush(_directory.Combine("nowhere")));
    }

    [Fact]
    public void Every_change_of_a_name_flushes_its_directory()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        _disk.CreateDirectory("d");
        _disk.CreateDirectory("e");
        foreach (var name in new[] { "d/a", "d/b", "d/c" })
        {
            _disk.Create(name).Dispose();
        }

        AssertFlushes("d", () => _disk.SyncDirectory("d"));
        AssertFlushes("d", () => _disk.Rename("d/a", "d/z"));
        AssertFlushes("d", () => _disk.Delete("d/b"));
        AssertFlushes("e", () => _disk.Rename("d/c", "e/c"));
        AssertFlushes("d", () => _disk.Rename("e/c", "d/c"));
        AssertFlushes("e", () => _disk.Rename("d/c", "e/d"));
        AssertFlushes("d", () => _disk.Rename("d/z", "e/z"));
        AssertFlushes("d", () => _disk.CreateDirectory("d/f"));
        AssertFlushes("d", () => _disk.CreateDirectory("d/g/h"));
        AssertFlushes("", () => _disk.CreateDirectory("i/j"));
    }

    [Fact]
    public void A_new_root_flushes_every_directory_above_it_that_it_makes()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        AssertFlushes("", () => _ = new FileDisk(_directory.Combine("x")));
        AssertFlushes("", () => _ = new FileDisk(_directory.Combine("y/z")));
    }

    [Fact]
    public void A_new_key_flushes_its_directory()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var hostKey = HostKey.CreateRandom(_directory.Combine(HostKey.FileName));
        _disk.CreateDirectory("keys");
        var store = new KeyStore(_directory.Combine("keys"), hostKey);

        AssertFlushes("keys", () => store.Create().Dispose());
    }

    [Fact]
    public void A_file_that_a_rename_replaced_gives_its_room_back()
    {
        var disk = new FileDisk(_directory.Root, maxBytes: 1_000_000);
        foreach (var (name, length) in new[] { ("a", 300), ("b", 500) })
        {
            using var file = disk.Create(name);
            file.Write(0, new byte[length]);
        }

        disk.Rename("a", "b");

        Assert.Equal(300, disk.UsedBytes);
    }

    [Fact]
    public void A_path_longer_than_the_limit_is_refused()
    {
        Assert.False(_disk.Exists(new string('a', DiskPath.MaxLength)));
        Assert.Throws<ArgumentException>(() => _disk.Exists(new string('a', DiskPath.MaxLength + 1)));
    }

    [Fact]
    public void A_disk_without_room_or_with_an_impossible_quota_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new FileDisk(_directory.Root, maxBytes: 0));

    private void AssertFlushes(string directory, Action act) =>
        Assert.True(FlushProbe.OpensDirectory(_directory.Combine(directory), act), $"'{directory}' was not flushed");
}
