using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

public sealed class JournalFaultTests
{
    private static readonly JournalOptions Options = JournalModel.Options(8 * 1024);

    [Fact]
    public async Task A_disk_that_fills_up_at_any_byte_stops_admission_first_and_loses_nothing()
    {
        for (var capacity = 8 * 1024; capacity <= 34 * 1024; capacity += 256)
        {
            var disk = new FaultyDisk(1) { Capacity = capacity };
            var model = new JournalModel();
            var random = new SeededRandom((ulong)capacity);
            var batch = new JournalBatch();
            await using (var journal = Journal.Open(disk, Options, out _))
            {
                var admitted = true;
                byte[] last;
                while (true)
                {
                    var reserved = journal.ReservedBytesLeft;
                    batch.Clear();
                    var payload = new byte[random.NextInt32(700)];
                    random.NextBytes(payload);
                    payload.CopyTo(batch.BeginFrame(FrameKind.Entry, model.LastEntry + 1, payload.Length));
                    batch.EndFrame(payload.Length);
                    try
                    {
                        journal.Write(batch);
                    }
                    catch (JournalFullException)
                    {
                        last = payload;
                        Assert.False(admitted, "the journal was full before it stopped admission");
                        Assert.True(reserved < batch.Length, "what was reserved was refused");
                        break;
                    }

                    model.Remember(FrameKind.Entry, payload);
                    model.Confirm();
                    admitted = journal.HasRoom;
                }

                Assert.Equal(model.LastEntry, journal.DurableSequence);
                disk.Capacity += 64 * 1024;
                journal.Write(batch);
                model.Remember(FrameKind.Entry, last);
                model.Confirm();
                Assert.True(journal.HasRoom);
            }

            disk.CutPower();
            await using var again = Journal.Open(disk, Options, out _);
            model.HoldAgainst(again);
        }
    }

    [Fact]
    public async Task Open_NoRoomForAFirstSegment_SaysSoAndLeavesNothing()
    {
        var disk = new FaultyDisk(1) { Capacity = 8 * 1024 - 1 };

        Assert.Throws<DiskFullException>(() => Journal.Open(disk, Options, out _));

        Assert.Equal(0, disk.UsedBytes);
        disk.Capacity++;
        await using var journal = Journal.Open(disk, Options, out _);
        Assert.True(journal.HasRoom);
    }

    [Fact]
    public async Task A_write_or_flush_that_fails_at_any_operation_ends_the_journal_for_good()
    {
        var failures = 0;
        for (var operation = 1; operation < 120; operation++)
        {
            var disk = new FaultyDisk((ulong)operation);
            var model = new JournalModel();
            var random = new SeededRandom(9);
            var batch = new JournalBatch();
            var journal = Journal.Open(disk, Options, out _);
            disk.FailAtOperation = disk.Operations + operation;
            try
            {
                for (var i = 0; i < 60; i++)
                {
                    batch.Clear();
                    model.Fill(batch, random, 2, maxPayload: 500);
                    journal.Write(batch);
                    model.Confirm();
                }
            }
            catch (JournalFailedException)
            {
                failures++;
                var operations = disk.Operations;
                var durable = journal.DurableSequence;
                Assert.Throws<JournalFailedException>(() => journal.Write(batch));
                Assert.False(journal.HasRoom);
                Assert.Equal(durable, journal.DurableSequence);
                Assert.Equal(operations, disk.Operations);
            }

            await journal.DisposeAsync();
            disk.CutPower();
            await using var again = Journal.Open(disk, Options, out _);
            model.HoldAgainst(again);
        }

        Assert.True(failures > 100, $"only {failures} operations were made to fail");
    }

    [Fact]
    public async Task A_segment_whose_preparation_failed_ends_the_journal_though_the_present_one_has_room()
    {
        var disk = new FaultyDisk(1);
        var journal = Journal.Open(disk, Options, out _);
        var batch = new JournalBatch();
        Fill(batch, 1, 7_000);
        journal.Write(batch);
        Fill(batch, 2, 3_000);

        // The start of the second segment; of the third: creation, zeros, their flush, and the header, which fails.
        disk.FailAtOperation = disk.Operations + 5;
        journal.Write(batch);
        Assert.Equal(2, journal.DurableSequence);
        Assert.True(disk.Operations >= disk.FailAtOperation, "the failure did not happen");

        Assert.False(journal.HasRoom);
        Fill(batch, 3, 10);
        Assert.Throws<JournalFailedException>(() => journal.Write(batch));
        Assert.Throws<JournalFailedException>(() => journal.WaitForRoom());
        Assert.Equal(2, journal.DurableSequence);
        await journal.DisposeAsync();
    }

