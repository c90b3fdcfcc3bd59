using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Aitbc.Workloads.Specs;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Whose it is: <c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Its text.</param>
public sealed record ChatMessageText(string Role, string Content);

/// <summary>
/// What a <c>chat</c> job asks for. On the wire one closed JSON object; <see cref="ToBytes"/> gives its canonical
/// bytes.
/// </summary>
/// <param name="Messages">The conversation so far, 1 to 64 messages, the last the one to be answered.</param>
public sealed record ChatSpec(IReadOnlyList<ChatMessageText> Messages)
{
    /// <summary>Most messages.</summary>
    public const int MaxMessages = 64;

    /// <summary>Most tokens of an answer that may be asked for.</summary>
    public const long MostTokens = 4_096;

    /// <summary>Highest temperature, ppm.</summary>
    public const long MostTemperaturePpm = 2_000_000;

    private const long DefaultTokens = 256;
    private static readonly string[] s_members = ["messages", "maxTokens", "temperaturePpm"];

    /// <summary>Most tokens of the answer, 1 to 4,096. Default 256.</summary>
    public long MaxTokens { get; init; } = DefaultTokens;

    /// <summary>How far the model may stray from what is likeliest, in millionths of one, 0 to 2,000,000. Default 0,
    /// which is not a promise that it answers the same twice.</summary>
    public long TemperaturePpm { get; init; }

    /// <summary>Reads a spec; unknown or repeated members, wrong types and values out of range refuse it.</summary>
    /// <param name="json">UTF-8 JSON, at most 16 KiB.</param>
    /// <param name="spec">The spec, when the answer is true.</param>
    /// <param name="error">All that is wrong in one sentence, when the answer is false.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> json,
        [NotNullWhen(true)] out ChatSpec? spec,
        [NotNullWhen(false)] out string? error)
    {
        spec = null;
        if (!SpecReader.TryOpen(json, WorkloadCapabilities.Chat, s_members, out var reader, out error)) return false;
        var read = new ChatSpec(reader.Messages("messages", MaxMessages))
        {
            MaxTokens = reader.Integer("maxTokens", DefaultTokens, 1, MostTokens),
            TemperaturePpm = reader.Integer("temperaturePpm", 0, 0, MostTemperaturePpm),
        };
        error = reader.Faults;
        if (error is not null) return false;
        spec = read;
        return true;
    }

    /// <summary>The canonical bytes: every member, in one order, no blanks.</summary>
    public byte[] ToBytes() => SpecWriter.Write(WorkloadCapabilities.Chat, json =>
    {
        WriteMessages(json, Messages);
        json.WriteNumber("maxTokens", MaxTokens);
        json.WriteNumber("temperaturePpm", TemperaturePpm);
    });

    internal static void WriteMessages(Utf8JsonWriter json, IReadOnlyList<ChatMessageText> messages)
    {
        json.WriteStartArray("messages");
        foreach (var (role, content) in messages)
        {
            json.WriteStartObject();
            json.WriteString("role", role);
            json.WriteString("content", content);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
