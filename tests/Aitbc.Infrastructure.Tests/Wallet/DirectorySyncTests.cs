using Aitbc.Infrastructure.Wallet;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Wallet;

/// <summary>That a directory whose names cannot be made durable is an error, and that none stays open.</summary>
public sealed class DirectorySyncTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Flush_OfADirectoryThatIsNot_SaysThatItIsNotThere()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        IOException error = Assert.Throws<IOException>(() => DirectorySync.Flush(_scratch.File("none")));

        Assert.Contains("No such file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flush_OfWhatCannotBeFlushed_IsAnError()
    {
        if (OperatingSystem.IsLinux())
        {
            Assert.Throws<IOException>(() => DirectorySync.Flush("/proc/self"));
        }
    }

    [Fact]
    public void Flush_LeavesTheDirectoryClosed()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        DirectorySync.Flush(_scratch.Root);

        Assert.DoesNotContain(
            Directory.GetFileSystemEntries("/proc/self/fd"),
            descriptor => new FileInfo(descriptor).LinkTarget == _scratch.Root);
    }
}
