using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.State;

namespace Aitbc.Node.Api;

/// <summary>Lists of what people decide, in order of their ids: for approvals that is the order in which they expire.
/// </summary>
internal static class OversightPages
{
    /// <summary>Most bytes of payloads on a page; a page that has them is short and has a next one.</summary>
    private const int MaxPageBytes = 4 * 1024 * 1024;

    /// <summary>An account that a question may name, or why it is none.</summary>
    public static Problem? Check(string name, string? text, out AccountId? account)
    {
        account = null;
        if (text is null)
        {
            return null;
        }

        if (!AccountId.TryParse(text, out var id))
        {
            return Problem.BadRequest($"{name} is an account's id, 43 characters of base64url.");
        }

        account = id;
        return null;
    }

    /// <summary>A page. The ids are asked for at once, what they stand for one by one: nobody who waits for the view
    /// waits for a whole page. What has ended in between is left out.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="after">Ids up to here stand on earlier pages.</param>
    /// <param name="limit">Most items.</param>
    /// <param name="ids">All ids that are wanted, in any order; zeroes are none.</param>
    /// <param name="find">What stands under an id; null where nothing does any more.</param>
    /// <param name="size">How many bytes an item brings along.</param>
    public static Page<T> Of<T>(
        LedgerHost ledger,
        ulong after,
        int limit,
        Func<LedgerState, IEnumerable<ulong>> ids,
        Func<ulong, T?> find,
        Func<T, int> size)
        where T : class
    {
        var wanted = ledger.View.Read(state => ids(state).Where(id => id > after).Order().Take(limit + 1).ToArray());
        var items = new List<T>();
        var (at, bytes) = (0, 0);
        for (; at < Math.Min(limit, wanted.Length) && bytes < MaxPageBytes; at++)
        {
            if (find(wanted[at]) is { } item)
            {
                items.Add(item);
                bytes += size(item);
            }
        }

        return new Page<T>(items, at < wanted.Length ? wanted[at - 1] : null);
    }

    /// <summary>Whether an account is one of an agent's guardians.</summary>
    public static bool IsGuardian(LedgerState state, in AgentRecord agent, AccountId account)
    {
        for (var i = 0; i < agent.GuardianCount; i++)
        {
            if (state.Account(agent.Guardians[i]).Id == account)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The guardians whose bit is set, or is not.</summary>
    public static IReadOnlyList<AccountId> Guardians(LedgerState state, in AgentRecord agent, int votes, bool set)
    {
        var found = new List<AccountId>();
        for (var i = 0; i < agent.GuardianCount; i++)
        {
            if ((votes >> i & 1) == 1 == set)
            {
                found.Add(state.Account(agent.Guardians[i]).Id);
            }
        }

        return found;
    }
}
