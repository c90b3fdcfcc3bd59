using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Aitbc.Infrastructure.Storage;

namespace Aitbc.Infrastructure.Remote;

/// <summary>What one frame of a replica stream is.</summary>
public enum ReplicaKind : byte
{
    /// <summary>Nothing new; the node lives.</summary>
    Beat = 0,

    /// <summary>An entry, as the journal holds it.</summary>
    Entry = 1,

    /// <summary>A closed block's compact JWS, as the journal holds it.</summary>
    Block = 2,
}

/// <summary>
/// One frame of a replica stream, little-endian: payload length u32, kind u8, three zero bytes, sequence u64, payload.
/// What it carries proves itself (hashes, signatures), so the frame has no checksum of its own.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Seq">The entry, or the last entry of the block; of a beat, the last durable entry.</param>
/// <param name="Payload">The bytes.</param>
public readonly record struct ReplicaFrame(ReplicaKind Kind, ulong Seq, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeadSize = 16;

    /// <summary>Most bytes of a payload: more than any frame of a journal has.</summary>
    public const int MaxPayload = 64 * 1024 * 1024;

    /// <summary>The media type of a stream.</summary>
    public const string MediaType = "application/octet-stream";

    /// <summary>Whether a journal's frame goes into a replica stream.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="replica">The same for the stream.</param>
    public static bool TryFrom(in JournalFrame frame, out ReplicaFrame replica)
    {
        replica = new ReplicaFrame(
            frame.Kind == FrameKind.Block ? ReplicaKind.Block : ReplicaKind.Entry,
            (ulong)frame.Sequence,
            frame.Payload);
        return frame.Kind is FrameKind.Entry or FrameKind.Block;
    }

    /// <summary>Writes the bytes before the payload.</summary>
    /// <param name="target">At least <see cref="HeadSize"/> bytes.</param>
    public void WriteHead(Span<byte> target)
    {
        target[..HeadSize].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(target, Payload.Length);
        target[4] = (byte)Kind;
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], Seq);
    }

    /// <summary>Reads one frame.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The frame with its own memory; null at the stream's end.</returns>
    /// <exception cref="InvalidDataException">This is no frame.</exception>
    /// <exception cref="EndOfStreamException">The stream ended within a frame.</exception>
    [SuppressMessage("Reliability", "CA2022", Justification = "A short read is looked at.")]
    public static async ValueTask<ReplicaFrame?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var head = new byte[HeadSize];
        if (await stream.ReadAtLeastAsync(head, HeadSize, false, cancellationToken).ConfigureAwait(false) == 0)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 0 or > MaxPayload || head[4] > (byte)ReplicaKind.Block || (head[5] | head[6] | head[7]) != 0)
        {
            throw new InvalidDataException("The node's stream holds something that is no frame.");
        }

        var payload = new byte[length];
        await stream.ReadExactlyAsync(payload, cancellationToken).ConfigureAwait(false);
        return new ReplicaFrame((ReplicaKind)head[4], BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(8)), payload);
    }
}
