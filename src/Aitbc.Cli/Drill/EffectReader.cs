using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Verification;
using Aitbc.Simulation.Audit;

namespace Aitbc.Cli.Drill;

/// <summary>What a journal shows of one stop.</summary>
/// <param name="Seq">Its entry.</param>
/// <param name="EffectsBefore">Effects before it: of an agent all, of a scope of the council's those in the second
/// before.</param>
/// <param name="EffectsAfter">Effects of its scope while it stood, and ever after of what was signed before it.
/// </param>
internal sealed record StopReading(ulong Seq, long EffectsBefore, long EffectsAfter);

/// <summary>
/// Counts effects in a journal: a new debit, gas too, or a new obligation of whom a stop covers. Refunds, bonds that
/// come back and pay for delivered work are none. It keeps its own books of who is stopped and of what was signed
/// before; a ledger whose fence is broken is not believed.
/// </summary>
internal sealed class EffectReader
{
    private const long SecondMs = 1_000;

    private readonly Dictionary<AccountNumber, Fence> agents = [];
    private readonly Dictionary<AccountNumber, long> effectsOf = [];
    private readonly Queue<(long AtMs, bool IsMarket)> lately = new();
    private Fence all = Fence.None;
    private Fence market = Fence.None;

    /// <summary>Effects of any account, stopped or not.</summary>
    public long Effects { get; private set; }

    /// <summary>Stops of agents, by agent.</summary>
    public IReadOnlyDictionary<AccountNumber, StopReading> Agents =>
        agents.ToDictionary(pair => pair.Key, pair => pair.Value.ToReading());

    /// <summary>The last stop of a scope; null where there was none.</summary>
    public StopReading? Of(StopScope scope) =>
        (scope == StopScope.All ? all : market) is { Seq: > 0 } fence ? fence.ToReading() : null;

    /// <summary>Effects after stops, of all stops; each is counted once.</summary>
    public long EffectsAfterStop { get; private set; }

    /// <summary>Takes the next entry of the journal.</summary>
    public void Take(AuditedEntry entry)
    {
        var payload = entry.Body as ClientPayload;
        var isOversight = payload?.Commands[0].Kind.IsOversight() ?? false;
        var reader = new EventReader(entry.Events.Span);
        while (reader.MoveNext())
        {
            if (EffectOf(reader, isOversight) is { } effect)
            {
                var isMarket = effect.IsMarket
                    || (effect.IsGas && Array.Exists(payload?.Commands ?? [], one => one.Kind.IsMarket()));
                Count(entry, effect.Account, isMarket, isOversight ? null : payload?.Epoch);
            }

            NoteStop(entry, reader);
        }
    }

    private void Count(AuditedEntry entry, AccountNumber account, bool isMarket, ulong? epoch)
    {
        Effects++;
        effectsOf[account] = effectsOf.GetValueOrDefault(account) + 1;
        var nowMs = entry.Header.Time.UnixMs;
        lately.Enqueue((nowMs, isMarket));
        while (lately.Peek().AtMs <= nowMs - SecondMs)
        {
            lately.Dequeue();
        }

        var isDead = all.Forbids(epoch);
        if (isMarket)
        {
            isDead |= market.Forbids(epoch);
        }

        if (agents.TryGetValue(account, out var agent))
        {
            isDead |= agent.Forbids(epoch);
        }

        EffectsAfterStop += isDead ? 1 : 0;
    }

    private void NoteStop(AuditedEntry entry, in EventReader reader)
    {
        switch (reader.Kind)
        {
            case EventKind.AgentStopped:
                var stopped = reader.As<AgentStopped>();
                agents[stopped.Account] = Begin(
                    entry, stopped.Epoch, effectsOf.GetValueOrDefault(stopped.Account));
                break;
            case EventKind.AgentReleased when agents.TryGetValue(reader.As<AgentReleased>().Account, out var agent):
                agent.IsStopped = false;
                break;
            case EventKind.MarketStopped when reader.As<MarketStopped>() is { Scope: StopScope.All } wide:
                all = Begin(entry, wide.Epoch, Lately(entry, isMarket: false));
                break;
            case EventKind.MarketStopped:
                market = Begin(entry, reader.As<MarketStopped>().Epoch, Lately(entry, isMarket: true));
                break;
            case EventKind.MarketReleased:
                (reader.As<MarketReleased>().Scope == StopScope.All ? all : market).IsStopped = false;
                break;
            default:
                break;
        }
    }

    private long Lately(AuditedEntry entry, bool isMarket)
    {
        var since = entry.Header.Time.UnixMs - SecondMs;
        return lately.Count(one => one.AtMs > since && (one.IsMarket || !isMarket));
    }

    private static Fence Begin(AuditedEntry entry, ulong epoch, long before) => new()
    {
        Seq = entry.Header.Seq, Epoch = epoch, IsStopped = true, Before = before,
    };

    /// <summary>Whose effect an event is; null where it is none.</summary>
    private static Effect? EffectOf(in EventReader reader, bool isOversight)
    {
        switch (reader.Kind)
        {
            case EventKind.Moved:
                var moved = reader.As<Moved>();
                return moved.Phase is MovePhase.Direct or MovePhase.Pending && moved.FromSub == SubAccount.Available
                    && moved.Reason != MoveReason.Genesis
                    ? new Effect(moved.From, moved.Reason is MoveReason.Escrow or MoveReason.BidBond
                        or MoveReason.JobBond or MoveReason.ValidatorFee or MoveReason.VerdictBond)
                    : null;
            case EventKind.CommandHandled when !isOversight:
                var handled = reader.As<CommandHandled>();
                return handled.Gas.IsZero ? null : new Effect(handled.From, IsMarket: false, IsGas: true);
            case EventKind.WorkloadPosted: return new Effect(reader.As<WorkloadPosted>().Client);
            case EventKind.BidPlaced: return new Effect(reader.As<BidPlaced>().Bidder);
            case EventKind.WorkloadAwarded: return new Effect(reader.As<WorkloadAwarded>().Provider);
            case EventKind.WorkStarted: return new Effect(reader.As<WorkStarted>().Provider);
            case EventKind.ServiceListed: return new Effect(reader.As<ServiceListed>().Provider);
            case EventKind.ValidatorDrawn: return new Effect(reader.As<ValidatorDrawn>().Validator);
            case EventKind.VerdictCommitted: return new Effect(reader.As<VerdictCommitted>().Validator);
            default: return null;
        }
    }

    private readonly record struct Effect(AccountNumber Account, bool IsMarket = true, bool IsGas = false);

    /// <summary>What a stop has fenced off.</summary>
    private sealed class Fence
    {
        public static Fence None => new();

        public ulong Seq { get; init; }

        public ulong Epoch { get; init; }

        public long Before { get; init; }

        public long After { get; private set; }

        public bool IsStopped { get; set; }

        /// <summary>Whether an effect that rests on something signed in an epoch may not be; it is counted.</summary>
        public bool Forbids(ulong? epoch)
        {
            var forbids = IsStopped || (epoch is { } signedIn && signedIn < Epoch);
            After += forbids ? 1 : 0;
            return forbids;
        }

        public StopReading ToReading() => new(Seq, Before, After);
    }
}
