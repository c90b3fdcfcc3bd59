using System.Buffers;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Wire;

/// <summary>Bytes to <see cref="SystemInput"/> and back, as strict as <see cref="PayloadCodec"/>: what the node itself
/// puts on the journal is read as if a stranger had written it.</summary>
/// <remarks>Pure and thread-safe.</remarks>
public static class InputCodec
{
    /// <summary>Most bytes of an input: 64 KiB.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Most openings in one input.</summary>
    public const int MaxOpenings = 64;

    private static readonly MemberSet BareMembers = new("type");
    private static readonly MemberSet BeaconMembers = new("type", "value");
    private static readonly MemberSet TermMembers = new("type", "beaconCommitment");
    private static readonly MemberSet OpeningsMembers = new("type", "workload", "salt", "openings");
    private static readonly MemberSet OpeningMembers = new("bidder", "price", "proposalHash", "salt");
    private static readonly MemberSet BlobMembers = new("type", "digest", "sizeBytes", "holder?");
    private static readonly MemberSet VerdictMembers = new(
        "type", "agent", "payload", "verdict", "detector", "observed", "limit");

    private static readonly MemberSet LivenessMembers = new("type", "agent", "live");

    /// <summary>Reads an input.</summary>
    /// <param name="utf8">The input's bytes and nothing else.</param>
    /// <param name="input">The input; null where there is a problem.</param>
    /// <returns>Null, or what is wrong.</returns>
    public static PayloadProblem? TryParse(ReadOnlySpan<byte> utf8, out SystemInput input)
    {
        var problem = WireDiagnosis.Read(utf8, MaxBytes, 0, Read, out var read);
        input = read!;
        return problem;
    }

    /// <summary>Writes an input in canonical form. What is written reads back the same.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">Takes the bytes.</param>
    /// <returns>How many bytes.</returns>
    /// <exception cref="ArgumentException">The input, or a value in it, has no form on the wire.</exception>
    public static int Write(SystemInput input, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("type"u8, Words.Inputs.WordOf(input.Kind));
        switch (input)
        {
            case Beacon it:
                json.WriteText("value"u8, it.Value);
                break;
            case TermBegan it:
                json.WriteText("beaconCommitment"u8, it.BeaconCommitment);
                break;
            case BidOpenings it:
                WriteOpenings(json, it);
                break;
            case BlobAvailable it:
                json.WriteText("digest"u8, it.Digest);
                json.WriteInteger("sizeBytes"u8, it.SizeBytes);
                if (it.Holder is { } holder)
                {
                    json.WriteText("holder"u8, holder);
                }

                break;
            case MonitorVerdict it:
                json.WriteText("agent"u8, it.Agent);
                json.WriteText("payload"u8, it.Payload);
                json.WriteString("verdict"u8, Words.Verdicts.WordOf(it.Verdict));
                json.WriteText("detector"u8, it.Detector);
                json.WriteText("observed"u8, it.Observed);
                json.WriteText("limit"u8, it.Limit);
                break;
            case Liveness it:
                json.WriteText("agent"u8, it.Agent);
                json.WriteBoolean("live"u8, it.IsLive);
                break;
        }

        json.WriteEndObject();
        json.Flush();
        return (int)json.BytesCommitted;
    }

