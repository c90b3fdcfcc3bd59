using System.Buffers;
using System.Text.Json;
using Aitbc.Workloads.Reports;

namespace Aitbc.Workloads.Chat;

/// <summary>What an endpoint said, as it said it: where it leaves something out, so does this.</summary>
internal sealed record ChatAnswer(
    string Model, string Content, string FinishReason, long? PromptTokens, long? CompletionTokens)
{
    private const int MaxNameLength = 200;

    /// <summary>Reads an answer; null where it is none that can be used.</summary>
    public static ChatAnswer? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            var root = document.RootElement;
            if (!root.TryGetProperty("choices", out var choices) || choices.GetArrayLength() == 0
                || !choices[0].TryGetProperty("message", out var message)
                || TextOf(message, "content", int.MaxValue) is not { } content
                || TextOf(choices[0], "finish_reason", MaxNameLength) is not { } reason
                || TextOf(root, "model", MaxNameLength) is not { } model)
            {
                return null;
            }

            var hasUsage = root.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object;
            return new ChatAnswer(
                model,
                content,
                reason,
                hasUsage ? CountOf(usage, "prompt_tokens") : null,
                hasUsage ? CountOf(usage, "completion_tokens") : null);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Malformed, of another shape, or a text that is none.
            return null;
        }
    }

    /// <summary>The result's bytes: five members in one order, no blanks.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", Model);
            json.WriteString("content", Content);
            WriteRest(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The report: all but the text itself.</summary>
    public byte[] ToReport() => ReportJson.Write("chat", json =>
    {
        json.WriteString("model", Model);
        WriteRest(json);
    });

    private void WriteRest(Utf8JsonWriter json)
    {
        json.WriteString("finishReason", FinishReason);
        Write(json, "promptTokens", PromptTokens);
        Write(json, "completionTokens", CompletionTokens);
    }

    private static void Write(Utf8JsonWriter json, string name, long? count)
    {
        if (count is { } known) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }

    private static string? TextOf(JsonElement json, string name, int max) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && value.GetString() is { } text && text.Length <= max
            ? text
            : null;

    private static long? CountOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out var count) && count >= 0
            ? count
            : null;
}
