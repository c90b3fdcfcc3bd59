using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;

namespace Aitbc.Cli.Bench;

/// <summary>Drives workloads through their whole life in waves: even agents are clients, odd ones providers.</summary>
internal sealed class MarketScript(BenchChain chain, Ledger ledger, EventBuffer events)
{
    private const uint WindowMs = 60_000;
    private const int CommandsPerJob = 8;

    private static readonly Digest Salt = Digest.Sha256("salt"u8);
    // Not three times the other: records differ by small fractions, and a tie would need a beacon value.
    private static readonly TokenAmount Dearer = TokenAmount.FromBaseUnits(3_000_000_000_000_000_007);

    private static readonly Label Capability = Label.Parse("bench.work");

    private readonly SeededRandom random = new SeededRandom(2).Fork("bench/market");
    private readonly List<ClientPayload> work = [];
    private readonly ServiceId[] services = new ServiceId[chain.Agents.Length];

    /// <summary>Clients' commands applied or refused so far.</summary>
    public long Commands { get; private set; }

    /// <summary>Commands refused so far.</summary>
    public long Refused { get; private set; }

    /// <summary>Time that the last wave took, preparation left out.</summary>
    public TimeSpan LastElapsed { get; private set; }

    /// <summary>Stakes and lists a service for every provider.</summary>
    public void Prepare()
    {
        for (var agent = 1; agent < chain.Agents.Length; agent += 2)
        {
            work.Add(chain.Next(agent, new DepositStake(TokenAmount.FromTokens(1_000))));
            work.Add(chain.Next(agent, new ListService(new ServiceTerms(
                Label.Parse("bench"), Capability, TokenAmount.OneToken, 1_000_000, default, 0))));
            services[agent] = new ServiceId((ulong)((agent + 1) / 2));
        }

        Flush();
    }

    /// <summary>Posts a wave of workloads and leaves them open.</summary>
    public void PostOnly(int count)
    {
        for (var i = 0; i < count; i++)
        {
            work.Add(chain.Next(i % chain.Agents.Length, Post()));
        }

        Flush();
    }

    /// <summary>Runs a wave of workloads from posting to settlement.</summary>
    public void RunWave(int count, int refusedEvery)
    {
        LastElapsed = TimeSpan.Zero;
        var first = ledger.State.Globals.LastWorkload + 1;
        var jobs = new (int Client, int A, int B, WorkloadId Id)[count];
        for (var i = 0; i < count; i++)
        {
            var a = (random.NextInt32(chain.Agents.Length / 2) * 2) + 1;
            var b = (a + 2) % chain.Agents.Length;
            jobs[i] = (random.NextInt32(chain.Agents.Length / 2) * 2, a, b, new WorkloadId(first + (ulong)i));
            work.Add(chain.Next(jobs[i].Client, Post()));
        }

        Flush();
        foreach (var (index, job) in jobs.Index())
        {
            work.Add(chain.Next(job.A, Bid(job.A, job.Id, TokenAmount.FromTokens(2))));
            work.Add(chain.Next(job.B, Bid(job.B, job.Id, Dearer)));
            if (index * CommandsPerJob % refusedEvery < CommandsPerJob)
            {
                work.Add(chain.Next(job.B, Bid(job.B, job.Id, Dearer)));
            }
        }

        Flush();
        PassTime();
        foreach (var job in jobs)
        {
            work.Add(chain.Next(job.A, Open(job.Id, TokenAmount.FromTokens(2))));
            work.Add(chain.Next(job.B, Open(job.Id, Dearer)));
        }

        Flush();
        PassTime();
        var winners = Array.ConvertAll(jobs, WinnerOf);
        Each(jobs, (job, i) => chain.Next(winners[i], new StartWork(job.Id)));
        Each(jobs, (job, i) => chain.Next(winners[i], new SubmitWork(job.Id, BenchChain.Blob, 1_000_000)));
        Each(jobs, (job, _) => chain.Next(job.Client, new AcceptWork(job.Id)));
        if (ledger.State.Workloads.Live != 0)
        {
            throw new InvalidOperationException("The benchmark's workloads did not all settle.");
        }
    }

    /// <summary>A workload as it is posted.</summary>
    public static PostWorkload Post() => new(
        Capability,
        BenchChain.Blob,
        BenchChain.Blob,
        TokenAmount.FromTokens(4),
        TokenAmount.OneToken,
        1,
        0,
        Digest.Sha256(Salt.AsSpan()),
        VerificationMode.None,
        WindowMs,
        WindowMs,
        WindowMs,
        WindowMs);

    private PlaceBid Bid(int agent, WorkloadId id, TokenAmount price) =>
        new(id, services[agent], BidCommitment.Of(id, chain.Agents[agent], price, default, Salt));

    private static OpenBid Open(WorkloadId id, TokenAmount price) => new(id, price, default, Salt);

    private int WinnerOf((int Client, int A, int B, WorkloadId Id) job)
    {
        var workload = ledger.State.Workloads[ledger.State.FindWorkload(job.Id)];
        var bidder = ledger.State.Bids[workload.WinningBid].Bidder;
        return ledger.State.Account(bidder).Id == chain.Agents[job.A] ? job.A : job.B;
    }

    private void Each<T>(T[] jobs, Func<T, int, ClientPayload> make)
    {
        for (var i = 0; i < jobs.Length; i++)
        {
            work.Add(make(jobs[i], i));
        }

        Flush();
    }

    private void Flush()
    {
        var (elapsed, applied) = ApplyBench.Run(ledger, [.. work], events);
        LastElapsed += elapsed;
        Commands += work.Count;
        Refused += work.Count - applied;
        work.Clear();
    }

    private void PassTime()
    {
        var now = ledger.State.Globals.TimeMs + WindowMs + 1;
        var started = CpuClock.Now();
        do
        {
            events.Clear();
            var header = new EntryHeader(
                ledger.State.Globals.Seq + 1, ledger.State.Globals.Term, new Timestamp(now));
            ledger.Apply(header, new Tick(), events);
        }
        while (ledger.State.NextDueMs <= now);

        LastElapsed += CpuClock.Since(started);
    }
}
