using Aitbc.Primitives;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Infrastructure.Explanation;

/// <summary>What owners, guardians and council ask for, and what constitutions bind to.</summary>
internal static class OversightWords
{
    /// <summary>A command in words.</summary>
    public static string Of(Command command, AccountNames names) => command switch
    {
        StopAgent it => $"Stop the agent {names.Of(it.Agent)}",
        ReleaseAgent it => $"Agree to release the agent {names.Of(it.Agent)}",
        StopMarket it => $"Stop {OfScope(it.Scope)}",
        ReleaseMarket it => $"Agree to release {OfScope(it.Scope)}",
        ChangeConstitution it =>
            $"Bind the agent {names.Of(it.Agent)} from now on to {Of(it.Constitution, names)}",
        ChangeGuardians it =>
            $"Let {string.Join(", ", it.Guardians.Select(names.Of))} guard the agent {names.Of(it.Agent)}, "
            + $"{it.GuardianThreshold} of whom decide",
        SetOverride it when it.Effect == OverrideEffect.Deny =>
            $"Deny {CommandNames.NameOf(it.Action)} to the agent {names.Of(it.Agent)} until {it.ExpiresAt}; "
            + $"reason {it.Reason}",
        SetOverride it =>
            $"Allow {CommandNames.NameOf(it.Action)} to the agent {names.Of(it.Agent)} up to {it.Cap.ToDisplay()} "
            + $"until {it.ExpiresAt}; reason {it.Reason}",
        RevokeOverride it => $"End override {it.Override}",
        AgreeMotion it => $"Agree to motion {it.Motion}",
        RejectMotion it => $"Reject motion {it.Motion}",
        GrantApproval it => $"Approve what waits as {it.Approval}, of digest {Digest.Sha256(it.Payload.Span)}",
        DenyApproval it => $"Deny what waits as {it.Approval}",
        _ => CommandNames.NameOf(command.Kind),
    };

    /// <summary>A constitution in words, as the end of a sentence.</summary>
    public static string Of(ConstitutionTerms it, AccountNames names)
    {
        var parts = new List<string>
        {
            $"at most {it.MaxValuePerAction.ToDisplay()} an action, {it.MaxDailyVolume.ToDisplay()} of value and "
            + $"{it.MaxGasPerDay.ToDisplay()} of gas in 24 hours, a stake of {it.MaxStake.ToDisplay()} and "
            + PlainWords.Count(it.AllowedActions.Count, "kind of action")
            + (it.RequiresHumanApproval ? ", each with a person's approval" : string.Empty),
        };
        parts.AddRange(it.Rules.Select(rule => Of(rule, names)));
        return string.Join("; ", parts);
    }

    /// <summary>A rule in words.</summary>
    public static string Of(ConstitutionRule it, AccountNames names)
    {
        var actions = Names(it.Actions);
        var window = PlainWords.Span(it.Window.Ms);
        return it.Kind switch
        {
            RuleKind.Deny => $"never {actions}",
            RuleKind.MaxValue => $"{actions} of at most {it.Amount.ToDisplay()} each",
            RuleKind.RollingValue => $"{actions} of at most {it.Amount.ToDisplay()} in any {window}",
            RuleKind.RollingCount => $"{actions} at most {PlainWords.Count(it.Count, "time")} in any {window}",
            RuleKind.Counterparties =>
                $"{actions} {(it.Forbids ? "never" : "only")} with {string.Join(", ", it.Accounts.Select(names.Of))}",
            RuleKind.Hours => $"{actions} only in the hours {Hours(it.HoursUtc)} UTC",
            RuleKind.Sequence => $"no {Names(it.Then)} within {window} of {actions}",
            RuleKind.CounterpartyRecord =>
                $"{actions} only with agents of whose jobs {PlainWords.Share(it.MinRecordPpm)} were without fault",
            RuleKind.ApprovalAbove => $"{actions} above {it.Amount.ToDisplay()} with a person's approval",
            _ => PlainWords.Of(it.Kind),
        };
    }

    /// <summary>Actions by their names.</summary>
    public static string Names(IEnumerable<CommandKind> actions) =>
        string.Join(", ", actions.Select(CommandNames.NameOf));

    /// <summary>Hours of a day.</summary>
    public static string Hours(uint hours) =>
        string.Join(", ", Enumerable.Range(0, 24).Where(hour => (hours >> hour & 1) == 1));

    private static string OfScope(StopScope scope) => scope == StopScope.All ? "everything" : "the market";
}
