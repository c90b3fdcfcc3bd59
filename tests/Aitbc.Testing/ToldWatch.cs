using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.State;

namespace Aitbc.Testing;

/// <summary>A watch that says what it is told to say, and keeps nothing.</summary>
/// <param name="judge">Says it.</param>
public sealed class ToldWatch(Func<LedgerState, ClientPayload, MonitorVerdict?> judge) : AdmissionWatch
{
    /// <summary>What was made durable, in its order, and then what became of it.</summary>
    public List<string> Told { get; } = [];

    /// <inheritdoc/>
    public override bool Judges => true;

    /// <inheritdoc/>
    public override bool HasRoom => true;

    /// <inheritdoc/>
    public override void Begin(WatchedLedger ledger) => Told.Add("begin");

    /// <inheritdoc/>
    public override Judgement Judge(LedgerState state, ClientPayload payload, Timestamp at) =>
        new(judge(state, payload), IsJournalled: true);

    /// <inheritdoc/>
    public override void Learn(
        LedgerState state, ClientPayload payload, Timestamp at, Outcome outcome, ReadOnlySpan<byte> events)
    {
    }

    /// <inheritdoc/>
    public override void Keep(IReadOnlyList<JudgedPayload> judged) =>
        Told.AddRange(judged.Select(one => $"keep {one.Seq}"));

    /// <inheritdoc/>
    public override void Note(IReadOnlyList<JudgedPayload> judged) =>
        Told.AddRange(judged.Select(one => $"note {one.Seq} {one.Outcome}"));

    /// <inheritdoc/>
    public override void End(ulong lastSeq) => Told.Add("end");

    /// <inheritdoc/>
    public override void Dispose() => Told.Add("disposed");
}
