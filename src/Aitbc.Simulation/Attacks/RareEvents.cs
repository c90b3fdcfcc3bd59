using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Simulation.Attacks;

/// <summary>
/// What an honest agent does once a year or so, and what looks most like an attack: it takes on several sellers at
/// once, with its whole fleet the same one, begins to pay where it only ordered or worked, registers an agent, or is
/// one of a fleet that starts all at once. Every fifth of these sellers has an account that nobody ever paid. Draws of
/// its own: the rest of a trace stays as it is.
/// </summary>
/// <param name="trace">The trace's generator; only forked.</param>
/// <param name="openAccount">Gives a new account.</param>
internal sealed class RareEvents(SeededRandom trace, Func<int> openAccount)
{
    // Odds a day, ppm.
    private const int ManySellers = 2_000;
    private const int SellerOfFleet = 5_000;
    private const int BeginsToPay = 3_000;
    private const int Registers = 1_000;

    // Of a hundred fleets that are large enough, so many begin all at once in the scored days.
    private const int StartTogether = 3;
    private const int LeastFleet = 4;

    private readonly Dictionary<(int Owner, int Day), int> sellersOfFleets = [];
    private readonly Dictionary<int, List<int>> begun = [];

    /// <summary>The day on which a whole fleet starts, or 0.</summary>
    public int StartOf(int owner, int fleet, int firstDay, int days)
    {
        var own = trace.Fork($"rare/start/{owner}");
        return fleet >= LeastFleet && own.NextInt32(100) < StartTogether ? firstDay + own.NextInt32(days) : 0;
    }

    /// <summary>What happens to an agent on a day: changes its sellers, and adds acts.</summary>
    public void Happen(
        TraceAgent agent, int day, List<int> sellers, Func<SeededRandom, int> findSeller, List<TraceAct> acts)
    {
        var own = trace.Fork($"rare/{agent.Place}/{day}");
        if (agent.Sellers.Count > 0)
        {
            TakeOn(agent, day, own, sellers, findSeller);
        }
        else
        {
            BeginToPay(agent, day, own, findSeller, acts);
        }

        if (Happens(own, Registers))
        {
            Add(agent, day, own, CommandKind.RegisterAgent, agent.Typical * Between(own, 1, 6), openAccount(), acts);
        }
    }

    private void TakeOn(
        TraceAgent agent, int day, SeededRandom own, List<int> sellers, Func<SeededRandom, int> findSeller)
    {
        if (Happens(own, ManySellers))
        {
            var isMain = own.NextInt32(2) == 0;
            for (var count = Between(own, 3, 6); count > 0; count--)
            {
                sellers.Add(Seller(own, findSeller));
            }

            sellers[0] = isMain ? sellers[^1] : sellers[0];
        }

        var house = trace.Fork($"rare/house/{agent.Owner}/{day}");
        if (Happens(house, SellerOfFleet))
        {
            if (!sellersOfFleets.TryGetValue((agent.Owner, day), out var seller))
            {
                sellersOfFleets[(agent.Owner, day)] = seller = Seller(house, findSeller);
            }

            if (own.NextInt32(2) == 0)
            {
                sellers[0] = seller;
            }
            else
            {
                sellers.Add(seller);
            }
        }
    }

    private void BeginToPay(
        TraceAgent agent, int day, SeededRandom own, Func<SeededRandom, int> findSeller, List<TraceAct> acts)
    {
        if (Happens(own, BeginsToPay))
        {
            begun[agent.Place] = [.. Enumerable.Range(0, (int)Between(own, 1, 3)).Select(_ => Seller(own, findSeller))];
        }

        if (begun.TryGetValue(agent.Place, out var paid))
        {
            for (var count = Between(own, 1, Math.Max(agent.ActsPerDay / 5, 1)); count > 0; count--)
            {
                var value = agent.Typical * Between(own, 35, 280) / 100;
                Add(agent, day, own, CommandKind.Transfer, value, paid[own.NextInt32(paid.Count)], acts);
            }
        }
    }

    private int Seller(SeededRandom own, Func<SeededRandom, int> findSeller) =>
        own.NextInt32(5) == 0 ? openAccount() : findSeller(own);

    private static void Add(
        TraceAgent agent, int day, SeededRandom own, CommandKind kind, ulong micro, int to, List<TraceAct> acts) =>
        acts.Add(new TraceAct(
            (day * TraceAgent.DayMs) + (long)own.NextUInt64(TraceAgent.DayMs), agent.Place, kind, micro, to,
            TraceAct.Honest));

    private static bool Happens(SeededRandom own, int ppm) => own.Chance(Ratio.FromPpm((uint)ppm));

    private static ulong Between(SeededRandom own, int least, int most) =>
        (ulong)(least + own.NextInt32(most - least + 1));
}
