namespace Aitbc.Workloads.Csv;

/// <summary>A refused table: what is wrong, where, and a sentence that a person can act on.</summary>
/// <param name="Fault">The reason.</param>
/// <param name="Line">Line of the file, from 1; 0 where the whole file is meant.</param>
/// <param name="Column">Cell of the line, from 1; 0 where the whole line or file is meant.</param>
/// <param name="Sentence">
/// One sentence with line, column and the offending value, shortened and stripped of control characters, so that it
/// can be shown on a terminal or a page.
/// </param>
public sealed record CsvError(CsvFault Fault, int Line, int Column, string Sentence)
{
    internal static CsvError OfFile(CsvFault fault, string sentence) => new(fault, 0, 0, sentence);

    internal static CsvError At(CsvFault fault, int line, int column, string what) =>
        new(fault, line, column, column > 0 ? $"Line {line}, column {column}: {what}" : $"Line {line}: {what}");
}
