using System.ComponentModel.DataAnnotations;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

public sealed class JournalTests
{
    [Fact]
    public async Task ReadFrom_AnyEntry_GivesTheFramesFromThereOn()
    {
        var disk = new FaultyDisk(1);
        var random = new SeededRandom(11);
        var model = new JournalModel();
        var batch = new JournalBatch();
        await using (var journal = Journal.Open(disk, JournalModel.Options(64 * 1024), out _))
        {
            while (model.LastEntry < 2_000)
            {
                batch.Clear();
                model.Fill(batch, random, 1 + random.NextInt32(40), maxPayload: 300);
                journal.Write(batch);
                model.Confirm();
            }

            model.HoldEveryStart(journal);
        }

        Assert.True(disk.List("journal").Count > 4, "the test wants several segments");
        await using var again = Journal.Open(disk, JournalModel.Options(64 * 1024), out var recovery);
        Assert.Equal(model.LastEntry, recovery.LastEntry);
        Assert.Empty(recovery.Notices);
        model.HoldAgainst(again);
        model.HoldEveryStart(again);
        model.HoldEveryStart(again);
    }

    [Fact]
    public async Task TryRead_AtTheDurableEnd_WaitsAndGoesOnLater()
    {
        var disk = new FaultyDisk(1);
        var model = new JournalModel();
        var batch = new JournalBatch();
        await using var journal = Journal.Open(disk, JournalModel.Options(8 * 1024), out _);
        using var reader = journal.ReadFrom(1);
        for (var i = 1; i <= 500; i++)
        {
            Assert.False(reader.TryRead(out _));
            batch.Clear();
            model.Add(batch, FrameKind.Entry, new byte[i]);
            journal.Write(batch);
            Assert.True(reader.TryRead(out var frame));
            Assert.Equal((i, i), (frame.Sequence, frame.Payload.Length));
        }
    }