    [Fact]
    public async Task WaitForRoom_OnAFullDisk_SaysNoAndThenYes()
    {
        var disk = new FaultyDisk(1) { Capacity = 10_000 };
        await using var journal = Journal.Open(disk, Options, out _);
        var batch = new JournalBatch();
        Assert.True(journal.WaitForRoom());
        Assert.False(journal.IsFull);
        Fill(batch, 1, 7_000);
        journal.Write(batch);

        Assert.False(journal.WaitForRoom());
        Assert.True(journal.IsFull);
        disk.Capacity = 100_000;
        Assert.True(journal.WaitForRoom());
        Assert.False(journal.IsFull);
        Assert.True(journal.HasRoom);
    }

    [Fact]
    public async Task WaitForRoom_OnADeviceThatFails_EndsTheJournal()
    {
        var disk = new FaultyDisk(1) { Capacity = 10_000 };
        var journal = Journal.Open(disk, Options, out _);
        var batch = new JournalBatch();
        Fill(batch, 1, 7_000);
        journal.Write(batch);
        disk.Capacity = 100_000;
        disk.FailAtOperation = disk.Operations + 2;

        Assert.Throws<JournalFailedException>(() => journal.WaitForRoom());

        Assert.Throws<JournalFailedException>(() => journal.WaitForRoom());
        Assert.False(journal.HasRoom);
        await journal.DisposeAsync();
    }

    [Fact]
    public async Task A_write_that_ends_in_any_other_error_ends_the_journal_too()
    {
        var isArmed = false;
        var disk = new FaultyDisk(1)
        {
            SwallowsFlushOf = _ => isArmed ? throw new InvalidOperationException("not an I/O error") : false,
        };
        var journal = Journal.Open(disk, Options, out _);
        var batch = new JournalBatch();
        Fill(batch, 1, 10);
        isArmed = true;
        Assert.Throws<InvalidOperationException>(() => journal.Write(batch));
        isArmed = false;

        Assert.Throws<JournalFailedException>(() => journal.Write(batch));
        Assert.Equal(0, journal.DurableSequence);
        await journal.DisposeAsync();
        Assert.Throws<JournalFailedException>(() => journal.Write(batch));
    }

    [Fact]
    public async Task A_first_write_of_a_segment_that_is_torn_away_leaves_the_segment_to_be_begun_again()
    {
        var disk = new FaultyDisk(1);
        var model = new JournalModel();
        var batch = new JournalBatch();
        await using (var journal = Journal.Open(disk, Options, out _))
        {
            foreach (var size in new[] { 3_000, 4_000, 3_000 })
            {
                batch.Clear();
                model.Add(batch, FrameKind.Entry, Enumerable.Repeat((byte)7, size).ToArray());
                journal.Write(batch);
            }
        }

        disk.Overwrite("journal/0000000001.seg", 512, new byte[512]);
        await using var again = Journal.Open(disk, Options, out var recovery);
        Assert.Equal(2, recovery.LastEntry);
        model.HoldAgainst(again);
        batch.Clear();
        model.Add(batch, FrameKind.Entry, Enumerable.Repeat((byte)8, 3_000).ToArray());
        again.Write(batch);
        model.Confirm();
        model.HoldAgainst(again);
        model.HoldEveryStart(again);
    }

    [Fact]
    public async Task A_reader_does_not_see_what_was_written_and_not_flushed()
    {
        var disk = new FaultyDisk(1);
        await using var journal = Journal.Open(disk, Options, out _);
        using var reader = journal.ReadFrom(1);
        var batch = new JournalBatch();
        batch.BeginFrame(FrameKind.Entry, 1, 10).Fill(1);
        batch.EndFrame(10);
        disk.FailAtOperation = disk.Operations + 2;

        Assert.Throws<JournalFailedException>(() => journal.Write(batch));

        Assert.False(reader.TryRead(out _));
        Assert.Equal(0, journal.DurableSequence);
    }

