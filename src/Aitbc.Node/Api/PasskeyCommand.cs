using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;

namespace Aitbc.Node.Api;

/// <summary>What a passkey gave, as the browser gave it.</summary>
/// <param name="AuthenticatorData">The authenticator's part, base64url.</param>
/// <param name="ClientDataJson">The browser's part, base64url of its bytes.</param>
/// <param name="Signature">r and s, 64 bytes in base64url. Browsers give DER: take it apart.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PasskeyAnswer(
    string AuthenticatorData,
    [property: JsonPropertyName("clientDataJSON")] string ClientDataJson,
    string Signature)
{
    /// <summary>As the ledger takes it.</summary>
    internal bool TryRead([NotNullWhen(true)] out PasskeyAssertion? assertion)
    {
        assertion = null;
        if (PasskeyBody.Decode(AuthenticatorData) is not { } data
            || PasskeyBody.Decode(ClientDataJson) is not { } client
            || PasskeyBody.Decode(Signature) is not { Length: KeyPair.SignatureSize } signature)
        {
            return false;
        }

        assertion = new PasskeyAssertion(data, client, PasskeyBody.SignatureOf(signature));
        return true;
    }
}

/// <summary>A passkey's proof of a payload.</summary>
/// <param name="Kid">The passkey's thumbprint.</param>
/// <param name="AuthenticatorData">The authenticator's part, base64url.</param>
/// <param name="ClientDataJson">The browser's part, base64url of its bytes.</param>
/// <param name="Signature">r and s, 64 bytes in base64url. Browsers give DER: take it apart.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PasskeyProofBody(
    KeyId Kid,
    string AuthenticatorData,
    [property: JsonPropertyName("clientDataJSON")] string ClientDataJson,
    string Signature);

/// <summary>A payload that a passkey proves.</summary>
/// <param name="Payload">The payload's bytes, base64url; the passkey's challenge is made of their SHA-256.</param>
/// <param name="Proof">What the passkey gave.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PasskeyCommand(string Payload, PasskeyProofBody Proof);

/// <summary>Reads payloads that passkeys prove.</summary>
internal static class PasskeyBody
{
    /// <summary>The media type of one payload with a passkey's proof.</summary>
    public const string MediaType = "application/vnd.aitbc.webauthn+json";

    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 4,
    };

    /// <summary>Reads a body, and asks of the proof all that needs no state.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> body,
        [NotNullWhen(true)] out SignedPayload? signed,
        [NotNullWhen(false)] out Problem? problem)
    {
        signed = null;
        if (Parse(body) is not { Proof: var proof } command
            || Decode(command.Payload) is not { } payload
            || !new PasskeyAnswer(proof.AuthenticatorData, proof.ClientDataJson, proof.Signature)
                .TryRead(out var assertion))
        {
            problem = Problem.BadRequest(
                "The body is {payload, proof: {kid, authenticatorData, clientDataJSON, signature}}: each but kid"
                + " base64url without padding, the signature 64 bytes.");
            return false;
        }

        var isRead = SignedPayload.TryFromPasskey(
            payload, proof.Kid, assertion, out signed, out var refused, out var wrong);
        problem = isRead ? null
            : refused == PasskeyProblem.None ? OutcomeProblems.Malformed(wrong!)
            : PasskeyProblems.Of(refused);
        return isRead;
    }

    /// <summary>A signature's 64 bytes.</summary>
    public static Signature SignatureOf(ReadOnlySpan<byte> signature64) =>
        new(Digest.From(signature64[..Digest.Size]), Digest.From(signature64[Digest.Size..]));

    /// <summary>Bytes in base64url, or null.</summary>
    public static byte[]? Decode(string? text)
    {
        try
        {
            return text is null || text.AsSpan().ContainsAny(" \t\r\n=") ? null : Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Says in the OpenAPI document that a resource takes them, beside what it takes anyway.</summary>
    public static TBuilder AcceptsPasskeys<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.AddOpenApiOperationTransformer(
        static async (operation, context, stop) =>
        {
            var schema = await context.GetOrCreateSchemaAsync(typeof(PasskeyCommand), null, stop).ConfigureAwait(false);
            if (operation.RequestBody is OpenApiRequestBody { Content: { } content })
            {
                content[MediaType] = new OpenApiMediaType { Schema = schema };
            }
        });

    private static PasskeyCommand? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<PasskeyCommand>(body, Strict);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
