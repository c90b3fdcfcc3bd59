namespace Aitbc.Workloads.Csv;

/// <summary>
/// Why a text table was refused, in the order in which the checks run: the first that applies is the one reported.
/// Closed: a member is never renumbered, because reports that name it are kept.
/// </summary>
public enum CsvFault
{
    /// <summary>The file is larger than <see cref="CsvLimits.MaxBytes"/>.</summary>
    TooManyBytes = 1,

    /// <summary>The file has no line with anything on it.</summary>
    Empty = 2,

    /// <summary>The file holds a NUL byte, so it is no text (or it is UTF-16).</summary>
    NulByte = 3,

    /// <summary>The file is not UTF-8.</summary>
    NotUtf8 = 4,

    /// <summary>There are more rows than <see cref="CsvLimits.MaxRows"/>.</summary>
    TooManyRows = 5,

    /// <summary>More than one separator runs through the file, as where decimals are written with a comma.</summary>
    MixedSeparators = 6,

    /// <summary>The rows have more columns than <see cref="CsvLimits.MaxColumns"/>.</summary>
    TooManyColumns = 7,

    /// <summary>Besides a header there is no row.</summary>
    HeaderOnly = 8,

    /// <summary>The rows have too few columns: at least one feature and the label are needed.</summary>
    TooFewColumns = 9,

    /// <summary>A row has another number of columns than most rows.</summary>
    WrongColumnCount = 10,

    /// <summary>A quote is not closed on its line, or stands inside an unquoted cell.</summary>
    BadQuoting = 11,

    /// <summary>A cell is empty or says NA, N/A, NaN, null or ?.</summary>
    MissingValue = 12,

    /// <summary>A cell of a feature column holds something that is no number.</summary>
    NotANumber = 13,

    /// <summary>A cell says infinity.</summary>
    NotFinite = 14,

    /// <summary>A number is beyond <see cref="CsvLimits.MaxMagnitude"/>, as 1e999 is.</summary>
    OutOfRange = 15,

    /// <summary>The label is empty or says that it is missing.</summary>
    MissingLabel = 16,

    /// <summary>The label is over <see cref="CsvLimits.MaxLabelBytes"/> long or holds a forbidden character.</summary>
    BadLabel = 17,

    /// <summary>There are more classes than <see cref="CsvLimits.MaxClasses"/>.</summary>
    TooManyClasses = 18,

    /// <summary>The header of a request trace does not name the three columns.</summary>
    BadHeader = 19,

    /// <summary>A number that must not be negative is.</summary>
    Negative = 20,

    /// <summary>A row is earlier than the row before it.</summary>
    NotSorted = 21,
}
