using Aitbc.Infrastructure.Storage;
using Aitbc.Safety.Audit;

namespace Aitbc.Safety.Tests;

/// <summary>The audit goes on in the next file where one is full.</summary>
public sealed class AuditRollOverTests
{
    private static readonly Timestamp s_now = new(1_767_571_200_000);

    [Fact]
    public void A_full_file_is_followed_by_the_next_and_the_chain_goes_on()
    {
        var disk = new FaultyDisk(1);
        using var audit = Open(disk, 1_000);
        for (var i = 0; i < 12; i++)
        {
            audit.Append(Line(i));
        }

        var files = AuditCheck.FilesOf(disk, AuditSeries.Actions);
        Assert.InRange(files.Count, 3, 6);
        Assert.Equal(12UL + (ulong)files.Count, audit.Lines);
        Assert.All(files, file => Assert.Empty(AuditCheck.CheckFile(disk, file)));
        Assert.All(files.SkipLast(1), file => Assert.InRange(disk.ReadAll(file).Length, 1_000, 1_400));
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    public void A_file_is_full_when_its_bytes_reach_the_bound(long more, int files)
    {
        var measured = new FaultyDisk(1);
        using (var audit = AuditFile.Open(measured, s_now))
        {
            audit.Append(Line(0));
        }

        var disk = new FaultyDisk(1);
        using var bounded = Open(disk, measured.UsedBytes + more);
        bounded.Append(Line(0));
        Assert.Single(AuditCheck.FilesOf(disk, AuditSeries.Actions));
        bounded.Append(Line(1));
        Assert.Equal(files, AuditCheck.FilesOf(disk, AuditSeries.Actions).Count);
    }

    [Fact]
    public void A_next_file_that_cannot_be_begun_ends_the_audit_for_good()
    {
        // After the file is made and its directory synced: its first line, that line's flush, the line, its flush.
        for (var operation = 3; operation <= 6; operation++)
        {
            var disk = new FaultyDisk(1);
            using var audit = Open(disk, 1);
            var before = audit.Lines;
            disk.FailAtOperation = disk.Operations + operation;

            Assert.ThrowsAny<IOException>(() => audit.Append(Line(0)));
            var operations = disk.Operations;
            var refused = Assert.ThrowsAny<IOException>(() => audit.Append(Line(1)));

            Assert.Contains("failed before", refused.Message, StringComparison.Ordinal);
            Assert.Equal(operations, disk.Operations);
            Assert.InRange(audit.Lines, before, before + 1);
        }
    }

    [Fact]
    public void A_next_file_that_cannot_be_made_ends_the_audit_for_good()
    {
        const string Next = "audit/actions-000002.log";
        var disk = new FaultyDisk(1);
        using var audit = Open(disk, 1);
        disk.Put(Next, []);
        Assert.ThrowsAny<IOException>(() => audit.Append(Line(0)));
        disk.Remove(Next);
        Assert.ThrowsAny<IOException>(() => audit.Append(Line(0)));
        Assert.False(disk.Exists(Next));
    }

    [Fact]
    public void A_closed_audit_takes_nothing()
    {
        var audit = AuditFile.Open(new FaultyDisk(1), s_now);
        audit.Dispose();
        Assert.ThrowsAny<IOException>(() => audit.Append(Line(0)));
    }

    [Fact]
    public void Lines_that_were_not_flushed_are_before_a_file_that_goes_on_from_them_begins()
    {
        var disk = new FaultyDisk(1);
        using (var audit = AuditFile.Open(disk, s_now, AuditSeries.Verdicts, 400))
        {
            for (var i = 0; i < 12; i++)
            {
                audit.Append(s_now, json => json.WriteString("why"u8, "no hurry"), isFlushed: false);
            }
        }

        disk.CutPower();
        var files = AuditCheck.FilesOf(disk, AuditSeries.Verdicts);
        Assert.InRange(files.Count, 3, 8);
        Assert.All(files, file => Assert.Empty(AuditCheck.CheckFile(disk, file)));
    }

    private static AuditFile Open(FaultyDisk disk, long maxFileBytes) =>
        AuditFile.Open(disk, s_now, AuditSeries.Actions, maxFileBytes);

    private static AuditLine Line(int number) =>
        new(s_now, "sent", default, $"line {number}", ["blob"], Digest.Sha256("x"u8), null);
}
