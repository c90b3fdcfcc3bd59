using Aitbc.Primitives;
using Aitbc.Workloads.Csv;

namespace Aitbc.Workloads.Curation;

/// <summary>
/// A split of a table's rows in two, class by class, so that a file sorted by class is split as fairly as a shuffled
/// one. Equal rows stay on one side. Both sides have at least one row of every class.
/// </summary>
internal sealed class RowSplit
{
    private RowSplit(int[] train, int[] heldOut)
    {
        Train = train;
        HeldOut = heldOut;
    }

    /// <summary>Rows to learn from, in random order.</summary>
    public int[] Train { get; }

    /// <summary>Rows to measure with, in random order.</summary>
    public int[] HeldOut { get; }

    /// <summary>Splits groups of equal rows, or says which class is too small.</summary>
    public static WorkloadFailure? Try(
        CsvTable table,
        IReadOnlyList<IReadOnlyList<int>> groups,
        Ratio holdOut,
        SeededRandom random,
        out RowSplit split)
    {
        split = new RowSplit([], []);
        if (table.Classes.Count < 2)
        {
            var only = table.Classes.Count == 1 ? $"only {ShownValue.Of(table.Classes[0].Name)}" : "none";
            return new WorkloadFailure(WorkloadFault.TooFewClasses, $"At least two classes are needed; there is {only}.");
        }

        var byClass = new List<IReadOnlyList<int>>[table.Classes.Count];
        for (var label = 0; label < byClass.Length; label++) byClass[label] = [];
        foreach (var group in groups) byClass[table.ClassOf(group[0])].Add(group);
        var small = Enumerable.Range(0, byClass.Length).Where(label => byClass[label].Count < 2).ToArray();
        if (small.Length > 0) return TooFewRows(table, small);
        List<int> train = [], heldOut = [];
        for (var label = 0; label < byClass.Length; label++)
        {
            var own = byClass[label].ToArray();
            random.Fork($"class/{label}").Shuffle(own.AsSpan());
            SplitClass(own, holdOut, train, heldOut);
        }

        split = new RowSplit([.. train], [.. heldOut]);
        random.Fork("train").Shuffle(split.Train.AsSpan());
        random.Fork("held-out").Shuffle(split.HeldOut.AsSpan());
        return null;
    }

    private static void SplitClass(IReadOnlyList<int>[] groups, Ratio holdOut, List<int> train, List<int> heldOut)
    {
        var rows = groups.Sum(group => (long)group.Count);
        var target = Math.Max(1, ((rows * holdOut.Ppm) + (Ratio.PpmPerOne / 2)) / Ratio.PpmPerOne);
        var taken = 0L;
        var takenGroups = new bool[groups.Length];
        var left = groups.Length;
        for (var i = 0; i < groups.Length && left > 1; i++)
        {
            if (taken + groups[i].Count > target) continue;
            takenGroups[i] = true;
            taken += groups[i].Count;
            left--;
        }

        // Where every group is larger than the share asked for, the smallest is held out all the same.
        if (taken == 0) takenGroups[Array.IndexOf(groups, groups.MinBy(group => group.Count))] = true;
        for (var i = 0; i < groups.Length; i++) (takenGroups[i] ? heldOut : train).AddRange(groups[i]);
    }

    private static WorkloadFailure TooFewRows(CsvTable table, int[] small)
    {
        const int MaxNamed = 5;
        var names = string.Join(", ", small.Take(MaxNamed).Select(label => ShownValue.Of(table.Classes[label].Name)));
        var more = small.Length > MaxNamed ? $" and {small.Length - MaxNamed} more" : "";
        return new WorkloadFailure(
            WorkloadFault.TooFewRowsInClass,
            $"Every class needs at least two different rows; too few have: {names}{more}.");
    }
}
