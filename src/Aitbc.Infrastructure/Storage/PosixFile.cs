using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aitbc.Infrastructure.Storage;

/// <summary>
/// The calls the runtime does not offer: fdatasync (an fsync also waits for the file's times, which costs a second
/// write), fsync of a directory (without it a rename may be undone by a power cut), and flock whatever the settings of
/// the runtime are. Stateless, thread-safe.
/// </summary>
internal static partial class PosixFile
{
    private const int Interrupted = 4;
    private const int ReadOnly = 0;
    private const int LockExclusiveWithoutWaiting = 2 | 4;
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    /// <summary>Makes the content of a file durable.</summary>
    public static void FlushData(SafeFileHandle handle, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(handle);
            return;
        }

        while (fdatasync(handle) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw Failure("fdatasync", path, error);
            }
        }
    }

    /// <summary>Makes the names in a directory durable; Windows does this by itself.</summary>
    public static void FlushDirectory(string fullPath)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = open(fullPath, ReadOnly);
        if (descriptor < 0)
        {
            throw Failure("open directory", fullPath, Marshal.GetLastPInvokeError());
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        while (fsync(handle) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw Failure("fsync directory", fullPath, error);
            }
        }
    }

    /// <summary>
    /// Opens a file, creating it empty, so that no other process can until the handle is closed or this process ends.
    /// </summary>
    /// <returns>The handle; null when another has it.</returns>
    public static SafeFileHandle? TryLock(string fullPath)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(fullPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (IsHeldElsewhere(error.HResult))
        {
            return null;
        }

        // The runtime takes this lock too, unless an environment variable tells it not to.
        if (OperatingSystem.IsWindows() || flock(handle, LockExclusiveWithoutWaiting) == 0)
        {
            return handle;
        }

        var code = Marshal.GetLastPInvokeError();
        handle.Dispose();
        return IsHeldElsewhere(code) ? null : throw Failure("flock", fullPath, code);
    }

    private static bool IsHeldElsewhere(int code) =>
        code == WindowsSharingViolation
        || (OperatingSystem.IsLinux() && code == LinuxWouldBlock)
        || (OperatingSystem.IsMacOS() && code == MacWouldBlock);

    private static IOException Failure(string call, string path, int error) =>
        new($"{call} of '{path}' failed: {new Win32Exception(error).Message}", error);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle handle);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle handle);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle handle, int operation);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
