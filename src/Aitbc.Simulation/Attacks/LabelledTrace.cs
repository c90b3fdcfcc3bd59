using System.ComponentModel.DataAnnotations;
using Aitbc.Primitives;
using Aitbc.Workloads.Traces;

namespace Aitbc.Simulation.Attacks;

/// <summary>One attack of a trace, as the label says.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="StartMs">Its first act, ms since the trace's start.</param>
/// <param name="Agents">Places of the agents it acts by; the first is the one whose cap counts.</param>
/// <param name="Accomplice">Place of the agent that only prepared it; -1 where there is none.</param>
internal sealed record LabelledAttack(AttackKind Kind, long StartMs, IReadOnlyList<int> Agents, int Accomplice);

/// <summary>
/// Weeks of many agents' acts, made from a seed: honest ones of several temperaments, and some that are attacked or
/// attackers from some moment on. The same seed gives the same trace.
/// </summary>
internal sealed class LabelledTrace
{
    private readonly SeededRandom random;
    private readonly TraceOptions options;
    private readonly DemandTrace demand;
    private readonly ulong meanTokens;
    private readonly List<TraceAgent> agents = [];
    private readonly List<LabelledAttack> attacks = [];
    private readonly List<TraceAct>[] days;
    private readonly int sellersFrom;
    private readonly RareEvents? rare;
    private int nextAccount;
    private int nextRareAccount;

    // Growing businesses grow for so long before the scored days: at the end of a longer history none would grow still.
    private const int GrowthDays = 21;

    /// <exception cref="ValidationException">An option is out of range, or the demand is of no use.</exception>
    public LabelledTrace(TraceOptions options)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        if (!DemandTrace.TryRead(options.Demand.Span, out var read, out var error))
        {
            throw new ValidationException($"The demand cannot be used: {error.Sentence}");
        }

