using System.Text.Json;

namespace Aitbc.Workloads.Schemas;

/// <summary>Where a document does not meet a schema.</summary>
/// <param name="Path">JSON Pointer (RFC 6901) to the value; empty for the whole document.</param>
/// <param name="Sentence">What is wrong; repeats no value of the document.</param>
public sealed record SchemaProblem(string Path, string Sentence);

/// <summary>
/// What a service takes as its input: a JSON Schema (draft 2020-12) of the keywords that describe plain data. A schema
/// with any other keyword is refused, for what is not understood cannot be checked.
/// </summary>
/// <remarks>
/// Understood: type, enum, const, properties, required, additionalProperties, minProperties, maxProperties, items,
/// minItems, maxItems, minLength, maxLength, minimum, maximum, exclusiveMinimum, exclusiveMaximum, and, without effect,
/// $schema, $id, $comment, title, description, default, examples. No references and no patterns: both let a stranger
/// choose how long a check takes. Immutable, thread-safe. Source: json-schema.org, draft 2020-12.
/// </remarks>
public sealed class InputSchema
{
    /// <summary>Most bytes of a schema: 64 KiB.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Most levels of a schema or of a document: 32.</summary>
    public const int MaxDepth = 32;

    /// <summary>Most problems that are named: 16.</summary>
    public const int MaxProblems = 16;

    private static readonly JsonDocumentOptions Strict = new()
    {
        MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Disallow, AllowDuplicateProperties = false,
    };

    private readonly SchemaNode root;

    private InputSchema(SchemaNode root) => this.root = root;

    /// <summary>Reads a schema.</summary>
    /// <param name="utf8">Its bytes.</param>
    /// <param name="schema">The schema; null where there is a problem.</param>
    /// <param name="problem">What is wrong, as a sentence; empty where nothing is.</param>
    /// <returns>Whether it is a schema of the keywords above.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> utf8, out InputSchema schema, out string problem)
    {
        schema = null!;
        if (utf8.Length > MaxBytes)
        {
            problem = $"A schema has at most {MaxBytes} bytes.";
            return false;
        }

        try
        {
            using var json = JsonDocument.Parse(utf8, Strict);
            if (!SchemaReader.TryRead(json.RootElement, "", out var root, out problem))
            {
                return false;
            }

            schema = new InputSchema(root);
            return true;
        }
        catch (JsonException)
        {
            problem = $"The schema is no JSON of at most {MaxDepth} levels without doubled members.";
            return false;
        }
    }

    /// <summary>Checks a document.</summary>
    /// <param name="utf8">Its bytes.</param>
    /// <returns>The first <see cref="MaxProblems"/> problems, in the document's order; empty where it meets the schema.
    /// </returns>
    public IReadOnlyList<SchemaProblem> Check(ReadOnlyMemory<byte> utf8)
    {
        var problems = new List<SchemaProblem>();
        try
        {
            using var json = JsonDocument.Parse(utf8, Strict);
            root.Check(json.RootElement, "", problems);
        }
        catch (JsonException)
        {
            problems.Add(new SchemaProblem(
                "", $"The document is no JSON of at most {MaxDepth} levels without doubled members."));
        }

        return problems;
    }
}
