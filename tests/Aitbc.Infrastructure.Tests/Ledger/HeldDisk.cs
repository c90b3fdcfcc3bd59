using Aitbc.Infrastructure.Storage;

namespace Aitbc.Infrastructure.Tests.Ledger;

/// <summary>A disk whose flushes of some files can be held, and then let through or made to fail.</summary>
/// <param name="inner">The disk.</param>
/// <param name="extension">Which files; default the journal's.</param>
internal sealed class HeldDisk(IDisk inner, string extension = ".seg") : IDisk, IDisposable
{
    private readonly ManualResetEventSlim gate = new(initialState: true);
    private readonly ManualResetEventSlim held = new();
    private volatile bool fails;
    private volatile string? failsOn;
    private volatile bool sawFailing;

    public long FreeBytes => inner.FreeBytes;

    /// <summary>Whether a flush failed for its thread.</summary>
    public bool HasFailed => sawFailing;

    /// <summary>From now on flushes on threads of this name fail.</summary>
    public void FailOn(string thread) => failsOn = thread;

    /// <summary>From now on flushes wait.</summary>
    public void Hold() => gate.Reset();

    /// <summary>Waits until a flush is held.</summary>
    public bool WaitUntilHeld(TimeSpan limit) => held.Wait(limit);

    /// <summary>Lets what is held go on, or fail.</summary>
    public void Release(bool fail)
    {
        fails = fail;
        gate.Set();
    }

    public IDiskFile Create(string path) => new HeldFile(this, inner.Create(path));

    public IDiskFile OpenRead(string path) => inner.OpenRead(path);

    public IDiskFile OpenWrite(string path) => new HeldFile(this, inner.OpenWrite(path));

    public bool Exists(string path) => inner.Exists(path);

    public IReadOnlyList<DiskEntry> List(string directory) => inner.List(directory);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string path) => inner.Delete(path);

    public void SyncDirectory(string directory) => inner.SyncDirectory(directory);

    public void Dispose()
    {
        gate.Set();
        gate.Dispose();
        held.Dispose();
    }

    private void OnFlush(string path)
    {
        if (!path.EndsWith(extension, StringComparison.Ordinal))
        {
            return;
        }

        if (failsOn is { } name && Thread.CurrentThread.Name == name)
        {
            sawFailing = true;
            throw new IOException("the device failed");
        }

        if (gate.IsSet)
        {
            return;
        }

        held.Set();
        gate.Wait();
        if (fails)
        {
            throw new IOException("the device failed");
        }
    }

    private sealed class HeldFile(HeldDisk disk, IDiskFile file) : IDiskFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public void Preallocate(long length) => file.Preallocate(length);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => file.Write(offset, bytes);

        public int Read(long offset, Span<byte> buffer) => file.Read(offset, buffer);

        public void Flush()
        {
            disk.OnFlush(file.Path);
            file.Flush();
        }

        public void Dispose() => file.Dispose();
    }
}
