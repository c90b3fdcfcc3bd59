using System.Text;
using Aitbc.Primitives;

namespace Aitbc.Workloads.Schemas;

/// <summary>The schemas of what <see cref="WorkloadRunner"/> takes as a specification, one a capability. A document
/// that meets one may still be refused by the job itself, such as for a blob that is not there.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public static class InputSchemas
{
    private const string DigestText = """{"type": "string", "minLength": 43, "maxLength": 43}""";
    private const string Seed = """{"type": "integer", "minimum": 0, "maximum": 9007199254740991}""";
    private const string HeldOut = """{"type": "integer", "minimum": 10000, "maximum": 500000}""";
    private const string Share = """{"type": "integer", "minimum": 0, "maximum": 1000000}""";

    private const string Messages = """
        {"type": "array", "minItems": 1, "maxItems": 64, "items": {
              "type": "object", "required": ["role", "content"], "additionalProperties": false, "properties": {
                "role": {"enum": ["system", "user", "assistant"]},
                "content": {"type": "string", "minLength": 1}}}}
        """;

    private static readonly Dictionary<Label, ReadOnlyMemory<byte>> Known = new()
    {
        [WorkloadCapabilities.DataCurate] = Of(
            WorkloadCapabilities.DataCurate,
            "Cleans, shuffles and splits a table of numbers.",
            ["source"],
            ("source", DigestText), ("seed", Seed), ("holdOutPpm", HeldOut)),
        [WorkloadCapabilities.ClassifierTrain] = Of(
            WorkloadCapabilities.ClassifierTrain,
            "Trains a classifier on a curated table.",
            ["trainingSet"],
            ("trainingSet", DigestText),
            ("seed", Seed),
            ("holdOutPpm", HeldOut),
            ("model", """{"enum": ["softmax", "mlp"]}"""),
            ("hiddenSize", """{"type": "integer", "minimum": 1, "maximum": 1024}"""),
            ("epochs", """{"type": "integer", "minimum": 1, "maximum": 1000}"""),
            ("batchSize", """{"type": "integer", "minimum": 1, "maximum": 1024}"""),
            ("learningRatePpm", """{"type": "integer", "minimum": 1, "maximum": 1000000}"""),
            ("weightDecayPpm", Share)),
        [WorkloadCapabilities.ClassifierInfer] = Of(
            WorkloadCapabilities.ClassifierInfer,
            "Names the class of every row.",
            ["model", "rows"],
            ("model", DigestText), ("rows", DigestText), ("score", """{"type": "boolean"}""")),
        [WorkloadCapabilities.Chat] = Of(
            WorkloadCapabilities.Chat,
            "Has a language model answer; not the same twice.",
            ["messages"],
            ("messages", Messages),
            ("maxTokens", """{"type": "integer", "minimum": 1, "maximum": 4096}"""),
            ("temperaturePpm", """{"type": "integer", "minimum": 0, "maximum": 2000000}""")),
    };

    /// <summary>The schema of a capability's specification, UTF-8; null where nothing is computed here.</summary>
    /// <param name="capability">Which.</param>
    public static ReadOnlyMemory<byte>? Find(Label capability) =>
        Known.TryGetValue(capability, out var schema) ? schema : (ReadOnlyMemory<byte>?)null;

    private static ReadOnlyMemory<byte> Of(
        Label capability, string description, string[] required, params (string Name, string Schema)[] members)
    {
        var properties = string.Join(",\n", members.Select(member => $"    \"{member.Name}\": {member.Schema}"));
        var needed = string.Join(", ", required.Prepend("version").Prepend("capability").Select(name => $"\"{name}\""));
        return Encoding.UTF8.GetBytes($$"""
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "title": "{{capability}}",
              "description": "{{description}}",
              "type": "object",
              "required": [{{needed}}],
              "additionalProperties": false,
              "properties": {
                "capability": {"const": "{{capability}}"},
                "version": {"const": 1},
            {{properties}}
              }
            }

            """);
    }
}