    private static void WriteOpenings(Utf8JsonWriter json, BidOpenings it)
    {
        if (it.Openings.Count > MaxOpenings)
        {
            throw new ArgumentException($"One input has at most {MaxOpenings} openings.", nameof(it));
        }

        json.WriteText("workload"u8, it.Workload);
        if (it.ClientSalt is { } salt)
        {
            json.WriteText("salt"u8, salt);
        }
        else
        {
            json.WriteNull("salt"u8);
        }

        json.WriteStartArray("openings"u8);
        foreach (var opening in it.Openings)
        {
            json.WriteStartObject();
            json.WriteText("bidder"u8, opening.Bidder);
            json.WriteText("price"u8, opening.Price);
            json.WriteText("proposalHash"u8, opening.ProposalHash);
            json.WriteText("salt"u8, opening.Salt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static SystemInput? Read(ref WireReader reader, in int context)
    {
        if (!reader.BeginTyped(Words.Inputs, out var kind, out var seen))
        {
            return null;
        }

        switch (kind)
        {
            case SystemInputKind.Beacon:
                return ReadBeacon(ref reader, seen);
            case SystemInputKind.BidOpenings:
                return ReadOpenings(ref reader, seen);
            case SystemInputKind.BlobAvailable:
                return ReadBlob(ref reader, seen);
            case SystemInputKind.TermBegan:
                return ReadTerm(ref reader, seen);
            case SystemInputKind.MonitorVerdict:
                return ReadVerdict(ref reader, seen);
            case SystemInputKind.Liveness:
                return ReadLiveness(ref reader, seen);
        }

        while (reader.Next(BareMembers, ref seen, out _))
        {
            // Nothing but the type, which has been read.
        }

        return kind switch
        {
            SystemInputKind.Tick => new Tick(),
            SystemInputKind.Resumed => new Resumed(),
            _ => throw new InvalidOperationException($"The input type {kind} has no reader."),
        };
    }

    private static TermBegan ReadTerm(ref WireReader reader, ulong seen)
    {
        Digest commitment = default;
        while (reader.Next(TermMembers, ref seen, out var member))
        {
            commitment = member == 1 ? reader.Text<Digest>() : commitment;
        }

        return new TermBegan(commitment);
    }

    private static Beacon ReadBeacon(ref WireReader reader, ulong seen)
    {
        Digest value = default;
        while (reader.Next(BeaconMembers, ref seen, out var member))
        {
            value = member == 1 ? reader.Text<Digest>() : value;
        }

        return new Beacon(value);
    }

    private static BlobAvailable ReadBlob(ref WireReader reader, ulong seen)
    {
        Digest digest = default;
        ulong sizeBytes = 0;
        AccountId? holder = null;
        while (reader.Next(BlobMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    digest = reader.Text<Digest>();
                    break;
                case 2:
                    sizeBytes = reader.Integer(WireReader.MaxInteger);
                    break;
                case 3:
                    holder = reader.Text<AccountId>();
                    break;
            }
        }

        return new BlobAvailable(digest, sizeBytes, holder);
    }

    private static MonitorVerdict ReadVerdict(ref WireReader reader, ulong seen)
    {
        AccountId agent = default;
        Digest payload = default;
        MonitorVerdictKind verdict = default;
        Label detector = default;
        TokenAmount observed = default;
        TokenAmount limit = default;
        while (reader.Next(VerdictMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    agent = reader.Text<AccountId>();
                    break;
                case 2:
                    payload = reader.Text<Digest>();
                    break;
                case 3:
                    verdict = reader.Word(Words.Verdicts);
                    break;
                case 4:
                    detector = reader.Text<Label>();
                    break;
                case 5:
                    observed = reader.Text<TokenAmount>();
                    break;
                case 6:
                    limit = reader.Text<TokenAmount>();
                    break;
            }
        }

        return new MonitorVerdict(agent, payload, verdict, detector, observed, limit);
    }

    private static Liveness ReadLiveness(ref WireReader reader, ulong seen)
    {
        AccountId agent = default;
        var isLive = false;
        while (reader.Next(LivenessMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    agent = reader.Text<AccountId>();
                    break;
                case 2:
                    isLive = reader.Boolean();
                    break;
            }
        }

        return new Liveness(agent, isLive);
    }

    private static BidOpenings ReadOpenings(ref WireReader reader, ulong seen)
    {
        WorkloadId workload = default;
        Digest? salt = null;
        var openings = new List<BidOpening>();
        while (reader.Next(OpeningsMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    workload = reader.Text<WorkloadId>();
                    break;
                case 2:
                    salt = reader.TextOrNull<Digest>();
                    break;
                case 3:
                    ReadOpeningList(ref reader, openings);
                    break;
            }
        }

        return new BidOpenings(workload, salt, openings);
    }

    private static void ReadOpeningList(ref WireReader reader, List<BidOpening> openings)
    {
        reader.BeginArray();
        while (reader.NextItem())
        {
            if (openings.Count == MaxOpenings)
            {
                reader.Fail(PayloadProblemKind.OutOfRange, $"left out: at most {MaxOpenings} are taken");
                return;
            }

            openings.Add(ReadOpening(ref reader));
        }
    }

    private static BidOpening ReadOpening(ref WireReader reader)
    {
        AccountId bidder = default;
        TokenAmount price = default;
        Digest proposalHash = default;
        Digest salt = default;
        ulong seen = 0;
        reader.BeginObject();
        while (reader.Next(OpeningMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 0:
                    bidder = reader.Text<AccountId>();
                    break;
                case 1:
                    price = reader.Text<TokenAmount>();
                    break;
                case 2:
                    proposalHash = reader.Text<Digest>();
                    break;
                default:
                    salt = reader.Text<Digest>();
                    break;
            }
        }

        return new BidOpening(bidder, price, proposalHash, salt);
    }
}
