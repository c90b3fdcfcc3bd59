using Aitbc.Protocol.State;
using Aitbc.Simulation.Audit;
using Aitbc.Testing;

namespace Aitbc.Simulation.Tests.Audit;

/// <summary>Audits of a fixture's journal.</summary>
internal static class Audits
{
    public static AuditedEntry Of(JournalEntry entry) =>
        new(entry.Header, entry.Body!, entry.Result.Outcome, entry.Events);

    /// <summary>The entries after genesis.</summary>
    public static List<AuditedEntry> EntriesOf(LedgerFixture chain) => [.. chain.Journal.Skip(1).Select(Of)];

    /// <summary>What an auditor finds in entries.</summary>
    public static Auditor Run(LedgerFixture chain, IEnumerable<AuditedEntry> entries)
    {
        var auditor = new Auditor(chain.Genesis);
        foreach (var entry in entries)
        {
            auditor.Take(entry);
        }

        return auditor;
    }

    public static void AssertClean(Auditor auditor, LedgerState state, string where)
    {
        var findings = auditor.Compare(state);
        Assert.True(
            findings.Count == 0, $"{where}: {auditor.Count} findings\n{string.Join('\n', findings.Take(12))}");
    }
}
