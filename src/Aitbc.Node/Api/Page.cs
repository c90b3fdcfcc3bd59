using Aitbc.Node.Problems;

namespace Aitbc.Node.Api;

/// <summary>One page of a list.</summary>
/// <param name="Items">In order of their ids.</param>
/// <param name="Next">Give it as <c>after</c> for the next page; left out on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, ulong? Next);

/// <summary>How much of a list is wanted.</summary>
internal static class Paging
{
    /// <summary>Items of a page where nothing is said.</summary>
    public const int DefaultLimit = 100;

    /// <summary>Most items of a page.</summary>
    public const int MaxLimit = 1_000;

    /// <summary>The limit that is meant, or why it is none.</summary>
    public static Problem? Check(int? limit, out int meant)
    {
        meant = limit ?? DefaultLimit;
        return meant is >= 1 and <= MaxLimit
            ? null
            : Problem.BadRequest($"limit is 1 to {MaxLimit}, not {meant}.");
    }

    /// <summary>A page of a table's rows, taken in any order: only what may stand on it is looked at closely, and no
    /// more than a page is held.</summary>
    /// <param name="count">Slots of the table.</param>
    /// <param name="after">Ids up to here stand on earlier pages.</param>
    /// <param name="limit">Rows of a page.</param>
    /// <param name="idOf">A slot's id; 0 where it is free.</param>
    /// <param name="isWanted">Whether a row is looked for.</param>
    /// <param name="view">What is shown of it.</param>
    public static Page<T> Of<T>(
        int count, ulong after, int limit, Func<int, ulong> idOf, Func<int, bool> isWanted, Func<int, T> view)
    {
        // The largest id first, so that it gives way to a smaller one.
        var best = new PriorityQueue<int, ulong>(Comparer<ulong>.Create(static (a, b) => b.CompareTo(a)));
        for (var slot = 0; slot < count; slot++)
        {
            var id = idOf(slot);
            var full = best.Count > limit;
            if (id <= after || (full && best.TryPeek(out _, out var largest) && id > largest) || !isWanted(slot))
            {
                continue;
            }

            best.Enqueue(slot, id);
            if (full)
            {
                best.Dequeue();
            }
        }

        var rows = best.UnorderedItems.OrderBy(row => row.Priority).ToList();
        return new Page<T>(
            [.. rows.Take(limit).Select(row => view(row.Element))],
            rows.Count > limit ? rows[limit - 1].Priority : null);
    }

    /// <summary>A page of what a query found in order, which had one more than the limit where there is another.
    /// </summary>
    public static Page<T> Of<T>(List<(ulong Id, T Item)> found, int limit)
    {
        found.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        var more = found.Count > limit;
        var items = found.Take(limit).Select(one => one.Item).ToList();
        return new Page<T>(items, more ? found[limit - 1].Id : null);
    }
}
