using Aitbc.Primitives;

namespace Aitbc.Node.Hosting;

/// <summary>Which host acts for an agent, and until when unless it says so again.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Host">The host's own name.</param>
/// <param name="Epoch">Counts the holders: a host that sees another number than its own has been replaced.</param>
/// <param name="Left">How long it still lasts.</param>
public sealed record AgentLease(AccountId Agent, string Host, ulong Epoch, Duration Left);

/// <summary>An agent began or ceased to be alive: its host renews its lease, or none has for as long as it lasts.
/// </summary>
/// <param name="Agent">The agent.</param>
/// <param name="IsLive">Whether it is alive now.</param>
public sealed record LivenessChange(AccountId Agent, bool IsLive);

/// <summary>
/// Leases of agents, in memory and off the ledger: one host at a time acts for an agent, and its renewals are the
/// agent's heartbeats. A lease only saves double effort; that nothing is delivered twice, the ledger sees to.
/// </summary>
/// <remarks>Thread-safe. <see cref="Changed"/> is raised outside the lock, in order for one agent.</remarks>
public sealed class AgentLeases
{
    /// <summary>Shortest lease.</summary>
    public static readonly Duration MinTtl = Duration.FromSeconds(1);

    /// <summary>Longest lease.</summary>
    public static readonly Duration MaxTtl = Duration.FromMinutes(1);

    /// <summary>Longest name of a host.</summary>
    public const int MaxHostLength = 64;

    private readonly Lock gate = new();
    private readonly Lock raising = new();
    private readonly Dictionary<AccountId, Held> held = [];
    private readonly TimeProvider time;

    private sealed record Held(string Host, ulong Epoch, long Until, bool IsLive);

    /// <summary>Leases under a clock.</summary>
    /// <param name="time">Its monotonic time counts.</param>
    public AgentLeases(TimeProvider time) => this.time = time;

    /// <summary>Raised when an agent becomes live or ceases to be; for whoever journals it.</summary>
    public event Action<LivenessChange>? Changed;

    private long NowMs => time.GetTimestamp() / (time.TimestampFrequency / 1_000);

    /// <summary>Takes or renews a lease.</summary>
    /// <param name="agent">The agent; known to the ledger, and proven by its key.</param>
    /// <param name="host">Who wants it.</param>
    /// <param name="ttl">For how long, within <see cref="MinTtl"/> and <see cref="MaxTtl"/>.</param>
    /// <param name="lease">The lease that lives now: the caller's or another's.</param>
    /// <returns>Whether it is the caller's.</returns>
    public bool TryClaim(AccountId agent, string host, Duration ttl, out AgentLease lease)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentOutOfRangeException.ThrowIfLessThan(ttl.Ms, MinTtl.Ms, nameof(ttl));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ttl.Ms, MaxTtl.Ms, nameof(ttl));
        bool isOwn;
        var changes = new List<LivenessChange>();
        lock (gate)
        {
            var now = NowMs;
            held.TryGetValue(agent, out var before);
            isOwn = before is null || before.Until <= now || before.Host == host;
            if (isOwn)
            {
                var epoch = before is null ? 1 : before.Host == host ? before.Epoch : before.Epoch + 1;
                if (before is not { IsLive: true })
                {
                    changes.Add(new LivenessChange(agent, true));
                }

                held[agent] = before = new Held(host, epoch, now + ttl.Ms, true);
            }

            lease = new AgentLease(agent, before!.Host, before.Epoch, new Duration(before.Until - now));
        }

        Raise(changes);
        return isOwn;
    }

    /// <summary>Gives a lease back; another's stays.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="host">Who gives it back.</param>
    public void Release(AccountId agent, string host)
    {
        var changes = new List<LivenessChange>();
        lock (gate)
        {
            if (held.TryGetValue(agent, out var before) && before.Host == host && before.IsLive)
            {
                held[agent] = before with { Until = NowMs, IsLive = false };
                changes.Add(new LivenessChange(agent, false));
            }
        }

        Raise(changes);
    }

    /// <summary>The lease of an agent that lives now, or null.</summary>
    /// <param name="agent">The agent.</param>
    public AgentLease? Find(AccountId agent)
    {
        lock (gate)
        {
            var now = NowMs;
            return held.TryGetValue(agent, out var found) && found.Until > now
                ? new AgentLease(agent, found.Host, found.Epoch, new Duration(found.Until - now))
                : null;
        }
    }

    /// <summary>Notes whose lease has run out; the node calls it every second.</summary>
    public void Sweep()
    {
        var changes = new List<LivenessChange>();
        lock (gate)
        {
            var now = NowMs;
            foreach (var (agent, found) in held.Where(one => one.Value.IsLive && one.Value.Until <= now).ToList())
            {
                held[agent] = found with { IsLive = false };
                changes.Add(new LivenessChange(agent, false));
            }
        }

        Raise(changes);
    }

    private void Raise(List<LivenessChange> changes)
    {
        lock (raising)
        {
            changes.ForEach(change => Changed?.Invoke(change));
        }
    }
}
