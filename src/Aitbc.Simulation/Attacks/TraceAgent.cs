using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Workloads.Traces;

namespace Aitbc.Simulation.Attacks;

/// <summary>How an honest agent of a trace lives.</summary>
internal enum Temperament
{
    /// <summary>Bids, works, pays its suppliers each day and its owner what it earned.</summary>
    Provider,

    /// <summary>Orders work in sessions with the arrivals and sizes of a recorded demand.</summary>
    Requester,

    /// <summary>Pays sellers with the rhythm of an office.</summary>
    Buyer,

    /// <summary>A buyer whose business grows by some per cent a day and that finds new sellers.</summary>
    Growing,

    /// <summary>Checks the work of others for small bonds.</summary>
    Validator,
}

/// <summary>
/// One honest agent: its habits, and what happens to honest agents now and then (a busy day, a rest with a queue to
/// work off, a large purchase, a new main supplier, another price, new keys, a new line of business). All from its own
/// generator. How often things happen was written down before any limit was set; what was changed after a first look
/// stands in docs/decisions/0012-monitor.md.
/// </summary>
internal sealed class TraceAgent
{
    public const long HourMs = 3_600_000;
    public const long DayMs = 24 * HourMs;

    // Odds a day, ppm.
    private const int BusyDay = 70_000;
    private const int Rest = 33_000;
    private const int LargePurchase = 16_000;
    private const int NewSupplier = 11_000;
    private const int NewPrice = 16_000;
    private const int NewKeys = 11_000;
    private const int NewLine = 10_000;
    private const int StakeTopUp = 33_000;
    private const int NewSeller = 60_000;

    // 2^(k/8) for k = -12 to 12, in thousandths.
    private static readonly int[] Powers =
    [
        354, 386, 420, 459, 500, 545, 595, 648, 707, 771, 841, 917, 1_000, 1_091, 1_189, 1_297, 1_414, 1_542, 1_682,
        1_834, 2_000, 2_181, 2_378, 2_594, 2_828,
    ];

    // How much of a day's work an office does in each hour.
    private static readonly int[] Office =
        [1, 1, 0, 0, 0, 1, 2, 4, 7, 9, 10, 9, 7, 8, 9, 9, 8, 6, 4, 3, 2, 2, 2, 1];

    private static readonly int OfficeSum = Office.Sum();

    private readonly SeededRandom random;
    private readonly DemandTrace demand;
    private readonly ulong meanTokens;
    private readonly List<int> sellers = [];
    private readonly Func<SeededRandom, int> findSeller;
    private readonly RareEvents? rare;
    private ulong earned;
    private readonly bool isCareful;
    private readonly ulong growth = 1_000;
    private readonly int growsFrom;

    public TraceAgent(
        int place, int account, int owner, Temperament temperament, int joinDay, int growsFrom, SeededRandom random,
        DemandTrace demand, ulong meanTokens, Func<SeededRandom, int> findSeller, RareEvents? rare)
    {
        (Place, Account, Owner, Temperament, JoinDay) = (place, account, owner, temperament, joinDay);
        (this.growsFrom, this.rare) = (growsFrom, rare);
        (this.random, this.demand, this.meanTokens, this.findSeller) = (random, demand, meanTokens, findSeller);
        Cap = (ulong)Between(200, 5_000) * 1_000_000;
        Volume = Cap * (ulong)Between(10, 45) / 100;
        ActsPerDay = temperament == Temperament.Provider ? Between(4, 18) : Between(10, 60);
        isCareful = random.NextInt32(5) > 0;
        growth += temperament == Temperament.Growing ? (ulong)Between(20, 60) : 0;
        var count = temperament switch
        {
            Temperament.Provider => Between(1, 3),
            Temperament.Buyer or Temperament.Growing => Between(4, 14),
            _ => 0,
        };
        for (var i = 0; i < count; i++)
        {
            sellers.Add(findSeller(random));
        }
    }

    public int Place { get; }

    public int Account { get; }

    public int Owner { get; }

    public Temperament Temperament { get; }

    /// <summary>The day it begins; in its first days it works on a smaller scale.</summary>
    public int JoinDay { get; }

    /// <summary>Daily cap, millionths of a token.</summary>
    public ulong Cap { get; }

    /// <summary>Value of a usual day.</summary>
    public ulong Volume { get; private set; }

