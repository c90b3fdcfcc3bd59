using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Safety.Audit;

namespace Aitbc.Safety.Admission;

/// <summary>
/// Every verdict of the monitor, that of what passes too, on disk before the group of entries it belongs to, and what
/// became of each after it: an audit series of its own beside the journal. Where a crash comes between the two, the
/// next start says what is so: what the journal holds gets its outcome, and all verdicts from the first entry on that
/// it watches now are of what never happened.
/// </summary>
/// <remarks>Not thread-safe: the thread that makes groups durable.</remarks>
internal sealed class VerdictLog : IDisposable
{
    /// <summary>Bytes after which the next file begins, so that a start has at most so many to read back: 16 MiB.
    /// </summary>
    public const long MaxFileBytes = 16L * 1024 * 1024;

    private readonly AuditFile file;
    private readonly VerdictGroup group = new();

    private VerdictLog(AuditFile file, IReadOnlyList<KeyValuePair<ulong, Digest>> open) =>
        (this.file, Open) = (file, open);

    /// <summary>What was judged and has no outcome yet, by entry.</summary>
    public IReadOnlyList<KeyValuePair<ulong, Digest>> Open { get; }

    /// <summary>Whether a directory holds verdicts.</summary>
    public static bool Exists(IDisk disk) => AuditCheck.FilesOf(disk, AuditSeries.Verdicts).Count > 0;

    /// <summary>Bytes of all its files.</summary>
    public static long SizeOf(IDisk disk) => disk.List(AuditSeries.Verdicts.Directory).Sum(entry => entry.Length);

    /// <summary>Goes on behind what is there, in a new file.</summary>
    /// <exception cref="StorageDamagedException">The last files were changed; the place is named.</exception>
    /// <exception cref="IOException">The disk failed or is full.</exception>
    public static VerdictLog Begin(IDisk disk, Timestamp now, long maxFileBytes = MaxFileBytes)
    {
        // Outcomes are lost in a power cut only behind the last flush, which is in one of the last two files.
        var open = new VerdictRecords(isWhole: false);
        var files = AuditCheck.FilesOf(disk, AuditSeries.Verdicts);
        foreach (var name in files.Skip(files.Count - 2))
        {
            AuditCheck.ReadFile(disk, name, null, open.Take);
        }

        return new VerdictLog(
            AuditFile.Open(disk, now, AuditSeries.Verdicts, maxFileBytes),
            [.. open.Open.Select(one => KeyValuePair.Create(one.Key, one.Value.Payload))]);
    }

    /// <summary>Says from which entry on everything is judged; what was judged from there on before never happened.
    /// </summary>
    /// <param name="from">The first entry.</param>
    /// <param name="mode">What follows from verdicts.</param>
    /// <param name="learnt">From which entry on the journal was read back into the windows.</param>
    /// <param name="now">The present time.</param>
    public void Watch(ulong from, MonitorMode mode, ulong learnt, Timestamp now) => file.Append(now, json =>
    {
        json.WriteString("at"u8, now.ToString());
        json.WriteString("what"u8, mode == MonitorMode.Off ? VerdictRecords.Off : VerdictRecords.Watching);
        json.WriteNumber("from"u8, from);
        if (mode != MonitorMode.Off)
        {
            json.WriteString("mode"u8, mode == MonitorMode.Enforce ? "enforce" : "watch");
            json.WriteNumber("learntFrom"u8, learnt);
        }
    });

    /// <summary>Writes verdicts; on disk when this returns.</summary>
    /// <exception cref="IOException">They are not.</exception>
    public void Keep(IReadOnlyList<JudgedPayload> judged)
    {
        for (var i = 0; i < judged.Count; i++)
        {
            group.Add(judged[i]);
            var isLast = i == judged.Count - 1;
            if (group.IsFull || isLast)
            {
                file.Append(VerdictRecords.Judged, group, judged[i].At, isFlushed: isLast);
            }
        }
    }

    /// <summary>Writes what became of it; on disk with the next verdicts.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Note(IEnumerable<(ulong Seq, Outcome Outcome)> ended, Timestamp now)
    {
        foreach (var (seq, outcome) in ended)
        {
            group.Add(seq, outcome);
            if (group.IsFull)
            {
                file.Append(VerdictRecords.Outcomes, group, now, isFlushed: false);
            }
        }

        file.Append(VerdictRecords.Outcomes, group, now, isFlushed: false);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
