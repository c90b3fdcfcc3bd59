using System.Globalization;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Safety.Admission;

namespace Aitbc.Safety.Audit;

/// <summary>Something that is not as it must be.</summary>
/// <param name="Where">The file with its byte, or the entry.</param>
/// <param name="What">What is wrong, in a plain sentence.</param>
public sealed record AuditProblem(string Where, string What);

/// <summary>What verifying a directory's audit found.</summary>
/// <param name="Ok">Whether there is no problem.</param>
/// <param name="Files">Audit files read, of the gateway and of the monitor.</param>
/// <param name="Lines">Lines whose hash follows from all before.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Entries">Entries of the journal that were read.</param>
/// <param name="AgentPayloads">Payloads of agents among them.</param>
/// <param name="Verdicts">Those with a verdict before them.</param>
/// <param name="Found">Those of which the verdict was not to let them pass.</param>
/// <param name="Outcomes">Those with an outcome after them.</param>
/// <param name="Unwatched">Those that came while the monitor was off, or before it was there.</param>
/// <param name="NeverHappened">Verdicts of payloads that a crash or a restored backup took back.</param>
/// <param name="Problems">What is wrong, the first place first.</param>
/// <param name="Notices">What is said and is no fault.</param>
public sealed record AuditReport(
    bool Ok,
    int Files,
    ulong Lines,
    long Bytes,
    ulong Entries,
    long AgentPayloads,
    long Verdicts,
    long Found,
    long Outcomes,
    long Unwatched,
    long NeverHappened,
    IReadOnlyList<AuditProblem> Problems,
    IReadOnlyList<AuditProblem> Notices);

/// <summary>
/// Checks what a data directory keeps about safety: that every line of every audit file follows from the one before,
/// and that every payload of an agent in the journal has its verdict before it and its outcome after it. Changes
/// nothing, and needs nothing of whoever writes the directory meanwhile.
/// </summary>
public sealed class AuditVerifier
{
    private const int MaxProblems = 1_000;

    private readonly IDisk disk;
    private readonly List<AuditProblem> problems = [];
    private readonly List<AuditProblem> notices = [];
    private int files;
    private ulong lines;
    private long bytes;
    private long verdicts;
    private long found;
    private long outcomes;
    private long unwatched;

    private AuditVerifier(IDisk disk) => this.disk = disk;

    /// <summary>Verifies a directory.</summary>
    /// <param name="path">The data directory; a node may be running on it.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="FileNotFoundException">There is no chain.</exception>
    public static AuditReport Run(string path, CancellationToken cancellationToken) =>
        ChainDirectory.Exists(path)
            ? Run(new FileDisk(path), cancellationToken)
            : throw new FileNotFoundException($"There is no chain in {path}: name its data directory with --data.");

    /// <summary>Likewise, on any disk.</summary>
    internal static AuditReport Run(IDisk disk, CancellationToken cancellationToken)
    {
        var verifier = new AuditVerifier(disk);
        var genesis = DigestOf(disk, DataDirectory.GenesisFile);

        // The journal first: what stands in it has its verdict, whatever is written meanwhile.
        var journal = JournalledPayloads.Read(disk, genesis, cancellationToken);
        verifier.ReadChain(AuditSeries.Actions, null);
        var records = new VerdictRecords(isWhole: !verifier.IsCut(AuditSeries.Verdicts));
        verifier.ReadChain(AuditSeries.Verdicts, records);
        verifier.Compare(journal, records, cancellationToken);
        verifier.FindStrangers(journal, records, genesis, cancellationToken);
        return new AuditReport(
            verifier.problems.Count == 0,
            verifier.files,
            verifier.lines,
            verifier.bytes,
            journal.Last,
            journal.All.Count,
            verifier.verdicts,
            verifier.found,
            verifier.outcomes,
            verifier.unwatched,
            records.Void,
            verifier.problems,
            verifier.notices);
    }

    private bool IsCut(AuditSeries series)
    {
        var names = AuditCheck.FilesOf(disk, series);
        return names.Count > 0 && names[0] != series.PathOf(1);
    }

