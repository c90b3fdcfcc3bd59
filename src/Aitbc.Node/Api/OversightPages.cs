using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.State;
using Microsoft.AspNetCore.Http;

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

    /// <summary>Answers a question for a page. The ids are asked for at once, what they stand for one by one: nobody
    /// who waits for the view waits for a whole page. What has ended in between is left out.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="agent">Only this agent's; null for all.</param>
    /// <param name="guardian">Only of agents that this account guards; null for all.</param>
    /// <param name="after">Ids up to here stand on earlier pages.</param>
    /// <param name="limit">Most items; null for the usual.</param>
    /// <param name="rows">All ids, in any order, and whose each is; zeroes are none.</param>
    /// <param name="find">What stands under an id; null where nothing does any more.</param>
    /// <param name="size">How many bytes an item brings along.</param>
    public static IResult Answer<T>(
        LedgerHost ledger,
        string? agent,
        string? guardian,
        ulong? after,
        int? limit,
        Func<LedgerState, IEnumerable<(ulong Id, AccountNumber Agent)>> rows,
        Func<ulong, T?> find,
        Func<T, int> size)
        where T : class
    {
        AccountId? whose = null;
        AccountId? whom = null;
        if ((Paging.Check(limit, out var meant) ?? Check("agent", agent, out whose)
            ?? Check("guardian", guardian, out whom)) is { } problem)
        {
            return problem.ToResult();
        }

        return Results.Json(Of(
            ledger,
            after ?? 0,
            meant,
            state => rows(state).Where(row => row.Id != 0 && IsMeant(state, row.Agent, whose, whom))
                .Select(row => row.Id),
            find,
            size));
    }

    private static bool IsMeant(LedgerState state, AccountNumber agent, AccountId? whose, AccountId? whom)
    {
        ref readonly var account = ref state.Account(agent);
        return (whose is null || account.Id == whose)
            && (whom is not { } guardian || IsGuardian(state, state.Agents[account.Agent - 1], guardian));
    }

    private static Page<T> Of<T>(
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

    private static bool IsGuardian(LedgerState state, in AgentRecord agent, AccountId account)
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