    [Fact]
    public async Task A_cut_that_was_not_flushed_does_not_bring_the_torn_frames_back()
    {
        for (var seed = 1ul; seed <= 100; seed++)
        {
            var disk = new FaultyDisk(seed);
            var model = new JournalModel();
            var batch = new JournalBatch();
            await using (var journal = Journal.Open(disk, Options, out _))
            {
                foreach (var size in new[] { 3_000, 4_000, 3_000 })
                {
                    batch.Clear();
                    model.Add(batch, FrameKind.Entry, Enumerable.Repeat((byte)7, size).ToArray());
                    journal.Write(batch);
                }
            }

            // Of the third write, the first of its segment, the first sector is missing; who cuts the rest dies before
            // the flush.
            disk.Overwrite("journal/0000000001.seg", 512, new byte[512]);
            disk.CrashAtOperation = disk.Operations + 4;
            Assert.Throws<DiskCrashedException>(() => Journal.Open(disk, Options, out _));
            disk.KillProcess();
            Assert.False(disk.ReadAll("journal/0000000001.seg").AsSpan(512).ContainsAnyExcept((byte)0));
            await using (var journal = Journal.Open(disk, Options, out var recovery))
            {
                Assert.Equal(2, recovery.LastEntry);
                model.HoldAgainst(journal);
                batch.Clear();
                model.Add(batch, FrameKind.Entry, [1, 2, 3]);
                journal.Write(batch);
                model.Confirm();
            }

            disk.CutPower();
            await using var again = Journal.Open(disk, Options, out _);
            model.HoldAgainst(again);
        }
    }

    [Fact]
    public async Task A_segment_whose_name_was_not_durable_when_its_maker_was_killed_is_not_lost_later()
    {
        for (var seed = 1ul; seed <= 50; seed++)
        {
            // Killed between the rename of the second segment and the flush of the directory.
            var disk = new FaultyDisk(seed) { CrashAtOperation = 17 };
            await Journal.Open(disk, Options, out _).DisposeAsync();
            Assert.Throws<DiskCrashedException>(() => disk.Exists("a"));
            disk.KillProcess();
            Assert.True(disk.Exists("journal/0000000001.seg"));

            // The next one fills that segment before its own preparing task comes to flush the directory.
            using var gated = new GatedDisk(disk);
            var background = new JournalOptions { Identity = Options.Identity, SegmentBytes = 8 * 1024 };
            var model = new JournalModel();
            var batch = new JournalBatch();
            var journal = Journal.Open(gated, background, out _);
            foreach (var size in new[] { 3_000, 4_000, 3_000 })
            {
                batch.Clear();
                model.Add(batch, FrameKind.Entry, Enumerable.Repeat((byte)7, size).ToArray());
                journal.Write(batch);
                model.Confirm();
            }

            disk.CutPower();
            gated.Release();
            await journal.DisposeAsync();
            await using var again = Journal.Open(disk, Options, out _);
            model.HoldAgainst(again);
        }
    }

    [Fact]
    public async Task HasRoom_WhenSpaceComesBack_TurnsTrueByItself()
    {
        var clock = new ManualTimeProvider();
        var options = new JournalOptions
        {
            Identity = Digest.Sha256("test journal"u8), SegmentBytes = 8 * 1024, Time = clock, PrepareRetryMs = 1_000,
        };
        var disk = new FaultyDisk(1) { Capacity = 10_000 };
        await using var journal = Journal.Open(disk, options, out _);
        var batch = new JournalBatch();
        batch.BeginFrame(FrameKind.Entry, 1, 7_000).Fill(1);
        batch.EndFrame(7_000);
        journal.Write(batch);
        Assert.False(journal.HasRoom);

        await clock.WaitForTimer();
        disk.Capacity = 100_000;
        clock.Advance(TimeSpan.FromMilliseconds(1_000));

        await WaitUntil(() => journal.HasRoom);
    }

    private static void Fill(JournalBatch batch, long sequence, int bytes)
    {
        batch.Clear();
        batch.BeginFrame(FrameKind.Entry, sequence, bytes).Fill(1);
        batch.EndFrame(bytes);
    }

    private static async Task WaitUntil(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>A clock that stands still until it is moved, and tells when somebody waits on it.</summary>
    private sealed class ManualTimeProvider : TimeProvider
    {
        private readonly TaskCompletionSource _armed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Action? _due;

        public Task WaitForTimer() => _armed.Task;

        public void Advance(TimeSpan time)
        {
            Assert.True(time > TimeSpan.Zero);
            _due?.Invoke();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _due = () => callback(state);
            _armed.TrySetResult();
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
                // Nothing is held.
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
