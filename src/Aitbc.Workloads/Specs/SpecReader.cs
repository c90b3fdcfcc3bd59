using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using Aitbc.Primitives;
using Aitbc.Workloads.Csv;

namespace Aitbc.Workloads.Specs;

/// <summary>
/// Reads one flat JSON object against a closed list of members. All faults are gathered, not only the first, so that
/// whoever wrote the spec can mend it in one go.
/// </summary>
internal sealed class SpecReader
{
    /// <summary>The only version of every spec so far.</summary>
    public const int Version = 1;

    /// <summary>Largest spec in bytes: a spec is a page of settings, never data.</summary>
    public const int MaxBytes = 16 * 1024;

    private const int MaxDepth = 4;
    private const int MaxFaults = 8;

    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];

    private SpecReader()
    {
    }

    /// <summary>All faults so far as one sentence, or null.</summary>
    public string? Faults => _faults.Count == 0 ? null : "The spec is refused: " + string.Join("; ", _faults) + ".";

    /// <summary>Opens a spec of one capability; its members are then asked for by name.</summary>
    public static bool TryOpen(
        ReadOnlyMemory<byte> json,
        Label capability,
        ReadOnlySpan<string> members,
        [NotNullWhen(true)] out SpecReader? reader,
        [NotNullWhen(false)] out string? error)
    {
        reader = null;
        if (json.Length > MaxBytes)
        {
            error = $"The spec has {ShownValue.Of(json.Length)} bytes; {ShownValue.Of(MaxBytes)} are allowed.";
            return false;
        }

        // The document reader lets bytes pass inside texts that are no UTF-8, and stumbles only when asked for them.
        if (!Utf8.IsValid(json.Span))
        {
            error = "The spec is no valid JSON: it is not UTF-8.";
            return false;
        }

        var options = new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false };
        try
        {
            using var document = JsonDocument.Parse(json, options);
            var opened = new SpecReader();
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                error = "The spec is no JSON object.";
                return false;
            }

            opened.Take(document.RootElement, capability, members);
            reader = opened;
            error = null;
            return true;
        }
        catch (JsonException fault)
        {
            var at = $"line {fault.LineNumber + 1 ?? 1}, byte {fault.BytePositionInLine ?? 0}";
            error = $"The spec is no valid JSON: {at}.";
            return false;
        }
        catch (InvalidOperationException)
        {
            // JSON may escape half a surrogate pair; as a member's name it stops the reader in this way.
            error = "The spec is no valid JSON: a member's name is no text.";
            return false;
        }
    }

    /// <summary>A whole number within limits; the default where the spec leaves it out.</summary>
    public long Integer(string name, long byDefault, long min, long max)
    {
        if (!_members.TryGetValue(name, out var value)) return byDefault;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number))
        {
            if (number >= min && number <= max) return number;
        }

        Fault($"{name} is {Shown(value)}, allowed are whole numbers from {min} to {max}");
        return byDefault;
    }

    /// <summary>The digest of a blob; it must be there.</summary>
    public Digest Digest(string name)
    {
        if (!_members.TryGetValue(name, out var value))
        {
            Fault($"{name} is missing");
            return default;
        }

        if (TryText(value, out var text) && Primitives.Digest.TryParse(text.AsSpan(), out var digest)) return digest;
        Fault($"{name} is {Shown(value)}, expected is a SHA-256 digest of 43 base64url characters");
        return default;
    }

    /// <summary>One of a few words; the default where the spec leaves it out.</summary>
    public string Choice(string name, string byDefault, params ReadOnlySpan<string> allowed)
    {
        if (!_members.TryGetValue(name, out var value)) return byDefault;
        if (TryText(value, out var text) && allowed.Contains(text)) return text;
        Fault($"{name} is {Shown(value)}, allowed are {string.Join(", ", allowed.ToArray())}");
        return byDefault;
    }

    /// <summary>True or false; the default where the spec leaves it out.</summary>
    public bool Flag(string name, bool byDefault)
    {
        if (!_members.TryGetValue(name, out var value)) return byDefault;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Fault($"{name} is {Shown(value)}, allowed are true and false");
        return byDefault;
    }

    /// <summary>The messages of a conversation; there must be one at least.</summary>
    public IReadOnlyList<ChatMessageText> Messages(string name, int most)
    {
        if (!_members.TryGetValue(name, out var value) || value.ValueKind != JsonValueKind.Array
            || value.GetArrayLength() is var count && (count == 0 || count > most))
        {
            Fault($"{name} must be an array of 1 to {most} messages");
            return [];
        }

        var messages = new List<ChatMessageText>();
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || item.EnumerateObject().Count() != 2
                || !item.TryGetProperty("role", out var role) || !item.TryGetProperty("content", out var content)
                || !TryText(role, out var who) || who is not ("system" or "user" or "assistant")
                || !TryText(content, out var text) || text.Length == 0)
            {
                Fault($"{name} {messages.Count + 1} must have a role (system, user, assistant) and a content, no more");
                return messages;
            }

            messages.Add(new ChatMessageText(who, text));
        }

        return messages;
    }

    /// <summary>Refuses a member that makes no sense beside the others.</summary>
    public void Refuse(string name, string because)
    {
        if (_members.ContainsKey(name)) Fault($"{name} {because}");
    }

    private void Take(JsonElement root, Label capability, ReadOnlySpan<string> members)
    {
        foreach (var member in root.EnumerateObject())
        {
            var name = member.Name;
            if (name is "capability" or "version" || members.Contains(name)) _members.Add(name, member.Value.Clone());
            else Fault($"{ShownValue.Of(name)} is unknown");
        }

        var named = _members.TryGetValue("capability", out var value) && TryText(value, out var text)
            && text == capability.ToString();
        if (!named) Fault($"capability must be {ShownValue.Of(capability.ToString())}");
        var isVersion = _members.TryGetValue("version", out value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out var version) && version == Version;
        if (!isVersion) Fault($"version must be {Version}");
    }

    private void Fault(string what)
    {
        if (_faults.Count < MaxFaults) _faults.Add(what);
    }

    private static bool TryText(JsonElement value, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (value.ValueKind != JsonValueKind.String) return false;
        try
        {
            // As a value half a surrogate pair is found only here.
            text = value.GetString();
            return text is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static string Shown(JsonElement value) => ShownValue.Of(value.GetRawText());
}