    [Fact]
    public async Task Readers_beside_a_writer_see_every_durable_frame_and_no_other()
    {
        using var directory = new TemporaryDirectory();
        var options = new JournalOptions { Identity = Digest.Sha256("x"u8), SegmentBytes = 1024 * 1024 };
        await using var journal = Journal.Open(new FileDisk(directory.Root), options, out _);
        const int Last = 20_000;
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => ReadAll(journal, Last, stop.Token))).ToArray();
        var batch = new JournalBatch();
        for (var sequence = 1; sequence <= Last;)
        {
            batch.Clear();
            for (var i = 0; i < 37 && sequence <= Last; i++, sequence++)
            {
                batch.BeginFrame(FrameKind.Entry, sequence, 400).Fill((byte)(sequence & 0xFF));
                batch.EndFrame(sequence % 400);
            }

            journal.Write(batch);
        }

        await Task.WhenAll(readers);
        Assert.Equal(Last, journal.DurableSequence);
        Assert.True(File.Exists(directory.Combine("journal/0000000003.seg")));
    }

    [Fact]
    public async Task HasRoom_WhileAWriteIsUnderWay_StaysTrue()
    {
        Journal? open = null;
        var answers = new List<bool>();
        var disk = new FaultyDisk(1)
        {
            SwallowsFlushOf = _ =>
            {
                answers.AddRange(open is null ? [] : [open.HasRoom]);
                return false;
            },
        };
        await using var journal = Journal.Open(disk, JournalModel.Options(), out _);
        open = journal;
        var batch = new JournalBatch();
        Add(batch, FrameKind.Entry, 1);
        journal.Write(batch);

        Assert.Equal([true], answers);
    }

    [Fact]
    public async Task Write_FrameOfTheLargestPayload_ComesBackWhole()
    {
        var disk = new FaultyDisk(1);
        await using var journal = Journal.Open(disk, JournalModel.Options(8 * 1024 * 1024), out _);
        var payload = new byte[JournalOptions.MaxPayloadBytes];
        new SeededRandom(4).NextBytes(payload);
        var batch = new JournalBatch();
        Assert.Throws<ArgumentOutOfRangeException>(
            () => batch.BeginFrame(FrameKind.Entry, 1, JournalOptions.MaxPayloadBytes + 1));
        payload.CopyTo(batch.BeginFrame(FrameKind.Entry, 1, payload.Length));
        batch.EndFrame(payload.Length);
        journal.Write(batch);

        using var reader = journal.ReadFrom(1);
        Assert.True(reader.TryRead(out var frame));
        Assert.True(frame.Payload.Span.SequenceEqual(payload));
    }

    [Fact]
    public async Task Write_BatchThatDoesNotFollow_IsRefusedAndChangesNothing()
    {
        var disk = new FaultyDisk(1);
        await using var journal = Journal.Open(disk, JournalModel.Options(), out _);
        var before = disk.Operations;
        var batch = new JournalBatch();

        Add(batch, FrameKind.Entry, 2);
        Assert.Throws<ArgumentException>(() => journal.Write(batch));
        batch.Clear();
        Add(batch, FrameKind.Block, 1);
        Assert.Throws<ArgumentException>(() => journal.Write(batch));
        batch.Clear();
        Add(batch, FrameKind.Term, 1);
        Assert.Throws<ArgumentException>(() => journal.Write(batch));
        batch.Clear();
        for (var i = 1; i < 300; i++)
        {
            Add(batch, FrameKind.Entry, i);
        }

        Assert.Throws<ArgumentException>(() => journal.Write(batch));
        Assert.Equal(before, disk.Operations);
        Assert.Equal(0, journal.DurableSequence);
        batch.Clear();
        Add(batch, FrameKind.Term, 0);
        Add(batch, FrameKind.Entry, 1);
        journal.Write(batch);
        Assert.Equal(1, journal.DurableSequence);
        before = disk.Operations;
        batch.Clear();
        Add(batch, FrameKind.Term, 0);
        Add(batch, FrameKind.Entry, 2);
        Assert.Throws<ArgumentException>(() => journal.Write(batch));
        batch.Clear();
        Add(batch, FrameKind.Entry, 1);
        Assert.Throws<ArgumentException>(() => journal.Write(batch));
        batch.Clear();
        journal.Write(batch);
        Assert.Equal(before, disk.Operations);
    }

    [Fact]
    public async Task Frames_that_leave_less_than_a_header_at_the_end_of_a_segment_are_read_by_all()
    {
        foreach (var left in new[] { 0, 8, 32, 40 })
        {
            var disk = new FaultyDisk(1);
            var model = new JournalModel();
            var batch = new JournalBatch();
            await using (var journal = Journal.Open(disk, JournalModel.Options(8 * 1024), out _))
            {
                foreach (var size in new[] { 8 * 1024 - 512 - 48 - 48 - left, 20 })
                {
                    batch.Clear();
                    model.Add(batch, FrameKind.Entry, Enumerable.Repeat((byte)7, size).ToArray());
                    journal.Write(batch);
                    model.Confirm();
                }

                model.HoldAgainst(journal);
            }

            Assert.Empty(Journal.Check(disk, JournalModel.Options()));
            Assert.Equal(2, JournalFrames.Read(disk, JournalModel.Options()).Count());
            await using var again = Journal.Open(disk, JournalModel.Options(8 * 1024), out _);
            model.HoldAgainst(again);
        }
    }

    [Fact]
    public void BeginFrame_OutOfOrder_IsRefused()
    {
        var batch = new JournalBatch();
        Assert.Throws<InvalidOperationException>(() => batch.BeginFrame(FrameKind.Entry, 0, 1));
        Assert.Throws<InvalidOperationException>(() => batch.BeginFrame(FrameKind.Block, -1, 1));
        Assert.Throws<InvalidOperationException>(() => batch.BeginFrame(FrameKind.Term, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.BeginFrame((FrameKind)4, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.BeginFrame(FrameKind.Entry, 1, -1));
        Add(batch, FrameKind.Entry, 5);
        Assert.Throws<InvalidOperationException>(() => batch.BeginFrame(FrameKind.Entry, 5, 1));
        Assert.Throws<InvalidOperationException>(() => batch.BeginFrame(FrameKind.Entry, 7, 1));
        Assert.Throws<InvalidOperationException>(() => batch.BeginFrame(FrameKind.Block, 6, 1));
        Assert.Throws<InvalidOperationException>(() => batch.BeginFrame(FrameKind.Term, 4, 1));
        batch.BeginFrame(FrameKind.Entry, 6, 1);
        Assert.Throws<InvalidOperationException>(() => batch.BeginFrame(FrameKind.Entry, 6, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.EndFrame(2));
        batch.AbandonFrame();
        Assert.Throws<InvalidOperationException>(() => batch.EndFrame(0));
        Assert.Equal((1, 5L, 5L), (batch.Count, batch.FirstEntry, batch.LastEntry));
    }

    [Fact]
    public void Batch_AtItsLimit_RefusesMore()
    {
        var batch = new JournalBatch(initialBytes: 64, maxBytes: 1_000);
        Assert.True(batch.CanAdd(900));
        Assert.False(batch.CanAdd(1_000));
        Assert.False(batch.CanAdd(-1));
        Assert.False(new JournalBatch().CanAdd(JournalOptions.MaxPayloadBytes + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new JournalBatch(initialBytes: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new JournalBatch(initialBytes: 64, maxBytes: 63));
        Assert.Throws<InvalidOperationException>(() => batch.BeginFrame(FrameKind.Entry, 1, 1_000));
        Add(batch, FrameKind.Entry, 1);
        Assert.False(batch.CanAdd(900));
    }

    [Fact]
    public async Task Open_ASecondTimeWithAnotherSegmentSize_KeepsTheOldSegments()
    {
        var disk = new FaultyDisk(1);
        var model = new JournalModel();
        var random = new SeededRandom(3);
        var batch = new JournalBatch();
        foreach (var size in new[] { 16, 8, 64, 8 })
        {
            await using var journal = Journal.Open(disk, JournalModel.Options(size * 1024), out _);
            model.HoldAgainst(journal);
            for (var i = 0; i < 60; i++)
            {
                batch.Clear();
                model.Fill(batch, random, 3, maxPayload: 300);
                journal.Write(batch);
                model.Confirm();
            }
        }

        Assert.Empty(Journal.Check(disk, JournalModel.Options()));
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(8 * 1024 + 1)]
    public void Open_ImpossibleSegmentSize_IsRefused(int bytes) =>
        Assert.Throws<ValidationException>(() => Journal.Open(new FaultyDisk(1), JournalModel.Options(bytes), out _));

    [Fact]
    public async Task ReadFrom_BehindTheEnd_IsRefused()
    {
        await using var journal = Journal.Open(new FaultyDisk(1), JournalModel.Options(), out _);
        Assert.Throws<ArgumentOutOfRangeException>(() => journal.ReadFrom(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => journal.ReadFrom(2));
        using var reader = journal.ReadFrom(1);
        Assert.False(reader.TryRead(out _));
    }

    private static void Add(JournalBatch batch, FrameKind kind, long sequence)
    {
        batch.BeginFrame(kind, sequence, 20).Clear();
        batch.EndFrame(20);
    }

    private static void ReadAll(Journal journal, int last, CancellationToken stop)
    {
        using var reader = journal.ReadFrom(1);
        for (var expected = 1; expected <= last;)
        {
            stop.ThrowIfCancellationRequested();
            if (!reader.TryRead(out var frame))
            {
                Thread.Yield();
                continue;
            }

            Assert.Equal(expected, frame.Sequence);
            Assert.True(frame.Sequence <= journal.DurableSequence);
            Assert.Equal(expected % 400, frame.Payload.Length);
            Assert.False(frame.Payload.Span.ContainsAnyExcept((byte)(expected & 0xFF)));
            expected++;
        }
    }
}
