using System.Buffers.Binary;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Blocks;

/// <summary>Whether an entry's body is a client's payload or an input of the node.</summary>
public enum BodyKind : byte
{
    /// <summary>A client's payload.</summary>
    Payload = 1,

    /// <summary>A system input.</summary>
    Input = 2,
}

/// <summary>
/// The hash of an entry: it binds the entry before, place, time, outcome, payload, proof and events, so it is link of
/// the chain and leaf of the block's Merkle tree at once.
/// </summary>
/// <remarks>
/// SHA-256 of 0x00 (RFC 6962's leaf prefix), previous entry hash (32), seq (8), term (4), time in ms (8), body kind
/// (1),
/// proof kind (1; 0 for inputs), outcome (2), payload digest (32), proof digest (32), events digest (32); integers
/// big-endian. The hash before entry 1 is the genesis file's digest.
/// </remarks>
public static class EntryHash
{
    private const int Size = 1 + 32 + 8 + 4 + 8 + 1 + 1 + 2 + 32 + 32 + 32;

    /// <summary>The digest of an empty proof, as inputs and <c>Simulated</c> payloads have it.</summary>
    public static Digest NoProof { get; } = Digest.Sha256([]);

    /// <summary>The hash of an entry.</summary>
    public static Digest Of(in EntryLeaf leaf)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes[0] = 0;
        leaf.Previous.CopyTo(bytes[1..]);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[33..], leaf.Header.Seq);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[41..], leaf.Header.Term);
        BinaryPrimitives.WriteInt64BigEndian(bytes[45..], leaf.Header.Time.UnixMs);
        bytes[53] = (byte)leaf.Body;
        bytes[54] = leaf.Proof;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[55..], (ushort)leaf.Outcome);
        leaf.PayloadDigest.CopyTo(bytes[57..]);
        leaf.ProofDigest.CopyTo(bytes[89..]);
        leaf.EventsDigest.CopyTo(bytes[121..]);
        return Digest.Sha256(bytes);
    }
}

/// <summary>What an entry's hash binds.</summary>
/// <param name="Previous">Hash of the entry before.</param>
/// <param name="Header">Place and time.</param>
/// <param name="Body">Payload or input.</param>
/// <param name="Proof"><see cref="ProofKind"/> as a number; 0 for inputs.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="PayloadDigest">SHA-256 of the payload's or input's bytes.</param>
/// <param name="ProofDigest">SHA-256 of the proof's bytes.</param>
/// <param name="EventsDigest">SHA-256 of the events' bytes.</param>
public readonly record struct EntryLeaf(
    Digest Previous,
    EntryHeader Header,
    BodyKind Body,
    byte Proof,
    Outcome Outcome,
    Digest PayloadDigest,
    Digest ProofDigest,
    Digest EventsDigest);
