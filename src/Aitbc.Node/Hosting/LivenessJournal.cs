using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Hosting;

/// <summary>
/// Has the ledger told who is heard of and who is no longer: heartbeats stay off the journal, what they come to does
/// not. An agent's standing is journalled at most twice a minute, so that a host that comes and goes fills no journal.
/// </summary>
/// <remarks>What leases said before a restart is forgotten: whoever went away while the node was down is told gone only
/// once it had a lease here again and lost it.</remarks>
internal sealed partial class LivenessJournal : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Dictionary<AccountId, (bool IsLive, long NotBefore)> wanted = [];
    private readonly LedgerHost ledger;
    private readonly AgentLeases leases;
    private readonly TimeProvider time;
    private readonly ILogger<LivenessJournal> log;

    public LivenessJournal(LedgerHost ledger, AgentLeases leases, TimeProvider time, ILogger<LivenessJournal> log)
    {
        (this.ledger, this.leases, this.time, this.log) = (ledger, leases, time, log);
        leases.Changed += Note;
    }

    public override void Dispose()
    {
        leases.Changed -= Note;
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            await JournalDueAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    /// <summary>Has the ledger told once of all who are due.</summary>
    internal async Task JournalDueAsync(CancellationToken cancellationToken)
    {
        foreach (var (agent, isLive) in Due())
        {
            try
            {
                // What the ledger knows already it turns away; that is no harm.
                await ledger.HearAsync(agent, isLive, cancellationToken).ConfigureAwait(false);
            }
            catch (AdmissionClosedException closed)
            {
                NotJournalled(closed.Code);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A change of liveness was not journalled: {Code}.")]
    private partial void NotJournalled(string code);

    private void Note(LivenessChange change)
    {
        lock (gate)
        {
            var notBefore = wanted.TryGetValue(change.Agent, out var before) ? before.NotBefore : 0;
            wanted[change.Agent] = (change.IsLive, notBefore);
        }
    }

    /// <summary>Whose standing the ledger has otherwise, and who has rested; the others stay noted.</summary>
    private List<(AccountId Agent, bool IsLive)> Due()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            var next = now + (long)(Rest.TotalSeconds * time.TimestampFrequency);
            List<(AccountId, bool)> due = [];
            foreach (var (agent, (isLive, notBefore)) in wanted.Where(one => one.Value.NotBefore <= now).ToList())
            {
                if (ledger.View.Read(state => state.IsHeardOf(agent)) == isLive)
                {
                    wanted.Remove(agent);
                }
                else
                {
                    due.Add((agent, isLive));
                    wanted[agent] = (isLive, next);
                }
            }

            return due;
        }
    }
}
