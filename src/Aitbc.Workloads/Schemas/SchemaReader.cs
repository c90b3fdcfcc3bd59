using System.Text.Json;

namespace Aitbc.Workloads.Schemas;

/// <summary>Reads schemas, and refuses what it does not understand.</summary>
internal static class SchemaReader
{
    private static readonly HashSet<string> Types =
        ["object", "array", "string", "number", "integer", "boolean", "null"];

    private static readonly HashSet<string> WithoutEffect =
        ["$schema", "$id", "$comment", "title", "description", "default", "examples"];

    /// <summary>Reads a schema and those in it.</summary>
    public static bool TryRead(JsonElement json, string path, out SchemaNode node, out string problem)
    {
        node = new SchemaNode { IsNever = json.ValueKind == JsonValueKind.False };
        problem = "";
        if (json.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return true;
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            problem = $"{Place(path)} must be an object, true or false.";
            return false;
        }

        var draft = new Draft();
        foreach (var member in json.EnumerateObject())
        {
            var inside = $"{path}/{member.Name}";
            problem = Take(draft, member.Name, member.Value, inside);
            if (problem.Length > 0)
            {
                return false;
            }
        }

        node = draft.Build();
        return true;
    }

    private static string Take(Draft draft, string name, JsonElement value, string path)
    {
        switch (name)
        {
            case "type":
                return TakeTypes(draft, value, path);
            case "enum" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0:
                draft.Values = [.. value.EnumerateArray().Select(one => one.Clone())];
                return "";
            case "const":
                draft.Values = [value.Clone()];
                return "";
            case "properties" when value.ValueKind == JsonValueKind.Object:
                return TakeProperties(draft, value, path);
            case "required" when IsNames(value):
                draft.Required = [.. value.EnumerateArray().Select(one => one.GetString()!)];
                return "";
            case "additionalProperties":
                return TakeSchema(value, path, node => draft.Others = node);
            case "items":
                return TakeSchema(value, path, node => draft.Items = node);
            default:
                return TakeLimit(draft, name, value, path);
        }
    }

    private static string TakeLimit(Draft draft, string name, JsonElement value, string path)
    {
        if (WithoutEffect.Contains(name))
        {
            return "";
        }

        if (name is "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum")
        {
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var number))
            {
                return $"{Place(path)} must be a number that can be compared.";
            }

            draft.Bounds[name] = number;
            return "";
        }

        if (name is "minProperties" or "maxProperties" or "minItems" or "maxItems" or "minLength" or "maxLength")
        {
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var count) || count < 0)
            {
                return $"{Place(path)} must be a whole number, 0 or more.";
            }

            draft.Counts[name] = count;
            return "";
        }

        return name is "enum" or "properties" or "required"
            ? $"{Place(path)} is not of the form that this keyword needs."
            : $"{Place(path)} is a keyword that is not supported here.";
    }

    private static string TakeTypes(Draft draft, JsonElement value, string path)
    {
        draft.Types = value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array when IsNames(value) => [.. value.EnumerateArray().Select(one => one.GetString()!)],
            _ => [""],
        };
        return draft.Types.Count > 0 && draft.Types.All(Types.Contains)
            ? ""
            : $"{Place(path)} must name types: {string.Join(", ", Types.Order())}.";
    }

    private static string TakeProperties(Draft draft, JsonElement value, string path)
    {
        var nodes = new Dictionary<string, SchemaNode>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            if (!TryRead(member.Value, $"{path}/{member.Name}", out var node, out var problem))
            {
                return problem;
            }

            nodes[member.Name] = node;
        }

        draft.Properties = nodes;
        return "";
    }

    private static string TakeSchema(JsonElement value, string path, Action<SchemaNode> take)
    {
        if (!TryRead(value, path, out var node, out var problem))
        {
            return problem;
        }

        take(node);
        return "";
    }

    private static bool IsNames(JsonElement value) => value.ValueKind == JsonValueKind.Array
        && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String);

    private static string Place(string path) => path.Length == 0 ? "The schema" : $"The schema's {path}";

    /// <summary>A schema while it is read.</summary>
    private sealed class Draft
    {
        public IReadOnlyList<string> Types { get; set; } = [];

        public IReadOnlyList<JsonElement>? Values { get; set; }

        public IReadOnlyDictionary<string, SchemaNode> Properties { get; set; } = new Dictionary<string, SchemaNode>();

        public IReadOnlyList<string> Required { get; set; } = [];

        public SchemaNode? Others { get; set; }

        public SchemaNode? Items { get; set; }

        public Dictionary<string, decimal> Bounds { get; } = [];

        public Dictionary<string, long> Counts { get; } = [];

        public SchemaNode Build() => new()
        {
            Types = Types,
            Values = Values,
            Properties = Properties,
            Required = Required,
            Others = Others,
            Items = Items,
            MinProperties = Counts.GetValueOrDefault("minProperties"),
            MaxProperties = Counts.GetValueOrDefault("maxProperties", long.MaxValue),
            MinItems = Counts.GetValueOrDefault("minItems"),
            MaxItems = Counts.GetValueOrDefault("maxItems", long.MaxValue),
            MinLength = Counts.GetValueOrDefault("minLength"),
            MaxLength = Counts.GetValueOrDefault("maxLength", long.MaxValue),
            Minimum = Bound("minimum"),
            Maximum = Bound("maximum"),
            Above = Bound("exclusiveMinimum"),
            Below = Bound("exclusiveMaximum"),
        };

        private decimal? Bound(string name) => Bounds.TryGetValue(name, out var bound) ? bound : null;
    }
}
