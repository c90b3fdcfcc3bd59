using System.Globalization;
using System.Text.Json;

namespace Aitbc.Workloads.Schemas;

/// <summary>One schema inside a schema. Immutable once it is read.</summary>
internal sealed class SchemaNode
{
    /// <summary>What nothing meets: the schema <c>false</c>.</summary>
    public bool IsNever { get; init; }

    /// <summary>Types, empty for any.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Values one of which it must be, or null.</summary>
    public IReadOnlyList<JsonElement>? Values { get; init; }

    public IReadOnlyDictionary<string, SchemaNode> Properties { get; init; } = new Dictionary<string, SchemaNode>();

    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>What other members must meet; null for anything.</summary>
    public SchemaNode? Others { get; init; }

    public SchemaNode? Items { get; init; }

    public long MinProperties { get; init; }

    public long MaxProperties { get; init; } = long.MaxValue;

    public long MinItems { get; init; }

    public long MaxItems { get; init; } = long.MaxValue;

    public long MinLength { get; init; }

    public long MaxLength { get; init; } = long.MaxValue;

    public decimal? Minimum { get; init; }

    public decimal? Maximum { get; init; }

    public decimal? Above { get; init; }

    public decimal? Below { get; init; }

    /// <summary>Checks a value and what is in it.</summary>
    public void Check(JsonElement value, string path, List<SchemaProblem> problems)
    {
        if (IsNever)
        {
            Say(problems, path, "nothing may stand here");
            return;
        }

        if (Types.Count > 0 && !Types.Any(type => IsOf(value, type)))
        {
            Say(problems, path, $"must be {string.Join(" or ", Types)}");
            return;
        }

        if (Values is { } values && !values.Any(one => JsonElement.DeepEquals(one, value)))
        {
            Say(problems, path, $"must be one of the {values.Count} values that the schema names");
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                CheckObject(value, path, problems);
                break;
            case JsonValueKind.Array:
                CheckArray(value, path, problems);
                break;
            case JsonValueKind.String:
                CheckLength(Characters(value.GetString()!), MinLength, MaxLength, "characters", path, problems);
                break;
            case JsonValueKind.Number:
                CheckNumber(value, path, problems);
                break;
        }
    }

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number)
            && decimal.Truncate(number) == number,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => value.ValueKind == JsonValueKind.Null,
    };

    /// <summary>Characters as the standard counts them: code points.</summary>
    private static long Characters(string text) => text.EnumerateRunes().LongCount();

    private static void CheckLength(
        long count, long min, long max, string what, string path, List<SchemaProblem> problems)
    {
        if (count < min)
        {
            Say(problems, path, string.Create(CultureInfo.InvariantCulture, $"must have at least {min} {what}"));
        }
        else if (count > max)
        {
            Say(problems, path, string.Create(CultureInfo.InvariantCulture, $"must have at most {max} {what}"));
        }
    }

    private static void Say(List<SchemaProblem> problems, string path, string what)
    {
        if (problems.Count < InputSchema.MaxProblems)
        {
            var subject = path.Length == 0 ? "The document" : path;
            problems.Add(new SchemaProblem(path, $"{subject} {what}."));
        }
    }

    private static string Inside(string path, string name) =>
        $"{path}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    private void CheckObject(JsonElement value, string path, List<SchemaProblem> problems)
    {
        var count = 0L;
        foreach (var member in value.EnumerateObject())
        {
            count++;
            if (problems.Count >= InputSchema.MaxProblems)
            {
                return;
            }

            var known = Properties.GetValueOrDefault(member.Name) ?? Others;
            known?.Check(member.Value, Inside(path, member.Name), problems);
        }

        CheckLength(count, MinProperties, MaxProperties, "members", path, problems);
        foreach (var name in Required.Where(name => !value.TryGetProperty(name, out _)))
        {
            Say(problems, path, $"must have the member {name}");
        }
    }

    private void CheckArray(JsonElement value, string path, List<SchemaProblem> problems)
    {
        CheckLength(value.GetArrayLength(), MinItems, MaxItems, "items", path, problems);
        var place = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (problems.Count >= InputSchema.MaxProblems)
            {
                return;
            }

            Items?.Check(item, Inside(path, place.ToString(CultureInfo.InvariantCulture)), problems);
            place++;
        }
    }

    private void CheckNumber(JsonElement value, string path, List<SchemaProblem> problems)
    {
        if (Minimum is null && Maximum is null && Above is null && Below is null)
        {
            return;
        }

        if (!value.TryGetDecimal(out var number))
        {
            Say(problems, path, "is larger than what can be compared");
            return;
        }

        var limit = number switch
        {
            _ when number < Minimum => $"at least {Minimum}",
            _ when number > Maximum => $"at most {Maximum}",
            _ when number <= Above => $"above {Above}",
            _ when number >= Below => $"below {Below}",
            _ => null,
        };
        if (limit is not null)
        {
            Say(problems, path, $"must be {limit}");
        }
    }
}
