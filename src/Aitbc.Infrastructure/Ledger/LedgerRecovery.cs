using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>The journal's content is not what it claims to be.</summary>
/// <param name="seq">The first bad entry.</param>
/// <param name="message">What is wrong, in a plain sentence.</param>
public sealed class LedgerDamagedException(ulong seq, string message) : Exception(message)
{
    /// <summary>The first bad entry.</summary>
    public ulong Seq { get; } = seq;
}

/// <summary>What recovery rebuilt.</summary>
/// <param name="LastHash">Hash of the last entry.</param>
/// <param name="Entries">Entries read back.</param>
/// <param name="Blocks">Height of the last block.</param>
public sealed record RecoveredLedger(Digest LastHash, ulong Entries, ulong Blocks);

/// <summary>
/// Brings states up to the journal's end by the events it holds, checking that every entry's hash binds what stands there
/// and what came before. Signatures and rules are for verify to check; a disk that changed bits is found here.
/// </summary>
internal static class LedgerRecovery
{
    /// <summary>Reads the journal into the states.</summary>
    /// <param name="journal">Opened.</param>
    /// <param name="states">States after genesis, or after the same snapshot.</param>
    /// <param name="genesis">The genesis file's digest.</param>
    /// <param name="blocks">Takes the open block's entries.</param>
    /// <exception cref="LedgerDamagedException">An entry does not follow from the one before.</exception>
    public static RecoveredLedger Run(
        Journal journal, IReadOnlyList<LedgerState> states, in Digest genesis, BlockCloser blocks)
    {
        var hash = genesis;
        var count = 0UL;
        blocks.Previous = genesis;
        using var reader = journal.ReadFrom(1);
        while (reader.TryRead(out var frame))
        {
            if (frame.Kind == FrameKind.Block)
            {
                RestoreBlock(frame.Payload.Span, (ulong)frame.Sequence, blocks);
            }
            else if (frame.Kind == FrameKind.Entry)
            {
                hash = Replay(EntryFrame.Read((ulong)frame.Sequence, frame.Payload), hash, states, blocks);
                count++;
            }
        }

        return new RecoveredLedger(hash, count, blocks.Height);
    }

    private static Digest Replay(
        DurableEntry entry, in Digest previous, IReadOnlyList<LedgerState> states, BlockCloser blocks)
    {
        var seq = entry.Header.Seq;
        if (EntryHash.Of(entry.LeafAfter(previous)) != entry.Hash)
        {
            throw new LedgerDamagedException(seq, $"Entry {seq} is not what its hash binds.");
        }

        foreach (var state in states)
        {
            EventCatalog.Apply(state, entry.Header, entry.Events.Span);
        }

        blocks.Add(entry.Header, entry.Hash);
        return entry.Hash;
    }

    private static void RestoreBlock(ReadOnlySpan<byte> compact, ulong seq, BlockCloser blocks)
    {
        if (!Jws.TryParse(compact, out var parts, out _)
            || !BlockHeader.TryParse(parts.Payload.Span, out var header))
        {
            throw new LedgerDamagedException(seq, $"The block after entry {seq} is no signed block header.");
        }

        blocks.Restore(header!, parts.Payload.Span);
    }
}
