using System.Globalization;
using System.Numerics;

namespace Aitbc.Simulation.Audit;

/// <summary>Where all checks write what they find.</summary>
/// <remarks>One owner.</remarks>
internal sealed class AuditLog
{
    /// <summary>Findings kept; what comes after them is only counted, for after a false entry most others are false.
    /// </summary>
    public const int MaxKept = 1_000;

    private readonly List<AuditFinding> kept = [];

    /// <summary>The entry that is being read.</summary>
    public ulong Seq { get; set; }

    /// <summary>Findings so far, also such as are not kept.</summary>
    public long Count { get; private set; }

    /// <summary>The first findings.</summary>
    public IReadOnlyList<AuditFinding> Kept => kept;

    /// <summary>Writes a finding down.</summary>
    public void Add(AuditCheck check, string what, string expected, string found)
    {
        Count++;
        if (kept.Count < MaxKept)
        {
            kept.Add(new AuditFinding(Seq, check, what, expected, found));
        }
    }

    /// <summary>Two figures must be equal.</summary>
    public void Equal(AuditCheck check, string what, BigInteger expected, BigInteger found)
    {
        if (expected != found)
        {
            Add(check, what, Text(expected), Text(found));
        }
    }

    /// <summary>A figure must not pass another.</summary>
    public void AtMost(AuditCheck check, string what, BigInteger limit, BigInteger found)
    {
        if (found > limit)
        {
            Add(check, what, $"at most {Text(limit)}", Text(found));
        }
    }

    /// <summary>Something must be so.</summary>
    public void Holds(bool holds, AuditCheck check, string what, string expected, string found)
    {
        if (!holds)
        {
            Add(check, what, expected, found);
        }
    }

    private static string Text(BigInteger value) => value.ToString(CultureInfo.InvariantCulture);
}
