using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Aitbc.Cli.Configuration;

/// <summary>One thing that a node can be told, the same in the file, the environment and the command line.</summary>
/// <param name="Name">Its name in the file; the others are derived from it.</param>
/// <param name="Says">What it does, in sentences.</param>
internal abstract record NodeSetting(string Name, string Says)
{
    /// <summary>What begins the name of every environment variable of ours.</summary>
    public const string Prefix = "AITBC_";

    /// <summary>Its name as an environment variable: <c>maxBodyBytes</c> is <c>AITBC_MAX_BODY_BYTES</c>.</summary>
    public string Variable => Prefix + Split('_').ToUpperInvariant();

    /// <summary>Its name on the command line: <c>maxBodyBytes</c> is <c>--max-body-bytes</c>.</summary>
    public string Option => "--" + Split('-').ToLowerInvariant();

    /// <summary>Its unit and range, in words.</summary>
    public abstract string Range { get; }

    /// <summary>A configuration's value, as the file has it.</summary>
    public abstract string Show(NodeConfig config);

    /// <summary>Takes a value from text; lists are separated by commas.</summary>
    /// <returns>The changed configuration; null where the text is no value of this setting.</returns>
    public abstract NodeConfig? Take(NodeConfig config, string text);

    /// <summary>A value from the file as the text that <see cref="Take"/> reads; null where it is of another kind.
    /// </summary>
    public abstract string? TextOf(JsonElement value);

    private string Split(char separator)
    {
        var text = new StringBuilder();
        foreach (var letter in Name)
        {
            if (char.IsAsciiLetterUpper(letter))
            {
                text.Append(separator);
            }

            text.Append(letter);
        }

        return text.ToString();
    }
}

/// <summary>A whole number with a unit.</summary>
internal sealed record NumberSetting(
    string Name,
    string Says,
    string Unit,
    long Least,
    long Most,
    Func<NodeConfig, long> Get,
    Func<NodeConfig, long, NodeConfig> Set) : NodeSetting(Name, Says)
{
    public override string Range =>
        string.Create(CultureInfo.InvariantCulture, $"{Unit}, {Least} to {Most}").TrimStart(',', ' ');

    public override string Show(NodeConfig config) => Get(config).ToString(CultureInfo.InvariantCulture);

    public override NodeConfig? Take(NodeConfig config, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= Least && value <= Most
                ? Set(config, value)
                : null;

    public override string? TextOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? value.GetRawText() : null;
}

/// <summary>A text of some form.</summary>
internal sealed record TextSetting(
    string Name,
    string Says,
    string Form,
    Func<string, bool> IsOne,
    Func<NodeConfig, string> Get,
    Func<NodeConfig, string, NodeConfig> Set) : NodeSetting(Name, Says)
{
    public override string Range => Form;

    public override string Show(NodeConfig config) => $"\"{Get(config)}\"";

    public override NodeConfig? Take(NodeConfig config, string text) => IsOne(text) ? Set(config, text) : null;

    public override string? TextOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>Some names.</summary>
internal sealed record ListSetting(
    string Name,
    string Says,
    string Form,
    Func<string, bool> IsOne,
    Func<NodeConfig, IReadOnlyList<string>> Get,
    Func<NodeConfig, IReadOnlyList<string>, NodeConfig> Set) : NodeSetting(Name, Says)
{
    private const int MaxItems = 32;

    public override string Range => $"up to {MaxItems} of: {Form}";

    public override string Show(NodeConfig config) =>
        $"[{string.Join(", ", Get(config).Select(item => $"\"{item}\""))}]";

    public override NodeConfig? Take(NodeConfig config, string text)
    {
        var items = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return items.Length <= MaxItems && items.All(IsOne) ? Set(config, items) : null;
    }

    public override string? TextOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
                ? string.Join(',', value.EnumerateArray().Select(item => item.GetString()))
                : null;
}
