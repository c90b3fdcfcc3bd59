using System.Diagnostics.CodeAnalysis;
using System.Text;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Protocol.Blocks;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>A closed block.</summary>
/// <param name="Header">What the node signed.</param>
/// <param name="Compact">The compact JWS over it.</param>
public sealed record SignedBlock(BlockHeader Header, string Compact);

/// <summary>Reads closed blocks one after the other.</summary>
/// <remarks>One thread at a time.</remarks>
public sealed class BlockCursor : IDisposable
{
    private readonly JournalReader reader;
    private readonly ulong from;

    internal BlockCursor(JournalReader reader, ulong from) => (this.reader, this.from) = (reader, from);

    /// <summary>Reads the next block.</summary>
    /// <returns>False where none is closed and durable yet.</returns>
    /// <exception cref="InvalidDataException">A durable block is no block.</exception>
    public bool TryRead([NotNullWhen(true)] out SignedBlock? block)
    {
        while (reader.TryRead(out var frame))
        {
            if (frame.Kind == FrameKind.Block && (ulong)frame.Sequence >= from)
            {
                block = Jws.TryParse(frame.Payload.Span, out var parts, out _)
                    && BlockHeader.TryParse(parts.Payload.Span, out var header)
                    ? new SignedBlock(header!, Encoding.ASCII.GetString(frame.Payload.Span))
                    : throw new InvalidDataException($"The block at entry {frame.Sequence} is none.");
                return true;
            }
        }

        block = null;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => reader.Dispose();
}
