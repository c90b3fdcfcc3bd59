using System.Text.Json.Serialization;
using Aitbc.Node.Api;
using Aitbc.Workloads.Schemas;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Node.Problems;

/// <summary>Why a request was refused. Source: RFC 9457.</summary>
/// <param name="Code">Stable word for machines; the outcome's name where the ledger refused.</param>
/// <param name="Title">The kind of problem, the same for all of its code.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">This one, in a plain sentence.</param>
public sealed record Problem(string Code, string Title, int Status, string Detail)
{
    /// <summary>The media type of a problem.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>Identifies the kind of problem.</summary>
    public string Type => $"urn:aitbc:problem:{Code}";

    /// <summary>The entry that journalled the refusal; left out where none did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ulong? Seq { get; init; }

    /// <summary>Place of the refused command in its payload; left out where none was journalled.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? FailedAt { get; init; }

    /// <summary>Whether the payload was handled before, and this is its first outcome again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsDuplicate { get; init; }

    /// <summary>Who has what was asked for; left out where nobody does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Holder { get; init; }

    /// <summary>How long, ms; left out where nobody has it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? LeftMs { get; init; }

    /// <summary>All that is wrong with an input, at most 16; left out where that is not the problem.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SchemaProblem>? Problems { get; init; }

    /// <summary>As an answer.</summary>
    public IResult ToResult() => new JsonAnswer(this, Status, MediaType);

    /// <summary>Nothing is there.</summary>
    public static Problem NotFound(string detail) =>
        new("notFound", "There is no such thing.", StatusCodes.Status404NotFound, detail);

    /// <summary>The request cannot be read.</summary>
    public static Problem BadRequest(string detail) =>
        new("badRequest", "The request cannot be read.", StatusCodes.Status400BadRequest, detail);

    /// <summary>The request may not do this.</summary>
    public static Problem Forbidden(string detail) =>
        new("forbidden", "This request may not do that.", StatusCodes.Status403Forbidden, detail);

    /// <summary>The request says nothing of who it is.</summary>
    public static Problem Unauthorised(string detail) =>
        new("unauthorised", "This needs a token.", StatusCodes.Status401Unauthorized, detail);

    /// <summary>Too much at once.</summary>
    public static Problem Busy(string detail) =>
        new("busy", "The node is busy.", StatusCodes.Status503ServiceUnavailable, detail);

    /// <summary>Something that is not built.</summary>
    public static Problem NotSupported(string detail) =>
        new("notSupported", "This is not supported.", StatusCodes.Status501NotImplemented, detail);
}
