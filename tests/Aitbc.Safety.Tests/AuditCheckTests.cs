using System.Text;
using Aitbc.Infrastructure.Storage;
using Aitbc.Safety.Audit;

namespace Aitbc.Safety.Tests;

/// <summary>Whatever was done to the audit's files, the check names the file and the place, and throws nothing.
/// </summary>
public sealed class AuditCheckTests
{
    private const string First = "audit/actions-000001.log";
    private const string Second = "audit/actions-000002.log";
    private const string Third = "audit/actions-000003.log";
    private static readonly Timestamp s_now = new(1_767_571_200_000);

    [Fact]
    public void Every_flipped_bit_is_found_in_the_file()
    {
        var disk = Two();
        foreach (var file in new[] { First, Second })
        {
            var sound = disk.ReadAll(file);
            for (var bit = 0; bit < sound.Length * 8; bit++)
            {
                disk.FlipBit(file, bit / 8, bit % 8);
                AssertDamage(disk, file, $"bit {bit % 8} of byte {bit / 8}");
                disk.FlipBit(file, bit / 8, bit % 8);
            }

            Assert.Empty(AuditCheck.CheckFile(disk, file));
        }
    }

    [Fact]
    public void A_line_taken_out_doubled_or_moved_is_found_at_its_place()
    {
        var lines = Lines(Two(), First);
        Assert.Equal(4, lines.Count);
        for (var i = 0; i < 3; i++)
        {
            Check(lines.Where((_, at) => at != i), Start(i), $"line {i} out");
            Check(lines.Take(i + 1).Concat(lines.Skip(i)), Start(i + 1), $"line {i} twice");
            var moved = lines.Take(i).Append(lines[i + 1]).Append(lines[i]).Concat(lines.Skip(i + 2));
            Check(moved, Start(i), $"line {i} moved");
        }

        int Start(int line) => lines.Take(line).Sum(text => text.Length);

        void Check(IEnumerable<string> changed, long offset, string what)
        {
            var disk = Two();
            disk.Put(First, Encoding.UTF8.GetBytes(string.Concat(changed)));
            Assert.Equal(offset, AssertDamage(disk, First, what).Offset);
        }
    }

    [Fact]
    public void A_last_line_taken_out_is_found_where_the_next_file_begins()
    {
        var disk = Two();
        disk.Put(First, Encoding.UTF8.GetBytes(string.Concat(Lines(disk, First).SkipLast(1))));
        Assert.Empty(AuditCheck.CheckFile(disk, First));
        Assert.Equal(0, AssertDamage(disk, Second, "the chain between files").Offset);
    }

    [Fact]
    public void The_first_file_taken_away_is_found_where_the_second_begins()
    {
        var disk = Two();
        disk.Remove(First);
        AssertDamage(disk, Second, "no first file");
    }

    [Fact]
    public void A_file_under_another_name_is_found()
    {
        var disk = Two();
        disk.Put(Third, disk.ReadAll(Second));
        AssertDamage(disk, Third, "a file's copy under the next name");
        Assert.Throws<StorageDamagedException>(() => AuditFile.Open(disk, s_now));
    }

    [Fact]
    public void A_number_that_no_file_has_is_found_though_the_hash_is_right()
    {
        var disk = Two();
        Forge(disk, Lines(disk, Second)[0].Replace("\"file\":2", "\"file\":3", StringComparison.Ordinal), null, Third);
        disk.Remove(Second);
        Assert.Equal(0, AssertDamage(disk, Third, "file 3 after file 1").Offset);
    }

    [Theory]
    [InlineData("audit/actions-1.log")]
    [InlineData("audit/notes-0000001.log")]
    [InlineData("audit/actions-00000x.log")]
    [InlineData("audit/actions-000003.txt")]
    [InlineData("audit/x")]
    public void An_empty_file_of_another_name_is_no_audit(string name)
    {
        var disk = Two();
        disk.Put(name, []);
        AssertDamage(disk, name, name);
        Assert.Throws<StorageDamagedException>(() => AuditFile.Open(disk, s_now));
    }

    [Theory]
    [InlineData("\"n\":5", "\"n\":6")]
    [InlineData("\"n\":5", "\"n\":\"5\"")]
    [InlineData("\"n\":5", "\"n\":-5")]
    [InlineData("\"n\":5", "\"n\":5.5")]
    [InlineData("\"n\":5", "\"n\":2147483648")]
    [InlineData("\"n\":5", "\"m\":5")]
    [InlineData("\"file\":2", "\"file\":3")]
    [InlineData("\"file\":2", "\"file\":null")]
    [InlineData("\"after\":", "\"before\":")]
    [InlineData("\"after\":\"", "\"after\":5,\"x\":\"")]
    [InlineData("\"after\":\"", "\"after\":null,\"x\":\"")]
    [InlineData("\"after\":\"", "\"after\":\"\\ud800\",\"x\":\"")]
    [InlineData("\"after\":\"", "\"after\":\"A")]
    [InlineData("\"afterBytes\":", "\"afterBytes\":1")]
    [InlineData("\"afterBytes\":", "\"x\":")]
    public void A_first_line_that_says_something_else_is_found_though_its_hash_is_right(string sound, string changed)
    {
        var disk = Two();
        var line = Lines(disk, Second)[0];
        Assert.Contains(sound, line, StringComparison.Ordinal);
        Forge(disk, line.Replace(sound, changed, StringComparison.Ordinal));
        Assert.Equal(0, AssertDamage(disk, Second, changed).Offset);
    }

