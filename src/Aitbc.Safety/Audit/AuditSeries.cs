using System.Globalization;

namespace Aitbc.Safety.Audit;

/// <summary>One chain of audit files in a directory of its own.</summary>
/// <param name="Directory">The directory below the data directory's root.</param>
/// <param name="Name">What its files' names begin with.</param>
public sealed record AuditSeries(string Directory, string Name)
{
    /// <summary>Everything that a gateway signs, sends or refuses.</summary>
    public static AuditSeries Actions { get; } = new("audit", "actions");

    /// <summary>Everything that the monitor says at admission, and what became of it.</summary>
    public static AuditSeries Verdicts { get; } = new("verdicts", "verdicts");

    /// <summary>All.</summary>
    public static IReadOnlyList<AuditSeries> All { get; } = [Actions, Verdicts];

    /// <summary>Path of a file.</summary>
    internal string PathOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Directory}/{Name}-{number:D6}.log");
}
