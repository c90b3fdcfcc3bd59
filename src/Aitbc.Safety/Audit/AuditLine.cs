using System.Buffers;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;

namespace Aitbc.Safety.Audit;

/// <summary>One act of the gateway, as the audit file keeps it.</summary>
/// <param name="At">When.</param>
/// <param name="What">signed, refused, sent or turned-away.</param>
/// <param name="From">For whom.</param>
/// <param name="Why">The actor's reason.</param>
/// <param name="Acts">Names of the commands or of the delivery.</param>
/// <param name="Digest">Digest of the payload or of what was delivered; zero for what was never made.</param>
/// <param name="Refusal">Why it was refused; null for what was let pass.</param>
internal sealed record AuditLine(
    Timestamp At,
    string What,
    AccountId From,
    string Why,
    IReadOnlyList<string> Acts,
    Digest Digest,
    Refusal? Refusal)
{
    /// <summary>Most names that are written; the rest is a number.</summary>
    private const int MaxActs = 16;

    /// <summary>A line about a proposal.</summary>
    public static AuditLine Of(Timestamp at, ProposedAction action, Digest digest, Refusal? refusal) => new(
        at,
        refusal is null ? "signed" : "refused",
        action.From,
        action.Why,
        [.. action.Commands.Select(command => CommandNames.NameOf(command.Kind))],
        digest,
        refusal);

    /// <summary>Writes the members after the line's number.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("at"u8, At.ToString());
        json.WriteString("what"u8, What);
        json.WriteString("from"u8, From.ToString());
        json.WriteString("why"u8, Why.Length > ProposedAction.MaxWhyLength ? Why[..ProposedAction.MaxWhyLength] : Why);
        json.WriteStartArray("acts"u8);
        foreach (var act in Acts.Take(MaxActs))
        {
            json.WriteStringValue(act);
        }

        json.WriteEndArray();
        json.WriteNumber("actCount"u8, Acts.Count);
        if (!Digest.IsZero)
        {
            json.WriteString("digest"u8, Digest.ToString());
        }

        if (Refusal is { } refusal)
        {
            json.WriteString("outcome"u8, refusal.Outcome.ToString());
            json.WriteString("check"u8, refusal.Check.ToString());
            json.WriteString("sentence"u8, refusal.Sentence);
            WriteBreach(json, refusal.Breach);
        }
    }

    private static void WriteBreach(Utf8JsonWriter json, LimitBreach? breach)
    {
        if (breach is { } found)
        {
            json.WriteString("value"u8, found.Value.ToString());
            json.WriteString("limit"u8, found.Limit.ToString());
        }
    }
}
