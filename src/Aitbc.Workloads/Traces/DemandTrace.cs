using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Workloads.Csv;

namespace Aitbc.Workloads.Traces;

/// <summary>One request of a recorded demand: when it came and how large it was.</summary>
/// <param name="OffsetMicroseconds">Microseconds since the start of the trace, 0 or more.</param>
/// <param name="PrefillTokens">Tokens of the prompt, 0 to <see cref="DemandTrace.MaxTokens"/>.</param>
/// <param name="DecodeTokens">Tokens of the answer, 0 to <see cref="DemandTrace.MaxTokens"/>.</param>
public readonly record struct DemandRequest(long OffsetMicroseconds, int PrefillTokens, int DecodeTokens)
{
    /// <summary>The same offset in whole milliseconds, rounded down so that no request comes late.</summary>
    public Duration Offset => new(OffsetMicroseconds / 1_000);
}

/// <summary>
/// A recorded demand of language model requests, read from a text table with the columns <c>arrived_at</c> (decimal
/// seconds), <c>num_prefill_tokens</c> and <c>num_decode_tokens</c>, in any order where a header names them and in
/// this order where there is none. Rows must be in order of time. Times are read as whole microseconds without
/// floating point, so that every machine sees the same trace. Immutable and thread-safe.
/// Source: Azure LLM inference trace 2023 as processed in microsoft/vidur.
/// </summary>
public sealed class DemandTrace
{
    /// <summary>Most tokens of one prompt or answer.</summary>
    public const int MaxTokens = 10_000_000;

    /// <summary>Latest arrival in seconds after the start: below today's Unix times, which are no offsets.</summary>
    public const long MaxOffsetSeconds = 1_000_000_000;

    private static readonly string[] s_columnNames = ["arrived_at", "num_prefill_tokens", "num_decode_tokens"];

    private readonly DemandRequest[] _requests;

    private DemandTrace(DemandRequest[] requests) => _requests = requests;

    /// <summary>The requests in order of arrival; at least one.</summary>
    public IReadOnlyList<DemandRequest> Requests => _requests;

    /// <summary>Reads a trace; the first bad cell refuses it. Never throws for any bytes.</summary>
    /// <param name="file">The whole file, within <see cref="CsvLimits"/>.</param>
    /// <param name="trace">The trace, when the answer is true.</param>
    /// <param name="error">What is wrong and where, when the answer is false.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> file,
        [NotNullWhen(true)] out DemandTrace? trace,
        [NotNullWhen(false)] out CsvError? error)
    {
        trace = null;
        if (!CsvReader.TryDetect(file, out var layout, out error)) return false;
        Span<int> order = [0, 1, 2];
        CsvLines lines = new(file);
        if (layout.Header is not null)
        {
            lines.MoveNext();
            error = ReadHeader(lines, layout.SeparatorByte, order);
            if (error is not null) return false;
        }

        if (layout.Columns != s_columnNames.Length)
        {
            var names = string.Join(',', s_columnNames);
            error = CsvError.OfFile(
                CsvFault.WrongColumnCount,
                $"The rows have {layout.Columns} columns; a request trace has three: {names}.");
            return false;
        }

        var requests = new DemandRequest[layout.Rows];
        var count = 0;
        var previous = 0L;
        while (lines.MoveNext())
        {
            error = ReadRow(lines, layout, order, previous, out requests[count]);
            if (error is not null) return false;
            previous = requests[count++].OffsetMicroseconds;
        }

        trace = new DemandTrace(requests);
        error = null;
        return true;
    }

    private static CsvError? ReadHeader(CsvLines header, byte separator, Span<int> order)
    {
        var found = 0;
        var isKnown = true;
        CsvCells cells = new(header.Current, separator);
        while (isKnown && cells.MoveNext())
        {
            var index = ColumnOf(cells.Current);
            isKnown = index >= 0 && cells.Number <= s_columnNames.Length;
            if (!isKnown) break;
            order[cells.Number - 1] = index;
            found |= 1 << index;
        }

        if (isKnown && found == 0b111) return null;
        var names = string.Join(", ", s_columnNames);
        var what = $"the header must name {names}, not {ShownValue.Of(header.Current)}.";
        return CsvError.At(CsvFault.BadHeader, header.Number, 0, what);
    }

    private static int ColumnOf(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < s_columnNames.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(name, s_columnNames[i])) return i;
        }

        return -1;
    }

    private static CsvError? ReadRow(
        CsvLines line,
        CsvLayout layout,
        ReadOnlySpan<int> order,
        long previous,
        out DemandRequest request)
    {
        request = default;
        if (CsvCells.Count(line.Current, layout.SeparatorByte) != layout.Columns)
        {
            return RowFault.Describe(CsvFault.WrongColumnCount, line.Current, line.Number, 0, layout);
        }

        CsvCells cells = new(line.Current, layout.SeparatorByte);
        while (cells.MoveNext())
        {
            var fault = cells.IsQuotingBad
                ? CsvFault.BadQuoting
                : ReadCell(cells.Current, order[cells.Number - 1], ref request);
            if (fault is not { } reason) continue;
            return CsvError.At(reason, line.Number, cells.Number, RowFault.What(reason, cells.Current));
        }

        if (request.OffsetMicroseconds >= previous) return null;
        return CsvError.At(CsvFault.NotSorted, line.Number, 0, "the request arrived before the one above it.");
    }

    private static CsvFault? ReadCell(ReadOnlySpan<byte> cell, int column, ref DemandRequest request)
    {
        if (CsvNumber.IsMissing(cell)) return CsvFault.MissingValue;
        var isNegative = cell[0] == (byte)'-';
        if (isNegative) cell = cell[1..];
        var value = 0L;
        var fault = column == 0 ? DecimalSeconds.Read(cell, out value) : ReadTokens(cell, out value);
        if (fault is not null) return fault;
        if (isNegative) return CsvFault.Negative;
        request = column switch
        {
            0 => request with { OffsetMicroseconds = value },
            1 => request with { PrefillTokens = (int)value },
            _ => request with { DecodeTokens = (int)value },
        };
        return null;
    }

    private static CsvFault? ReadTokens(ReadOnlySpan<byte> cell, out long value)
    {
        value = 0;
        if (cell.IsEmpty || cell.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return CsvFault.NotANumber;
        var fits = long.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        return fits && value <= MaxTokens ? null : CsvFault.OutOfRange;
    }
}
