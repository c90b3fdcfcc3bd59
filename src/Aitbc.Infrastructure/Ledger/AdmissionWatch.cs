using System.Diagnostics.Metrics;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.State;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>
/// Looks at every agent's payload that is about to be ordered, whoever signed it: so a thief's with the agent's key,
/// too. Its verdict is journalled right before the payload, and the rules obey it. What it keeps of its own is on the
/// disk before the group of entries is.
/// </summary>
/// <remarks>An exception of any of these ends the ledger: what nobody watches must not go on. One ledger each.
/// </remarks>
public abstract class AdmissionWatch : IDisposable
{
    /// <summary>Whether it judges at all; from <see cref="Begin"/> on it stays as it is.</summary>
    public abstract bool Judges { get; }

    /// <summary>Whether the disk has room for what it keeps; where not, nothing is admitted. From the sequencer's
    /// threads.</summary>
    public abstract bool HasRoom { get; }

    /// <summary>Begins, once the ledger is recovered and before anything is ordered.</summary>
    /// <param name="ledger">What is watched.</param>
    public abstract void Begin(WatchedLedger ledger);

    /// <summary>Judges a payload. On the sequencer's thread, so it must be quick and must not wait.</summary>
    /// <param name="state">The state before the payload; only to be read.</param>
    /// <param name="payload">An agent's; it will be admitted, and has not been seen before.</param>
    /// <param name="at">The time it will have.</param>
    public abstract Judgement Judge(LedgerState state, ClientPayload payload, Timestamp at);

    /// <summary>Learns what became of a payload, anybody's. On the sequencer's thread.</summary>
    /// <param name="state">The state after it; only to be read.</param>
    /// <param name="payload">The payload; it stands in the journal.</param>
    /// <param name="at">Its time.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="events">What it changed.</param>
    public abstract void Learn(
        LedgerState state, ClientPayload payload, Timestamp at, Outcome outcome, ReadOnlySpan<byte> events);

    /// <summary>Makes the verdicts of a group durable; its entries are written only then.</summary>
    /// <param name="judged">What was judged, in the order of the journal; not empty.</param>
    /// <exception cref="IOException">They are not on the disk: none of the group may take effect.</exception>
    public abstract void Keep(IReadOnlyList<JudgedPayload> judged);

    /// <summary>Notes what became of a group that is durable; nobody is answered before.</summary>
    /// <param name="judged">What was judged; not empty.</param>
    public abstract void Note(IReadOnlyList<JudgedPayload> judged);

    /// <summary>Ends; nothing is ordered any more, and everything is durable.</summary>
    /// <param name="lastSeq">The last entry.</param>
    public abstract void End(ulong lastSeq);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>An agent's payload that was judged.</summary>
/// <param name="Seq">Its entry.</param>
/// <param name="At">Its time.</param>
/// <param name="Payload">Its digest.</param>
/// <param name="Agent">Whose.</param>
/// <param name="Verdict">What was found; null where it passed.</param>
/// <param name="Outcome">What became of it.</param>
public readonly record struct JudgedPayload(
    ulong Seq, Timestamp At, Digest Payload, AccountNumber Agent, MonitorVerdict? Verdict, Outcome Outcome);

/// <summary>What a watch says of a payload.</summary>
/// <param name="Verdict">What it found; null where the payload passes.</param>
/// <param name="IsJournalled">Whether the verdict goes before the payload; false where the rules hold the payload
/// anyway.</param>
public readonly record struct Judgement(MonitorVerdict? Verdict, bool IsJournalled);

/// <summary>What a watch begins with.</summary>
/// <param name="Disk">Where it keeps its own.</param>
/// <param name="View">What is durable.</param>
/// <param name="Identity">Digest of the genesis file: the chain.</param>
/// <param name="ReadFrom">Reads durable entries from a sequence on; from any thread.</param>
/// <param name="Meter">Takes its figures.</param>
/// <param name="Time">The clock.</param>
/// <param name="Now">The present time.</param>
/// <param name="HasBackground">Whether threads of its own may work; virtual time has none.</param>
public sealed record WatchedLedger(
    IDisk Disk,
    LedgerView View,
    Digest Identity,
    Func<ulong, EntryCursor> ReadFrom,
    Meter Meter,
    TimeProvider Time,
    Timestamp Now,
    bool HasBackground);
