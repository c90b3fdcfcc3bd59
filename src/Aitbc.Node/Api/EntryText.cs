using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Wire;

namespace Aitbc.Node.Api;

/// <summary>Entries as JSON: what the journal holds, and the events in words that clients can read.</summary>
/// <remarks>One owner, not thread-safe: it remembers the ids of the accounts it met.</remarks>
internal sealed class EntryText(LedgerHost ledger)
{
    private const int MaxRemembered = 4_096;

    private static readonly Dictionary<Outcome, string> Outcomes = Enum.GetValues<Outcome>()
        .ToDictionary(outcome => outcome, outcome => JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString()));

    private readonly Dictionary<AccountNumber, string> ids = [];

    /// <summary>Writes one entry as an object.</summary>
    public void Write(Utf8JsonWriter json, DurableEntry entry)
    {
        json.WriteStartObject();
        json.WriteNumber("seq", entry.Header.Seq);
        json.WriteNumber("term", entry.Header.Term);
        json.WriteNumber("timeMs", entry.Header.Time.UnixMs);
        json.WriteString("kind", entry.Body == BodyKind.Payload ? "payload" : "input");
        json.WriteString("outcome", Outcomes[entry.Outcome]);
        json.WriteString("hash", entry.Hash.ToString());
        json.WritePropertyName("body");
        json.WriteRawValue(entry.BodyBytes.Span);
        if (!entry.Signature.IsEmpty)
        {
            json.WriteString("proofHeader", Base64Url.EncodeToString(entry.ProofHeader.Span));
            json.WriteString("signature", Base64Url.EncodeToString(entry.Signature.Span));
        }

        json.WritePropertyName("events");
        EventJson.Write(json, entry.Events.Span, IdOf);
        json.WriteEndObject();
    }

    /// <summary>One entry's text.</summary>
    public ReadOnlyMemory<byte> Render(DurableEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, entry);
        }

        return buffer.WrittenMemory;
    }

    /// <summary>One entry as an event of a stream. Source: WHATWG HTML, server-sent events.</summary>
    public byte[] RenderEvent(DurableEntry entry)
    {
        var json = Render(entry).Span;
        var head = string.Create(CultureInfo.InvariantCulture, $"id: {entry.Header.Seq}\ndata: ");
        var text = new byte[head.Length + json.Length + 2];
        Encoding.ASCII.GetBytes(head, text);
        json.CopyTo(text.AsSpan(head.Length));
        "\n\n"u8.CopyTo(text.AsSpan(^2..));
        return text;
    }

    private string? IdOf(AccountNumber number)
    {
        if (!ids.TryGetValue(number, out var id))
        {
            id = ledger.View.Read(
                state => number.Slot < state.Accounts.Count ? state.Account(number).Id.ToString() : null);
            if (id is null)
            {
                // Opened by an entry that the view does not show yet.
                return null;
            }

            if (ids.Count >= MaxRemembered)
            {
                ids.Clear();
            }

            ids[number] = id;
        }

        return id;
    }
}
