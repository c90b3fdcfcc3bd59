using Aitbc.Infrastructure.Storage;

namespace Aitbc.Infrastructure.Tests.Storage;

/// <summary>A disk whose files say their whole length and give no byte behind a place: cut by another hand meanwhile.
/// </summary>
internal sealed class ShrinkingDisk(IDisk inner) : IDisk
{
    /// <summary>The first byte that is not given.</summary>
    public long End { get; set; } = long.MaxValue;

    public long FreeBytes => inner.FreeBytes;

    public IDiskFile Create(string path) => inner.Create(path);

    public IDiskFile OpenRead(string path) => new Shrunk(this, inner.OpenRead(path));

    public IDiskFile OpenWrite(string path) => inner.OpenWrite(path);

    public bool Exists(string path) => inner.Exists(path);

    public IReadOnlyList<DiskEntry> List(string directory) => inner.List(directory);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string path) => inner.Delete(path);

    public void SyncDirectory(string directory) => inner.SyncDirectory(directory);

    private sealed class Shrunk(ShrinkingDisk disk, IDiskFile file) : IDiskFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public void Preallocate(long length) => file.Preallocate(length);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => file.Write(offset, bytes);

        public int Read(long offset, Span<byte> buffer) =>
            file.Read(offset, buffer[..(int)Math.Clamp(disk.End - offset, 0, buffer.Length)]);

        public void Flush() => file.Flush();

        public void Dispose() => file.Dispose();
    }
}
