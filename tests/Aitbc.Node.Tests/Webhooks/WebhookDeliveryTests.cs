using Aitbc.Node.Webhooks;
using Aitbc.Testing;

namespace Aitbc.Node.Tests.Webhooks;

/// <summary>Every message arrives at least once, in order, whatever ends the node or the receiver.</summary>
public sealed class WebhookDeliveryTests(SharedNode shared) : IClassFixture<SharedNode>
{
    private const int Messages = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Messages_come_in_the_order_of_the_ledger_each_with_an_id_of_its_own()
    {
        await using var run = await HookRun.BeginAsync(shared);
        run.Start();
        var first = await run.HappenAsync();
        var second = await run.HappenAsync(times: 3);
        var third = await run.HappenAsync();
        var got = await TakeAsync(run.Receiver, 5);

        Assert.Equal(
            [first, second, second, second, third], got.Select(SeqOf));
        var indexes = got.Select(one => one.Data.GetProperty("index").GetInt32()).ToArray();
        Assert.True(indexes[1] < indexes[2] && indexes[2] < indexes[3]);
        Assert.Equal(5, got.Select(one => one.Id).Distinct().Count());
        Assert.All(got, one => Assert.Equal(one.Id, one.Data.GetProperty("id").GetString()));
        Assert.All(got, one => Assert.DoesNotContain('.', one.Id));
    }

    [Fact]
    public async Task A_receiver_that_fails_is_tried_again_ever_later_and_then_gets_all_in_order()
    {
        await using var run = await HookRun.BeginAsync(shared);
        run.Receiver.Fail(times: 4);
        run.Start();
        var first = await run.HappenAsync();
        var second = await run.HappenAsync();
        foreach (var whole in new[] { 1, 2, 4, 8 })
        {
            Assert.Equal(first, SeqOf(await run.Receiver.NextAsync()));
            var rest = await run.RestAsync();
            Assert.InRange(rest, TimeSpan.FromSeconds(whole / 2.0), TimeSpan.FromSeconds(whole));
            run.Time.Advance(rest - TimeSpan.FromTicks(1));
            Assert.Equal(0, run.Receiver.Waiting);
            run.Time.Advance(TimeSpan.FromTicks(1));
        }

        Assert.Equal(
            [first, second],
            (await TakeAsync(run.Receiver, 2)).Select(SeqOf));
    }