        (this.options, demand) = (options, read);
        random = new SeededRandom(options.Seed).Fork("attacks/trace");
        meanTokens = (ulong)read.Requests.Sum(one => (long)(one.PrefillTokens + (3 * one.DecodeTokens)))
            / (ulong)read.Requests.Count;
        days = new List<TraceAct>[options.HistoryDays + options.ScoredDays + options.FollowDays];
        sellersFrom = 10 * options.Agents;
        nextAccount = 20 * options.Agents;
        nextRareAccount = 40 * options.Agents;
        rare = options.HasRareEvents ? new RareEvents(random, () => nextRareAccount++) : null;
        Populate();
        Attack();
    }

    public IReadOnlyList<TraceAgent> Agents => agents;

    public IReadOnlyList<LabelledAttack> Attacks => attacks;

    public int DayCount => days.Length;

    /// <summary>The acts of a day in order of time; to be asked for each day once, from 0 on.</summary>
    public IReadOnlyList<TraceAct> Day(int day)
    {
        List<TraceAct> drawn = [];
        foreach (var agent in agents)
        {
            agent.Live(day, drawn);
        }

        foreach (var act in drawn)
        {
            Place(act, day);
        }

        var acts = days[day] ?? [];
        days[day] = null!;
        // Equal times keep an order that the seed decides.
        acts.Sort((left, right) => left.AtMs != right.AtMs
            ? left.AtMs.CompareTo(right.AtMs)
            : (left.Agent, left.Kind, left.To, left.Micro).CompareTo((right.Agent, right.Kind, right.To, right.Micro)));
        return acts;
    }

    private void Place(TraceAct act, int earliest)
    {
        var day = Math.Max((int)(act.AtMs / TraceAgent.DayMs), earliest);
        if (day < days.Length)
        {
            (days[day] ??= []).Add(act);
        }
    }

    private void Populate()
    {
        var owner = options.Agents * 5;
        while (agents.Count < options.Agents)
        {
            var fleet = random.NextInt32(10) switch { < 7 => 1, < 9 => Between(2, 4), _ => Between(5, 15) };
            var start = rare?.StartOf(owner, fleet, options.HistoryDays, options.ScoredDays) ?? 0;
            for (; fleet > 0 && agents.Count < options.Agents; fleet--)
            {
                AddAgent(owner, random.Chance(Ratio.FromPpm((uint)options.FreshPpm))
                    ? options.HistoryDays + random.NextInt32(options.ScoredDays)
                    : start);
            }

            owner++;
        }
    }

    private TraceAgent AddAgent(int owner, int joinDay, Temperament? like = null)
    {
        var temperament = like ?? random.NextInt32(100) switch
        {
            < 30 => Temperament.Provider,
            < 55 => Temperament.Requester,
            < 80 => Temperament.Buyer,
            < 90 => Temperament.Growing,
            _ => Temperament.Validator,
        };
        var place = agents.Count;
        var own = random.Fork($"agent/{place}");
        var agent = new TraceAgent(
            place, 1 + place, owner, temperament, joinDay, Math.Max(options.HistoryDays - GrowthDays, 0), own, demand,
            meanTokens, FindSeller, rare);
        agents.Add(agent);
        return agent;
    }

    /// <summary>Every other seller is an agent of the trace, so that honest value goes round too.</summary>
    private int FindSeller(SeededRandom from) => from.NextInt32(2) == 0
        ? 1 + from.NextInt32(options.Agents)
        : sellersFrom + from.NextInt32(options.Agents);

    private void Attack()
    {
        var count = (int)((long)options.Agents * options.AttackPpm / Ratio.PpmPerOne);
        var taken = new HashSet<int>();
        AttackKind[] kinds = [.. options.Attacks];
        for (var i = kinds.Length - 1; i > 0; i--)
        {
            var other = random.NextInt32(i + 1);
            (kinds[i], kinds[other]) = (kinds[other], kinds[i]);
        }

        for (var number = 0; number < count && kinds.Length > 0; number++)
        {
            var kind = kinds[number % kinds.Length];
            var startMs = (options.HistoryDays * TraceAgent.DayMs)
                + (long)random.NextUInt64((ulong)Math.Max(options.ScoredDays - 4, 1) * TraceAgent.DayMs);
            var held = Hold(kind, startMs, taken);
            var own = random.Fork($"attack/{number}");
            var accomplice = kind.IsAware ? AddAgent(nextAccount++, 0) : null;
            var script = new AttackScript(number, kind, held, accomplice, () => nextAccount++, own);
            var acts = script.Write(startMs);
            attacks.Add(new LabelledAttack(kind, acts.Min(act => act.AtMs), [.. held.Select(agent => agent.Place)],
                accomplice?.Place ?? -1));
            foreach (var act in acts.Concat(script.Prepared))
            {
                Place(act, 0);
            }
        }
    }

    /// <summary>By which agents: mostly one that lives honestly; some of one owner; or agents of the attacker's own.
    /// </summary>
    private List<TraceAgent> Hold(AttackKind kind, long startMs, HashSet<int> taken)
    {
        if (kind.Family == AttackFamily.WashTrade)
        {
            // Known to all, with owners of their own.
            return [.. Enumerable.Range(0, 3).Select(_ => AddAgent(nextAccount++, 0))];
        }

        if (kind.Family == AttackFamily.Sybil)
        {
            var (owner, joined) = (nextAccount++, (int)(startMs / TraceAgent.DayMs) + 1);
            return [.. Enumerable.Range(0, Between(4, 10)).Select(_ => AddAgent(owner, joined))];
        }

        while (true)
        {
            var victim = agents[random.NextInt32(options.Agents)];
            var fleet = agents.Take(options.Agents)
                .Where(agent => agent.Owner == victim.Owner && agent.JoinDay == 0).ToList();
            if (victim.JoinDay > 0 || taken.Contains(victim.Owner)
                || (kind.Family == AttackFamily.Split && fleet.Count < 4))
            {
                continue;
            }

            taken.Add(victim.Owner);
            return kind.Family == AttackFamily.Split ? fleet : [victim];
        }
    }

    private int Between(int least, int most) => least + random.NextInt32(most - least + 1);
}
