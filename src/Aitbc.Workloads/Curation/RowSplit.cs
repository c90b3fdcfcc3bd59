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
    /// <param name="table">The table whose rows are split.</param>
    /// <param name="groups">Its equal rows.</param>
    /// <param name="withRepeats">Whether all rows of a group are kept, or only the first.</param>
    /// <param name="holdOut">Share of each class that is held out.</param>
    /// <param name="random">Decides; it is forked and does not advance.</param>
    /// <param name="split">The split, when there is no failure.</param>
    public static WorkloadFailure? Try(
        CsvTable table,
        RowGroups groups,
        bool withRepeats,
        Ratio holdOut,
        SeededRandom random,
        out RowSplit split)
    {
        split = new RowSplit([], []);
        if (table.Classes.Count < 2)
        {
            var only = table.Classes.Count == 1 ? $"only {ShownValue.Of(table.Classes[0].Name)}" : "none";
            return new WorkloadFailure(
                WorkloadFault.TooFewClasses,
                $"At least two classes are needed; there is {only}.");
        }

        var byClass = new List<int>[table.Classes.Count];
        for (var label = 0; label < byClass.Length; label++) byClass[label] = [];
        for (var group = 0; group < groups.Count; group++) byClass[table.ClassOf(groups.FirstRowOf(group))].Add(group);
        var small = Enumerable.Range(0, byClass.Length).Where(label => byClass[label].Count < 2).ToArray();
        if (small.Length > 0) return TooFewRows(table, small);
        List<int> train = [], heldOut = [];
        for (var label = 0; label < byClass.Length; label++)
        {
            var own = byClass[label].ToArray();
            random.Fork($"class/{label}").Shuffle(own.AsSpan());
            var isHeldOut = ChooseHeldOut([.. own.Select(group => withRepeats ? groups.SizeOf(group) : 1)], holdOut);
            for (var i = 0; i < own.Length; i++)
            {
                var part = isHeldOut[i] ? heldOut : train;
                if (withRepeats) part.AddRange(groups.RowsOf(own[i]));
                else part.Add(groups.FirstRowOf(own[i]));
            }
        }

        split = new RowSplit([.. train], [.. heldOut]);
        random.Fork("train").Shuffle(split.Train.AsSpan());
        random.Fork("held-out").Shuffle(split.HeldOut.AsSpan());
        return null;
    }

    /// <summary>Picks groups, given by their sizes, up to the share asked for: at least one and never all.</summary>
    private static bool[] ChooseHeldOut(int[] sizes, Ratio holdOut)
    {
        var rows = sizes.Sum(size => (long)size);
        var target = Math.Max(1, ((rows * holdOut.Ppm) + (Ratio.PpmPerOne / 2)) / Ratio.PpmPerOne);
        var chosen = new bool[sizes.Length];
        var taken = 0L;
        var left = sizes.Length;
        for (var i = 0; i < sizes.Length && left > 1; i++)
        {
            if (taken + sizes[i] > target) continue;
            chosen[i] = true;
            taken += sizes[i];
            left--;
        }

        // Where every group is larger than the share asked for, the smallest is held out all the same.
        if (taken == 0) chosen[Array.IndexOf(sizes, sizes.Min())] = true;
        return chosen;
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
