using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

/// <summary>What was handed to a journal, frame by frame, beside which what it gives back is held.</summary>
internal sealed class JournalModel
{
    private readonly List<(FrameKind Kind, long Sequence, byte[] Payload)> _frames = [];

    public static JournalOptions Options(int segmentBytes = 16 * 1024) => new()
    {
        Identity = Digest.Sha256("test journal"u8),
        SegmentBytes = segmentBytes,
        PrepareInBackground = false,
    };

    /// <summary>Frames handed over so far, or fewer after a crash lost some.</summary>
    public int Count => _frames.Count;

    /// <summary>Frames whose write was confirmed.</summary>
    public int Confirmed { get; private set; }

    public long LastEntry { get; private set; }

    public void Confirm() => Confirmed = _frames.Count;

    /// <summary>Expects nothing to be there for sure, as of a copy of an earlier moment.</summary>
    public void Unconfirm() => Confirmed = 0;

    /// <summary>Fills a batch with some frames of all kinds and remembers them.</summary>
    public void Fill(JournalBatch batch, SeededRandom random, int frames, int maxPayload)
    {
        for (var i = 0; i < frames; i++)
        {
            var kind = random.NextInt32(10) switch { 0 => FrameKind.Block, 1 => FrameKind.Term, _ => FrameKind.Entry };
            Add(batch, kind, Payload(random, maxPayload));
        }
    }

    public void Add(JournalBatch batch, FrameKind kind, byte[] payload)
    {
        Remember(kind, payload);
        payload.CopyTo(batch.BeginFrame(kind, LastEntry, payload.Length + 7));
        batch.EndFrame(payload.Length);
    }

    public void Remember(FrameKind kind, byte[] payload)
    {
        LastEntry += kind == FrameKind.Entry ? 1 : 0;
        _frames.Add((kind, LastEntry, payload));
    }

    /// <summary>
    /// Holds a freshly opened journal beside the model: everything confirmed must be there, anything behind it must be
    /// what was handed over, in order and once. The model then forgets what was lost.
    /// </summary>
    public void HoldAgainst(Journal journal)
    {
        using var reader = journal.ReadFrom(1);
        var read = 0;
        while (reader.TryRead(out var frame))
        {
            Assert.True(read < _frames.Count, $"frame {read} was never written");
            var (kind, sequence, payload) = _frames[read];
            Assert.Equal(kind, frame.Kind);
            Assert.Equal(sequence, frame.Sequence);
            Assert.True(frame.Payload.Span.SequenceEqual(payload), $"frame {read} has another payload");
            read++;
        }

        Assert.True(read >= Confirmed, $"{Confirmed} frames were confirmed, {read} are there");
        _frames.RemoveRange(read, _frames.Count - read);
        LastEntry = _frames.Count == 0 ? 0 : _frames[^1].Sequence;
        Confirmed = read;
        Assert.Equal(LastEntry, journal.DurableSequence);
    }

    /// <summary>Reads from every entry on and compares the first few frames.</summary>
    public void HoldEveryStart(Journal journal, int framesEach = 3)
    {
        var at = 0;
        for (var entry = 1L; entry <= LastEntry + 1; entry++)
        {
            using var reader = journal.ReadFrom(entry);
            for (var i = at; i < Math.Min(at + framesEach, _frames.Count); i++)
            {
                Assert.True(reader.TryRead(out var frame), $"from {entry}: frame {i} is missing");
                Assert.Equal((_frames[i].Kind, _frames[i].Sequence), (frame.Kind, frame.Sequence));
                Assert.True(frame.Payload.Span.SequenceEqual(_frames[i].Payload));
            }

            at = _frames.FindIndex(frame => frame.Kind == FrameKind.Entry && frame.Sequence == entry) + 1;
        }
    }

    /// <summary>Noise, nothing, zeros, or noise with a long hole: what a sector can look like.</summary>
    private static byte[] Payload(SeededRandom random, int maxPayload)
    {
        var payload = new byte[random.NextInt32(maxPayload + 1)];
        switch (random.NextInt32(6))
        {
            case 0:
                return [];
            case 1:
                return payload;
            case 2:
                random.NextBytes(payload);
                payload.AsSpan(payload.Length / 4, payload.Length / 2).Clear();
                return payload;
            default:
                random.NextBytes(payload);
                return payload;
        }
    }
}
