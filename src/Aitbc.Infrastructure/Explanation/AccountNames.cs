using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.State;

namespace Aitbc.Infrastructure.Explanation;

/// <summary>Names accounts by their numbers, and remembers which it named, so that a list below can say who they are.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
/// <param name="state">Knows the numbers; null where nobody does, and ids stand in full.</param>
internal sealed class AccountNames(LedgerState? state)
{
    private readonly SortedSet<uint> named = [];

    /// <summary>An account by its number; null leaves the wording to who asks.</summary>
    public string? Note(AccountNumber account)
    {
        named.Add(account.Value);
        return null;
    }

    /// <summary>An account by its id: its number, or the id itself where there is no such account.</summary>
    public string Of(AccountId id)
    {
        if (state?.FindAccount(id) is not { } number)
        {
            return id.ToString();
        }

        Note(number);
        return number.ToString();
    }

    /// <summary>Who they are.</summary>
    public IReadOnlyList<ExplainedAccount> Named()
    {
        var list = new List<ExplainedAccount>();
        foreach (var value in named.ToList())
        {
            var number = new AccountNumber(value);
            ref readonly var account = ref state!.Account(number);
            list.Add(new ExplainedAccount(
                number.ToString(), account.Kind == AccountKind.System ? null : account.Id, What(account)));
        }

        return list;
    }

    private string What(in AccountRecord account)
    {
        if (account.Kind == AccountKind.System)
        {
            return "the treasury";
        }

        if (account.Agent == 0)
        {
            return account.Council == 1 ? "a person, member of the council" : "a person";
        }

        ref readonly var agent = ref state!.Agents[account.Agent - 1];
        var retired = agent.Retired == 1 ? ", retired" : agent.Stopped == 1 ? ", stopped" : string.Empty;
        return $"an agent ({PlainWords.Of(agent.Kind)}) of {agent.Owner}{retired}";
    }
}