    /// <summary>Acts with value of a usual day.</summary>
    public int ActsPerDay { get; }

    /// <summary>A usual value.</summary>
    public ulong Typical => Volume / (ulong)ActsPerDay;

    /// <summary>Its sellers.</summary>
    public IReadOnlyList<int> Sellers => sellers;

    /// <summary>The type by which it usually spends.</summary>
    public CommandKind UsualKind => Temperament switch
    {
        Temperament.Provider => CommandKind.PlaceBid,
        Temperament.Requester => CommandKind.PostWorkload,
        Temperament.Validator => CommandKind.CommitVerdict,
        _ => CommandKind.Transfer,
    };

    /// <summary>Adds what it does on a day.</summary>
    public void Live(int day, List<TraceAct> acts)
    {
        if (day < JoinDay)
        {
            return;
        }

        var first = acts.Count;
        Change(day, acts);
        var factor = (ulong)Between(70, 130) * 10;
        factor = Happens(BusyDay) ? factor * (ulong)Between(15, 25) / 10 : factor;
        factor = Temperament is Temperament.Buyer && day % 7 > 4 ? factor * 6 / 10 : factor;
        for (var age = day - JoinDay; JoinDay > 0 && age < 5; age++)
        {
            factor = factor * 1_000 / 1_400;
        }

        var count = Math.Max(1, (int)((ulong)ActsPerDay * factor / 1_000));
        switch (Temperament)
        {
            case Temperament.Requester:
                Order(day, count, acts);
                break;
            case Temperament.Provider:
                Provide(day, count, factor, acts);
                break;
            case Temperament.Validator:
                for (var i = 0; i < count; i++)
                {
                    var at = AtAnyTime(day);
                    Add(acts, at, CommandKind.CommitVerdict, Spread(Typical), TraceAct.Nobody);
                    Add(acts, at + (HourMs / 4), CommandKind.RevealVerdict, 0, TraceAct.Nobody);
                }

                break;
            default:
                for (var i = 0; i < count; i++)
                {
                    Add(acts, AtOfficeTime(day), CommandKind.Transfer, Spread(Typical), AnySeller());
                }

                break;
        }

        if (isCareful && JoinDay > 0 && day < JoinDay + 2)
        {
            KeepToProbation(acts, first);
        }

        if (Happens(Rest))
        {
            WorkOff(day, acts, first);
        }

        Volume = day < growsFrom ? Volume : Math.Min(Volume * growth / 1_000, Cap * 6 / 10);
    }

    private void Change(int day, List<TraceAct> acts)
    {
        rare?.Happen(this, day, sellers, findSeller, acts);
        var isBuyer = sellers.Count > 0;
        if (Happens(LargePurchase))
        {
            var kind = isBuyer ? CommandKind.Transfer : UsualKind;
            Add(acts, AtOfficeTime(day), kind, Typical * (ulong)Between(4, 10), isBuyer ? AnySeller() : -1);
        }

        if (isBuyer && Happens(NewSupplier))
        {
            sellers[0] = findSeller(random);
        }

        if (isBuyer && Happens(Temperament == Temperament.Growing ? 4 * NewSeller : NewSeller))
        {
            sellers.Add(findSeller(random));
        }

        if (Happens(NewPrice))
        {
            Volume = Math.Min(Volume * (ulong)Between(70, 150) / 100, Cap * 6 / 10);
        }

        if (Happens(NewKeys))
        {
            Add(acts, AtOfficeTime(day), CommandKind.AddKey, 0, TraceAct.Nobody);
            Add(acts, AtOfficeTime(day), CommandKind.RevokeKey, 0, TraceAct.Nobody);
        }

        if (Happens(StakeTopUp))
        {
            Add(acts, AtOfficeTime(day), CommandKind.DepositStake, Cap * (ulong)Between(10, 40) / 1_000, -1);
        }

        if (Happens(NewLine))
        {
            CommandKind[] lines =
                [CommandKind.ListService, CommandKind.PostWorkload, CommandKind.WithdrawStake, CommandKind.DeclareBlob];
            var line = lines[random.NextInt32(lines.Length)];
            Add(acts, AtOfficeTime(day), line, line == CommandKind.ListService ? 0 : Spread(Typical), TraceAct.Nobody);
        }
    }