    private void ReadChain(AuditSeries series, VerdictRecords? records)
    {
        var names = AuditCheck.FilesOf(disk, series);
        AuditTail? tail = IsCut(series) ? null : AuditTail.Start;
        if (tail is null)
        {
            notices.Add(new AuditProblem(
                names[0], "The files before it were moved elsewhere: it is where this begins."));
        }

        var before = tail?.Lines;
        try
        {
            foreach (var name in names)
            {
                var reading = AuditCheck.ReadFile(disk, name, tail, records is null ? null : records.Take);
                if (reading.TornBytes > 0)
                {
                    notices.Add(new AuditProblem(
                        $"{name} at byte {reading.Tail.Bytes}",
                        $"{reading.TornBytes} bytes after the last whole line: a write that is under way, or that a"
                            + " power cut ended."));
                }

                before ??= 0;
                lines += reading.Tail.Lines - (tail?.Lines ?? before.Value);
                bytes += reading.Tail.Bytes;
                files++;
                tail = reading.Tail;
            }
        }
        catch (StorageDamagedException damage)
        {
            Problem($"{damage.File} at byte {damage.Offset}", damage.Text);
        }
    }

    private void Compare(JournalledPayloads journal, VerdictRecords records, CancellationToken cancellationToken)
    {
        ulong firstUnwatched = 0, lastUnwatched = 0, pending = 0;
        foreach (var payload in journal.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!records.IsWatched(payload.Seq) && records.First > 0)
            {
                firstUnwatched = firstUnwatched == 0 ? payload.Seq : firstUnwatched;
                lastUnwatched = payload.Seq;
                unwatched++;
                continue;
            }

            pending += CompareOne(payload, records) ? 1UL : 0;
        }

        if (unwatched > 0)
        {
            notices.Add(new AuditProblem(
                $"entries {firstUnwatched} to {lastUnwatched}",
                $"{unwatched} payloads of agents among them came while the monitor was off, or before this log"
                    + " begins."));
        }

        if (pending > 0)
        {
            notices.Add(new AuditProblem(
                $"the last {pending} verdicts",
                "They have no outcome yet: the node is at it, or ended there, and says so at its next start."));
        }
    }

    /// <returns>Whether its outcome is still to come.</returns>
    private bool CompareOne(in JournalledPayload payload, VerdictRecords records)
    {
        var where = string.Create(CultureInfo.InvariantCulture, $"entry {payload.Seq}");
        var isSettled = records.Settled.TryGetValue(payload.Seq, out var record);
        if (!isSettled && !records.Open.TryGetValue(payload.Seq, out record))
        {
            Problem(where, "An agent's payload has no verdict before it.");
            return false;
        }

        verdicts++;
        found += record.Verdict is null ? 0 : 1;
        if (record.Payload != payload.Payload)
        {
            Problem(where, $"The verdict before it ({record.Place}) is of another payload.");
        }
        else if (!Agree(record, payload))
        {
            Problem(where, $"The journal has another verdict on it than the log ({record.Place}).");
        }
        else if (isSettled && record.Outcome != payload.Outcome)
        {
            Problem(
                where, $"Its outcome is {payload.Outcome}; the log says {record.Outcome} (judged in {record.Place}).");
        }
        else if (!isSettled && payload.Seq < records.LastSettled)
        {
            Problem(where, $"It has a verdict ({record.Place}) and no outcome after it.");
        }

        outcomes += isSettled ? 1 : 0;
        return !isSettled && payload.Seq > records.LastSettled;
    }

    /// <summary>What was journalled stands in the log; in safe mode, where the rules hold the payload anyway, what
    /// stands in the log is not journalled.</summary>
    private static bool Agree(in VerdictRecord record, in JournalledPayload payload) =>
        payload.Verdict is { } journalled
            ? record.Verdict == journalled
            : record.Verdict is null || !JournalledFinding.IsEnforced(record.Verdict.Value);

    /// <summary>What the log says happened, and the journal does not hold. Entries that came while the log was read are
    /// looked for once more.</summary>
    private void FindStrangers(
        JournalledPayloads journal, VerdictRecords records, Digest genesis, CancellationToken cancellationToken)
    {
        var known = journal.All.Select(one => one.Seq).ToHashSet();
        var strangers = records.Settled.Where(one => !known.Contains(one.Key)).OrderBy(one => one.Key).ToList();
        if (strangers.Exists(one => one.Key > journal.Last))
        {
            known.UnionWith(JournalledPayloads.Read(disk, genesis, cancellationToken).All.Select(one => one.Seq));
            strangers.RemoveAll(one => known.Contains(one.Key));
        }

        foreach (var (seq, record) in strangers)
        {
            Problem(
                $"{record.Place}",
                $"It says that entry {seq} is an agent's payload; the journal has none there.");
        }
    }

    private void Problem(string where, string what)
    {
        if (problems.Count < MaxProblems)
        {
            problems.Add(new AuditProblem(where, what));
        }
    }

    private static Digest DigestOf(IDisk disk, string path)
    {
        using var file = disk.OpenRead(path);
        var content = new byte[file.Length];
        return Digest.Sha256(content.AsSpan(0, file.Read(0, content)));
    }
}
