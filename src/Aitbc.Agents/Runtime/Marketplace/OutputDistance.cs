namespace Aitbc.Agents.Runtime.Marketplace;

/// <summary>How far two outputs are apart, for verdicts within a tolerance. Pure.</summary>
public static class OutputDistance
{
    private const ulong Million = 1_000_000;

    /// <summary>Share of lines that differ, ppm, rounded up: lines are compared in their places, and what one output
    /// has more of differs.</summary>
    /// <param name="own">One output, lines that end with a line feed.</param>
    /// <param name="theirs">The other.</param>
    public static uint Ppm(ReadOnlySpan<byte> own, ReadOnlySpan<byte> theirs)
    {
        ulong lines = 0;
        ulong different = 0;
        while (!own.IsEmpty || !theirs.IsEmpty)
        {
            var left = Next(ref own, out var hasLeft);
            var right = Next(ref theirs, out var hasRight);
            lines++;
            different += hasLeft && hasRight && left.SequenceEqual(right) ? 0UL : 1;
        }

        return lines == 0 ? 0 : (uint)(((different * Million) + lines - 1) / lines);
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest, out bool has)
    {
        has = !rest.IsEmpty;
        var end = rest.IndexOf((byte)'\n');
        var line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return line;
    }
}
