using Aitbc.Primitives;
using Aitbc.Protocol;

namespace Aitbc.Safety;

/// <summary>The gateway's checks, in the order in which they are made; the first that refuses is named. Source:
/// DESIGN.md section 6.</summary>
public enum SafetyCheck
{
    /// <summary>Too many of the account's actions wait for their answers.</summary>
    InFlight = 0,

    /// <summary>1: well-formed, known signer, right chain, nonce, not expired, gas.</summary>
    Form = 1,

    /// <summary>2: a stop of all, of the market or of the agent, and the epoch.</summary>
    Stop = 2,

    /// <summary>3: the agent's lifecycle: retired, or in safe mode.</summary>
    Lifecycle = 3,

    /// <summary>4: a guardian's denial.</summary>
    Override = 4,

    /// <summary>5: the constitution's hard limits and rules, with what is in flight counted.</summary>
    HardLimits = 5,

    /// <summary>6: the constitution's allowed actions.</summary>
    AllowedActions = 6,

    /// <summary>8: a person's approval.</summary>
    Approval = 8,

    /// <summary>9: the act's own rules.</summary>
    Act = 9,
}

/// <summary>Why the gateway let something not pass.</summary>
/// <param name="Outcome">What the ledger would have answered.</param>
/// <param name="Check">The check that refused.</param>
/// <param name="FailedAt">Place of the command at fault, from 0.</param>
/// <param name="Breach">The value and the limit it broke, where the refusal is of that kind.</param>
/// <param name="Sentence">The same in one plain sentence.</param>
public sealed record Refusal(Outcome Outcome, SafetyCheck Check, int FailedAt, LimitBreach? Breach, string Sentence)
{
    /// <summary>A refusal without figures.</summary>
    internal static Refusal Of(Outcome outcome, string what) =>
        new(outcome, CheckOf(outcome), 0, null, RefusalSentence.Of(outcome, what, null));

    /// <summary>To which check an outcome of the ledger belongs.</summary>
    internal static SafetyCheck CheckOf(Outcome outcome) => outcome switch
    {
        Outcome.Stopped or Outcome.StaleEpoch or Outcome.EpochAhead => SafetyCheck.Stop,
        Outcome.Retired or Outcome.SafeMode => SafetyCheck.Lifecycle,
        Outcome.DeniedByOverride => SafetyCheck.Override,
        Outcome.ActionNotAllowed => SafetyCheck.AllowedActions,
        Outcome.ApprovalNeeded => SafetyCheck.Approval,
        >= Outcome.ValueLimit and <= Outcome.CounterpartyRecord => SafetyCheck.HardLimits,
        < Outcome.SafeMode => SafetyCheck.Form,
        _ => SafetyCheck.Act,
    };
}
