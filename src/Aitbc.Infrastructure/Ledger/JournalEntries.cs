using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>The entries of a journal on a disk, read without its owner: also while another process writes it.
/// Stateless.</summary>
public static class JournalEntries
{
    /// <summary>The entries in order, up to the first that is not whole; each is the caller's own copy.</summary>
    /// <param name="disk">Where the journal is.</param>
    /// <param name="genesis">Digest of the genesis file.</param>
    public static IEnumerable<DurableEntry> Read(IDisk disk, Digest genesis)
    {
        foreach (var frame in JournalFrames.Read(disk, new JournalOptions { Identity = genesis }))
        {
            if (frame.Kind == FrameKind.Entry)
            {
                yield return EntryFrame.Read((ulong)frame.Sequence, frame.Payload);
            }
        }
    }
}
