using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Workloads.Csv;

namespace Aitbc.Workloads.Curation;

/// <summary>
/// Rows that are equal in every feature and in the label, brought together: copies of one row on both sides of a
/// split would be rows that were learned by heart. "1.0" and "1" are equal, because values are compared, not text.
/// Groups are numbered in the order of their first rows.
/// </summary>
internal sealed class RowGroups
{
    private const int RowsBetweenChecks = 4_096;
    private const int None = -1;

    private readonly List<int> _firstRows = [];
    private readonly List<int> _lastRows = [];
    private readonly List<int> _sizes = [];
    private readonly int[] _nextRow;

    public RowGroups(CsvTable table, CancellationToken cancellation)
    {
        _nextRow = new int[table.RowCount];
        Array.Fill(_nextRow, None);
        // SHA-256, so that no file can be made whose rows collide and cost quadratic time.
        var known = new Dictionary<Digest, int>(table.RowCount);
        var buffer = new byte[(table.FeatureCount * sizeof(double)) + sizeof(int)];
        for (var row = 0; row < table.RowCount; row++)
        {
            if (row % RowsBetweenChecks == 0) cancellation.ThrowIfCancellationRequested();
            MemoryMarshal.AsBytes(table.Features(row)).CopyTo(buffer);
            BitConverter.TryWriteBytes(buffer.AsSpan(buffer.Length - sizeof(int)), table.ClassOf(row));
            var digest = Digest.Sha256(buffer);
            ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(known, digest, out var isKnown);
            if (isKnown)
            {
                _nextRow[_lastRows[group]] = row;
                _lastRows[group] = row;
                _sizes[group]++;
                continue;
            }

            group = _firstRows.Count;
            _firstRows.Add(row);
            _lastRows.Add(row);
            _sizes.Add(1);
        }
    }

    /// <summary>How many different rows there are.</summary>
    public int Count => _firstRows.Count;

    /// <summary>How many rows are equal to the group's first one, itself counted.</summary>
    public int SizeOf(int group) => _sizes[group];

    /// <summary>The first row of a group.</summary>
    public int FirstRowOf(int group) => _firstRows[group];

    /// <summary>The rows of a group in the file's order.</summary>
    public IEnumerable<int> RowsOf(int group)
    {
        for (var row = _firstRows[group]; row != None; row = _nextRow[row]) yield return row;
    }

    /// <summary>The rows that repeat an earlier one, in the file's order.</summary>
    public IEnumerable<int> Repeats() =>
        Enumerable.Range(0, Count).Where(group => _sizes[group] > 1).SelectMany(group => RowsOf(group).Skip(1)).Order();
}
