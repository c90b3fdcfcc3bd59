using Aitbc.Infrastructure.Explanation;
using Aitbc.Primitives;
using Aitbc.Protocol;

namespace Aitbc.Node.Api;

/// <summary>A payload that waits for its agent's guardians.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Agent">Whose it is.</param>
/// <param name="PayloadDigest">SHA-256 of the payload's bytes.</param>
/// <param name="Payload">The payload's bytes, base64url: what a guardian's grant carries.</param>
/// <param name="Seq">The entry that parked it.</param>
/// <param name="TimeMs">When, ms since 1970.</param>
/// <param name="ExpiresAtMs">When it is denied for want of an answer, ms since 1970.</param>
/// <param name="ConstitutionVersion">Version of the constitution it waits under.</param>
/// <param name="Needed">How many guardians must approve.</param>
/// <param name="ApprovedBy">Who has.</param>
/// <param name="WaitingFor">The guardians who can still.</param>
/// <param name="Reasons">Why it waits, one sentence each: lines of the constitution that want a person for it,
/// and what the monitor found.</param>
/// <param name="ByMonitor">Whether the monitor's verdict has it wait.</param>
/// <param name="Held">Value and stake held for it, base units.</param>
/// <param name="Commands">What it asks for, in words.</param>
/// <param name="Accounts">The accounts that the words name by number.</param>
/// <param name="Effect">What would become of it now; left out in lists.</param>
public sealed record ApprovalView(
    ApprovalId Id,
    AccountId Agent,
    Digest PayloadDigest,
    string Payload,
    ulong Seq,
    Timestamp TimeMs,
    Timestamp ExpiresAtMs,
    uint ConstitutionVersion,
    int Needed,
    IReadOnlyList<AccountId> ApprovedBy,
    IReadOnlyList<AccountId> WaitingFor,
    IReadOnlyList<string> Reasons,
    bool ByMonitor,
    TokenAmount Held,
    IReadOnlyList<ExplainedPart> Commands,
    IReadOnlyList<ExplainedAccount> Accounts,
    EffectView? Effect);

/// <summary>What would become of a payload that waits, if it were approved at this moment: the rules tried it on the
/// present state.</summary>
/// <param name="Outcome">What is foretold.</param>
/// <param name="FailedAt">Place of the command that would be refused, from 0; left out where none would.</param>
/// <param name="Sentence">The same in words.</param>
/// <param name="Before">The agent's balances now.</param>
/// <param name="After">Its balances then.</param>
/// <param name="Limits">Its limits now and then.</param>
public sealed record EffectView(
    Outcome Outcome,
    int? FailedAt,
    string Sentence,
    BalancesView Before,
    BalancesView After,
    IReadOnlyList<LimitEffectView> Limits);

/// <summary>An account's balances, base units.</summary>
/// <param name="Available">Free to use.</param>
/// <param name="Escrow">Reserved.</param>
/// <param name="Stake">Staked.</param>
/// <param name="Bond">Pledged.</param>
public sealed record BalancesView(TokenAmount Available, TokenAmount Escrow, TokenAmount Stake, TokenAmount Bond);

/// <summary>A limit before and after.</summary>
/// <param name="Before">Now.</param>
/// <param name="After">Then.</param>
public sealed record LimitEffectView(LimitView Before, LimitView After);
