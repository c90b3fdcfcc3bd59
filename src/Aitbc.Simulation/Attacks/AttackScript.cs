using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Simulation.Attacks;

/// <summary>Writes the acts of one attack. An aware attacker keeps, with a little room, below each limit of
/// <see cref="Safety.Monitor.MonitorOptions"/>' defaults that does not depend on the victim's history: single values
/// below what is always small, an hour's value and acts below theirs, new types below theirs in pieces, and it takes a
/// whole day, several accounts, and waits until a change of keys is no longer watched. Its accounts are no new ones:
/// for weeks an accomplice with a life of its own paid each of them a little every day.</summary>
internal sealed class AttackScript(
    int number, AttackKind kind, IReadOnlyList<TraceAgent> held, TraceAgent? accomplice, Func<int> openAccount,
    SeededRandom random)
{
    private const long HourMs = TraceAgent.HourMs;
    private const long DayMs = TraceAgent.DayMs;
    private const int AwareAccounts = 6;

    // What the accomplice pays each account a day: a 500th of the victim's cap.
    private const int PreparedPart = 500;

    private readonly List<TraceAct> acts = [];
    private readonly List<TraceAct> prepared = [];

    private TraceAgent Victim => held[0];

    /// <summary>What the attack moves in its strongest day.</summary>
    private ulong Loot => Math.Max(Victim.Cap * kind.Intensity.Ppm / Ratio.PpmPerOne, 1);

    /// <summary>What the accomplice did before, in no order.</summary>
    public IReadOnlyList<TraceAct> Prepared => prepared;

    /// <summary>All acts, in no order.</summary>
    public IReadOnlyList<TraceAct> Write(long startMs)
    {
        switch (kind.Family)
        {
            case AttackFamily.Burst:
                Burst(startMs);
                break;
            case AttackFamily.Drain:
                Pay(Victim, startMs, Loot, kind.IsAware ? 0 : (ulong)Between(3, 5), HourMs / 2, CommandKind.Transfer);
                break;
            case AttackFamily.Drift:
                Drift(startMs);
                break;
            case AttackFamily.Salami:
                for (var day = 0; day < 3; day++)
                {
                    var slices = Math.Max(Loot / Math.Max(Victim.Cap / 1_000, 1), 1);
                    var at = startMs + (day * DayMs);
                    Spread(Victim, at, Loot, slices, DayMs, CommandKind.Transfer, Accounts(startMs));
                }

                break;
            case AttackFamily.WashTrade:
                GoRound(startMs);
                break;
            case AttackFamily.NewKind:
                Pay(Victim, startMs, Loot, kind.IsAware ? 0 : 1UL, HourMs, CommandKind.RegisterAgent);
                break;
            case AttackFamily.Takeover:
                Add(Victim, startMs, CommandKind.AddKey, 0, TraceAct.Nobody);
                var quiet = kind.IsAware ? 25 * HourMs : 2 * HourMs;
                var pieces = Math.Max(Loot / Victim.Typical, 1);
                var over = kind.IsAware ? DayMs : 6 * HourMs;
                Spread(Victim, startMs + quiet, Loot, pieces, over, CommandKind.Transfer, Accounts(startMs));
                break;
            default:
                SplitOver(startMs);
                break;
        }

        return acts;
    }

    /// <summary>The usual things, to the usual counterparties.</summary>
    private void Burst(long startMs)
    {
        var count = Math.Max(Loot / Victim.Typical, 1);
        // An aware loop stays below 60 acts and 6 % of the cap an hour.
        var hours = Math.Max((count + 59) / 60, ((Loot * 100) + (6 * Victim.Cap) - 1) / (6 * Victim.Cap));
        var length = kind.IsAware ? (long)Math.Min(hours, 24) * HourMs : HourMs;
        int[] to = Victim.UsualKind == CommandKind.Transfer ? [.. Victim.Sellers] : [TraceAct.Nobody];
        Spread(Victim, startMs, Loot, count, length, Victim.UsualKind, to);
    }

    private void Drift(long startMs)
    {
        var to = Accounts(startMs);
        var today = Victim.Cap / 100;
        for (var day = 0; day < 40; day++)
        {
            var part = Math.Min(today, Loot);
            Spread(Victim, startMs + (day * DayMs), part, (part / Victim.Typical) + 1, DayMs, CommandKind.Transfer, to);
            today = today * (kind.IsAware ? 110UL : 125UL) / 100;
        }
    }

    private void GoRound(long startMs)
    {
        var ring = kind.IsAware ? 3 : 2;
        var rounds = kind.IsAware ? Between(8, 14) : Between(3, 6);
        var length = (kind.IsAware ? 22 : 8) * HourMs;
        for (var round = 0; round < rounds; round++)
        {
            var part = Loot / (ulong)rounds;
            part = kind.IsAware ? part * (ulong)Between(85, 115) / 100 : part;
            for (var step = 0; step < ring; step++)
            {
                var at = startMs + (length * ((round * ring) + step) / (rounds * ring));
                Add(held[step], at, CommandKind.Transfer, part, held[(step + 1) % ring].Account);
            }
        }
    }

    private void SplitOver(long startMs)
    {
        var to = Accounts(startMs);
        for (var i = 0; i < held.Count; i++)
        {
            var part = Loot / (ulong)held.Count;
            int[] mine = kind.IsAware ? [to[i % to.Length]] : to;
            var length = kind.IsAware ? DayMs : 2 * HourMs;
            var pieces = (part / Math.Max(held[i].Typical, 1)) + 1;
            Spread(held[i], startMs, part, pieces, length, CommandKind.Transfer, mine);
        }
    }

    /// <summary>In so many pieces within a time; 0: in as many as pass below the limits, over a day.</summary>
    private void Pay(TraceAgent from, long startMs, ulong value, ulong pieces, long length, CommandKind type)
    {
        if (pieces > 0)
        {
            Spread(from, startMs, value, pieces, length, type, Accounts(startMs));
            return;
        }

        var most = Math.Max(from.Cap * (type == CommandKind.Transfer ? 45UL : 25UL) / 1_000, 1);
        Spread(from, startMs, value, (value + most - 1) / most, DayMs, type, Accounts(startMs));
    }

    private void Spread(
        TraceAgent from, long startMs, ulong value, ulong pieces, long length, CommandKind type, int[] to)
    {
        pieces = Math.Min(pieces, 2_000);
        for (var i = 0UL; i < pieces; i++)
        {
            var each = length / (long)pieces;
            var at = startMs + (each * (long)i) + (long)random.NextUInt64((ulong)each);
            var payee = type == CommandKind.RegisterAgent ? openAccount() : to[(int)(i % (ulong)to.Length)];
            Add(from, at, type, value / pieces, payee);
        }
    }

    private int[] Accounts(long startMs)
    {
        int[] accounts = [.. Enumerable.Range(0, kind.IsAware ? AwareAccounts : 1).Select(_ => openAccount())];
        for (var at = 0L; accomplice is not null && at < startMs; at += DayMs)
        {
            foreach (var account in accounts)
            {
                var when = at + (long)random.NextUInt64(DayMs);
                prepared.Add(new TraceAct(
                    when, accomplice.Place, CommandKind.Transfer, Victim.Cap / PreparedPart, account, TraceAct.Honest));
            }
        }

        return accounts;
    }

    private void Add(TraceAgent from, long atMs, CommandKind type, ulong micro, int to) =>
        acts.Add(new TraceAct(atMs, from.Place, type, micro, to, number));

    private int Between(int least, int most) => least + random.NextInt32(most - least + 1);
}
