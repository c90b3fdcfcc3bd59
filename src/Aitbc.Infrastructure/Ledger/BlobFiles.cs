using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>Blobs as files named by their digest.</summary>
internal sealed class BlobFiles(IDisk disk)
{
    private readonly Lock gate = new();

    public void Put(in Digest digest, ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            disk.CreateDirectory("blobs");
            if (disk.Exists(PathOf(digest)))
            {
                return;
            }

            using (var file = disk.Create(PathOf(digest) + ".new"))
            {
                file.Write(0, bytes);
                file.Flush();
            }

            disk.Rename(PathOf(digest) + ".new", PathOf(digest));
            disk.SyncDirectory("blobs");
        }
    }

    public ReadOnlyMemory<byte>? Get(in Digest digest)
    {
        lock (gate)
        {
            if (!disk.Exists(PathOf(digest)))
            {
                return null;
            }

            using var file = disk.OpenRead(PathOf(digest));
            var bytes = new byte[file.Length];
            file.Read(0, bytes);
            return Digest.Sha256(bytes) == digest
                ? bytes
                : throw new LedgerDamagedException(0, $"The blob {PathOf(digest)} is not what its name says.");
        }
    }

    private static string PathOf(in Digest digest) => $"blobs/{digest}";
}
