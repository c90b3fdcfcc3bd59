using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol;

namespace Aitbc.Node.Api;

/// <summary>What became of a payload that took effect, or waits for approval.</summary>
/// <param name="Outcome"><c>applied</c>, or <c>parked</c>: it waits for its guardians as the approval <c>a</c> and
/// <paramref name="Seq"/>. Anything else is a problem.</param>
/// <param name="Seq">Its entry; for a duplicate, the first.</param>
/// <param name="IsDuplicate">Whether it was handled before, and this is its first outcome again.</param>
/// <param name="EntryHash">The entry's hash; left out for a duplicate.</param>
/// <param name="TimeMs">The entry's time, ms since 1970; left out for a duplicate.</param>
public sealed record OutcomeView(Outcome Outcome, ulong Seq, bool IsDuplicate, Digest? EntryHash, Timestamp? TimeMs)
{
    internal static OutcomeView Of(in SubmitResult result) => new(
        result.Outcome,
        result.Seq,
        result.IsDuplicate,
        result.IsDuplicate ? null : result.EntryHash,
        result.IsDuplicate ? null : result.Time);
}
