using Aitbc.Infrastructure.Ledger;
using Aitbc.Protocol;

namespace Aitbc.Safety;

/// <summary>What became of a proposal.</summary>
/// <param name="Refusal">Why the gateway refused; null where it did not.</param>
/// <param name="Result">The ledger's answer; null where nothing was sent or no answer came.</param>
/// <param name="Attempts">How often it was sent.</param>
public sealed record ActionResult(Refusal? Refusal, SubmitResult? Result, int Attempts)
{
    /// <summary>Whether it took effect on the ledger.</summary>
    public bool IsApplied => Result is { Outcome: Protocol.Outcome.Applied };

    /// <summary>Whether it waits on the ledger for its guardians: the result's entry is the approval's id.</summary>
    public bool IsParked => Result is { Outcome: Protocol.Outcome.Parked };

    /// <summary>Sent, but no answer came: it may have taken effect, and the ledger's state tells.</summary>
    public bool IsUnknown => Refusal is null && Result is null;

    /// <summary>The gateway's or the ledger's outcome; null where no answer came.</summary>
    public Outcome? Outcome => Refusal?.Outcome ?? Result?.Outcome;
}

/// <summary>The gateway's word on a proposal: exactly one of both is there.</summary>
/// <param name="Approved">The right to have it signed.</param>
/// <param name="Refusal">Why not.</param>
public sealed record Verdict(ApprovedAction? Approved, Refusal? Refusal);
