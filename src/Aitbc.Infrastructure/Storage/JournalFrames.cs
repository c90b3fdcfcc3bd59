namespace Aitbc.Infrastructure.Storage;

/// <summary>
/// Reads the frames of a journal that nobody writes, without changing or locking anything: for whoever verifies. It
/// trusts no byte: each frame proves its checksums, its place and that it follows the one before, and it ends for good
/// before the first that does not. What is wrong there, <see cref="Journal.Check"/> says.
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
        var chain = new ChainState { IsKnown = true, Previous = Crc32C.Of(options.IdentityBytes) };
        for (var index = 0u; index < files.Count; index++)
        {
            // A copy, since the buffer of the files is used again and an iterator keeps no span.
            var segment = files.Load(index).ToArray();
            if (files.HeaderFault(index, segment) is not null)
            {
                yield break;
            }

            chain.GroupStart = 0;
            var at = SegmentLayout.HeaderBytes;
            while (TryRead(segment, index, ref at, ref chain, out var frame))
            {
                if (frame is { } found)
                {
                    yield return found;
                }
            }

            // Going on behind bad bytes would hand out a history with a hole in it.
            if (segment.AsSpan(at).ContainsAnyExcept((byte)0))
            {
                yield break;
            }
        }
    }

    private static bool TryRead(
        byte[] segment, uint index, ref int at, ref ChainState chain, out JournalFrame? frame)
    {
        frame = null;
        if (!FrameLayout.TryReadHeader(segment.AsSpan(at), at, out var header)
            || SegmentScanner.OrderFault(in header, index, at, segment.Length, in chain) is not null
            || FrameLayout.BodyFault(segment.AsSpan(at, header.FrameBytes), in header) is not null)
        {
            return false;
        }

        SegmentScanner.Advance(ref chain, in header);
        if (header.Kind != FrameLayout.SegmentStartKind)
        {
            var payload = segment.AsMemory(at + FrameLayout.HeaderBytes, (int)header.PayloadLength);
            frame = new JournalFrame((FrameKind)header.Kind, header.Sequence, payload);
        }

        at += header.FrameBytes;
        return true;
    }
}
