using System.Buffers;
using System.Text.Json;
using Aitbc.Workloads.Csv;

namespace Aitbc.Workloads.Reports;

/// <summary>What all reports have in common: format and version first, whole numbers and words, no blanks.</summary>
internal static class ReportJson
{
    private const int Version = 1;

    public static byte[] Write(string format, Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("format", format);
            json.WriteNumber("version", Version);
            members(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Label and name of each class, in the one order of classes.</summary>
    public static void WriteClasses(Utf8JsonWriter json, IReadOnlyList<ClassLabel> classes)
    {
        json.WriteStartArray("classes");
        foreach (var label in classes)
        {
            json.WriteStartObject();
            json.WriteString("label", label.Token);
            json.WriteString("name", label.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>How a table was understood, so that nobody must guess whether a first line was read as data.</summary>
    public static void WriteLayout(Utf8JsonWriter json, CsvLayout layout)
    {
        json.WriteStartObject("table");
        json.WriteString("separator", layout.Separator switch
        {
            CsvSeparator.Semicolon => "semicolon",
            CsvSeparator.Tab => "tab",
            _ => "comma",
        });
        json.WriteNumber("columns", layout.Columns);
        json.WriteNumber("rows", layout.Rows);
        if (layout.Header is not { } header)
        {
            json.WriteNull("header");
            json.WriteEndObject();
            return;
        }

        json.WriteStartObject("header");
        json.WriteNumber("line", header.Line);
        json.WriteString("text", header.Shown);
        if (header.DeclaredRows is { } rows) json.WriteNumber("declaredRows", rows);
        else json.WriteNull("declaredRows");
        json.WriteStartArray("classNames");
        foreach (var name in header.ClassNames) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
