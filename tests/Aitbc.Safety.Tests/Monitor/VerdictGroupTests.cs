using System.Text.Json;
using Aitbc.Infrastructure.Storage;
using Aitbc.Safety.Audit;
using Aitbc.Safety.Monitor;

namespace Aitbc.Safety.Tests.Monitor;

/// <summary>Verdicts in the audit file: many a line, in one chain with everything else that stands there.</summary>
public sealed class VerdictGroupTests
{
    private static readonly Timestamp Now = new(1_780_000_000_000);

    [Fact]
    public void Verdicts_stand_in_one_line_with_their_numbers_and_the_chain_is_whole()
    {
        var disk = new FaultyDisk(1);
        var group = new VerdictGroup();
        using (var audit = AuditFile.Open(disk, Now))
        {
            var watched = new Watched();
            var usual = watched.Of(1, 1_500);
            group.Add(in usual, watched.Monitor.Observe(usual));
            var large = watched.Of(2, 900_000, null, CommandKind.PostWorkload);
            group.Add(in large, watched.Monitor.Observe(large));
            audit.Append(group, Now);
            audit.Append(group, Now);
        }

        var line = JsonDocument.Parse(Text(disk).Split('\n')[1]).RootElement;
        var verdicts = line.GetProperty("verdicts");
        Assert.Equal(0, group.Count);
        Assert.Equal("judged", line.GetProperty("what").GetString());
        Assert.Equal(2, line.GetProperty("count").GetInt32());
        Assert.Equal(
            """[1780000000000,1,"transfer","1500000000000000000",50,"Pass"]""", verdicts[0].GetRawText());
        Assert.StartsWith(
            """[1780000000000,2,"workload.post","900000000000000000000",null,"Park","Probation","Agent","9000000""",
            verdicts[1].GetRawText(),
            StringComparison.Ordinal);
        Assert.Equal(2, Text(disk).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Empty(AuditCheck.CheckFile(disk, "audit/actions-000001.log"));
    }

    [Fact]
    public void A_changed_verdict_breaks_the_chain()
    {
        var disk = new FaultyDisk(1);
        using (var audit = AuditFile.Open(disk, Now))
        {
            audit.Append(Full(3), Now);
        }

        Assert.Empty(Check(Text(disk)));
        Assert.Contains(
            Check(Text(disk).Replace("\"Pass\"", "\"Park\"", StringComparison.Ordinal)),
            problem => problem.Kind == StorageProblemKind.Damage);
    }

    [Fact]
    public void A_failed_write_is_said_and_nothing_of_the_group_is_forgotten()
    {
        var disk = new FaultyDisk(1);
        using var audit = AuditFile.Open(disk, Now);
        var group = Full(10);
        disk.FailAtOperation = disk.Operations + 1;

        Assert.ThrowsAny<IOException>(() => audit.Append(group, Now));
        Assert.Equal(10, group.Count);
        Assert.ThrowsAny<IOException>(() => audit.Append(group, Now));
    }

    [Fact]
    public void A_group_has_a_bound()
    {
        var group = Full(VerdictGroup.Capacity);

        Assert.True(group.IsFull);
        Assert.Throws<InvalidOperationException>(() => group.Add(new Watched().Of(1, 1), default));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("18446744073709551615")]
    [InlineData("18446744073709551616")]
    [InlineData("30000000000000000007")]
    [InlineData("100000000000000000000000000000000000001")]
    [InlineData("170141183460469231731687303715884105727")]
    public void Amounts_are_written_digit_by_digit(string digits)
    {
        var disk = new FaultyDisk(1);
        using var audit = AuditFile.Open(disk, Now);
        var group = new VerdictGroup();
        group.Add(new Watched().Of(1, 1) with { Value = TokenAmount.Parse(digits) }, default);
        audit.Append(group, Now);

        Assert.Contains($",\"{digits}\",", Text(disk), StringComparison.Ordinal);
    }

    private static VerdictGroup Full(int count)
    {
        var group = new VerdictGroup();
        var longest = new MonitorFinding(
            MonitorLevel.SafeMode, Detector.OverAverage, MonitorSubject.Owner, UInt128.MaxValue, UInt128.MaxValue);
        for (var i = 0; i < count; i++)
        {
            group.Add(
                new Watched().Of(uint.MaxValue, 1, uint.MaxValue) with { Value = TokenAmount.MaxSupply },
                i % 2 == 0 ? default : longest);
        }

        return group;
    }

    private static List<StorageProblem> Check(string text)
    {
        var disk = new FaultyDisk(2);
        disk.CreateDirectory(AuditFile.Directory);
        using (var file = disk.Create("audit/actions-000001.log"))
        {
            file.Write(0, System.Text.Encoding.ASCII.GetBytes(text));
        }

        return [.. AuditCheck.CheckFile(disk, "audit/actions-000001.log")];
    }

    private static string Text(FaultyDisk disk)
    {
        using var file = disk.OpenRead("audit/actions-000001.log");
        var bytes = new byte[file.Length];
        return System.Text.Encoding.ASCII.GetString(bytes, 0, file.Read(0, bytes));
    }
}
