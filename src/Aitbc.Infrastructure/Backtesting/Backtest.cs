using Aitbc.Infrastructure.Explanation;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Infrastructure.Backtesting;

/// <summary>What another constitution changes for one payload.</summary>
public enum BacktestChange
{
    /// <summary>It took effect, and would be refused.</summary>
    Refused,

    /// <summary>It took effect, and would wait for a person.</summary>
    SentToApproval,

    /// <summary>It was refused by the constitution, or waited for a person, and would pass it.</summary>
    NewlyAllowed,
}

/// <summary>One payload that another constitution treats otherwise.</summary>
/// <param name="Seq">Its entry.</param>
/// <param name="Time">The entry's time.</param>
/// <param name="Change">What changes.</param>
/// <param name="Was">What became of it.</param>
/// <param name="Would">What would have become of it, as far as the constitution says.</param>
/// <param name="Action">The command that is refused, asks, or comes first, in words.</param>
/// <param name="Value">Value and stake of the payload, base units.</param>
public sealed record BacktestFinding(
    ulong Seq, Timestamp Time, BacktestChange Change, Outcome Was, Outcome Would, string Action, TokenAmount Value);

/// <summary>What a backtest is asked.</summary>
/// <param name="Agent">Whose acts are tried.</param>
/// <param name="Terms">The other constitution.</param>
/// <param name="Span">How far back from the last entry; what lies before only fills the windows.</param>
public sealed record BacktestRequest(AccountId Agent, ConstitutionTerms Terms, Duration Span);

/// <summary>What a backtest found.</summary>
/// <param name="Agent">Whose acts.</param>
/// <param name="From">Begin of the time looked at.</param>
/// <param name="To">Its end: the last entry's time.</param>
/// <param name="Payloads">Payloads of the agent in it.</param>
/// <param name="Findings">Those treated otherwise, oldest first; the newest <see cref="Backtest.MaxFindings"/>.</param>
/// <param name="Changed">How many there are of each change, all counted.</param>
/// <param name="Values">Their value, base units, likewise.</param>
public sealed record BacktestReport(
    AccountId Agent,
    Timestamp From,
    Timestamp To,
    long Payloads,
    IReadOnlyList<BacktestFinding> Findings,
    IReadOnlyDictionary<BacktestChange, long> Changed,
    IReadOnlyDictionary<BacktestChange, TokenAmount> Values);

/// <summary>Replays a journal under another constitution of one agent and says what would have been refused, sent to a
/// person, or newly allowed. Source: DESIGN.md section 2.</summary>
/// <remarks>Reads only, so a directory in use can be asked; it checks the hashes on the way. Stateless.</remarks>
public static class Backtest
{
    /// <summary>Most findings listed; all are counted.</summary>
    public const int MaxFindings = 1_000;

    /// <summary>The longest time looked at, days.</summary>
    public const int MaxDays = 3_650;

    /// <summary>Runs a backtest on a data directory.</summary>
    /// <param name="path">The data directory.</param>
    /// <param name="ask">What is asked.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="FileNotFoundException">There is no chain.</exception>
    /// <exception cref="ArgumentException">The constitution has problems, or the agent does not exist.</exception>
    /// <exception cref="LedgerDamagedException">An entry is not what its hash binds.</exception>
    public static BacktestReport Run(string path, BacktestRequest ask, CancellationToken cancellationToken) =>
        ChainDirectory.Exists(path)
            ? Run(new FileDisk(path), ask, ulong.MaxValue, cancellationToken)
            : throw new FileNotFoundException($"There is no chain in {path}: name its data directory with --data.");

    /// <summary>Runs a backtest up to an entry.</summary>
    /// <param name="disk">Where the chain is; only read.</param>
    /// <param name="ask">What is asked.</param>
    /// <param name="last">Entries after this one are not looked at.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="ArgumentException">The constitution has problems, or the agent does not exist.</exception>
    /// <exception cref="LedgerDamagedException">An entry is not what its hash binds.</exception>
    public static BacktestReport Run(
        IDisk disk, BacktestRequest ask, ulong last, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ask);
        var genesis = ChainDirectory.ReadGenesis(disk, out var digest);
        var run = new BacktestRun(new LedgerState(genesis), digest, ask);
        foreach (var frame in JournalFrames.Read(disk, new JournalOptions { Identity = digest }))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (frame.Kind == FrameKind.Entry)
            {
                if ((ulong)frame.Sequence > last)
                {
                    break;
                }

                run.Take(EntryFrame.Read((ulong)frame.Sequence, frame.Payload));
            }
        }

        return run.Report();
    }
}

