namespace Aitbc.Workloads.Csv;

/// <summary>The limits of every table that is read here, checked before anything is allocated.</summary>
public static class CsvLimits
{
    /// <summary>Largest file in bytes: 16 MiB.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Most columns of a row, the label included.</summary>
    public const int MaxColumns = 4_096;

    /// <summary>Most rows, a header not counted.</summary>
    public const int MaxRows = 1_000_000;

    /// <summary>Most classes that a label column may name.</summary>
    public const int MaxClasses = 1_000;

    /// <summary>Longest label in UTF-8 bytes.</summary>
    public const int MaxLabelBytes = 64;

    /// <summary>
    /// Largest magnitude of a feature. Squares of it, summed over all rows, still fit a double, so no statistic of
    /// a table that was read can overflow.
    /// </summary>
    public const double MaxMagnitude = 1e100;
}
