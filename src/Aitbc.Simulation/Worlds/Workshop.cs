using Aitbc.Agents.Runtime.Decision;
using Aitbc.Agents.Runtime.Marketplace;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Threads;
using Aitbc.Primitives;
using Aitbc.Workloads;
using Aitbc.Workloads.Chat;

namespace Aitbc.Simulation.Worlds;

/// <summary>
/// Runs the agents' work, on the real bytes of real blobs. In virtual time a job is computed when it is ordered and
/// done
/// when its modelled duration has passed; under the wall clock it runs on threads of its own, behind all others in the
/// system's order, and takes what it takes.
/// </summary>
/// <remarks>One owner but for the jobs' own threads. Trainings wait for each other, and so do other jobs, so that a
/// long
/// training never holds back an inference.</remarks>
internal sealed class Workshop(ILedger ledger, bool isVirtual, ChatEndpoint? chat = null) : IAsyncDisposable
{
    /// <summary>Kinds of work of this machine's own that go on side by side.</summary>
    private const int Kinds = 2;

    private readonly Dictionary<(AccountId, WorkloadId), Job> jobs = [];
    private readonly List<Task> abandoned = [];
    private readonly CancellationTokenSource closing = new();
    private readonly SemaphoreSlim training = new(1);
    private readonly SemaphoreSlim other = new(1);
    private readonly SemaphoreSlim talking = new(1);
    private readonly Lazy<PatientThreads> threads = new(() => new PatientThreads("work", Kinds));

    private sealed class Job
    {
        public required Timestamp DoneAt { get; init; }

        public required Task<WorkloadOutcome> Outcome { get; init; }
    }

    /// <summary>Jobs that are not done, by who does them.</summary>
    public int CountOf(AccountId agent, Timestamp now) =>
        jobs.Count(job => job.Key.Item1 == agent && !IsDone(job.Value, now));

    /// <summary>Completes when one of the jobs under way is done; null where none is.</summary>
    public Task? NextDoneAsync()
    {
        var running = jobs.Values.Select(job => job.Outcome).Where(outcome => !outcome.IsCompleted).ToList();
        return running.Count == 0 ? null : Task.WhenAny(running);
    }

    /// <summary>When the next job is done, in virtual time; null where none is under way.</summary>
    public Timestamp? NextDone(Timestamp now) =>
        isVirtual && jobs.Values.Any(job => job.DoneAt > now)
            ? jobs.Values.Where(job => job.DoneAt > now).Min(job => job.DoneAt)
            : null;

    /// <summary>Begins a job; one that was begun already is left alone.</summary>
    public void Start(AccountId agent, WorkOrder order, Timestamp now)
    {
        if (jobs.ContainsKey((agent, order.Workload)))
        {
            return;
        }

        var outcome = isVirtual ? Task.FromResult(Compute(agent, order)) : RunAsync(agent, order);
        jobs.Add((agent, order.Workload), new Job
        {
            DoneAt = isVirtual ? now + order.Modelled : now,
            Outcome = outcome,
        });
    }

    /// <summary>Forgets the jobs of workloads that have ended.</summary>
    /// <exception cref="IOException">A job could not read its blobs.</exception>
    public async Task KeepAsync(IReadOnlySet<WorkloadId> open)
    {
        foreach (var broken in jobs.Values.Where(job => job.Outcome.IsFaulted))
        {
            await broken.Outcome.ConfigureAwait(false);
        }

        foreach (var key in jobs.Keys.Where(key => !open.Contains(key.Item2) && jobs[key].Outcome.IsCompleted).ToList())
        {
            jobs.Remove(key);
        }
    }

    /// <summary>Forgets jobs that could not read their blobs; they are begun again.</summary>
    public void Forgive()
    {
        foreach (var key in jobs.Keys.Where(key => jobs[key].Outcome.IsFaulted).ToList())
        {
            jobs.Remove(key);
        }
    }

    /// <summary>Forgets an agent's jobs, under way or done: another does them now.</summary>
    public void Abandon(AccountId agent)
    {
        foreach (var key in jobs.Keys.Where(key => key.Item1 == agent).ToList())
        {
            jobs.Remove(key, out var job);
            abandoned.RemoveAll(outcome => outcome.IsCompleted);
            abandoned.Add(job!.Outcome.ContinueWith(_ => { }, TaskScheduler.Default));
        }
    }

    /// <summary>Workloads whose work is under way.</summary>
    public IReadOnlySet<WorkloadId> Working(AccountId agent, Timestamp now) =>
        jobs.Where(job => job.Key.Item1 == agent && !IsDone(job.Value, now)).Select(job => job.Key.Item2).ToHashSet();

    /// <summary>Blobs that done work made, whose standing an agent needs.</summary>
    public IEnumerable<(AccountId Agent, Digest Digest)> Outputs(Timestamp now) =>
        jobs.Where(job => IsDone(job.Value, now) && job.Value.Outcome.Result is WorkloadResult)
            .SelectMany(job => ((WorkloadResult)job.Value.Outcome.Result).Outputs
                .Select(blob => (job.Key.Item1, blob.Digest)));

    /// <summary>Work that is done, by id.</summary>
    public IReadOnlyList<WorkDone> Done(
        AccountId agent, Timestamp now, IReadOnlyDictionary<Digest, BlobFacts> blobs) =>
    [
        .. jobs.Where(job => job.Key.Item1 == agent && IsDone(job.Value, now))
            .OrderBy(job => job.Key.Item2.Value)
            .Select(job => Describe(job.Key.Item2, job.Value.Outcome.Result, blobs)),
    ];

    /// <summary>Stops all jobs.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll([.. jobs.Values.Select(job => job.Outcome), .. abandoned]).ConfigureAwait(false);
        closing.Dispose();
        training.Dispose();
        other.Dispose();
        talking.Dispose();
        if (threads.IsValueCreated)
        {
            threads.Value.Dispose();
        }
    }

    private static WorkDone Describe(
        WorkloadId workload, WorkloadOutcome outcome, IReadOnlyDictionary<Digest, BlobFacts> blobs) => outcome switch
    {
        WorkloadResult result => new WorkDone(
            workload,
            [
                .. result.Outputs.Select(
                    blob => new OutputBlob(blob.Digest, blob.Bytes, blobs.GetValueOrDefault(blob.Digest))),
            ],
            result.QualityPpm,
            null),
        WorkloadFailure failure => new WorkDone(workload, [], null, failure.Sentence),
        _ => throw new InvalidOperationException("An outcome is a result or a failure."),
    };

    private bool IsDone(Job job, Timestamp now) => job.Outcome.IsCompletedSuccessfully && job.DoneAt <= now;

    private async Task<WorkloadOutcome> RunAsync(AccountId agent, WorkOrder order)
    {
        // An endpoint that is slow holds back no work of this machine's own.
        var turn = order.Capability == WorkloadCapabilities.ClassifierTrain ? training
            : order.Capability == WorkloadCapabilities.Chat ? talking
            : other;
        try
        {
            await turn.WaitAsync(closing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return Compute(agent, order);
        }

        try
        {
            // No thread of the pool: a training there would keep requests of the same process waiting. A chat only
            // waits, and its connections may start threads of their own.
            return await (turn == talking
                ? Task.Factory.StartNew(
                    () => Compute(agent, order),
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default)
                : threads.Value.RunAsync(() => Compute(agent, order))).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    private WorkloadOutcome Compute(AccountId agent, WorkOrder order)
    {
        var fetch = BlobFetching.For(ledger, agent);
        return WorkloadRunner.Run(order.Capability, fetch(order.Spec) ?? default, fetch, chat, closing.Token);
    }
}
