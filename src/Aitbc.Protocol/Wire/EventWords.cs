using System.Globalization;
using System.Numerics;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;
using static Aitbc.Protocol.Wire.EventBytes;

namespace Aitbc.Protocol.Wire;

/// <summary>One plain line for each event, without a full stop: what <c>aitbc explain</c> says.</summary>
/// <remarks>Thread-safe.</remarks>
public static partial class EventWords
{
    /// <summary>What an event means, such as "w7 was awarded to #4 for 1.5 AITBC (asked 1.2 AITBC)".</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="value">Its bytes, as <see cref="EventReader.Value"/> gives them.</param>
    /// <param name="nameOf">How to name an account, or null for "#4"; may be null.</param>
    /// <returns>One line, never empty.</returns>
    /// <exception cref="InvalidDataException">There is no such kind, or the bytes are of another size.</exception>
    public static string Describe(
        EventKind kind, ReadOnlySpan<byte> value, Func<AccountNumber, string?>? nameOf = null)
    {
        var people = new Names(nameOf);
        return DescribeAccounts(kind, value, people)
            ?? DescribeOversight(kind, value, people)
            ?? DescribeDecisions(kind, value, people)
            ?? DescribeMarket(kind, value, people)
            ?? throw new InvalidDataException($"There is no event of kind {(int)kind}.");
    }

    private static string? DescribeAccounts(EventKind kind, ReadOnlySpan<byte> value, Names names)
    {
        switch (kind)
        {
            case EventKind.CommandHandled:
                return OfHandled(Read<CommandHandled>(value), names);
            case EventKind.Moved:
                return OfMoved(Read<Moved>(value), names);
            case EventKind.GenesisApplied:
                var genesis = Read<GenesisApplied>(value);
                return Line($"The chain began with {genesis.Supply.ToDisplay()} from genesis {genesis.Genesis}");
            case EventKind.AccountOpened:
                return OfOpened(Read<AccountOpened>(value), names);
            case EventKind.AgentRegistered:
                var agent = Read<AgentRegistered>(value);
                return Line($"{names.First(agent.Account)} is now {Article(Plain(agent.Kind))} agent of ")
                    + Line($"{names.Of(agent.Owner)} with {Count(agent.GuardianCount, "guardian")}, ")
                    + Line($"{agent.GuardianThreshold} of whom release it");
            case EventKind.KeyAdded:
                var added = Read<KeyAdded>(value);
                return Line($"{names.First(added.Account)} added the key {added.Key.Thumbprint()}");
            case EventKind.PasskeyBound:
                var bound = Read<PasskeyBound>(value);
                return Line($"The key {bound.Key} of {names.Of(bound.Account)} is a passkey ")
                    + Line($"of the origin with the digest {bound.Origin}");
            case EventKind.KeyRevoked:
                var revoked = Read<KeyRevoked>(value);
                return Line($"{names.First(revoked.Account)} revoked the key {revoked.Key}");
            case EventKind.AgentRetired:
                return Line($"{names.First(Read<AgentRetired>(value).Account)} was retired for ever");
            case EventKind.LimitReserved:
                var reserved = Read<LimitReserved>(value);
                return Line($"{reserved.Amount.ToDisplay()} count against the limits of ")
                    + names.Of(reserved.Account);
            case EventKind.LimitReleased:
                var released = Read<LimitReleased>(value);
                return Line($"{released.Amount.ToDisplay()} no longer count against the limits of ")
                    + names.Of(released.Account);
            case EventKind.UnbondingStarted:
                var started = Read<UnbondingStarted>(value);
                return Line($"{names.First(started.Account)} unstaked {started.Amount.ToDisplay()}, ")
                    + Line($"free at {new Timestamp(started.DueMs)} (unbonding {started.Id})");
            case EventKind.UnbondingFinished:
                var finished = Read<UnbondingFinished>(value);
                return Line($"Unbonding {finished.Id} of {names.Of(finished.Account)} ended");
            default:
                return null;
        }
    }

