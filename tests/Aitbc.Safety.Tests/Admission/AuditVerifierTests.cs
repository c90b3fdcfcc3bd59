using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Protocol.Accounts;
using Aitbc.Safety.Admission;
using Aitbc.Safety.Audit;

namespace Aitbc.Safety.Tests.Admission;

/// <summary>Whatever is done to the verdict log or to the journal behind it is named with its place.</summary>
public sealed class AuditVerifierTests : IAsyncLifetime
{
    private const string First = "verdicts/verdicts-000001.log";
    private const string Second = "verdicts/verdicts-000002.log";

    private readonly MonitoredChain chain = new();
    private Actor agent = null!;

    public async Task InitializeAsync()
    {
        agent = await chain.NewAgentAsync();
        for (var i = 0; i < 4; i++)
        {
            await chain.PayAsync(agent, chain.Other, 2);
        }

        await chain.PayAsync(agent, chain.Other, 500);
        await chain.RestartAsync(Ending.Closed);
        await chain.PayAsync(agent, chain.Other, 2);
    }

    public async Task DisposeAsync() => await chain.DisposeAsync();

    [Fact]
    public void What_is_whole_is_counted()
    {
        var report = chain.Verify();
        Assert.True(report.Ok, report.Problems.FirstOrDefault()?.ToString());
        Assert.Equal((6, 6, 6, 1), (report.AgentPayloads, report.Verdicts, report.Outcomes, report.Found));
        Assert.Equal((2, 0, 0), (report.Files, report.Unwatched, report.NeverHappened));
        Assert.Empty(report.Notices);

        // The lines of two files: a beginning and what is watched from where, then two for each payload.
        Assert.Equal(4UL + 12UL, report.Lines);
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_named()
    {
        var length = chain.Disk.ReadAll(First).Length;
        for (var at = 0; at < length; at += 7)
        {
            chain.Disk.FlipBit(First, at, at % 8);
            var report = chain.Verify();
            Assert.False(report.Ok);
            Assert.StartsWith("verdicts/", report.Problems[0].Where, StringComparison.Ordinal);
            chain.Disk.FlipBit(First, at, at % 8);
        }

        Assert.True(chain.Verify().Ok);
    }

    [Theory]
    [InlineData("a line is removed", $"{First} at byte ")]
    [InlineData("two lines change places", $"{First} at byte ")]
    [InlineData("the end of a file that is not the last is cut off", $"{Second} at byte 0")]
    public void Lines_that_are_not_where_they_were_are_named(string what, string where)
    {
        var lines = Lines(First);
        var changed = what switch
        {
            "a line is removed" => [.. lines[..3], .. lines[4..]],
            "two lines change places" => [.. lines[..3], lines[4], lines[3], .. lines[5..]],
            _ => lines[..^2],
        };
        chain.Disk.Put(First, Encoding.ASCII.GetBytes(string.Concat(changed)));
        var report = chain.Verify();
        Assert.False(report.Ok);
        Assert.StartsWith(where, report.Problems[0].Where, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_gone_is_named_and_where_it_was_the_first_the_log_begins_later()
    {
        var first = chain.Disk.ReadAll(First);
        chain.Disk.Remove(First);
        var moved = chain.Verify();
        Assert.True(moved.Ok, moved.Problems.FirstOrDefault()?.ToString());
        Assert.Equal((5, 1), (moved.Unwatched, moved.Verdicts));
        Assert.Equal(2, moved.Notices.Count);
        chain.Disk.Put(First, first);
        chain.Disk.Remove(Second);
        var cut = chain.Verify();
        Assert.Equal($"entry {chain.Ledger.View.Seq}", cut.Problems[0].Where);
        Assert.Contains("no verdict before it", cut.Problems[0].What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_is_gone_altogether_leaves_every_payload_without_its_verdict()
    {
        chain.Disk.Remove(First);
        chain.Disk.Remove(Second);
        var report = chain.Verify();
        Assert.False(report.Ok);
        Assert.Equal(6, report.Problems.Count);
    }

    [Fact]
    public void A_verdict_at_the_end_without_its_outcome_is_said_to_be_open()
    {
        var lines = Lines(Second);
        chain.Disk.Put(Second, Encoding.ASCII.GetBytes(string.Concat(lines[..^1])));
        var open = chain.Verify();
        Assert.True(open.Ok, open.Problems.FirstOrDefault()?.ToString());
        Assert.Contains(open.Notices, notice => notice.What.Contains("no outcome yet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_crash_leaves_a_log_that_agrees_with_the_journal()
    {
        var voided = 0L;
        for (var operation = 1; operation <= 8; operation++)
        {
            await using var one = new MonitoredChain();
            var its = await one.NewAgentAsync();
            await one.PayAsync(its, one.Other, 1);
            one.Disk.CrashAtOperation = one.Disk.Operations + operation;
            try
            {
                await one.PayAsync(its, one.Other, 1);
                await one.PayAsync(its, one.Other, 1);
            }
            catch (IOException)
            {
                // The power is gone.
            }

            await one.RestartAsync(operation % 2 == 0 ? Ending.PowerCut : Ending.Killed);
            var report = one.Verify();
            Assert.True(report.Ok, $"{operation}: {report.Problems.FirstOrDefault()}");
            Assert.Equal(report.AgentPayloads, report.Outcomes);
            Assert.DoesNotContain(
                report.Notices, notice => notice.What.Contains("no outcome yet", StringComparison.Ordinal));
            Assert.Equal(Outcome.Applied, (await one.PayAsync(its, one.Other, 1)).Outcome);
            Assert.True(one.Verify().Ok);
            voided += report.NeverHappened;
        }

        Assert.InRange(voided, 1, 8);
    }

    [Fact]
    public void What_a_restored_backup_took_back_never_happened()
    {
        var disk = new FaultyDisk(9);
        using (var log = VerdictLog.Begin(disk, chain.Clock.Now))
        {
            JudgedPayload[] judged = [Judged(5), Judged(6), Judged(7)];
            log.Keep(judged);
            log.Note([(5, Outcome.Applied), (6, Outcome.Applied)], chain.Clock.Now);
            log.Watch(6, MonitorMode.Enforce, 1, chain.Clock.Now);
            log.Keep([Judged(6)]);
        }

        var records = new VerdictRecords(isWhole: true);
        AuditCheck.ReadFile(disk, First, AuditTail.Start, records.Take);
        Assert.Equal([5UL], records.Settled.Keys);
        Assert.Equal([6UL], records.Open.Keys);
        Assert.Equal((2L, 5UL), (records.Void, records.LastSettled));
    }

    [Fact]
    public async Task A_log_of_another_history_does_not_agree()
    {
        await using var other = new MonitoredChain();
        var its = await other.NewAgentAsync();
        for (var i = 0; i < 4; i++)
        {
            await other.PayAsync(its, other.Other, 3);
        }

        await other.EndAsync(Ending.Closed);
        chain.Disk.Remove(Second);
        chain.Disk.Put(First, other.Disk.ReadAll(First));
        var report = chain.Verify();
        Assert.False(report.Ok);
        Assert.Contains("of another payload", report.Problems[0].What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "another verdict")]
    [InlineData(false, "the log says Retired")]
    public async Task A_whole_log_that_says_other_than_the_journal_is_named(bool isPassed, string what)
    {
        var journal = JournalledPayloads.Read(chain.Disk, Digest.Sha256("genesis"u8), CancellationToken.None);
        var parked = journal.All.Single(one => one.Verdict is not null);
        await chain.EndAsync(Ending.Closed);
        chain.Disk.Remove(First);
        chain.Disk.Remove(Second);
        using (var log = VerdictLog.Begin(chain.Disk, chain.Clock.Now))
        {
            log.Watch(1, MonitorMode.Enforce, 1, chain.Clock.Now);
            log.Keep([.. journal.All.Select(one => new JudgedPayload(
                one.Seq,
                chain.Clock.Now,
                one.Payload,
                new AccountNumber(3),
                one.Verdict is null || isPassed ? null : new MonitorVerdict(
                    agent.Id, one.Payload, one.Verdict.Value, Label.Empty, TokenAmount.Zero, TokenAmount.Zero),
                one.Outcome))]);
            log.Note(journal.All.Select(one => (one.Seq, isPassed ? one.Outcome : Outcome.Retired)), chain.Clock.Now);
        }

        var report = chain.Verify();
        var problem = report.Problems.First(one => one.Where == $"entry {parked.Seq}");
        Assert.Contains(what, problem.What, StringComparison.Ordinal);
        Assert.Equal(isPassed ? 1 : 6, report.Problems.Count);
        chain.Open();
    }

    [Fact]
    public async Task A_verdict_before_the_end_without_its_outcome_is_named()
    {
        var journal = JournalledPayloads.Read(chain.Disk, Digest.Sha256("genesis"u8), CancellationToken.None);
        var silent = journal.All.First(one => one.Verdict is null).Seq;
        await chain.EndAsync(Ending.Closed);
        chain.Disk.Remove(First);
        chain.Disk.Remove(Second);
        using (var log = VerdictLog.Begin(chain.Disk, chain.Clock.Now))
        {
            log.Watch(1, MonitorMode.Enforce, 1, chain.Clock.Now);
            log.Keep([.. journal.All.Select(one => new JudgedPayload(
                one.Seq,
                chain.Clock.Now,
                one.Payload,
                new AccountNumber(3),
                one.Verdict is null ? null : new MonitorVerdict(
                    agent.Id, one.Payload, one.Verdict.Value, Label.Empty, TokenAmount.Zero, TokenAmount.Zero),
                one.Outcome))]);
            log.Note(
                journal.All.Where(one => one.Seq != silent).Select(one => (one.Seq, one.Outcome)), chain.Clock.Now);
        }

        var problem = Assert.Single(chain.Verify().Problems);
        Assert.Equal($"entry {silent}", problem.Where);
        Assert.Contains("no outcome after it", problem.What, StringComparison.Ordinal);
        chain.Open();
    }

    [Fact]
    public void The_log_says_from_where_on_it_watches_and_what_it_had_learnt()
    {
        Assert.Contains(
            "\"what\":\"watching\",\"from\":1,\"mode\":\"enforce\"", Lines(First)[1], StringComparison.Ordinal);
        Assert.Empty(AuditSeries.All.SelectMany(series => AuditCheck.FilesOf(chain.Disk, series))
            .SelectMany(file => AuditCheck.CheckFile(chain.Disk, file)));
    }

    private JudgedPayload Judged(ulong seq) => new(
        seq, chain.Clock.Now, Digest.Sha256(BitConverter.GetBytes(seq)), new AccountNumber(3), null, Outcome.Applied);

    private List<string> Lines(string file) =>
        [.. Encoding.ASCII.GetString(chain.Disk.ReadAll(file)).Split('\n')[..^1].Select(line => line + "\n")];
}
