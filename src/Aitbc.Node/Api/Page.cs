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
