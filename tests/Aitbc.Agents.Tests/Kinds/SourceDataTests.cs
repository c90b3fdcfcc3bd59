using System.Text;
using Aitbc.Agents.Kinds.Requesting;
using Aitbc.Workloads.Csv;

namespace Aitbc.Agents.Tests.Kinds;

public sealed class SourceDataTests
{
    [Theory]
    [InlineData("digits.csv", 10)]
    [InlineData("breast-cancer.csv", 2)]
    public void No_row_kept_back_is_among_those_given_away(string file, int classes)
    {
        var data = Divide(RepositoryData.Read(file));

        var given = Rows(data.Given);
        var kept = Rows(data.KeptBack);

        Assert.Equal(classes, data.Classes);
        Assert.Equal(data.KeptBackRows, kept.Count);
        Assert.Empty(given.Intersect(kept));
        Assert.InRange(kept.Count * 100 / (kept.Count + given.Count), 14, 16);
    }

    [Fact]
    public void A_copy_of_a_row_kept_back_is_not_given_away_either_however_it_is_written()
    {
        var text = new StringBuilder();
        for (var row = 0; row < 40; row++)
        {
            text.Append($"{row},{row % 7},{row % 2}\n{row}.0,{row % 7},{row % 2}\n");
        }

        var data = Divide(Encoding.UTF8.GetBytes(text.ToString()));

        Assert.Empty(Rows(data.Given).Intersect(Rows(data.KeptBack)));
        Assert.Equal(80 - (2 * data.KeptBackRows), Rows(data.Given).Count);
    }

    [Fact]
    public void Bad_rows_stay_for_the_curator_to_find()
    {
        var text = new StringBuilder("a,b,label\n");
        for (var row = 0; row < 40; row++)
        {
            text.Append($"{row},{row % 7},{row % 2}\n");
        }

        text.Append("1,,0\nx,1,1\n");

        var given = Encoding.UTF8.GetString(Divide(Encoding.UTF8.GetBytes(text.ToString())).Given.Span);

        Assert.StartsWith("a,b,label\n", given, StringComparison.Ordinal);
        Assert.EndsWith("1,,0\nx,1,1\n", given, StringComparison.Ordinal);
    }

    [Fact]
    public void Divide_SameSeed_SameParts_OtherSeed_OtherParts()
    {
        var file = RepositoryData.Read("digits.csv");

        Assert.Equal(Divide(file, 1).KeptBackDigest, Divide(file, 1).KeptBackDigest);
        Assert.NotEqual(Divide(file, 1).KeptBackDigest, Divide(file, 2).KeptBackDigest);
    }

    [Fact]
    public void Rows_of_a_request_are_kept_back_rows_without_their_labels()
    {
        var data = Divide(RepositoryData.Read("digits.csv"));
        var kept = Encoding.UTF8.GetString(data.KeptBack.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var rows = Encoding.UTF8.GetString(data.RowsOf(5, 30)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(30, rows.Length);
        Assert.All(rows, row =>
        {
            Assert.Equal(64, row.Split(',').Length);
            Assert.Contains(kept, line => line.StartsWith(row + ",", StringComparison.Ordinal));
        });
        Assert.Equal(rows, Encoding.UTF8.GetString(data.RowsOf(5, 30)).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.NotEqual(data.RowsOf(5, 30), data.RowsOf(6, 30));
    }

    [Theory]
    [InlineData("digits.csv")]
    [InlineData("breast-cancer.csv")]
    public void CountRight_ComparesWithTheLabelsKeptBack(string file)
    {
        var data = Divide(RepositoryData.Read(file));
        var rows = Encoding.UTF8.GetString(data.RowsOf(3, 20)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var truth = Encoding.UTF8.GetString(data.KeptBack.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var labels = rows.Select(row => truth.First(line => line.StartsWith(row + ",", StringComparison.Ordinal)))
            .Select(line => line[(line.LastIndexOf(',') + 1)..]).ToList();

        Assert.Equal(20, Count(data, labels));
        labels[4] = "no such class";
        Assert.Equal(19, Count(data, labels));
        Assert.Null(Count(data, labels[1..]));
        Assert.Null(data.CountRight(3, 20, "garbage"u8));
        Assert.Null(data.CountRight(3, 20, [0xFF, 0xFE]));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("1,2,0\n3,4,0\n5,6,0\n7,8,0\n", "classes")]
    [InlineData("hello\nworld\n", "column")]
    [InlineData("1,2,0\n3,4,1\n5,6,0\n7,8,1\n9,9,0\n8,8,1\n", "different rows")]
    public void Divide_AFileOfNoUse_SaysWhy(string file, string word)
    {
        Assert.False(SourceData.TryDivide(Encoding.UTF8.GetBytes(file), 1, out var data, out var problem));
        Assert.Null(data);
        Assert.Contains(word, problem, StringComparison.Ordinal);
        Assert.EndsWith(".", problem, StringComparison.Ordinal);
    }

    private static SourceData Divide(byte[] file, long seed = 1)
    {
        Assert.True(SourceData.TryDivide(file, seed, out var data, out var problem), problem);
        return data;
    }

    private static int? Count(SourceData data, List<string> labels) =>
        data.CountRight(3, 20, Encoding.UTF8.GetBytes(string.Concat(labels.Select(label => label + "\n"))));

    /// <summary>Rows by value, label included.</summary>
    private static List<string> Rows(ReadOnlyMemory<byte> csv)
    {
        Assert.True(CsvReader.TryReadGoodRows(csv.Span, CsvLabelColumn.Required, out var table, out _));
        return
        [
            .. Enumerable.Range(0, table.RowCount).Select(row =>
                string.Join(',', table.Features(row).ToArray()) + "," + table.Classes[table.ClassOf(row)].Token),
        ];
    }
}
