using System.Buffers;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Wire;

/// <summary>
/// Bytes to <see cref="ClientPayload"/> and back. The form is closed: members in any order, each exactly once, none
/// unknown; integers in digits alone, 0 to 2^53 - 1; amounts and ids as strings in their one text form; no escapes.
/// </summary>
/// <remarks>
/// Pure and thread-safe. Refusals are values, also for hostile bytes. The codec checks shape and width; whether the
/// numbers make sense is for the rules. Source: DESIGN.md section 5.
/// </remarks>
public static class PayloadCodec
{
    /// <summary>Most bytes of a payload: 256 KiB.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Deepest nesting of objects and arrays, the payload itself counted.</summary>
    public const int MaxDepth = WireReader.MaxDepth;

    private const ulong MaxLane = int.MaxValue;

    private static readonly MemberSet Members = new("chain", "from", "nonce", "validUntil", "epoch", "commands");
    private static readonly MemberSet NonceMembers = new("lane", "sequence");

    /// <summary>Reads a payload.</summary>
    /// <param name="utf8">The payload's bytes and nothing else.</param>
    /// <param name="proof">How it is proven.</param>
    /// <param name="signer">Thumbprint of the signing key.</param>
    /// <param name="payload">The payload, bound to SHA-256 of the bytes as they are; null where there is a problem.
    /// </param>
    /// <returns>Null, or what is wrong.</returns>
    public static PayloadProblem? TryParse(
        ReadOnlySpan<byte> utf8, ProofKind proof, KeyId signer, out ClientPayload payload) =>
        TryParse(utf8, proof, signer, null, null, out payload);

    /// <summary>Reads a payload whose digest is known or whose chain is expected.</summary>
    /// <param name="utf8">The payload's bytes and nothing else.</param>
    /// <param name="proof">How it is proven.</param>
    /// <param name="signer">Thumbprint of the signing key.</param>
    /// <param name="digest">SHA-256 of the bytes where the caller has computed it; null to have it computed here.
    /// </param>
    /// <param name="chain">The chain that is expected: where the payload names it, this instance is used, which saves
    /// a copy. Another chain's payload is read all the same, for the rules to refuse. May be null.</param>
    /// <param name="payload">The payload; null where there is a problem.</param>
    /// <returns>Null, or what is wrong.</returns>
    public static PayloadProblem? TryParse(
        ReadOnlySpan<byte> utf8,
        ProofKind proof,
        KeyId signer,
        Digest? digest,
        ChainId? chain,
        out ClientPayload payload)
    {
        var envelope = new Envelope(proof, signer, digest, chain);
        var problem = WireDiagnosis.Read(utf8, MaxBytes, envelope, Read, out var read);
        payload = read!;
        return problem;
    }

    /// <summary>Writes a payload in canonical form: members in the documented order, no white space. What is written
    /// reads back the same.</summary>
    /// <param name="payload">The payload; its proof, signer and digest are not part of the bytes.</param>
    /// <param name="output">Takes the bytes.</param>
    /// <returns>How many bytes.</returns>
    /// <exception cref="ArgumentException">A value has no form on the wire: an integer outside 0 to 2^53 - 1, an enum
    /// value without a name, a doubled action, too many commands or bytes.</exception>
    public static int Write(ClientPayload payload, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(payload);
        if (payload.Commands.Length is < 1 or > ClientPayload.MaxCommands)
        {
            throw new ArgumentException($"A payload has 1 to {ClientPayload.MaxCommands} commands.", nameof(payload));
        }

        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("chain"u8, payload.Chain.Utf8);
        json.WriteText("from"u8, payload.From);
        json.WriteStartObject("nonce"u8);
        json.WriteInteger("lane"u8, payload.Lane, (long)MaxLane);
        json.WriteInteger("sequence"u8, payload.Sequence);
        json.WriteEndObject();
        json.WriteInteger("validUntil"u8, payload.ValidUntil.UnixMs);
        json.WriteInteger("epoch"u8, payload.Epoch);
        json.WriteStartArray("commands"u8);
        foreach (var command in payload.Commands)
        {
            CommandWriter.Write(json, command);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return json.BytesCommitted <= MaxBytes
            ? (int)json.BytesCommitted
            : throw new ArgumentException($"A payload has at most {MaxBytes} bytes.", nameof(payload));
    }

    private static ClientPayload? Read(ref WireReader reader, in Envelope envelope)
    {
        ChainId? chain = null;
        AccountId from = default;
        var lane = 0;
        ulong sequence = 0;
        Timestamp validUntil = default;
        ulong epoch = 0;
        Command[] commands = [];
        ulong seen = 0;
        while (reader.Next(Members, ref seen, out var member))
        {
            switch (member)
            {
                case 0:
                    chain = reader.Chain(envelope.Chain);
                    break;
                case 1:
                    from = reader.Text<AccountId>();
                    break;
                case 2:
                    ReadNonce(ref reader, out lane, out sequence);
                    break;
                case 3:
                    validUntil = reader.Timestamp();
                    break;
                case 4:
                    epoch = reader.Integer(WireReader.MaxInteger);
                    break;
                default:
                    commands = ReadCommands(ref reader);
                    break;
            }
        }

        return reader.Failed
            ? null
            : new ClientPayload
            {
                Chain = chain!,
                From = from,
                Lane = lane,
                Sequence = sequence,
                ValidUntil = validUntil,
                Epoch = epoch,
                Commands = commands,
                Proof = envelope.Proof,
                Signer = envelope.Signer,
                PayloadDigest = envelope.Digest ?? Digest.Sha256(reader.Source),
            };
    }

    private static void ReadNonce(ref WireReader reader, out int lane, out ulong sequence)
    {
        lane = 0;
        sequence = 0;
        ulong seen = 0;
        reader.BeginObject();
        while (reader.Next(NonceMembers, ref seen, out var member))
        {
            if (member == 0)
            {
                lane = (int)reader.Integer(MaxLane);
            }
            else
            {
                sequence = reader.Integer(WireReader.MaxInteger);
            }
        }
    }

    private static Command[] ReadCommands(ref WireReader reader)
    {
        const string Limit = "1024";
        var commands = new Command[1];
        var count = 0;
        reader.BeginArray();
        while (reader.NextItem())
        {
            if (count == ClientPayload.MaxCommands)
            {
                reader.Fail(PayloadProblemKind.TooManyCommands, Limit);
                return [];
            }

            if (CommandReader.Read(ref reader) is not { } command)
            {
                return [];
            }

            if (count == commands.Length)
            {
                Array.Resize(ref commands, Math.Min(count * 4, ClientPayload.MaxCommands));
            }

            commands[count++] = command;
        }

        if (count == 0)
        {
            reader.Fail(PayloadProblemKind.NoCommands, Limit);
        }

        Array.Resize(ref commands, count);
        return commands;
    }

    private readonly record struct Envelope(ProofKind Proof, KeyId Signer, Digest? Digest, ChainId? Chain);
}