    private static string? DescribeOversight(EventKind kind, ReadOnlySpan<byte> value, Names names)
    {
        switch (kind)
        {
            case EventKind.AgentStopped:
                var stopped = Read<AgentStopped>(value);
                return Line($"{names.First(stopped.Account)} was stopped by its guardian {names.Of(stopped.By)} ")
                    + Line($"(stop epoch {stopped.Epoch})");
            case EventKind.ReleaseApproved:
                var approved = Read<ReleaseApproved>(value);
                return Line($"Guardian {names.Of(approved.By)} agreed to release {names.Of(approved.Account)} ")
                    + Line($"({BitOperations.PopCount(approved.Votes)} so far)");
            case EventKind.AgentReleased:
                return Line($"{names.First(Read<AgentReleased>(value).Account)} was released");
            case EventKind.MarketStopped:
                var market = Read<MarketStopped>(value);
                return Line($"{Scope(market.Scope)} stopped by council member {names.Of(market.By)} ")
                    + Line($"(stop epoch {market.Epoch})");
            case EventKind.MarketReleaseApproved:
                var vote = Read<MarketReleaseApproved>(value);
                return Line($"Council member {names.Of(vote.By)} agreed to release ")
                    + Line($"{Plain(vote.Scope)} ({BitOperations.PopCount(vote.Votes)} so far)");
            case EventKind.MarketReleased:
                return Line($"{Scope(Read<MarketReleased>(value).Scope)} released");
            case EventKind.Resumed:
                var gapMs = Read<ResumedAfter>(value).GapMs;
                return Line($"The node came back; market time stood still for {Span(gapMs)}");
            case EventKind.BeaconRevealed:
                var beacon = Read<BeaconRevealed>(value);
                return Line($"Beacon value {beacon.Round} was revealed: {beacon.Value}");
            case EventKind.TermBegan:
                return Line($"Term {Read<NewTerm>(value).Term} began, from a restored backup");
            case EventKind.BlobDeclared:
                var blob = Read<BlobDeclared>(value);
                return Line($"{names.First(blob.DeclaredBy)} declared blob {blob.Id} of {blob.SizeBytes} bytes, ")
                    + Line($"paid until {new Timestamp(blob.PaidUntilMs)}")
                    + Line($"{(blob.Access == BlobAccess.Public ? ", for everybody to read" : "")}: {blob.Digest}");
            case EventKind.BlobArrived:
                var arrived = Read<BlobArrived>(value);
                return Line($"The bytes of blob {arrived.Id} arrived: {arrived.Digest}");
            case EventKind.BlobExpired:
                var expired = Read<BlobExpired>(value);
                return Line($"The rent of blob {expired.Id} ran out: {expired.Digest}");
            default:
                return null;
        }
    }

    private static string OfHandled(in CommandHandled it, Names names)
    {
        var gas = it.Gas.IsZero ? "paid no gas" : $"paid {it.Gas.ToDisplay()} of gas";
        var nonce = Line($"lane {it.Lane}, sequence {it.Sequence}");
        return it.Outcome == 0
            ? Line($"{names.First(it.From)} {gas} ({nonce})")
            : Line($"{names.First(it.From)} was refused: {Plain(OutcomeOf(it.Outcome))}, at command {it.FailedAt + 1} ")
                + Line($"of its payload; it {gas} ({nonce})");
    }

    private static string OfOpened(in AccountOpened it, Names names) => it.Kind == AccountKind.System
        ? Line($"{names.First(it.Number)} was opened for the protocol itself")
        : Line($"{names.First(it.Number)} was opened for {Article(Plain(it.Kind))}")
            + (it.Council == 1 ? ", a member of the council," : string.Empty)
            + Line($" with the key {it.Key.Thumbprint()}");

    private static string OfMoved(in Moved it, Names names)
    {
        var amount = it.Amount.ToDisplay();
        var subject = Subject(it.Reason, it.Subject);
        return it.Reason switch
        {
            MoveReason.Genesis => Line($"{names.First(it.To)} began with {amount}"),
            MoveReason.Transfer => Line($"{names.First(it.From)} paid {amount} to {names.Of(it.To)}"),
            MoveReason.Deposit => Line($"{names.First(it.From)} gave {amount} to {names.Of(it.To)} to begin with"),
            _ when it.From == it.To => Line($"{amount} of {names.Of(it.From)} went from {Plain(it.FromSub)} ")
                + Line($"to {Plain(it.ToSub)}: {Plain(it.Reason)}{subject}{Phase(it.Phase)}"),
            _ => Line($"{amount} went from {names.Of(it.From)} ({Plain(it.FromSub)}) to {names.Of(it.To)} ")
                + Line($"({Plain(it.ToSub)}): {Plain(it.Reason)}{subject}{Phase(it.Phase)}"),
        };
    }

    private static string Subject(MoveReason reason, ulong id) => reason switch
    {
        _ when id == 0 => string.Empty,
        MoveReason.Unbonded => Line($", unbonding {id}"),
        MoveReason.BlobRent => Line($", blob {id}"),
        _ => Line($", {new WorkloadId(id)}"),
    };

    private static string Phase(MovePhase phase) => phase == MovePhase.Direct ? string.Empty : $" ({Plain(phase)})";

    private static string Scope(StopScope scope) => scope == StopScope.All ? "All was" : "The market was";

    private static string Span(long ms) => ms % 1000 == 0 ? Line($"{ms / 1000} s") : Line($"{ms} ms");

    private static string Count(int count, string noun) => Line($"{count} {noun}{(count == 1 ? string.Empty : "s")}");

    private static string Article(string noun) => (noun[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an " : "a ") + noun;

    /// <summary>The name of a value as words: "InsufficientFunds" is "insufficient funds".</summary>
    private static string Plain<T>(T value)
        where T : struct, Enum
    {
        var words = new StringBuilder();
        foreach (var character in value.ToString())
        {
            words.Append(char.IsAsciiLetterUpper(character) && words.Length > 0 ? " " : string.Empty);
            words.Append(char.ToLowerInvariant(character));
        }

        return words.ToString();
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>How accounts are named.</summary>
    private readonly struct Names(Func<AccountNumber, string?>? nameOf)
    {
        /// <summary>Inside a sentence.</summary>
        public string Of(AccountNumber account) =>
            nameOf?.Invoke(account) ?? (account == AccountNumber.Treasury ? "the treasury" : account.ToString());

        /// <summary>As its first words.</summary>
        public string First(AccountNumber account) =>
            nameOf?.Invoke(account) ?? (account == AccountNumber.Treasury ? "The treasury" : $"Account {account}");
    }
}
