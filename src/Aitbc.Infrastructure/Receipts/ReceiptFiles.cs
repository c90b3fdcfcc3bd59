using System.Buffers.Binary;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Receipts;

/// <summary>Up to where receipts are exported.</summary>
/// <param name="Next">First entry of the first block that is not.</param>
/// <param name="Before">Hash of the entry before it.</param>
/// <param name="Count">Receipts of the blocks before it.</param>
internal readonly record struct ExportProgress(ulong Next, Digest Before, ulong Count);

/// <summary>A data directory's receipts: one file a paid workload, and how far they go.</summary>
internal static class ReceiptFiles
{
    /// <summary>How far the receipts go; without it they are made again from the journal's beginning.</summary>
    public const string ProgressFile = "receipts.sealed";

    private const int ProgressBytes = sizeof(ulong) + Digest.Size + sizeof(ulong);

    private static readonly SealedKind ProgressKind = new("receipts", 1);

    /// <summary>The path of a receipt below the data directory.</summary>
    public static string PathOf(RenderedReceipt receipt) =>
        DiskPath.Join(DataDirectory.ReceiptsDirectory, receipt.FileName);

    /// <summary>Writes a receipt in one step, unless it is there already; it is durable when this returns.</summary>
    /// <exception cref="DiskFullException">No room; nothing is there under its name.</exception>
    public static void Write(IDisk disk, RenderedReceipt receipt)
    {
        var path = PathOf(receipt);
        if (disk.Exists(path) && IsSame(disk, path, receipt.Bytes))
        {
            return;
        }

        var temporary = path + SealedFile.WritingExtension;
        disk.Delete(temporary);
        using (var file = disk.Create(temporary))
        {
            file.Write(0, receipt.Bytes);
            file.Flush();
        }

        disk.Rename(temporary, path);
    }

    /// <summary>How far the receipts go; null where that is not known.</summary>
    public static ExportProgress? ReadProgress(IDisk disk)
    {
        if (!disk.Exists(ProgressFile))
        {
            return null;
        }

        try
        {
            var bytes = SealedFile.Read(disk, ProgressFile, ProgressKind).AsSpan();
            return bytes.Length == ProgressBytes
                ? new ExportProgress(
                    BinaryPrimitives.ReadUInt64LittleEndian(bytes),
                    Digest.From(bytes.Slice(sizeof(ulong), Digest.Size)),
                    BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..]))
                : null;
        }
        catch (StorageDamagedException)
        {
            // It says nothing that the journal does not say too, only sooner.
            return null;
        }
    }

    /// <summary>Notes how far the receipts go.</summary>
    public static void WriteProgress(IDisk disk, in ExportProgress progress)
    {
        Span<byte> bytes = stackalloc byte[ProgressBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, progress.Next);
        progress.Before.CopyTo(bytes[sizeof(ulong)..]);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[^sizeof(ulong)..], progress.Count);
        SealedFile.Write(disk, ProgressFile, ProgressKind, bytes);
    }

    private static bool IsSame(IDisk disk, string path, byte[] expected)
    {
        using var file = disk.OpenRead(path);
        if (file.Length != expected.Length)
        {
            return false;
        }

        var found = new byte[expected.Length];
        return file.Read(0, found) == found.Length && found.AsSpan().SequenceEqual(expected);
    }
}
