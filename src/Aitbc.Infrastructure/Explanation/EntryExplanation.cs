using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Explanation;

/// <summary>One command or event, by its name on the wire and in plain words.</summary>
/// <param name="Type">Its name.</param>
/// <param name="Words">A line without a full stop.</param>
public sealed record ExplainedPart(string Type, string Words);

/// <summary>An account that the explanation names by number.</summary>
/// <param name="Number">Such as <c>#4</c>.</param>
/// <param name="Id">Its id; null for the treasury.</param>
/// <param name="What">What it is.</param>
public sealed record ExplainedAccount(string Number, AccountId? Id, string What);

/// <summary>Why a payload was refused.</summary>
/// <param name="Outcome">The outcome's name.</param>
/// <param name="Code">Its number.</param>
/// <param name="Command">Place of the command at fault, from 1.</param>
/// <param name="Rule">The rule it broke, in words.</param>
/// <param name="Detail">The value and the limit or need that it did not meet, in words; null where the rule says all.
/// </param>
/// <param name="Value">The value in base units, where it is an amount.</param>
/// <param name="Limit">The limit or need in base units, likewise.</param>
public sealed record ExplainedRefusal(
    string Outcome, int Code, int Command, string Rule, string? Detail, TokenAmount? Value, TokenAmount? Limit);

/// <summary>The block that holds an entry.</summary>
/// <param name="Height">Its height.</param>
/// <param name="FirstSeq">Its first entry.</param>
/// <param name="LastSeq">Its last entry.</param>
/// <param name="Root">Its Merkle root.</param>
/// <param name="Signer">Thumbprint of the node's key that it names.</param>
public sealed record ExplainedBlock(ulong Height, ulong FirstSeq, ulong LastSeq, Digest Root, KeyId Signer);

/// <summary>What one entry of the journal did, and why.</summary>
/// <param name="Seq">Which.</param>
/// <param name="Term">Its term.</param>
/// <param name="TimeMs">Wall time, ms since 1970.</param>
/// <param name="By">Who made it, in words.</param>
/// <param name="Sender">The sender; null where it is an input of the node.</param>
/// <param name="Signer">Thumbprint of the key that signed; null where nobody did.</param>
/// <param name="Asked">What was asked for: the payload's commands, or the node's input.</param>
/// <param name="Outcome">What became of it, in words.</param>
/// <param name="Refusal">Why it was refused; null where it took effect.</param>
/// <param name="Gas">Gas paid, base units.</param>
/// <param name="Events">What it changed.</param>
/// <param name="Accounts">The accounts that are named by number.</param>
/// <param name="Previous">Hash of the entry before.</param>
/// <param name="Hash">Its hash, which binds all of this.</param>
/// <param name="PayloadDigest">SHA-256 of the payload or input.</param>
/// <param name="Block">The block that holds it; null while that is open.</param>
public sealed record EntryExplanation(
    ulong Seq,
    uint Term,
    Timestamp TimeMs,
    string By,
    AccountId? Sender,
    KeyId? Signer,
    IReadOnlyList<ExplainedPart> Asked,
    string Outcome,
    ExplainedRefusal? Refusal,
    TokenAmount Gas,
    IReadOnlyList<ExplainedPart> Events,
    IReadOnlyList<ExplainedAccount> Accounts,
    Digest Previous,
    Digest Hash,
    Digest PayloadDigest,
    ExplainedBlock? Block);