/// <summary>One replay.</summary>
internal sealed class BacktestRun
{
    private readonly LedgerState state;
    private readonly AccountId agent;
    private readonly Duration span;
    private readonly ConstitutionTrial trial;
    private readonly AccountNames names = new(null);
    private readonly Queue<BacktestFinding> listed = [];
    private readonly Queue<(Timestamp Time, BacktestChange Change, TokenAmount Value)> counted = [];
    private readonly Queue<Timestamp> payloads = [];
    private Digest previous;

    public BacktestRun(LedgerState state, Digest genesis, BacktestRequest ask)
    {
        new Protocol.Ledger(state).ApplyGenesis(genesis, new EventBuffer());
        (this.state, agent, span, previous) = (state, ask.Agent, ask.Span, genesis);
        trial = new ConstitutionTrial(state, agent, ask.Terms);
    }

    private Timestamp From => new(Math.Max(0, state.Time.UnixMs - span.Ms));

    /// <summary>Follows an entry, and tries it where it is the agent's.</summary>
    public void Take(DurableEntry entry)
    {
        var seq = entry.Header.Seq;
        if (seq != state.Globals.Seq + 1 || EntryHash.Of(entry.LeafAfter(previous)) != entry.Hash)
        {
            throw new LedgerDamagedException(seq, $"Entry {seq} is not what its hash binds.");
        }

        previous = entry.Hash;
        var payload = entry.Body == BodyKind.Payload ? EntryExplainer.Parse(entry) as ClientPayload : null;
        payload = payload?.From == agent ? payload : null;
        var tried = payload is null ? null : trial.Before(payload, entry.Header.Time);
        if (payload is not null && tried is { } would)
        {
            payloads.Enqueue(entry.Header.Time);
            Note(entry, payload, would);
        }

        EventCatalog.Apply(state, entry.Header, entry.Events.Span);
        trial.After(payload, tried, entry.Events.Span);
        Forget();
    }

    /// <summary>What was found in the last part of the journal.</summary>
    public BacktestReport Report()
    {
        if (state.FindAccount(agent) is not { } number || state.Account(number).Agent == 0)
        {
            throw new ArgumentException($"There is no agent {agent} on this chain.");
        }

        return new BacktestReport(
            agent,
            From,
            state.Time,
            payloads.Count,
            [.. listed],
            counted.GroupBy(one => one.Change).ToDictionary(group => group.Key, group => group.LongCount()),
            counted.GroupBy(one => one.Change).ToDictionary(
                group => group.Key,
                group => group.Aggregate(TokenAmount.Zero, (sum, one) => sum + one.Value)));
    }

    /// <summary>Lets go of what lies before the time looked at, so that a long chain takes no more memory.</summary>
    private void Forget()
    {
        while (payloads.TryPeek(out var time) && time < From)
        {
            payloads.Dequeue();
        }

        while (counted.TryPeek(out var one) && one.Time < From)
        {
            counted.Dequeue();
        }

        while (listed.TryPeek(out var oldest) && (oldest.Time < From || listed.Count > Backtest.MaxFindings))
        {
            listed.Dequeue();
        }
    }

    private void Note(DurableEntry entry, ClientPayload payload, TrialOutcome would)
    {
        // A bid may be refused by its client's constitution, of which this one says nothing.
        var byConstitution = entry.Outcome is >= Outcome.SafeMode and <= Outcome.ApprovalNeeded
            && !(entry.Outcome == Outcome.CounterpartyNotAllowed
                && payload.Commands.Any(command => command.Kind == CommandKind.PlaceBid));
        BacktestChange? change = entry.Outcome switch
        {
            Outcome.Applied when would.Would == Outcome.Parked => BacktestChange.SentToApproval,
            Outcome.Applied or Outcome.Parked when would.Would is not (Outcome.Applied or Outcome.Parked) =>
                BacktestChange.Refused,
            Outcome.Parked when would.Would == Outcome.Applied => BacktestChange.NewlyAllowed,
            _ when byConstitution && would.Would == Outcome.Applied => BacktestChange.NewlyAllowed,
            _ => null,
        };
        if (change is { } found)
        {
            counted.Enqueue((entry.Header.Time, found, would.Value));
            listed.Enqueue(new BacktestFinding(
                entry.Header.Seq,
                entry.Header.Time,
                found,
                entry.Outcome,
                would.Would,
                CommandWords.Of(payload.Commands[would.At], names),
                would.Value));
        }
    }
}
