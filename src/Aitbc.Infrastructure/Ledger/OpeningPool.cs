using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.State;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>
/// Openings and salts that were given to the node and wait, off the journal, for their bidding to close. In memory
/// only:
/// whoever gave one gives it again after a restart, or opens on the ledger.
/// </summary>
/// <remarks>Belongs to the sequencer's thread.</remarks>
internal sealed class OpeningPool
{
    /// <summary>Most workloads with something kept.</summary>
    public const int MaxWorkloads = 100_000;

    private readonly Dictionary<WorkloadId, Kept> kept = [];

    private sealed class Kept
    {
        public Digest? Salt;
        public List<BidOpening> Openings = [];
    }

    /// <summary>Keeps an opening; a later one of the same bidder replaces it.</summary>
    /// <returns>False where the pool is full.</returns>
    public bool Keep(LedgerState state, WorkloadId workload, BidOpening opening)
    {
        if (Find(state, workload) is not { } found)
        {
            return false;
        }

        found.Openings.RemoveAll(other => other.Bidder == opening.Bidder);
        found.Openings.Add(opening);
        return true;
    }

    /// <summary>Keeps a client's salt.</summary>
    /// <returns>False where the pool is full.</returns>
    public bool Keep(LedgerState state, WorkloadId workload, Digest salt)
    {
        if (Find(state, workload) is not { } found)
        {
            return false;
        }

        found.Salt = salt;
        return true;
    }

    /// <summary>Takes what is kept for a workload.</summary>
    public BidOpenings? Take(WorkloadId workload) =>
        kept.Remove(workload, out var found) ? new BidOpenings(workload, found.Salt, found.Openings) : null;

    private Kept? Find(LedgerState state, WorkloadId workload)
    {
        if (kept.TryGetValue(workload, out var found))
        {
            return found;
        }

        if (kept.Count >= MaxWorkloads)
        {
            foreach (var gone in kept.Keys.Where(id => state.FindWorkload(id) < 0).ToList())
            {
                kept.Remove(gone);
            }
        }

        if (kept.Count >= MaxWorkloads)
        {
            return null;
        }

        return kept[workload] = new Kept();
    }
}
