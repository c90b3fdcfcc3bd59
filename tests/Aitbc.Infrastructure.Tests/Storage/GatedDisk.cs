using Aitbc.Infrastructure.Storage;

namespace Aitbc.Infrastructure.Tests.Storage;

/// <summary>A disk on which nobody can create a file until it is let; everything else goes through.</summary>
internal sealed class GatedDisk(IDisk inner) : IDisk, IDisposable
{
    private readonly ManualResetEventSlim _gate = new();

    public long FreeBytes => inner.FreeBytes;

    public void Release() => _gate.Set();

    public IDiskFile Create(string path)
    {
        _gate.Wait();
        return inner.Create(path);
    }

    public IDiskFile OpenRead(string path) => inner.OpenRead(path);

    public IDiskFile OpenWrite(string path) => inner.OpenWrite(path);

    public bool Exists(string path) => inner.Exists(path);

    public IReadOnlyList<DiskEntry> List(string directory) => inner.List(directory);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string path) => inner.Delete(path);

    public void SyncDirectory(string directory) => inner.SyncDirectory(directory);

    public void Dispose()
    {
        _gate.Set();
        _gate.Dispose();
    }
}
