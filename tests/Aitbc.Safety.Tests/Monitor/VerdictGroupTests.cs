using System.Text.Json;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Protocol.Accounts;
using Aitbc.Safety.Audit;

namespace Aitbc.Safety.Tests.Monitor;

/// <summary>Verdicts in the audit file: many a line, in one chain with everything else that stands there.</summary>
public sealed class VerdictGroupTests
{
    private static readonly Timestamp Now = new(1_780_000_000_000);
    private static readonly Digest Payload = Digest.Sha256("payload"u8);

    [Fact]
    public void Verdicts_stand_in_one_line_with_their_numbers_and_the_chain_is_whole()
    {
        var disk = new FaultyDisk(1);
        var group = new VerdictGroup();
        using (var audit = AuditFile.Open(disk, Now))
        {
            group.Add(Judged(7, null));
            group.Add(Judged(9, Verdict(MonitorVerdictKind.Park, 1_500, 900)));
            audit.Append("judged", group, Now);
            audit.Append("judged", group, Now);
            group.Add(7, Outcome.Applied);
            audit.Append("outcomes", group, Now);
        }

        var lines = Text(disk).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var line = JsonDocument.Parse(lines[1]).RootElement;
        var verdicts = line.GetProperty("list");
        Assert.Equal(0, group.Count);
        Assert.Equal("judged", line.GetProperty("what").GetString());
        Assert.Equal(2, line.GetProperty("count").GetInt32());
        Assert.Equal($"[7,\"{Payload}\",3]", verdicts[0].GetRawText());
        Assert.Equal(
            $"[9,\"{Payload}\",3,\"Park\",\"hourvalue.owner\",\"1500\",\"900\"]", verdicts[1].GetRawText());
        Assert.Equal(
            "[[7,\"Applied\"]]", JsonDocument.Parse(lines[2]).RootElement.GetProperty("list").GetRawText());
        Assert.Equal(3, lines.Length);
        Assert.Empty(AuditCheck.CheckFile(disk, "audit/actions-000001.log"));
    }

    [Fact]
    public void A_changed_verdict_breaks_the_chain()
    {
        var disk = new FaultyDisk(1);
        using (var audit = AuditFile.Open(disk, Now))
        {
            audit.Append("judged", Full(3), Now);
        }

        Assert.Empty(Check(Text(disk)));
        Assert.Contains(
            Check(Text(disk).Replace("\"SafeMode\"", "\"Park\"", StringComparison.Ordinal)),
            problem => problem.Kind == StorageProblemKind.Damage);
    }

    [Fact]
    public void A_failed_write_is_said_and_nothing_of_the_group_is_forgotten()
    {
        var disk = new FaultyDisk(1);
        using var audit = AuditFile.Open(disk, Now);
        var group = Full(10);
        disk.FailAtOperation = disk.Operations + 1;

        Assert.ThrowsAny<IOException>(() => audit.Append("judged", group, Now));
        Assert.Equal(10, group.Count);
        Assert.ThrowsAny<IOException>(() => audit.Append("judged", group, Now));
    }

    [Fact]
    public void A_group_has_a_bound()
    {
        var group = Full(VerdictGroup.Capacity);

        Assert.True(group.IsFull);
        Assert.Throws<InvalidOperationException>(() => group.Add(Judged(1, null)));
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
        group.Add(Judged(1, new MonitorVerdict(
            default, default, MonitorVerdictKind.Park, Label.Empty, TokenAmount.Parse(digits), TokenAmount.Zero)));
        audit.Append("judged", group, Now);

        Assert.Contains($",\"{digits}\",", Text(disk), StringComparison.Ordinal);
    }

    private static VerdictGroup Full(int count)
    {
        var group = new VerdictGroup();
        for (var i = 0; i < count; i++)
        {
            group.Add(new JudgedPayload(
                ulong.MaxValue,
                Now,
                Payload,
                new AccountNumber(uint.MaxValue),
                i % 2 == 0 ? null : new MonitorVerdict(
                    default,
                    default,
                    MonitorVerdictKind.SafeMode,
                    Label.Parse(new string('x', Label.MaxLength)),
                    TokenAmount.MaxSupply,
                    TokenAmount.MaxSupply),
                Outcome.Applied));
        }

        return group;
    }

    private static JudgedPayload Judged(ulong seq, MonitorVerdict? verdict) =>
        new(seq, Now, Payload, new AccountNumber(3), verdict, Outcome.Applied);

    private static MonitorVerdict Verdict(MonitorVerdictKind kind, ulong observed, ulong limit) => new(
        default,
        default,
        kind,
        Label.Parse("hourvalue.owner"),
        TokenAmount.FromBaseUnits(observed),
        TokenAmount.FromBaseUnits(limit));

    private static List<StorageProblem> Check(string text)
    {
        var disk = new FaultyDisk(2);
        disk.CreateDirectory(AuditSeries.Actions.Directory);
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
