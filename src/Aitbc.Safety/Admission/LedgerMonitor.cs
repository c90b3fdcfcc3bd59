using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.State;
using Aitbc.Safety.Monitor;

namespace Aitbc.Safety.Admission;

/// <summary>
/// The monitor at a ledger's admission: sees every command of an agent whoever signed it, says what the journal shall
/// say before it, learns what became of it, and keeps all of it in the verdict log.
/// </summary>
/// <param name="mode">What follows from what is found.</param>
/// <param name="options">The monitor's limits.</param>
/// <remarks>A payload is judged whole, by its gravest finding. What takes effect is learnt, what does not counts as an
/// act of no value, and what waited is learnt once guardians let it pass.</remarks>
public sealed class LedgerMonitor(MonitorMode mode, MonitorOptions options) : AdmissionWatch
{
    /// <summary>Bytes that must be free for anything to be admitted: half a verdict file.</summary>
    private const long LeastFreeBytes = VerdictLog.MaxFileBytes / 2;

    private const int RoomHoldsMs = 100;
    private static readonly int DetectorCount = Enum.GetValues<Detector>().Length;

    private readonly List<ObservedAction> coming = [];
    private readonly long[] verdicts = new long[3 * DetectorCount];
    private WatchedLedger ledger = null!;
    private SafetyMonitor monitor = null!;
    private PastReader past = null!;
    private WindowKeeper? keeper;
    private VerdictLog? log;
    private long? roomAskedAt;
    private bool hasRoom;

    /// <summary>What follows from what is found.</summary>
    public MonitorMode Mode => mode;

    /// <summary>From which entry on the journal was read back at the start; one more than the last where none was.
    /// </summary>
    public ulong LearntFrom { get; private set; }

    /// <summary>What it watches.</summary>
    internal WatchedLedger Watched => ledger;

    /// <inheritdoc/>
    public override bool Judges => mode != MonitorMode.Off;

    /// <inheritdoc/>
    public override bool HasRoom
    {
        get
        {
            var now = ledger.Time.GetTimestamp();
            if (roomAskedAt is not { } asked || ledger.Time.GetElapsedTime(asked, now).TotalMilliseconds >= RoomHoldsMs)
            {
                (hasRoom, roomAskedAt) = (!Judges || ledger.Disk.FreeBytes >= LeastFreeBytes, now);
            }

            return hasRoom;
        }
    }

    /// <inheritdoc/>
    public override void Begin(WatchedLedger ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        this.ledger = ledger;
        var last = ledger.View.Seq;
        if (!Judges)
        {
            if (VerdictLog.Exists(ledger.Disk))
            {
                using var ending = VerdictLog.Begin(ledger.Disk, ledger.Now);
                Settle(ending, last);
                ending.Watch(last + 1, mode, 0, ledger.Now);
            }

            return;
        }

        log = VerdictLog.Begin(ledger.Disk, ledger.Now);
        (monitor, var seq) = WindowFile.Load(ledger, options, last);
        past = new PastReader(monitor, ledger);
        LearntFrom = seq + 1 ?? past.FirstOf(last);
        past.Read(LearntFrom, last, null);
        Settle(log, last);
        log.Watch(last + 1, mode, LearntFrom, ledger.Now);
        Measure(ledger.Meter);
        keeper = ledger.HasBackground ? new WindowKeeper(ledger, options, seq ?? 0) : null;
    }

    /// <inheritdoc/>
    public override Judgement Judge(LedgerState state, ClientPayload payload, Timestamp at)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(payload);
        coming.Clear();
        var number = state.FindAccount(payload.From)!.Value;
        ActionReader.ReadComing(state, number, payload, at, coming);
        var finding = monitor.Judge(CollectionsMarshal.AsSpan(coming));
        if (finding.Verdict == MonitorLevel.SafeMode && IsAllowed(state, number, payload))
        {
            // An allowance lifts what a verdict asks a person for, and nobody can take it back by a graver one.
            finding = finding with { Verdict = MonitorLevel.Park };
        }

        Interlocked.Increment(ref verdicts[((int)finding.Verdict * DetectorCount) + (int)finding.Detector]);
        if (finding.Verdict == MonitorLevel.Pass)
        {
            return default;
        }

        // In safe mode the rules hold whatever grows, and what shrinks must go on.
        var isHeld = (state.Agents[state.Account(number).Agent - 1].Flags & AgentFlags.SafeMode) != 0;
        return new Judgement(
            JournalledFinding.ToInput(finding, payload, isEnforced: mode == MonitorMode.Enforce && !isHeld), !isHeld);
    }

    /// <inheritdoc/>
    public override void Learn(
        LedgerState state, ClientPayload payload, Timestamp at, Outcome outcome, ReadOnlySpan<byte> events)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(payload);
        past.Take(state, payload, at, outcome, events);
    }

    /// <inheritdoc/>
    public override void Keep(IReadOnlyList<JudgedPayload> judged) => log!.Keep(judged);

    /// <inheritdoc/>
    public override void Note(IReadOnlyList<JudgedPayload> judged)
    {
        ArgumentNullException.ThrowIfNull(judged);
        log!.Note(judged.Select(one => (one.Seq, one.Outcome)), judged[^1].At);
    }

    /// <inheritdoc/>
    public override void End(ulong lastSeq)
    {
        keeper?.Dispose();
        keeper = null;
        if (!Judges)
        {
            return;
        }

        try
        {
            WindowFile.Save(ledger, monitor, lastSeq);
        }
        catch (IOException)
        {
            // Kept windows only save time at the next start; a disk that is full by now must not spoil the end.
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        keeper?.Dispose();
        keeper = null;
        log?.Dispose();
        log = null;
    }

    /// <summary>What a crash left without an outcome gets it, where the journal holds it.</summary>
    private void Settle(VerdictLog to, ulong last)
    {
        var found = new List<(ulong, Outcome)>();
        foreach (var (seq, digest) in to.Open.Where(one => one.Key <= last).OrderBy(one => one.Key))
        {
            using var entries = ledger.ReadFrom(seq);
            if (entries.TryRead(out var entry) && entry.Body == BodyKind.Payload
                && Digest.Sha256(entry.BodyBytes.Span) == digest)
            {
                found.Add((seq, entry.Outcome));
            }
        }

        to.Note(found, ledger.Now);
    }

    private static bool IsAllowed(LedgerState state, AccountNumber agent, ClientPayload payload) =>
        Array.TrueForAll(payload.Commands, command => state.IsAllowed(agent, command));

    private void Measure(Meter meter)
    {
        meter.CreateObservableCounter(
            "aitbc.monitor.verdicts",
            Verdicts,
            null,
            "Payloads of agents that the monitor judged since the start, by what it wants done and by who found it.");
        meter.CreateObservableGauge(
            "aitbc.monitor.audit.size",
            () => VerdictLog.SizeOf(ledger.Disk),
            "By",
            "Bytes of the verdict log; files but the newest may be moved elsewhere, oldest first.");
    }

    private IEnumerable<Measurement<long>> Verdicts()
    {
        for (var i = 0; i < verdicts.Length; i++)
        {
            if (Interlocked.Read(ref verdicts[i]) is var count and > 0)
            {
                yield return new Measurement<long>(
                    count,
                    new("verdict", JsonNamingPolicy.CamelCase.ConvertName($"{(MonitorLevel)(i / DetectorCount)}")),
                    new("detector", JsonNamingPolicy.CamelCase.ConvertName($"{(Detector)(i % DetectorCount)}")));
            }
        }
    }
}
