using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Safety.Audit;

/// <summary>An agent's payload, as the journal has it.</summary>
/// <param name="Seq">Its entry.</param>
/// <param name="Payload">SHA-256 of its bytes.</param>
/// <param name="Verdict">The verdict on it in the entry before; null where there is none.</param>
/// <param name="Outcome">What became of it.</param>
internal readonly record struct JournalledPayload(
    ulong Seq, Digest Payload, MonitorVerdictKind? Verdict, Outcome Outcome);

/// <summary>All payloads of agents in a journal.</summary>
/// <param name="All">In their order.</param>
/// <param name="Last">The last entry read.</param>
internal sealed record JournalledPayloads(IReadOnlyList<JournalledPayload> All, ulong Last)
{
    /// <summary>Reads them; who is an agent the journal's own events say.</summary>
    public static JournalledPayloads Read(IDisk disk, Digest genesis, CancellationToken cancellationToken)
    {
        var agents = new HashSet<AccountNumber>();
        var found = new List<JournalledPayload>();
        (ulong Seq, MonitorJudged Judged) before = default;
        ulong last = 0;
        foreach (var entry in JournalEntries.Read(disk, genesis))
        {
            cancellationToken.ThrowIfCancellationRequested();
            last = entry.Header.Seq;
            AccountNumber? sender = null;
            var reader = new EventReader(entry.Events.Span);
            while (reader.MoveNext())
            {
                if (reader.Kind == EventKind.AccountOpened && reader.As<AccountOpened>() is var opened
                    && opened.Kind == AccountKind.Agent)
                {
                    agents.Add(opened.Number);
                }
                else if (reader.Kind == EventKind.MonitorJudged)
                {
                    before = (last, reader.As<MonitorJudged>());
                }
                else if (reader.Kind == EventKind.CommandHandled)
                {
                    sender = reader.As<CommandHandled>().From;
                }
            }

            if (entry.Body == BodyKind.Payload && sender is { } from && agents.Contains(from))
            {
                var digest = Digest.Sha256(entry.BodyBytes.Span);
                var isJudged = before.Seq == last - 1 && before.Judged.Payload == digest;
                found.Add(new JournalledPayload(
                    last, digest, isJudged ? before.Judged.Verdict : null, entry.Outcome));
            }
        }

        return new JournalledPayloads(found, last);
    }
}
