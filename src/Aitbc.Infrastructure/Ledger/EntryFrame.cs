using System.Buffers.Binary;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>
/// How an entry stands in a journal frame. Little-endian: term u32, outcome u16, body kind u8, proof kind u8, time in
/// ms
/// i64, body length u32, proof header length u16, signature length u16, events length u32, zero u32, entry hash (32);
/// then body, proof header, signature and events. The sequence is the frame's own.
/// </summary>
internal static class EntryFrame
{
    /// <summary>Bytes before the body.</summary>
    public const int HeadSize = 64;

    /// <summary>Bytes of an entry with parts of these lengths.</summary>
    public static int SizeOf(int body, int proof, int events) => HeadSize + body + proof + events;

    /// <summary>Writes an entry.</summary>
    public static int Write(
        Span<byte> target,
        in EntryLeaf leaf,
        in Digest hash,
        ReadOnlySpan<byte> body,
        ReadOnlySpan<byte> proofHeader,
        ReadOnlySpan<byte> signature,
        ReadOnlySpan<byte> events)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, leaf.Header.Term);
        BinaryPrimitives.WriteUInt16LittleEndian(target[4..], (ushort)leaf.Outcome);
        target[6] = (byte)leaf.Body;
        target[7] = leaf.Proof;
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], leaf.Header.Time.UnixMs);
        BinaryPrimitives.WriteInt32LittleEndian(target[16..], body.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(target[20..], (ushort)proofHeader.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(target[22..], (ushort)signature.Length);
        BinaryPrimitives.WriteInt32LittleEndian(target[24..], events.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(target[28..], 0);
        hash.CopyTo(target[32..]);
        var rest = target[HeadSize..];
        body.CopyTo(rest);
        proofHeader.CopyTo(rest[body.Length..]);
        rest = rest[(body.Length + proofHeader.Length)..];
        signature.CopyTo(rest);
        events.CopyTo(rest[signature.Length..]);
        return SizeOf(body.Length, proofHeader.Length + signature.Length, events.Length);
    }

    /// <summary>Reads an entry; its parts are views of the frame.</summary>
    /// <exception cref="InvalidDataException">The frame is no entry.</exception>
    public static DurableEntry Read(ulong seq, ReadOnlyMemory<byte> frame)
    {
        var head = frame.Span;
        if (head.Length < HeadSize)
        {
            throw new InvalidDataException($"Entry {seq} is shorter than an entry's head.");
        }

        var body = BinaryPrimitives.ReadInt32LittleEndian(head[16..]);
        var proofHeader = BinaryPrimitives.ReadUInt16LittleEndian(head[20..]);
        var signature = BinaryPrimitives.ReadUInt16LittleEndian(head[22..]);
        var events = BinaryPrimitives.ReadInt32LittleEndian(head[24..]);
        var timeMs = BinaryPrimitives.ReadInt64LittleEndian(head[8..]);
        if (body < 0 || events < 0 || timeMs < 0
            || (long)HeadSize + body + proofHeader + signature + events != head.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(head[28..]) != 0
            || head[6] is not ((byte)BodyKind.Payload or (byte)BodyKind.Input))
        {
            throw new InvalidDataException($"Entry {seq} has lengths or kinds that no entry has.");
        }

        var rest = frame[HeadSize..];
        return new DurableEntry(
            new EntryHeader(
                seq, BinaryPrimitives.ReadUInt32LittleEndian(head), new Timestamp(timeMs)),
            (BodyKind)head[6],
            (ProofKind)head[7],
            (Outcome)BinaryPrimitives.ReadUInt16LittleEndian(head[4..]),
            Digest.From(head.Slice(32, Digest.Size)),
            rest[..body],
            rest.Slice(body, proofHeader),
            rest.Slice(body + proofHeader, signature),
            rest[(body + proofHeader + signature)..]);
    }
}

/// <summary>An entry as the journal holds it.</summary>
/// <param name="Header">Place and time.</param>
/// <param name="Body">Payload or input.</param>
/// <param name="Proof">Kind of proof; 0 for inputs.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Hash">Its hash, as it stands in the journal.</param>
/// <param name="BodyBytes">The payload's or input's JSON.</param>
/// <param name="ProofHeader">The proof's header.</param>
/// <param name="Signature">The proof's signature.</param>
/// <param name="Events">Its events.</param>
public sealed record DurableEntry(
    EntryHeader Header,
    BodyKind Body,
    ProofKind Proof,
    Outcome Outcome,
    Digest Hash,
    ReadOnlyMemory<byte> BodyBytes,
    ReadOnlyMemory<byte> ProofHeader,
    ReadOnlyMemory<byte> Signature,
    ReadOnlyMemory<byte> Events)
{
    /// <summary>What the entry's hash must bind, with every digest computed anew.</summary>
    /// <param name="previous">Hash of the entry before.</param>
    public EntryLeaf LeafAfter(in Digest previous) => new(
        previous,
        Header,
        Body,
        (byte)Proof,
        Outcome,
        Digest.Sha256(BodyBytes.Span),
        SignedPayload.DigestOf(ProofHeader.Span, Signature.Span),
        Digest.Sha256(Events.Span));

    /// <summary>A copy that does not share memory with the journal's reader.</summary>
    public DurableEntry Detach() => this with
    {
        BodyBytes = BodyBytes.ToArray(),
        ProofHeader = ProofHeader.ToArray(),
        Signature = Signature.ToArray(),
        Events = Events.ToArray(),
    };
}