    /// <summary>Sessions: a run of a recorded demand, slowed down.</summary>
    private void Order(int day, int count, List<TraceAct> acts)
    {
        while (count > 0)
        {
            var run = Math.Min(count, Between(2, 25));
            var from = random.NextInt32(demand.Requests.Count - run);
            var slower = Between(20, 400);
            var at = AtOfficeTime(day);
            for (var i = 0; i < run; i++)
            {
                var request = demand.Requests[from + i];
                var when = at + ((request.Offset - demand.Requests[from].Offset).Ms * slower);
                var tokens = (ulong)(request.PrefillTokens + (3 * request.DecodeTokens));
                Add(acts, when, CommandKind.PostWorkload, (Typical * tokens / meanTokens) + 1, TraceAct.Nobody);
                Add(acts, when + (HourMs / 3), CommandKind.AcceptWork, 0, TraceAct.Nobody);
            }

            count -= run;
        }
    }

    private void Provide(int day, int count, ulong factor, List<TraceAct> acts)
    {
        for (var i = 0; i < count; i++)
        {
            var at = AtAnyTime(day);
            var bond = Spread(Typical) * 6 / 10;
            Add(acts, at, CommandKind.PlaceBid, bond, TraceAct.Nobody);
            Add(acts, at + (HourMs / 12), CommandKind.OpenBid, 0, TraceAct.Nobody);
            if (random.NextInt32(2) == 0)
            {
                Add(acts, at + (HourMs / 6), CommandKind.StartWork, 0, TraceAct.Nobody);
                Add(acts, at + (HourMs / 2), CommandKind.SubmitWork, 0, TraceAct.Nobody);
                earned += bond * 5;
            }
        }

        foreach (var supplier in sellers)
        {
            var bill = Spread(Volume * 4 / 10 / (ulong)sellers.Count) * factor / 1_000;
            Add(acts, AtOfficeTime(day), CommandKind.Transfer, bill, supplier);
        }

        if (day % 7 < 5)
        {
            Add(acts, (day * DayMs) + (23 * HourMs), CommandKind.Transfer, earned, Owner);
            earned = 0;
        }
    }

    /// <summary>Four newcomers in five read what a newcomer may do, and leave for later what is more.</summary>
    private void KeepToProbation(List<TraceAct> acts, int first)
    {
        var left = Cap * 35 / 1_000;
        for (var i = first; i < acts.Count; i++)
        {
            if (acts[i].Micro > left)
            {
                acts[i] = acts[i] with { Kind = CommandKind.AcceptWork, Micro = 0, To = TraceAct.Nobody };
            }

            left -= acts[i].Micro;
        }
    }

    /// <summary>Some hours stand still; what was due in them is done within the next.</summary>
    private void WorkOff(int day, List<TraceAct> acts, int first)
    {
        var from = (day * DayMs) + (Between(6, 14) * HourMs);
        var until = from + (Between(3, 7) * HourMs);
        for (var i = first; i < acts.Count; i++)
        {
            if (acts[i].AtMs >= from && acts[i].AtMs < until)
            {
                acts[i] = acts[i] with { AtMs = until + (long)random.NextUInt64(HourMs) };
            }
        }
    }

    private void Add(List<TraceAct> acts, long atMs, CommandKind kind, ulong micro, int to) =>
        acts.Add(new TraceAct(atMs, Place, kind, micro, to, TraceAct.Honest));

    private int AnySeller()
    {
        // The first sellers get more than the later ones.
        var at = Math.Min(random.NextInt32(sellers.Count), random.NextInt32(sellers.Count));
        return sellers[at];
    }

    private ulong Spread(ulong value) =>
        value * (ulong)Powers[random.NextInt32(13) + random.NextInt32(13)] / 1_000;

    private long AtAnyTime(int day) => (day * DayMs) + (long)random.NextUInt64(DayMs);

    private long AtOfficeTime(int day)
    {
        var ticket = random.NextInt32(OfficeSum);
        var hour = 0;
        while (ticket >= Office[hour])
        {
            ticket -= Office[hour++];
        }

        return (day * DayMs) + (hour * HourMs) + (long)random.NextUInt64(HourMs);
    }

    private bool Happens(int ppm) => random.Chance(Ratio.FromPpm((uint)ppm));

    private int Between(int least, int most) => least + random.NextInt32(most - least + 1);
}
