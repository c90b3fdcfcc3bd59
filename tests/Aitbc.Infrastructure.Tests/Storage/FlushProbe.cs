using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Aitbc.Infrastructure.Tests.Storage;

/// <summary>
/// Asks the Linux kernel what a flush leaves behind: pages of a file that are not on the device yet, and directories
/// that were opened, which is how their names are flushed. Elsewhere, and where the file system keeps no such count,
/// <see cref="SeesPages"/> says that it cannot tell.
/// </summary>
internal static partial class FlushProbe
{
    private const int CacheStat = 451;
    private const uint Opened = 0x20;
    private const int NonBlocking = 0x800;
    private const int EventHead = 16;

    /// <summary>Whether a write that was not flushed shows in this directory's file system, and a flush ends it.
    /// </summary>
    public static bool SeesPages(string directory)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        var path = Path.Combine(directory, "flush.probe");
        using var stream = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        stream.Write(new byte[10_000]);
        var before = Waiting(stream.SafeFileHandle);
        stream.Flush(flushToDisk: true);
        var after = Waiting(stream.SafeFileHandle);
        stream.Dispose();
        File.Delete(path);
        return before > 0 && after == 0;
    }

    /// <summary>Pages of a file that wait for the device; -1 where the kernel does not say.</summary>
    public static long WaitingPages(string path)
    {
        using var handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        return Waiting(handle);
    }

    /// <summary>Whether a directory itself was opened while something ran.</summary>
    public static bool OpensDirectory(string directory, Action act)
    {
        using var events = new SafeFileHandle(inotify_init1(NonBlocking), ownsHandle: true);
        if (inotify_add_watch(events, directory, Opened) < 0)
        {
            throw new IOException($"'{directory}' cannot be watched");
        }

        act();
        var buffer = new byte[64 * 1024];
        var count = (int)read(events, buffer, buffer.Length);
        for (var at = 0; at + EventHead <= count;)
        {
            var length = BitConverter.ToInt32(buffer, at + 12);
            var name = Encoding.UTF8.GetString(buffer, at + EventHead, length).TrimEnd('\0');
            if (name.Length == 0)
            {
                return true;
            }

            at += EventHead + length;
        }

        return false;
    }

    private static long Waiting(SafeFileHandle handle)
    {
        Span<ulong> range = [0, 0];
        Span<ulong> found = stackalloc ulong[5];
        return syscall(CacheStat, handle, ref range[0], ref found[0], 0) == 0 ? (long)(found[1] + found[2]) : -1;
    }

    [LibraryImport("libc")]
    private static partial long syscall(
        long number, SafeFileHandle file, ref ulong range, ref ulong found, long flags);

    [LibraryImport("libc")]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int inotify_add_watch(SafeFileHandle events, string path, uint mask);

    [LibraryImport("libc")]
    private static partial nint read(SafeFileHandle events, byte[] buffer, nint count);
}
