using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Primitives;

namespace Aitbc.Protocol.Blocks;

/// <summary>
/// What the node signs: a run of entries under one Merkle root, chained to the block before. Its bytes on the wire are
/// canonical JSON, the payload of a JWS, so that any JOSE library can check a head.
/// </summary>
/// <param name="Chain">The chain.</param>
/// <param name="Height">1, 2, 3, ...</param>
/// <param name="FirstSeq">First entry of the block.</param>
/// <param name="LastSeq">Last entry of the block.</param>
/// <param name="Term">Term of the last entry.</param>
/// <param name="TimeMs">Wall time of the last entry, ms.</param>
/// <param name="Previous">Digest of the previous block's JSON bytes; for the first, of the genesis file.</param>
/// <param name="Root">Merkle root over the entries' hashes.</param>
/// <param name="LastEntry">Hash of the last entry.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BlockHeader(
    ChainId Chain,
    ulong Height,
    ulong FirstSeq,
    ulong LastSeq,
    uint Term,
    long TimeMs,
    Digest Previous,
    Digest Root,
    Digest LastEntry)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.Strict,
        AllowDuplicateProperties = false,
        PropertyNameCaseInsensitive = false,
    };

    /// <summary>The canonical bytes: these members in this order, no white space.</summary>
    public byte[] ToBytes() => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"chain":"{{Chain}}","height":{{Height}},"firstSeq":{{FirstSeq}},"lastSeq":{{LastSeq}}"""
        + $$""","term":{{Term}},"timeMs":{{TimeMs}}"""
        + $$""","previous":"{{Previous}}","root":"{{Root}}","lastEntry":"{{LastEntry}}"}"""));

    /// <summary>Reads canonical bytes; anything else is refused.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out BlockHeader? header)
    {
        try
        {
            header = JsonSerializer.Deserialize<BlockHeader>(utf8, Options);
        }
        catch (JsonException)
        {
            header = null;
        }

        return header is not null && header.ToBytes().AsSpan().SequenceEqual(utf8);
    }
}
