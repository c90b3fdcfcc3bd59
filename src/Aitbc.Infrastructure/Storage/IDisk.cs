namespace Aitbc.Infrastructure.Storage;

/// <summary>
/// The few things the storage layer asks of a file system, below one root directory. Paths are relative, parts are
/// separated by <c>/</c> and checked by <see cref="DiskPath"/>. Every implementation is safe for use by several
/// threads; one open <see cref="IDiskFile"/> has one writer. Calls block: they are real I/O, made by threads that own
/// it.
/// </summary>
/// <remarks>
/// What survives a power cut: the content of a file up to its last <see cref="IDiskFile.Flush"/>; the name of a file
/// after <see cref="Rename"/>, <see cref="Delete"/>, <see cref="CreateDirectory"/> or <see cref="SyncDirectory"/>
/// returned. The name of a file that was only created may be lost until then.
/// </remarks>
public interface IDisk
{
    /// <summary>Bytes that may still be written: the smaller of what the device and the quota leave.</summary>
    long FreeBytes { get; }

    /// <summary>Creates an empty file for reading and writing.</summary>
    /// <exception cref="IOException">The file exists or cannot be created.</exception>
    IDiskFile Create(string path);

    /// <summary>Opens an existing file for reading; a writer may go on writing it.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    IDiskFile OpenRead(string path);

    /// <summary>Opens an existing file for reading and writing.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    IDiskFile OpenWrite(string path);

    /// <summary>Whether a file of this name exists.</summary>
    bool Exists(string path);

    /// <summary>The entries of a directory in ordinal order of name; empty when there is no such directory.</summary>
    /// <param name="directory">The directory; the empty string is the root.</param>
    IReadOnlyList<DiskEntry> List(string directory);

    /// <summary>Creates a directory and its parents, durably; does nothing when it exists.</summary>
    void CreateDirectory(string path);

    /// <summary>Renames a file in one step, replacing a file of the new name, and makes the new name durable.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file, durably; does nothing when it does not exist.</summary>
    void Delete(string path);

    /// <summary>Makes the names in a directory durable.</summary>
    void SyncDirectory(string directory);
}

/// <summary>One open file of an <see cref="IDisk"/>. Reads may come from any thread, writes from one.</summary>
public interface IDiskFile : IDisposable
{
    /// <summary>The path under which it was opened, relative to the root of its disk.</summary>
    string Path { get; }

    /// <summary>Present length in bytes.</summary>
    long Length { get; }

    /// <summary>
    /// Grows the file to a length with written zeros (no holes), so that later writes need no metadata.
    /// </summary>
    /// <exception cref="DiskFullException">No room; part of the growth may have happened.</exception>
    void Preallocate(long length);

    /// <summary>Writes all bytes at an offset.</summary>
    /// <exception cref="DiskFullException">No room; part of the bytes may have been written.</exception>
    /// <exception cref="IOException">The device failed; how much was written is unknown.</exception>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Reads bytes at an offset until the buffer is full or the file ends.</summary>
    /// <returns>The count of bytes read.</returns>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Returns once everything written so far would survive a power cut.</summary>
    /// <exception cref="IOException">
    /// The device failed. What was written since the last successful flush is lost or not, and a second flush that
    /// succeeds proves nothing: never retry.
    /// </exception>
    void Flush();
}

/// <summary>One entry of a directory.</summary>
/// <param name="Name">The name without its directory.</param>
/// <param name="Length">Length in bytes; 0 for a directory.</param>
/// <param name="IsDirectory">Whether it is a directory.</param>
public readonly record struct DiskEntry(string Name, long Length, bool IsDirectory);

/// <summary>The device or the quota has no room. Nothing that was durable before is lost.</summary>
/// <param name="message">What did not fit, and where.</param>
/// <param name="cause">The error of the operating system, when there is one.</param>
public sealed class DiskFullException(string message, Exception? cause = null) : IOException(message, cause);
