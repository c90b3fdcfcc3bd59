namespace Aitbc.Infrastructure.Storage;

/// <summary>
/// Reads the frames of a journal that nobody writes, without changing or locking anything: for whoever verifies. Ends
/// before the first bytes that are no good frame; what those are, <see cref="Journal.Check"/> says.
/// </summary>
public static class JournalFrames
{
    /// <summary>The frames in order; each payload is the caller's own copy.</summary>
    /// <param name="disk">Where the directory <c>journal</c> is.</param>
    /// <param name="options">Identity; the layout is taken from the files.</param>
    public static IEnumerable<JournalFrame> Read(IDisk disk, JournalOptions options)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(options);
        var files = new SegmentFiles(disk, options.IdentityBytes);
        for (var index = 0u; index < files.Count; index++)
        {
            // A copy, since the buffer of the files is used again and an iterator keeps no span.
            var segment = files.Load(index).ToArray();
            var at = SegmentLayout.HeaderBytes;
            while (TryRead(segment, at, out var frame, out var bytes))
            {
                at += bytes;
                if (frame is { } found)
                {
                    yield return found;
                }
            }
        }
    }

    private static bool TryRead(byte[] segment, int at, out JournalFrame? frame, out int bytes)
    {
        (frame, bytes) = (null, 0);
        if (at >= segment.Length
            || !FrameLayout.TryReadHeader(segment.AsSpan(at), at, out var header)
            || at + header.FrameBytes > segment.Length
            || FrameLayout.BodyFault(segment.AsSpan(at, header.FrameBytes), in header) is not null)
        {
            return false;
        }

        bytes = header.FrameBytes;
        if (header.Kind != FrameLayout.SegmentStartKind)
        {
            var payload = segment.AsMemory(at + FrameLayout.HeaderBytes, (int)header.PayloadLength);
            frame = new JournalFrame((FrameKind)header.Kind, header.Sequence, payload);
        }

        return true;
    }
}
