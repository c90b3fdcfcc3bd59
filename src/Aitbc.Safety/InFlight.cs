using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Safety;

/// <summary>
/// What is approved and not answered, by account and nonce lane. Each holds its lane, so that nonces never race, and
/// counts against the constitution's limits until the view shows its effect.
/// </summary>
/// <remarks>Not thread-safe: guarded by the gateway's lock.</remarks>
internal sealed class InFlight(int maxPerAccount)
{
    private readonly Dictionary<AccountId, ApprovedAction?[]> lanes = [];

    /// <summary>A free lane of an account, or -1. What expired unanswered is given up first: the ledger no longer takes
    /// it, and whether it took it the lane's next nonce tells.</summary>
    public int FindLane(AccountId account, Timestamp now)
    {
        if (!lanes.TryGetValue(account, out var held))
        {
            lanes.Add(account, held = new ApprovedAction?[maxPerAccount]);
        }

        for (var lane = 0; lane < held.Length; lane++)
        {
            if (held[lane] is { } action && now > action.Expires)
            {
                held[lane] = null;
            }
        }

        return Array.IndexOf(held, null);
    }

    /// <summary>What an account has in flight, in the order of its lanes.</summary>
    public IEnumerable<ClientPayload> Of(AccountId account) =>
        lanes[account].Where(action => action is not null).Select(action => action!.Payload);

    /// <summary>Takes a lane.</summary>
    public void Hold(ApprovedAction action) => lanes[action.Payload.From][action.Payload.Lane] = action;

    /// <summary>Gives a lane back.</summary>
    public void Release(ApprovedAction action)
    {
        var held = lanes[action.Payload.From];
        if (ReferenceEquals(held[action.Payload.Lane], action))
        {
            held[action.Payload.Lane] = null;
        }
    }
}