    [Fact]
    public async Task A_receiver_that_is_not_there_gets_all_once_it_is()
    {
        await using var run = await HookRun.BeginAsync(shared);
        var port = run.Receiver.Url.Port;
        await run.Receiver.DisposeAsync();
        run.Start();
        var seq = await run.HappenAsync();
        var rest = await run.RestAsync();
        Assert.Equal(DeliveryOutcome.Unreachable, run.Delivery.Place.LastOutcome);

        run.Receiver = await Receiver.StartAsync(port);
        run.Time.Advance(rest);
        Assert.Equal(seq, SeqOf(await run.Receiver.NextAsync()));
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_in_time_is_tried_again()
    {
        await using var run = await HookRun.BeginAsync(shared);
        var silent = new TaskCompletionSource();
        run.Receiver.Answer = (_, _) => silent.Task;
        run.Start();
        await run.HappenAsync();
        var first = await run.Receiver.NextAsync();
        run.Time.Advance(WebhookSender.Patience);
        var rest = await run.RestAsync();
        Assert.Equal(DeliveryOutcome.TimedOut, run.Delivery.Place.LastOutcome);
        run.Time.Advance(rest);
        var second = await run.Receiver.NextAsync();
        silent.SetResult();

        Assert.Equal(first.Id, second.Id);
        Assert.True(long.Parse(second.Timestamp, null) >= long.Parse(first.Timestamp, null) + 10);
    }

    [Fact]
    public async Task A_hook_that_fails_for_long_is_said_to_fail_and_keeps_its_place()
    {
        await using var run = await HookRun.BeginAsync(shared);
        run.Receiver.Fail(WebhookPlace.FailingAttempts);
        run.Start();
        var seq = await run.HappenAsync();
        for (var i = 1; i <= WebhookPlace.FailingAttempts; i++)
        {
            await run.Receiver.NextAsync();
            var rest = await run.RestAsync();
            var kept = run.Places.Load(run.Hook.Id)!;
            Assert.Equal(
                (i, i == WebhookPlace.FailingAttempts, DeliveryOutcome.Rejected),
                (kept.Attempts, kept.IsFailing, kept.LastOutcome));
            Assert.True(kept.Seq <= seq);
            run.Time.Advance(rest);
        }

        Assert.Equal(seq, SeqOf(await run.Receiver.NextAsync()));
        await run.AnsweredAsync();
        await run.StopAsync();
        Assert.Equal(0, run.Places.Load(run.Hook.Id)!.Attempts);
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_behind_what_was_delivered()
    {
        await using var run = await HookRun.BeginAsync(shared);
        var seq = await run.HappenAsync(times: 2);
        run.Start();
        var last = (await TakeAsync(run.Receiver, 2))[^1];
        await run.AnsweredAsync();
        await run.StopAsync();
        await run.Node.RestartAsync();

        run.Start();
        var next = await run.HappenAsync();
        Assert.Equal(next, SeqOf(await run.Receiver.NextAsync()));
        Assert.Equal(seq, SeqOf(last));
    }

    [Fact]
    public async Task What_is_cut_off_before_its_answer_comes_again_under_the_same_id()
    {
        await using var run = await HookRun.BeginAsync(shared);
        var silent = new TaskCompletionSource();
        run.Receiver.Answer = (_, _) => silent.Task;
        run.Start();
        await run.HappenAsync();
        var first = await run.Receiver.NextAsync();
        await run.StopAsync();
        silent.SetResult();

        run.Start();
        Assert.Equal(first.Id, (await run.Receiver.NextAsync()).Id);
    }

    [Fact]
    public async Task A_power_cut_at_any_moment_leaves_no_message_out()
    {
        await using var run = await HookRun.BeginAsync(shared);
        var begin = run.Next;
        var happened = new List<ulong>();
        while (happened.Count < Messages)
        {
            happened.Add(await run.HappenAsync());
        }

        var crashes = 0;
        for (var at = 1L; await LosesNothingAsync(run, begin, happened, at); at++)
        {
            crashes++;
        }

        // At the beginning and after each message the place was kept, and each operation of that was a moment.
        var disk = new FaultyDisk(1);
        new WebhookPlaces(disk).Save(run.Hook.Id, begin);
        var first = disk.Operations;
        new WebhookPlaces(disk).Save(run.Hook.Id, begin);
        Assert.True(crashes >= (Messages + 1) * (disk.Operations - first), $"only {crashes} moments were tried");
    }

    [Fact]
    public async Task A_new_hook_is_told_what_happened_since_it_was_made_and_nothing_before()
    {
        await using var run = await HookRun.BeginAsync(shared);
        await run.HappenAsync();
        var sinceMs = TimeOf(run) + 1;
        run.Hook = run.Hook with { CreatedAtMs = sinceMs + WebhookDelivery.MostClockApart.Ms };
        run.Places = new WebhookPlaces(new FaultyDisk(1));
        ulong seq;
        do
        {
            seq = await run.HappenAsync();
        }
        while (TimeOf(run) < sinceMs);

        run.Start();
        Assert.Equal(seq, SeqOf(await run.Receiver.NextAsync()));
    }

    [Fact]
    public async Task A_place_beyond_the_journal_goes_on_with_the_present_term()
    {
        await using var run = await HookRun.BeginAsync(shared);
        run.Places.Save(run.Hook.Id, new WebhookPlace(1_000_000, 3, 0, null, 0));
        var seq = await run.HappenAsync();
        run.Start();
        while (SeqOf(await run.Receiver.NextAsync()) != seq)
        {
            // The term is as old as the chain.
        }
    }

    [Fact]
    public async Task A_damaged_place_leaves_nothing_out()
    {
        await using var run = await HookRun.BeginAsync(shared);
        run.Start();
        await run.HappenAsync();
        var first = await run.Receiver.NextAsync();
        await run.AnsweredAsync();
        await run.StopAsync();
        var file = Path.Combine(run.Root, WebhookPlaces.Directory, $"{run.Hook.Id}.sealed");
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        run.Start();
        while ((await run.Receiver.NextAsync()).Id != first.Id)
        {
            // What happened right before the hook was made may come, too.
        }
    }

    /// <summary>Cuts the power at one operation of the disk that holds the places, and goes on with what is left of it.
    /// </summary>
    /// <returns>Whether there was such an operation.</returns>
    private static async Task<bool> LosesNothingAsync(
        HookRun run, WebhookPlace begin, List<ulong> happened, long at)
    {
        var disk = new FaultyDisk((ulong)at);
        run.Places = new WebhookPlaces(disk);
        run.Places.Save(run.Hook.Id, begin);
        at += disk.Operations;
        disk.CrashAtOperation = at;
        var (down, all) = (new TaskCompletionSource(), new TaskCompletionSource());
        var seen = new List<ulong>();
        var isCut = false;
        run.Receiver.Answer = (message, context) =>
        {
            // A machine without power sends nothing: what its process still sends here does not count.
            if (!isCut && disk.Operations >= at)
            {
                down.TrySetResult();
                context.Abort();
                return Task.CompletedTask;
            }

            seen.Add(SeqOf(message));
            if (seen.Distinct().Count() == Messages)
            {
                all.TrySetResult();
            }

            return Task.CompletedTask;
        };
        run.Start();
        await Task.WhenAny(down.Task, all.Task).WaitAsync(Limit);
        await run.StopAsync();
        if (disk.Operations < at)
        {
            return false;
        }

        disk.CrashAtOperation = 0;
        disk.CutPower();
        isCut = true;
        run.Start();
        await all.Task.WaitAsync(Limit);
        await run.StopAsync();
        Assert.Equal(happened, seen.Distinct());
        Assert.True(seen.Count <= Messages + 1, "more than the last message came twice");
        return true;
    }

    private static long TimeOf(HookRun run) => run.Node.Ledger.View.Read(state => state.Globals.TimeMs);

    private static ulong SeqOf(Received message) => message.Data.GetProperty("seq").GetUInt64();

    private static async Task<List<Received>> TakeAsync(Receiver receiver, int count)
    {
        var taken = new List<Received>();
        while (taken.Count < count)
        {
            taken.Add(await receiver.NextAsync());
        }

        return taken;
    }
}
