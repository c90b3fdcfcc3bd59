using Aitbc.Primitives;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Aitbc.Node.Api;

/// <summary>Says in the OpenAPI document what the project's own values look like: their converters cannot be seen from
/// outside.</summary>
internal static class ValueSchemas
{
    private const string Id = "^[A-Za-z0-9_-]{43}$";
    private const string Label = "^[a-z0-9._-]{1,32}$";

    private static readonly Dictionary<Type, (JsonSchemaType Type, string? Pattern)> Shapes = new()
    {
        [typeof(TokenAmount)] = (JsonSchemaType.String, "^(0|[1-9][0-9]{0,38})$"),
        [typeof(Digest)] = (JsonSchemaType.String, Id),
        [typeof(AccountId)] = (JsonSchemaType.String, Id),
        [typeof(KeyId)] = (JsonSchemaType.String, Id),
        [typeof(ServiceId)] = (JsonSchemaType.String, "^s[1-9][0-9]*$"),
        [typeof(WorkloadId)] = (JsonSchemaType.String, "^w[1-9][0-9]*$"),
        [typeof(ApprovalId)] = (JsonSchemaType.String, "^a[1-9][0-9]*$"),
        [typeof(MotionId)] = (JsonSchemaType.String, "^m[1-9][0-9]*$"),
        [typeof(OverrideId)] = (JsonSchemaType.String, "^o[1-9][0-9]*$"),
        [typeof(Primitives.Label)] = (JsonSchemaType.String, Label),
        [typeof(ChainId)] = (JsonSchemaType.String, "^[a-z0-9:._-]{1,32}$"),
        [typeof(PublicKey)] = (JsonSchemaType.Object, null),
        [typeof(Timestamp)] = (JsonSchemaType.Integer, null),
        [typeof(Duration)] = (JsonSchemaType.Integer, null),
    };

    /// <summary>Adds them to a document's options.</summary>
    public static void Describe(OpenApiOptions options) => options.AddSchemaTransformer((schema, context, _) =>
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(PublicKey))
        {
            DescribeKey(schema);
        }
        else if (Shapes.TryGetValue(type, out var shape))
        {
            (schema.Type, schema.Pattern) = (shape.Type, shape.Pattern);
        }

        else if (context.JsonTypeInfo.ElementType is { } element && Shapes.TryGetValue(element, out var item))
        {
            // A list's items are not asked for on their own where nothing else has their type.
            schema.Items = new OpenApiSchema { Type = item.Type, Pattern = item.Pattern };
        }

        return Task.CompletedTask;
    });

    /// <summary>A JSON Web Key of RFC 7517.</summary>
    private static void DescribeKey(OpenApiSchema schema)
    {
        string[] members = ["kty", "crv", "x", "y"];
        schema.Type = JsonSchemaType.Object;
        schema.Properties = members.ToDictionary(
            member => member, IOpenApiSchema (_) => new OpenApiSchema { Type = JsonSchemaType.String });
        schema.Required = members.ToHashSet();
    }
}
