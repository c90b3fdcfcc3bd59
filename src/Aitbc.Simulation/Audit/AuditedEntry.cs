using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;

namespace Aitbc.Simulation.Audit;

/// <summary>An entry as the auditor takes it.</summary>
/// <param name="Header">Place and time.</param>
/// <param name="Body">What it carried.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Events">Its events' bytes.</param>
public sealed record AuditedEntry(EntryHeader Header, EntryBody Body, Outcome Outcome, ReadOnlyMemory<byte> Events)
{
    /// <summary>An entry out of the journal. Signatures are not looked at: <c>aitbc verify</c> does that.</summary>
    /// <exception cref="InvalidDataException">Its body cannot be read.</exception>
    public static AuditedEntry From(DurableEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        PayloadProblem? problem;
        EntryBody body;
        if (entry.Body == BodyKind.Payload)
        {
            problem = PayloadCodec.TryParse(entry.BodyBytes.Span, entry.Proof, default(KeyId), out var payload);
            body = payload;
        }
        else
        {
            problem = InputCodec.TryParse(entry.BodyBytes.Span, out var input);
            body = input;
        }

        return problem is null
            ? new AuditedEntry(entry.Header, body, entry.Outcome, entry.Events)
            : throw new InvalidDataException($"The body of entry {entry.Header.Seq} cannot be read: {problem}");
    }
}
