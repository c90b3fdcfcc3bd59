using System.Diagnostics.CodeAnalysis;
using Aitbc.Infrastructure.Storage;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>Reads durable entries one after the other; costs nobody anything, however slow its owner is.</summary>
/// <remarks>One thread at a time. An entry's parts are valid until the next is read; <see cref="DurableEntry.Detach"/>
/// keeps one.</remarks>
public sealed class EntryCursor : IEntryCursor
{
    private readonly JournalReader reader;

    internal EntryCursor(JournalReader reader) => this.reader = reader;

    /// <summary>Reads the next entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <returns>False where none is durable yet; ask again later.</returns>
    /// <exception cref="JournalDamagedException">A durable frame is not what was written.</exception>
    public bool TryRead([NotNullWhen(true)] out DurableEntry? entry)
    {
        while (reader.TryRead(out var frame))
        {
            if (frame.Kind == FrameKind.Entry)
            {
                entry = EntryFrame.Read((ulong)frame.Sequence, frame.Payload);
                return true;
            }
        }

        entry = null;
        return false;
    }

    /// <inheritdoc/>
    public ValueTask<DurableEntry?> ReadAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(TryRead(out var entry) ? entry : null);

    /// <inheritdoc/>
    public void Dispose() => reader.Dispose();
}
