using Aitbc.Primitives;

namespace Aitbc.Agents.Core.Memory;

/// <summary>
/// What an agent carries from one turn to the next and cannot read off the ledger again. Its host keeps it across
/// restarts; what is marked transient is forgotten with the process.
/// </summary>
/// <remarks>One owner: the agent's turn. The public properties are its form on disk.</remarks>
public sealed class AgentMemory
{
    private readonly Dictionary<string, Timestamp> notBefore = [];

    /// <summary>The last market event it has taken in; older ones are skipped.</summary>
    public ulong LastSeq { get; set; }

    /// <summary>What it remembers as a provider; null for others.</summary>
    public ProviderMemory? Provider { get; init; }

    /// <summary>What it remembers as a client; null for others.</summary>
    public RequesterMemory? Requester { get; init; }

    /// <summary>Proposals and deliveries that were refused, by gateway or ledger.</summary>
    public ulong Refused { get; set; }

    /// <summary>The last refusal in words; for people.</summary>
    public string LastRefusal { get; set; } = "";

    /// <summary>Transient: whether a plan of this key may run.</summary>
    /// <param name="key">The plan's key.</param>
    /// <param name="now">The present time.</param>
    public bool MayTry(string key, Timestamp now) => !notBefore.TryGetValue(key, out var at) || now >= at;

    /// <summary>Transient: a plan failed, so it waits.</summary>
    /// <param name="key">The plan's key.</param>
    /// <param name="until">Until when.</param>
    public void Wait(string key, Timestamp until) => notBefore[key] = until;

    /// <summary>Transient: a plan succeeded.</summary>
    /// <param name="key">The plan's key.</param>
    public void Clear(string key) => notBefore.Remove(key);

    /// <summary>Transient: the earliest instant at which a waiting plan may run again; null where none waits.</summary>
    /// <param name="now">The present time; what may run already is forgotten.</param>
    public Timestamp? NextTry(Timestamp now)
    {
        foreach (var key in notBefore.Where(wait => wait.Value <= now).Select(wait => wait.Key).ToList())
        {
            notBefore.Remove(key);
        }

        return notBefore.Count == 0 ? null : notBefore.Values.Min();
    }
}
