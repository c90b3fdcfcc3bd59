using Aitbc.Infrastructure.Ledger;

namespace Aitbc.Simulation.Audit;

/// <summary>What an audit of a whole journal came to. Immutable.</summary>
/// <param name="Entries">Entries read, from the first on.</param>
/// <param name="Count">Findings; 0 where all is as it must be.</param>
/// <param name="Findings">The first of them, at most <see cref="Auditor.MaxFindings"/>.</param>
public sealed record AuditReport(ulong Entries, long Count, IReadOnlyList<AuditFinding> Findings);

/// <summary>Audits what a ledger has made durable.</summary>
public static class JournalAudit
{
    /// <summary>Reads the journal from its first entry to the last durable one and compares the books with the view.
    /// </summary>
    /// <remarks>May run beside the sequencer: most is read without holding anybody up, and the view is held only for
    /// what came meanwhile and for the comparison.</remarks>
    /// <param name="ledger">The ledger, open.</param>
    /// <param name="cancellationToken">Stops between entries.</param>
    /// <exception cref="InvalidDataException">An entry's body cannot be read.</exception>
    public static AuditReport Run(LedgerHost ledger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var auditor = new Auditor(ledger.Genesis);
        using var cursor = ledger.ReadFrom(1);
        ReadTo(ledger.View.Seq, cursor, auditor, cancellationToken);
        return ledger.View.Read(state =>
        {
            ReadTo(state.Globals.Seq, cursor, auditor, cancellationToken);
            var findings = auditor.Compare(state);
            return new AuditReport(auditor.Seq, auditor.Count, [.. findings]);
        });
    }

    private static void ReadTo(ulong seq, EntryCursor cursor, Auditor auditor, CancellationToken cancellationToken)
    {
        while (auditor.Seq < seq && cursor.TryRead(out var entry))
        {
            cancellationToken.ThrowIfCancellationRequested();
            auditor.Take(AuditedEntry.From(entry));
        }
    }
}
