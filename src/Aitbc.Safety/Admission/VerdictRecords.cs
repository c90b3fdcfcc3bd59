using System.Text.Json;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;
using Aitbc.Safety.Audit;

namespace Aitbc.Safety.Admission;

/// <summary>What the lines of a verdict log say, line by line: which payloads were judged, what became of them, and
/// which entries were watched.</summary>
/// <param name="isWhole">Whether the log is read from its beginning; else outcomes come whose verdicts stand before.
/// </param>
internal sealed class VerdictRecords(bool isWhole)
{
    /// <summary>A line of verdicts.</summary>
    public const string Judged = "judged";

    /// <summary>A line of outcomes.</summary>
    public const string Outcomes = "outcomes";

    /// <summary>From an entry on everything is judged.</summary>
    public const string Watching = "watching";

    /// <summary>From an entry on nothing is.</summary>
    public const string Off = "off";

    private readonly Dictionary<ulong, VerdictRecord> open = [];
    private readonly Dictionary<ulong, VerdictRecord> settled = [];
    private readonly List<(ulong From, bool IsWatched)> spans = [];

    /// <summary>What was judged and has no outcome yet.</summary>
    public IReadOnlyDictionary<ulong, VerdictRecord> Open => open;

    /// <summary>What was judged and has its outcome.</summary>
    public IReadOnlyDictionary<ulong, VerdictRecord> Settled => settled;

    /// <summary>Verdicts of what never happened.</summary>
    public long Void { get; private set; }

    /// <summary>The highest entry whose outcome is there.</summary>
    public ulong LastSettled { get; private set; }

    /// <summary>The first entry that is known to be watched, or not to be; 0 where none is.</summary>
    public ulong First => spans.Count == 0 ? 0 : spans.Min(span => span.From);

    /// <summary>Whether an entry was to be judged.</summary>
    public bool IsWatched(ulong seq) => spans.LastOrDefault(span => span.From <= seq).IsWatched;

    /// <summary>Takes the next line.</summary>
    /// <exception cref="StorageDamagedException">It does not follow from those before.</exception>
    public void Take(AuditPlace place, JsonElement line)
    {
        try
        {
            Take(line, place);
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or FormatException or KeyNotFoundException
            or IndexOutOfRangeException)
        {
            throw new StorageDamagedException(place.File, place.Offset, "not a line of a verdict log");
        }
    }

    private void Take(JsonElement line, AuditPlace place)
    {
        switch (line.GetProperty("what").GetString())
        {
            case Judged:
                foreach (var one in line.GetProperty("list").EnumerateArray())
                {
                    Judge(one, place);
                }

                break;
            case Outcomes:
                foreach (var one in line.GetProperty("list").EnumerateArray())
                {
                    Settle(one, place);
                }

                break;
            case Watching:
                Begin(line.GetProperty("from").GetUInt64(), isWatched: true);
                break;
            case Off:
                Begin(line.GetProperty("from").GetUInt64(), isWatched: false);
                break;
            default:
                break;
        }
    }

    private void Judge(JsonElement one, AuditPlace place)
    {
        var seq = one[0].GetUInt64();
        var verdict = one.GetArrayLength() > 3
            ? Enum.Parse<MonitorVerdictKind>(one[3].GetString()!)
            : (MonitorVerdictKind?)null;
        if (open.ContainsKey(seq) || settled.ContainsKey(seq))
        {
            throw new StorageDamagedException(place.File, place.Offset, $"entry {seq} is judged a second time");
        }

        open.Add(seq, new VerdictRecord(Digest.Parse(one[1].GetString()), verdict, default, place));
    }

    private void Settle(JsonElement one, AuditPlace place)
    {
        var seq = one[0].GetUInt64();
        if (!open.Remove(seq, out var record))
        {
            if (!isWhole && !settled.ContainsKey(seq))
            {
                return;
            }

            throw new StorageDamagedException(
                place.File, place.Offset, $"entry {seq} has an outcome without a verdict before it");
        }

        settled.Add(seq, record with { Outcome = Enum.Parse<Outcome>(one[1].GetString()!) });
        LastSettled = Math.Max(LastSettled, seq);
    }

    /// <summary>The ledger goes on with an entry: what was judged from there on never happened, or was taken back when
    /// a backup was put back.</summary>
    private void Begin(ulong from, bool isWatched)
    {
        foreach (var gone in open.Keys.Where(seq => seq >= from).ToList())
        {
            open.Remove(gone);
            Void++;
        }

        foreach (var gone in settled.Keys.Where(seq => seq >= from).ToList())
        {
            settled.Remove(gone);
            Void++;
        }

        spans.RemoveAll(span => span.From >= from);
        spans.Add((from, isWatched));
        LastSettled = Math.Min(LastSettled, from - 1);
    }
}

/// <summary>A payload that was judged.</summary>
/// <param name="Payload">Its digest.</param>
/// <param name="Verdict">What was found; null where it passed.</param>
/// <param name="Outcome">What became of it, once it is settled.</param>
/// <param name="Place">Where it stands.</param>
internal readonly record struct VerdictRecord(
    Digest Payload, MonitorVerdictKind? Verdict, Outcome Outcome, AuditPlace Place);
