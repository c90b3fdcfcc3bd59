using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Problems;
using Aitbc.Protocol.State;

namespace Aitbc.Node.Api;

/// <summary>One page of a list.</summary>
/// <param name="Items">At most as many as asked for; a page may be short, or empty, and not the last.</param>
/// <param name="Next">Give it as <c>after</c> for the next page; left out on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, ulong? Next);

/// <summary>How much of a list is wanted.</summary>
internal static class Paging
{
    /// <summary>Items of a page where nothing is said.</summary>
    public const int DefaultLimit = 100;

    /// <summary>Most items of a page.</summary>
    public const int MaxLimit = 1_000;

    /// <summary>Most rows that a call looks at; a page with fewer items than asked for may have a next one.</summary>
    public const int MaxLooked = 16_384;

    /// <summary>Rows looked at in one turn at the view.</summary>
    private const int LookedAtOnce = 1_024;

    /// <summary>Rows shown of one turn at the view.</summary>
    private const int ShownAtOnce = 64;

    /// <summary>The limit that is meant, or why it is none.</summary>
    public static Problem? Check(int? limit, out int meant)
    {
        meant = limit ?? DefaultLimit;
        return meant is >= 1 and <= MaxLimit
            ? null
            : Problem.BadRequest($"limit is 1 to {MaxLimit}, not {meant}.");
    }

    /// <summary>A page of a table's rows in the order of their slots. A call looks at so many rows and no more, and in
    /// turns: nobody who waits for the view waits for a whole page.</summary>
    /// <param name="view">The view.</param>
    /// <param name="after">Slots before this stand on earlier pages.</param>
    /// <param name="limit">Rows of a page.</param>
    /// <param name="count">Slots of the table.</param>
    /// <param name="row">What is shown of a slot; null where it is free or not looked for.</param>
    public static Page<T> Of<T>(
        LedgerView view, ulong after, int limit, Func<LedgerState, int> count, Func<LedgerState, int, T?> row)
        where T : class
    {
        var items = new List<T>();
        var (slot, slots) = ((int)Math.Min(after, int.MaxValue - MaxLooked), int.MaxValue);
        var last = slot + MaxLooked;
        while (slot < Math.Min(last, slots) && items.Count < limit)
        {
            slots = view.Read(state =>
            {
                var end = Math.Min(count(state), Math.Min(last, slot + LookedAtOnce));
                var full = Math.Min(limit, items.Count + ShownAtOnce);
                for (; slot < end && items.Count < full; slot++)
                {
                    if (row(state, slot) is { } one)
                    {
                        items.Add(one);
                    }
                }

                return count(state);
            });
        }

        return new Page<T>(items, slot < slots ? (ulong)slot : null);
    }
}