    [Fact]
    public void A_member_whose_name_is_no_text_is_damage_and_no_crash()
    {
        var disk = Two();
        var line = Lines(disk, Second)[0];
        Forge(disk, line.Replace("\"afterBytes\":", "\"\\ud800\":1,\"afterBytes\":", StringComparison.Ordinal));
        Assert.Equal(0, AssertDamage(disk, Second, "half a pair").Offset);
    }

    [Fact]
    public void A_first_line_that_names_another_end_is_found_though_its_hash_is_right()
    {
        var disk = Two();
        var line = Lines(disk, Second)[0];
        Forge(disk, line);
        Assert.Empty(AuditCheck.CheckFile(disk, Second));
        var other = Digest.Sha256("other"u8);
        Forge(disk, line.Replace($"{EndOfFirst(disk).Hash}", $"{other}", StringComparison.Ordinal), other);
        AssertDamage(disk, Second, "after another line");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_number_that_does_not_follow_is_found_though_its_hash_is_right(int number)
    {
        var disk = Two();
        var text = string.Concat(Lines(disk, First));
        var end = EndOfFirst(disk);
        disk.Remove(Second);
        var json = Encoding.ASCII.GetBytes($$"""{"n":{{number + 4}}}""");
        var seal = AuditCheck.Seal(json, AuditCheck.HashOf(end.Hash, json.AsSpan()[..^1]));
        disk.Put(First, [.. Encoding.UTF8.GetBytes(text), .. seal]);
        if (number == 1)
        {
            Assert.Empty(AuditCheck.CheckFile(disk, First));
        }
        else
        {
            Assert.Equal(text.Length, AssertDamage(disk, First, $"line {number + 4}").Offset);
        }
    }

    [Fact]
    public void A_torn_end_is_told_with_its_place_and_length()
    {
        var lines = Lines(Two(), First);
        var text = string.Concat(lines);
        var last = text.Length - lines[^1].Length;
        foreach (var length in new[] { last, last + 1, text.Length - 60, text.Length - 2 })
        {
            var disk = Two();
            disk.Put(First, Encoding.UTF8.GetBytes(text[..length]));
            var problems = AuditCheck.CheckFile(disk, First).ToList();
            Assert.Equal(length == last ? 0 : 1, problems.Count);
            Assert.All(problems, problem =>
            {
                Assert.Equal((StorageProblemKind.Notice, last), (problem.Kind, problem.Offset));
                Assert.StartsWith($"{length - last} bytes", problem.Text, StringComparison.Ordinal);
            });
        }
    }

    private static AuditTail EndOfFirst(FaultyDisk disk) => AuditCheck.ReadFile(disk, First, null).Tail;

    /// <summary>Two files; the first of four lines.</summary>
    private static FaultyDisk Two()
    {
        var disk = new FaultyDisk(1);
        for (var file = 0; file < 2; file++)
        {
            using var audit = AuditFile.Open(disk, s_now);
            for (var i = 0; i < 3; i++)
            {
                audit.Append(new AuditLine(s_now, "sent", default, $"line {i}", ["blob"], Digest.Sha256("x"u8), null));
            }
        }

        return disk;
    }

    private static List<string> Lines(FaultyDisk disk, string file) =>
    [
        .. Encoding.UTF8.GetString(disk.ReadAll(file)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line + "\n"),
    ];

    /// <summary>A file of this one line, with a hash that follows from the first file or from another line.</summary>
    private static void Forge(FaultyDisk disk, string line, Digest? after = null, string file = Second)
    {
        var upTo = line[..line.LastIndexOf(",\"hash\"", StringComparison.Ordinal)];
        var hash = AuditCheck.HashOf(after ?? EndOfFirst(disk).Hash, Encoding.UTF8.GetBytes(upTo));
        disk.Put(file, AuditCheck.Seal(Encoding.UTF8.GetBytes(upTo + "}"), hash));
    }

    private static StorageProblem AssertDamage(FaultyDisk disk, string file, string what)
    {
        var problems = new List<StorageProblem>();
        var thrown = Record.Exception(() => problems.AddRange(AuditCheck.CheckFile(disk, file)));
        Assert.True(thrown is null, $"{what}: {thrown}");
        Assert.True(problems.Count == 1, $"{what} is not found");
        Assert.Equal((StorageProblemKind.Damage, file), (problems[0].Kind, problems[0].File));
        return problems[0];
    }
}
