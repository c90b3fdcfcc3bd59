using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Workloads.Csv;

namespace Aitbc.Workloads.Curation;

/// <summary>
/// Rows that are equal in every feature and in the label, brought together: copies of one row on both sides of a
/// split would be rows that were learned by heart. "1.0" and "1" are equal, because values are compared, not text.
/// </summary>
internal sealed class RowGroups
{
    private readonly List<List<int>> _groups = [];

    public RowGroups(CsvTable table)
    {
        // SHA-256, so that no file can be made whose rows collide and cost quadratic time.
        var known = new Dictionary<Digest, int>();
        var buffer = new byte[(table.FeatureCount * sizeof(double)) + sizeof(int)];
        for (var row = 0; row < table.RowCount; row++)
        {
            MemoryMarshal.AsBytes(table.Features(row)).CopyTo(buffer);
            BitConverter.TryWriteBytes(buffer.AsSpan(buffer.Length - sizeof(int)), table.ClassOf(row));
            var digest = Digest.Sha256(buffer);
            if (known.TryGetValue(digest, out var group))
            {
                _groups[group].Add(row);
                continue;
            }

            known.Add(digest, _groups.Count);
            _groups.Add([row]);
        }
    }

    /// <summary>The groups in the order of their first rows; the rows of each in the file's order.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Groups => _groups;
}
