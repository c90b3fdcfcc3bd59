using Aitbc.Protocol;

namespace Aitbc.Safety;

/// <summary>Refusals in plain words, each saying what to do where anything can be done.</summary>
internal static class RefusalSentence
{
    /// <summary>The sentence.</summary>
    /// <param name="outcome">What was refused and why.</param>
    /// <param name="what">The command at fault, by its name on the wire.</param>
    /// <param name="breach">The figures, if it is a matter of figures.</param>
    public static string Of(Outcome outcome, string what, LimitBreach? breach)
    {
        var figures = breach is { } found ? $" ({found.Value.ToDisplay()} against {found.Limit.ToDisplay()})" : "";
        return $"{what}: {Reason(outcome)}{figures}.";
    }

    private static string Reason(Outcome outcome) => outcome switch
    {
        Outcome.Malformed => "it has no form on the wire",
        Outcome.UnknownAccount => "the account does not exist on this chain; register it first",
        Outcome.BadProof => "no key of this account is held here",
        Outcome.KeyNotPresent => "the key held here is not one of the account's any more; load the new one",
        Outcome.RateLimited => "the account acts too fast; let the answers of earlier actions come first",
        Outcome.NoGasMoney => "the account cannot pay the gas",
        Outcome.GasLimit => "the constitution's gas for 24 hours would be passed",
        Outcome.Stopped => "a stop is in force; a guardian or the council has to release it",
        Outcome.StaleEpoch => "a stop came after it was made; decide anew",
        Outcome.Retired => "the agent is retired",
        Outcome.ValueLimit => "the constitution's value for one action would be passed",
        Outcome.VolumeLimit => "the constitution's volume for 24 hours would be passed, counting what is in flight",
        Outcome.StakeLimit => "the constitution's stake would be passed",
        Outcome.CounterpartyNotAllowed => "the constitution does not let value go to this counterparty",
        Outcome.OutsideHours => "the constitution does not let the agent act at this hour",
        Outcome.KeyChangeHold => "no value may leave so soon after a change of keys",
        Outcome.ActionNotAllowed => "the constitution does not allow this action",
        Outcome.ApprovalNeeded => "it needs a person's approval, and as much as may wait for one already does",
        Outcome.SafeMode => "the agent is in safe mode and takes on nothing new; its guardians have to release it",
        Outcome.DeniedByOverride => "a guardian has denied this action for now",
        Outcome.ActionDenied => "a rule of the constitution forbids this action",
        Outcome.WindowLimit => "a rule's limit over its window would be passed",
        Outcome.SequenceHold => "a rule does not let it follow so soon on what was done before",
        Outcome.CounterpartyRecord => "a rule asks for a better record of the counterparty",
        Outcome.InsufficientFunds => "the available balance does not cover it",
        Outcome.InsufficientStake => "the stake is below the chain's minimum",
        _ => $"the ledger would answer {outcome}",
    };
}
