using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;

namespace Aitbc.Cli.Bench;

/// <summary>
/// Commands applied a second on one core: the rules and their events, without signatures, hashing of entries and
/// journal. What is measured is prepared before and checked after.
/// </summary>
internal static class ApplyBench
{
    private const int RefusedEvery = 20;

    /// <summary>Transfers between random agents, one in twenty refused.</summary>
    public static (double PerSecond, double Refused) Transfers(BenchChain chain, int rounds, int perRound)
    {
        var ledger = chain.Open();
        var events = new EventBuffer();
        var random = new SeededRandom(1).Fork("bench/transfers");
        var rates = new List<double>();
        var refused = 0L;
        for (var round = 0; round < rounds; round++)
        {
            var work = new ClientPayload[perRound];
            for (var i = 0; i < perRound; i++)
            {
                var from = random.NextInt32(chain.Agents.Length);
                var to = (from + 1 + random.NextInt32(chain.Agents.Length - 1)) % chain.Agents.Length;
                var tokens = i % RefusedEvery == 0 ? 2_000UL : 1UL;
                work[i] = chain.Next(from, new Transfer(chain.Agents[to], TokenAmount.FromTokens(tokens)));
            }

            var (elapsed, applied) = Run(ledger, work, events);
            refused += perRound - applied;
            rates.Add(perRound / elapsed.TotalSeconds);
        }

        return (Median(rates), (double)refused / (rounds * (long)perRound));
    }

    /// <summary>The life of workloads: post, two bids, two openings, award (by deadline), start, submit, accept.
    /// Counted
    /// are the clients' commands; deadlines run within the time.</summary>
    public static (double PerSecond, double Refused) Market(BenchChain chain, int waves, int perWave)
    {
        var ledger = chain.Open();
        var events = new EventBuffer();
        var market = new MarketScript(chain, ledger, events);
        market.Prepare();
        var rates = new List<double>();
        var (commands, refused) = (0L, 0L);
        for (var wave = 0; wave < waves; wave++)
        {
            var before = (market.Commands, market.Refused);
            market.RunWave(perWave, RefusedEvery);
            rates.Add((market.Commands - before.Commands) / market.LastElapsed.TotalSeconds);
            commands += market.Commands - before.Commands;
            refused += market.Refused - before.Refused;
        }

        return (Median(rates), (double)refused / commands);
    }

    /// <summary>Applies prepared payloads, all at one instant a thousand.</summary>
    internal static (TimeSpan Elapsed, int Applied) Run(Ledger ledger, ClientPayload[] work, EventBuffer events)
    {
        Settle();
        var (seq, term) = (ledger.State.Globals.Seq, ledger.State.Globals.Term);
        var timeMs = ledger.State.Globals.TimeMs;
        var applied = 0;
        var started = CpuClock.Now();
        for (var i = 0; i < work.Length; i++)
        {
            if ((i & 1023) == 0)
            {
                events.Clear();
                timeMs++;
            }

            ledger.LookAhead(work, i);
            var result = ledger.Apply(new EntryHeader(++seq, term, new Timestamp(timeMs)), work[i], events);
            if (result.Outcome == Outcome.Applied)
            {
                applied++;
            }
            else if (!result.Outcome.IsJournalled())
            {
                throw new InvalidOperationException($"The benchmark's payload {i} was not admitted: {result.Outcome}.");
            }
        }

        return (CpuClock.Since(started), applied);
    }

    internal static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
