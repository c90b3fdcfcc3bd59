namespace Aitbc.Simulation.Audit;

/// <summary>The closed list of what the auditor checks.</summary>
public enum AuditCheck
{
    /// <summary>Entries follow one another in number, term and time, and their events can be read and belong to
    /// something that is there.</summary>
    Form = 1,

    /// <summary>The sum of all accounts is the supply.</summary>
    Supply = 2,

    /// <summary>No sub-account is below zero.</summary>
    Balance = 3,

    /// <summary>An amount moves only between the sub-accounts, and in the phase, that its reason names.</summary>
    Posting = 4,

    /// <summary>What is held is posted, voided or released once, and for no more than was held.</summary>
    Hold = 5,

    /// <summary>Nobody's own money moves but the sender's, and as the sender asked.</summary>
    Command = 6,

    /// <summary>A lane's sequence goes up by one, and no payload is journalled twice.</summary>
    Nonce = 7,

    /// <summary>Gas is what the commands cost.</summary>
    Gas = 8,

    /// <summary>A refused payload changes nothing but its base gas and its nonce.</summary>
    Refusal = 9,

    /// <summary>The best opened bid wins at the price that equals the second score.</summary>
    Auction = 10,

    /// <summary>A workload goes its way step by step, each by whom it is for and at its time.</summary>
    Work = 11,

    /// <summary>The provider is paid once, and what is left of the escrow goes back.</summary>
    Payment = 12,

    /// <summary>Bonds go back, or to whom the rule says.</summary>
    Bond = 13,

    /// <summary>An agent's value in a rolling 24 h.</summary>
    DailyVolume = 14,

    /// <summary>An agent's value in one action.</summary>
    ActionValue = 15,

    /// <summary>An agent's gas in a rolling 24 h.</summary>
    DailyGas = 16,

    /// <summary>An agent's stake.</summary>
    Stake = 17,

    /// <summary>Nothing new of whom a stop reaches, and nothing signed before it.</summary>
    Stop = 18,

    /// <summary>The auditor's books are the state's.</summary>
    Books = 19,

    /// <summary>Validators are those whom the draw gives.</summary>
    Draw = 20,

    /// <summary>Seals and verdicts are opened as they were made, and enough equal verdicts decide.</summary>
    Verdict = 21,

    /// <summary>What waits is what was sent, reserved whole; it ends once, and takes effect only as it was sent and
    /// approved by enough guardians.</summary>
    Approval = 22,

    /// <summary>Bounds loosen and guardians change by enough guardians and after the delay, as proposed.</summary>
    Motion = 23,

    /// <summary>What is denied takes no effect, and what is allowed passes up to its cap.</summary>
    Override = 24,

    /// <summary>What took effect is within the constitution and its rules.</summary>
    Rule = 25,

    /// <summary>In safe mode an agent takes on nothing.</summary>
    SafeMode = 26,
}

/// <summary>Something that is not as it must be. Immutable.</summary>
/// <param name="Seq">The entry that shows it.</param>
/// <param name="Check">Which check found it.</param>
/// <param name="What">What was looked at, in words; amounts are base units.</param>
/// <param name="Expected">What it must be.</param>
/// <param name="Found">What it is.</param>
public sealed record AuditFinding(ulong Seq, AuditCheck Check, string What, string Expected, string Found)
{
    /// <summary>All of it in one sentence.</summary>
    public string Sentence => $"Entry {Seq}: {What} must be {Expected}, and is {Found}.";

    /// <inheritdoc/>
    public override string ToString() => Sentence;
}
