using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;

namespace Aitbc.Infrastructure.Explanation;

/// <summary>What one durable entry did, in plain words, from the entry alone: what <see cref="EntryExplainer"/> says
/// less the figures behind a refusal, for which the state before it must be rebuilt.</summary>
/// <param name="Seq">Which.</param>
/// <param name="Term">Its term.</param>
/// <param name="TimeMs">Wall time, ms since 1970.</param>
/// <param name="By">Who made it, in words.</param>
/// <param name="Sender">The sender; null where it is an input of the node.</param>
/// <param name="Key">The key that signed it; null where none did.</param>
/// <param name="Asked">What was asked for: the payload's commands, or the node's input; the first so many.</param>
/// <param name="AskedInAll">How many commands that were.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="OutcomeWords">The same in words; where it was refused, the rule.</param>
/// <param name="Gas">Gas paid, base units.</param>
/// <param name="Events">What it changed; the first so many.</param>
/// <param name="EventsInAll">How many events that were.</param>
/// <param name="Accounts">The accounts that are named by number.</param>
/// <param name="Hash">Its hash.</param>
public sealed record EntryWords(
    ulong Seq,
    uint Term,
    Timestamp TimeMs,
    string By,
    AccountId? Sender,
    KeyId? Key,
    IReadOnlyList<ExplainedPart> Asked,
    int AskedInAll,
    Outcome Outcome,
    string OutcomeWords,
    TokenAmount Gas,
    IReadOnlyList<ExplainedPart> Events,
    int EventsInAll,
    IReadOnlyList<ExplainedAccount> Accounts,
    Digest Hash)
{
    /// <summary>Most commands, and most events, that are put into words.</summary>
    public const int MaxParts = 128;

    /// <summary>Puts an entry into words.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="view">Knows its accounts; what is read of the entry is read before its lock is taken.</param>
    /// <exception cref="LedgerDamagedException">The entry is none that a ledger wrote.</exception>
    public static EntryWords Of(DurableEntry entry, LedgerView view)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(view);
        var body = EntryExplainer.Parse(entry);
        return view.Read(state => Of(entry, body, new AccountNames(state)));
    }

    private static EntryWords Of(DurableEntry entry, EntryBody body, AccountNames names)
    {
        var payload = body as ClientPayload;
        List<ExplainedPart> asked = payload is null
            ? [EntryExplainer.InputPart((SystemInput)body, names)]
            : [.. payload.Commands.Take(MaxParts).Select(command => EntryExplainer.CommandPart(command, names))];
        var (events, eventsInAll, gas) = EntryExplainer.Events(entry, names, MaxParts);
        return new EntryWords(
            entry.Header.Seq,
            entry.Header.Term,
            entry.Header.Time,
            EntryExplainer.By(payload, names),
            payload?.From,
            payload is { Proof: not ProofKind.Simulated } ? payload.Signer : null,
            asked,
            payload?.Commands.Length ?? 1,
            entry.Outcome,
            entry.Outcome is Outcome.Applied or Outcome.Parked
                ? EntryExplainer.OutcomeOf(payload, entry.Outcome)
                : $"Refused: {RuleWords.Of(entry.Outcome)}",
            gas,
            events,
            eventsInAll,
            names.Named(),
            entry.Hash);
    }
}
