using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Safety.Monitor;

namespace Aitbc.Safety.Admission;

/// <summary>The monitor's windows as of an entry, kept so that a start reads back only what came after it. It saves
/// time and no more: where it is missing, damaged or of another history, the journal is read back.</summary>
internal static class WindowFile
{
    /// <summary>Its path.</summary>
    public const string Path = "monitor.sealed";

    private static readonly SealedKind Kind = new("monitor-windows", SafetyMonitor.KeptVersion);

    /// <summary>Writes it; it is on disk when this returns.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="monitor">The windows.</param>
    /// <param name="seq">The last entry that they know; durable.</param>
    /// <exception cref="IOException">The disk failed or is full; the one before is still there.</exception>
    public static void Save(WatchedLedger ledger, SafetyMonitor monitor, ulong seq)
    {
        using var writer = new SealedFileWriter(ledger.Disk, Path, Kind);
        writer.Write(ledger.Identity.AsSpan());
        writer.Write(BitConverter.GetBytes(seq));
        writer.Write(HashAt(ledger, seq).AsSpan());
        monitor.Save(writer);
        writer.Commit();
    }

    /// <summary>Reads it.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="options">The monitor's.</param>
    /// <param name="last">The ledger's last entry.</param>
    /// <returns>A monitor and the last entry that it knows; one that knows nothing, and null, where the file is of no
    /// use.</returns>
    public static (SafetyMonitor Monitor, ulong? Seq) Load(WatchedLedger ledger, MonitorOptions options, ulong last)
    {
        if (ledger.Disk.Exists(Path))
        {
            try
            {
                var monitor = new SafetyMonitor(options);
                using var reader = new SealedFileReader(ledger.Disk, Path, Kind);
                if (ReadHead(reader, ledger, last) is { } seq && monitor.TryLoad(reader))
                {
                    reader.Verify();
                    return (monitor, seq);
                }
            }
            catch (Exception damage) when (damage is StorageDamagedException or EndOfStreamException)
            {
                // Of no use: the journal is read back instead.
            }
        }

        return (new SafetyMonitor(options), null);
    }

    private static ulong? ReadHead(SealedFileReader reader, WatchedLedger ledger, ulong last)
    {
        var head = new byte[(2 * Digest.Size) + sizeof(ulong)];
        reader.ReadExactly(head);
        var seq = BitConverter.ToUInt64(head, Digest.Size);
        return Digest.From(head.AsSpan(0, Digest.Size)) == ledger.Identity
            && seq <= last
            && Digest.From(head.AsSpan(Digest.Size + sizeof(ulong))) == HashAt(ledger, seq)
                ? seq
                : null;
    }

    private static Digest HashAt(WatchedLedger ledger, ulong seq)
    {
        if (seq == 0)
        {
            return ledger.Identity;
        }

        using var entries = ledger.ReadFrom(seq);
        return entries.TryRead(out var entry)
            ? entry.Hash
            : throw new InvalidDataException($"Entry {seq} is durable and cannot be read.");
    }
}
