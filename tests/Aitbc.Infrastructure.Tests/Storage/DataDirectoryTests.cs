using Aitbc.Infrastructure.Storage;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Open_ANewPath_LaysItOutForItsOwnerAlone()
    {
        var path = _directory.Combine("new/data");
        using var data = DataDirectory.Open(path);

        Assert.Equal(
            ["blobs", "journal", "keys", "lock", "receipts", "snapshots"],
            data.Disk.List("").Select(static entry => entry.Name));
        Assert.Equal(0, new FileInfo(Path.Combine(path, "lock")).Length);
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
            data.Disk.Create("keys/k").Dispose();
            Assert.Equal(Owner, File.GetUnixFileMode(Path.Combine(path, "keys/k")));
        }
    }

    [Fact]
    public void Open_Twice_IsRefusedUntilTheFirstIsClosed()
    {
        using (DataDirectory.Open(_directory.Root))
        {
            var error = Assert.Throws<DataDirectoryLockedException>(() => DataDirectory.Open(_directory.Root));
            Assert.Contains(_directory.Root, error.Message, StringComparison.Ordinal);
        }

        DataDirectory.Open(_directory.Root).Dispose();
    }

    [Fact]
    public async Task Another_process_keeps_us_out_until_it_is_killed()
    {
        using var child = LockHolder.Start(_directory.Root);
        Assert.Equal(LockHolder.Holding, await child.StandardOutput.ReadLineAsync());
        Assert.Throws<DataDirectoryLockedException>(() => DataDirectory.Open(_directory.Root));

        child.Kill();
        await child.WaitForExitAsync();

        using var data = DataDirectory.Open(_directory.Root);
        Assert.Equal(0, new FileInfo(_directory.Combine("lock")).Length);
    }

    [Fact]
    public async Task We_keep_another_process_out()
    {
        using var data = DataDirectory.Open(_directory.Root);
        using var child = LockHolder.Start(_directory.Root);

        Assert.Equal(LockHolder.Locked, await child.StandardOutput.ReadLineAsync());
        child.Kill();
        await child.WaitForExitAsync();
    }

    [Fact]
    public void Quota_IsKept_AndFreeBytesTell()
    {
        using var data = DataDirectory.Open(_directory.Root, new DataDirectoryOptions { MaxBytes = 2 * 1024 * 1024 });
        using var file = data.Disk.Create("keys/a");
        file.Write(0, new byte[1024 * 1024]);

        Assert.Equal(1024 * 1024, data.FreeBytes);
        Assert.Throws<DiskFullException>(() => file.Preallocate((2 * 1024 * 1024) + 1));
    }

    [Fact]
    public void A_quota_below_what_a_node_needs_is_refused() =>
        Assert.Throws<System.ComponentModel.DataAnnotations.ValidationException>(
            () => DataDirectory.Open(_directory.Root, new DataDirectoryOptions { MaxBytes = (1024 * 1024) - 1 }));

    [Fact]
    public void Open_WhereARestoreWasNotFinished_IsRefused()
    {
        File.WriteAllBytes(_directory.Combine("restore.incomplete"), []);

        Assert.Throws<DataDirectoryUnusableException>(() => DataDirectory.Open(_directory.Root));

        File.Delete(_directory.Combine("restore.incomplete"));
        DataDirectory.Open(_directory.Root).Dispose();
    }
}
