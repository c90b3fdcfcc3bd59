using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Wire;
using Aitbc.Safety.Admission;

namespace Aitbc.Node.Webhooks;

/// <summary>What of an entry a person should know of, as messages: ids, plain words and a link, no payload.</summary>
/// <param name="chain">The chain's name.</param>
/// <param name="genesis">Digest of its genesis: names are not unique, ids of messages are.</param>
/// <param name="idOf">Gives an account's id.</param>
/// <param name="publicUrl">Where people reach the dashboard, ending in a slash; null leaves links out.</param>
/// <remarks>Thread-safe where <paramref name="idOf"/> is.</remarks>
internal sealed class WebhookMessages(
    ChainId chain, Digest genesis, Func<AccountNumber, AccountId?> idOf, Uri? publicUrl)
{
    private const int GenesisBytesInId = 8;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.Default };

    private readonly string prefix = Convert.ToHexStringLower(genesis.AsSpan()[..GenesisBytesInId]);

    private readonly record struct Subject(string Type, AccountNumber? Agent, string? Approval, string? Motion);

    /// <summary>The messages of an entry, in the order of its events; mostly none.</summary>
    public IReadOnlyList<WebhookMessage> Of(in EntryHeader header, ReadOnlySpan<byte> events)
    {
        List<WebhookMessage>? found = null;
        var reader = new EventReader(events);
        for (var index = 0; reader.MoveNext(); index++)
        {
            if (SubjectOf(reader) is { } subject)
            {
                var id = string.Create(
                    CultureInfo.InvariantCulture, $"{prefix}_{header.Term}_{header.Seq}_{index}");
                (found ??= []).Add(new WebhookMessage(id, index, Write(header, index, id, subject, reader)));
            }
        }

        return found ?? (IReadOnlyList<WebhookMessage>)[];
    }

    /// <summary>The message that only shows that messages arrive.</summary>
    public static WebhookMessage Test(string id, Timestamp now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("type", "webhook.test");
            json.WriteString("timestamp", now.ToString());
            json.WriteStartObject("data");
            json.WriteString("id", id);
            json.WriteString("words", "This hook works: nothing happened, somebody tried it");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return new WebhookMessage(id, 0, buffer.WrittenMemory);
    }

    private static Subject? SubjectOf(in EventReader reader)
    {
        switch (reader.Kind)
        {
            case EventKind.CommandParked:
                var parked = reader.As<CommandParked>();
                return new Subject("approval.waiting", parked.Agent, parked.Id.ToString(), null);
            case EventKind.MotionProposed:
                var proposed = reader.As<MotionProposed>();
                return new Subject("motion.proposed", proposed.Agent, null, proposed.Id.ToString());
            case EventKind.MonitorJudged:
                var judged = reader.As<MonitorJudged>();
                var type = judged.Verdict == MonitorVerdictKind.SafeMode ? "agent.safeMode" : "monitor.judged";
                return new Subject(type, judged.Account, null, null);
            case EventKind.AgentStopped:
                return new Subject("agent.stopped", reader.As<AgentStopped>().Account, null, null);
            case EventKind.MarketStopped:
                return new Subject("market.stopped", null, null, null);
            default:
                return null;
        }
    }

    private ReadOnlyMemory<byte> Write(
        in EntryHeader header, int index, string id, in Subject subject, in EventReader reader)
    {
        var agent = subject.Agent is { } number ? idOf(number)?.ToString() : null;
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("type", subject.Type);
            json.WriteString("timestamp", header.Time.ToString());
            json.WriteStartObject("data");
            json.WriteString("id", id);
            json.WriteString("chain", chain.Value);
            json.WriteNumber("term", header.Term);
            json.WriteNumber("seq", header.Seq);
            json.WriteNumber("index", index);
            json.WriteNumber("timeMs", header.Time.UnixMs);
            WriteText(json, "agent", agent);
            WriteText(json, "approval", subject.Approval);
            WriteText(json, "motion", subject.Motion);
            json.WriteString("words", EventWords.Describe(reader.Kind, reader.Value));
            if (reader.Kind == EventKind.MonitorJudged && JournalledFinding.Read(reader.As<MonitorJudged>()) is { } why)
            {
                json.WriteString("reason", why.Sentence);
                json.WriteNumber("windowMs", why.Window.Ms);
            }

            WriteText(json, "link", LinkTo(agent, subject.Approval, header.Seq));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private string? LinkTo(string? agent, string? approval, ulong seq) => publicUrl is null
        ? null
        : new Uri(publicUrl, approval is not null ? $"approvals/{approval}"
            : agent is not null ? $"agents/{agent}"
            : string.Create(CultureInfo.InvariantCulture, $"ledger/{seq}")).AbsoluteUri;
}
