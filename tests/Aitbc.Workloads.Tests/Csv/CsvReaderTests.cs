using System.Text;
using Aitbc.Workloads.Csv;

namespace Aitbc.Workloads.Tests.Csv;

public sealed class CsvReaderTests
{
    /// <summary>Every hostile table: text, reason, line, column, and a piece that the sentence must have.</summary>
    public static TheoryData<string, CsvFault, int, int, string> HostileTables => new()
    {
        { "", CsvFault.Empty, 0, 0, "empty" },
        { "\uFEFF", CsvFault.Empty, 0, 0, "empty" },
        { "\r\n\n  \n", CsvFault.Empty, 0, 0, "empty" },
        { "a,b,c\n", CsvFault.HeaderOnly, 1, 0, "no row" },
        { "569,30,malignant,benign", CsvFault.HeaderOnly, 1, 0, "no row" },
        { "1,2,0\n1,\0,0\n", CsvFault.NulByte, 2, 0, "NUL" },
        { "1\n2\n", CsvFault.TooFewColumns, 0, 0, "one column" },
        { "1,2,0\n1,2,3,0\n1,2,1\n", CsvFault.WrongColumnCount, 2, 0, "4 columns where most rows have 3" },
        { "1,2,0\n1,2\n1,2,1\n", CsvFault.WrongColumnCount, 2, 0, "2 columns" },
        { "1,2,0\n1,2,0,\n1,2,1\n", CsvFault.WrongColumnCount, 2, 0, "4 columns" },
        { "1,2,0\n3,zebra,1\n", CsvFault.NotANumber, 2, 2, "\"zebra\"" },
        { "1,2,0\n3,0x10,1\n", CsvFault.NotANumber, 2, 2, "\"0x10\"" },
        { "1,2,0\n3,1 000,1\n", CsvFault.NotANumber, 2, 2, "no number" },
        { "1,2,0\n3,--1,1\n", CsvFault.NotANumber, 2, 2, "no number" },
        { "1,2,0\n3,.,1\n", CsvFault.NotANumber, 2, 2, "no number" },
        { "1,2,0\n3,1e,1\n", CsvFault.NotANumber, 2, 2, "no number" },
        { "1,2,0\n3,,1\n", CsvFault.MissingValue, 2, 2, "missing" },
        { "1,2,0\n3,NA,1\n", CsvFault.MissingValue, 2, 2, "missing" },
        { "1,2,0\n3,NaN,1\n", CsvFault.MissingValue, 2, 2, "missing" },
        { "1,2,0\n3,?,1\n", CsvFault.MissingValue, 2, 2, "missing" },
        { "1,2,0\n3,N/A,1\n", CsvFault.MissingValue, 2, 2, "missing" },
        { "1,2,0\n3,null,1\n", CsvFault.MissingValue, 2, 2, "missing" },
        { "1,2,0\n3,inf,1\n", CsvFault.NotFinite, 2, 2, "not finite" },
        { "1,2,0\n3,-Infinity,1\n", CsvFault.NotFinite, 2, 2, "not finite" },
        { "1,2,0\n3,\u221E,1\n", CsvFault.NotFinite, 2, 2, "not finite" },
        { "1,2,0\n3,1e999,1\n", CsvFault.OutOfRange, 2, 2, "\"1e999\"" },
        { "1,2,0\n3,-1e101,1\n", CsvFault.OutOfRange, 2, 2, "out of range" },
        { "1,2,0\n3,1e999999999999,1\n", CsvFault.OutOfRange, 2, 2, "out of range" },
        { "1,2,0\n1,2,\n", CsvFault.MissingLabel, 2, 3, "label is missing" },
        { "1,2,0\n1,2,nan\n", CsvFault.MissingLabel, 2, 3, "label is missing" },
        { "1,2,0\n1,2,a\u0007b\n", CsvFault.BadLabel, 2, 3, "a?b" },
        { "1,2,0\n1,2,\"a,b\"\n", CsvFault.BadLabel, 2, 3, "no label" },
        { "1,2,0\n1,2,a\u202Eb\n", CsvFault.BadLabel, 2, 3, "a?b" },
        { "1,2,0\n\"1,2,0\n1,2,1\n", CsvFault.WrongColumnCount, 2, 0, "1 columns" },
        { "1,2,0\n1,\"2\"3,0\n", CsvFault.BadQuoting, 2, 2, "quotes" },
        { "1,2,0\n1,2\",0\n", CsvFault.BadQuoting, 2, 2, "quotes" },
        { "1,2,0\n1,2,\"0\n", CsvFault.BadQuoting, 2, 3, "quotes" },
        { "1,5;2,5;0\n1,5;2,5;1\n", CsvFault.MixedSeparators, 0, 0, "point for decimals" },
        { "1,2,0\n3,\u001b[31mred,1\n", CsvFault.NotANumber, 2, 2, "\"?[31mred\"" },
        { "1,2,0\n1,2,1\r1,2,1\n1,2,1\n", CsvFault.WrongColumnCount, 2, 0, "columns" },
    };

    [Theory]
    [MemberData(nameof(HostileTables))]
    public void TryRead_HostileTable_NamesReasonLineAndColumn(
        string text,
        CsvFault fault,
        int line,
        int column,
        string piece)
    {
        Assert.False(CsvReader.TryRead(Jobs.Bytes(text), CsvLabelColumn.Required, out var table, out var error));
        Assert.Null(table);
        Assert.Equal((fault, line, column), (error.Fault, error.Line, error.Column));
        Assert.Contains(piece, error.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Sentence, char.IsControl);
    }

    [Fact]
    public void TryRead_MoreBytesThanAllowed_RefusesBeforeReading()
    {
        var file = new byte[CsvLimits.MaxBytes + 1];
        file.AsSpan().Fill((byte)'1');
        AssertFault(file, CsvFault.TooManyBytes);
    }

    [Fact]
    public void TryRead_MoreRowsThanAllowed_Refuses()
    {
        var rows = string.Concat(Enumerable.Repeat("1,0\n", CsvLimits.MaxRows));
        var table = Read(rows);
        Assert.Equal(CsvLimits.MaxRows, table.RowCount);
        AssertFault(Jobs.Bytes(rows + "1,0\n"), CsvFault.TooManyRows);
        AssertFault(Jobs.Bytes(rows + "1,0\n1,0\n"), CsvFault.TooManyRows);
        Assert.True(CsvReader.TryRead(Jobs.Bytes("f,label\n" + rows), CsvLabelColumn.Required, out _, out _));
    }

    [Fact]
    public void TryRead_MoreColumnsThanAllowed_Refuses()
    {
        var widest = string.Join(',', Enumerable.Repeat("1", CsvLimits.MaxColumns)) + "\n";
        var table = Read(widest + widest);
        Assert.Equal(CsvLimits.MaxColumns - 1, table.FeatureCount);
        AssertFault(Jobs.Bytes("1," + widest + "1," + widest), CsvFault.TooManyColumns);
        AssertFault(Jobs.Bytes("\"1\"," + widest + "\"1\"," + widest), CsvFault.TooManyColumns);
    }

    [Fact]
    public void TryRead_MoreClassesThanAllowed_Refuses()
    {
        var rows = string.Concat(Enumerable.Range(0, CsvLimits.MaxClasses).Select(i => $"1,{i}\n"));
        var table = Read(rows);
        Assert.Equal(CsvLimits.MaxClasses, table.Classes.Count);
        AssertFault(Jobs.Bytes(rows + "1,9999\n"), CsvFault.TooManyClasses);
    }

    [Fact]
    public void TryRead_LabelOfMoreBytesThanAllowed_Refuses()
    {
        var longest = new string('a', CsvLimits.MaxLabelBytes);
        Assert.True(CsvReader.TryRead(Jobs.Bytes($"1,{longest}\n1,b\n"), CsvLabelColumn.Required, out _, out _));
        AssertFault(Jobs.Bytes($"1,{longest}a\n1,b\n"), CsvFault.BadLabel);
    }

    [Theory]
    [InlineData(new byte[] { (byte)'1', (byte)',', 0xFF, (byte)'\n' }, 1)]
    [InlineData(new byte[] { (byte)'1', (byte)',', (byte)'0', (byte)'\n', 0xC3 }, 2)]
    public void TryRead_BytesThatAreNoUtf8_NamesTheLine(byte[] file, int line)
    {
        Assert.Equal(line, AssertFault(file, CsvFault.NotUtf8).Line);
    }

    [Fact]
    public void TryRead_LongHostileCell_IsShownShortened()
    {
        var error = AssertFault(Jobs.Bytes($"1,2,0\n1,{new string('x', 5_000)},0\n"), CsvFault.NotANumber);
        Assert.True(error.Sentence.Length < 100, error.Sentence);
    }

    [Theory]
    [InlineData("1,2,0\n3,4,1\n")]
    [InlineData("\uFEFF1,2,0\n3,4,1\n")]
    [InlineData("1,2,0\r\n3,4,1\r\n")]
    [InlineData("1,2,0\n3,4,1")]
    [InlineData("1;2;0\n3;4;1\n")]
    [InlineData("1\t2\t0\n3\t4\t1\n")]
    [InlineData(" 1 ,\"2\", 0\n\n+3.0,4e0,\"1\"\n\n")]
    [InlineData("a,b,label\n1,2,0\n3,4,1\n")]
    [InlineData("a,b\n1,2,0\n3,4,1\n")]
    [InlineData("1,2,label\n1,2,0\n3,4,1\n")]
    [InlineData("1,2,0.0\n3,4,01\n")]
    public void TryRead_TheSameTableInAnotherDress_GivesTheSameRows(string text)
    {
        var table = Read(text);
        Assert.Equal(2, table.RowCount);
        Assert.Equal([1.0, 2.0], table.Features(0).ToArray());
        Assert.Equal([3.0, 4.0], table.Features(1).ToArray());
        Assert.Equal(["0", "1"], table.Classes.Select(label => label.Token));
        Assert.Equal((0, 1), (table.ClassOf(0), table.ClassOf(1)));
    }

    [Fact]
    public void TryRead_WordsAsLabels_FirstRowIsNoHeader()
    {
        var text = "5.1,3.5,setosa\n4.9,3.0,Zebra\n4.7,3.2,setosa\n";
        var table = Read(text);
        Assert.Null(table.Layout.Header);
        Assert.Equal(3, table.RowCount);
        Assert.Equal(["Zebra", "setosa"], table.Classes.Select(label => label.Token));
    }

    [Fact]
    public void TryRead_NumbersAsLabels_AreSortedByValue()
    {
        var table = Read("1,10\n1,9\n1,-1\n1,9.0\n");
        Assert.Equal(["-1", "9", "10"], table.Classes.Select(label => label.Token));
    }

    [Fact]
    public void TryRead_NumbersAndWordsAsLabels_AreSortedOrdinally()
    {
        var table = Read("1,10\n1,9\n1,b\n1,a\n");
        Assert.Equal(["10", "9", "a", "b"], table.Classes.Select(label => label.Token));
    }

    [Fact]
    public void TryRead_BreastCancer_TakesTheHeaderWithItsClassNames()
    {
        Assert.True(CsvReader.TryRead(RepositoryData.BreastCancer, CsvLabelColumn.Required, out var table, out _));
        Assert.Equal((569, 30), (table.RowCount, table.FeatureCount));
        Assert.Equal("569,30,malignant,benign", table.Layout.Header!.Shown);
        Assert.Equal(569, table.Layout.Header.DeclaredRows);
        Assert.Equal([new ClassLabel("0", "malignant"), new ClassLabel("1", "benign")], table.Classes);
        Assert.Equal(212, Enumerable.Range(0, 569).Count(row => table.ClassOf(row) == 0));
        Assert.Equal(17.99, table.Features(0)[0]);
        Assert.Equal(2, table.LineOf(0));
    }

    [Fact]
    public void TryRead_Digits_HasNoHeader()
    {
        Assert.True(CsvReader.TryRead(RepositoryData.Digits, CsvLabelColumn.Required, out var table, out _));
        Assert.Equal((1437, 64, 10), (table.RowCount, table.FeatureCount, table.Classes.Count));
        Assert.Null(table.Layout.Header);
    }

    [Theory]
    [InlineData("9,3,x,y\n1,2,0\n1,2,1\n")]
    [InlineData("9,2,x,x\n1,2,0\n1,2,1\n")]
    [InlineData("9,2,x\n1,2,0\n1,2,1\n")]
    [InlineData("9,2,x,5\n1,2,0\n1,2,1\n")]
    [InlineData("9,2,x,y\n1,2,0\n1,2,2\n")]
    [InlineData("9,2,x,y\n1,2,0\n1,2,b\n")]
    public void TryRead_HeaderThatDoesNotFitTheLabels_GivesNoNames(string text)
    {
        var table = Read(text);
        Assert.NotNull(table.Layout.Header);
        Assert.All(table.Classes, label => Assert.Equal(label.Token, label.Name));
    }

    [Theory]
    [InlineData("9,2,x,y\n1,2,0\n1,2,1\n", 9L)]
    [InlineData("9,2\n1,2,0\n1,2,1\n", null)]
    [InlineData("9\n1,2,0\n1,2,1\n", null)]
    [InlineData("a,b,c,d\n1,2,0\n1,2,1\n", null)]
    public void TryRead_Header_DeclaresRowsOnlyWhereItNamesClasses(string text, long? rows) =>
        Assert.Equal(rows, Read(text).Layout.Header!.DeclaredRows);

    [Fact]
    public void TryReadGoodRows_BadRows_AreCountedByReasonWithTheirFirstLines()
    {
        var text = new StringBuilder("1,2,0\n1,3,1\n1,4,0\n");
        for (var i = 0; i < 7; i++) text.Append("1,,0\n");
        text.Append("1,2\n1,x,0\n1,inf,0\n1,2,\n1,5,1\n");
        var table = ReadGoodRows(text.ToString());
        Assert.Equal(4, table.RowCount);
        Assert.Equal([1.0, 5.0], table.Features(3).ToArray());
        Assert.Equal(15, table.LineOf(3));
        Assert.Equal(11, table.Dropped.Total);
        var counts = table.Dropped.Reasons.Select(reason => (reason.Reason, reason.Rows));
        Assert.Equal(
            [
                (CsvFault.WrongColumnCount, 1), (CsvFault.MissingValue, 7), (CsvFault.NotANumber, 1),
                (CsvFault.NotFinite, 1), (CsvFault.MissingLabel, 1),
            ],
            counts);
        Assert.Equal([4, 5, 6, 7, 8], table.Dropped.Reasons[1].FirstLines);
    }

    [Fact]
    public void TryReadGoodRows_BadRow_AddsNoClass()
    {
        var table = ReadGoodRows("1,a\n1,b\n,ghost\n");
        Assert.Equal(["a", "b"], table.Classes.Select(label => label.Token));
    }

    [Fact]
    public void CanonicalCsv_ReadBackAndWrittenAgain_HasTheSameBytes()
    {
        string[] files =
        [
            Encoding.UTF8.GetString(RepositoryData.Digits), Encoding.UTF8.GetString(RepositoryData.BreastCancer),
            "0.1,0,1\n1e-7,1e22,a\n3,4,2\n",
        ];
        foreach (var file in files)
        {
            var table = Read(file);
            var once = CanonicalCsv.Write(table, [.. Enumerable.Range(0, table.RowCount)]);
            Assert.True(CsvReader.TryRead(once, CsvLabelColumn.Required, out var again, out _));
            Assert.Equal(table.RowCount, again.RowCount);
            Assert.Equal(table.Classes, again.Classes);
            Assert.Equal(once, CanonicalCsv.Write(again, [.. Enumerable.Range(0, again.RowCount)]));
            for (var row = 0; row < table.RowCount; row++)
            {
                Assert.Equal(table.Features(row).ToArray(), again.Features(row).ToArray());
            }
        }
    }

    [Fact]
    public void CanonicalCsv_FirstRowWithAWordAmongNumbers_IsNotReadBackAsAHeader()
    {
        var table = Read("1,1,1\n2,2,a\n3,3,2\n");
        var again = Read(Jobs.Text(CanonicalCsv.Write(table, [1, 0, 2])));
        Assert.Equal(3, again.RowCount);
        Assert.Equal([2.0, 2.0], again.Features(0).ToArray());
        Assert.Equal("a", again.Classes[again.ClassOf(0)].Token);
    }

    [Fact]
    public void CanonicalCsv_ValuesThatAreEqual_HaveTheSameBytes()
    {
        var one = Read("-0,100,1\n1e-7,0.5,2\n");
        var two = Read("0.0,1e2,01\n0.0000001,.50,2.0\n");
        Assert.Equal("0,100,1\n1E-07,0.5,2\n", Jobs.Text(CanonicalCsv.Write(one, [0, 1])));
        Assert.Equal(CanonicalCsv.Write(one, [0, 1]), CanonicalCsv.Write(two, [0, 1]));
    }

    private static CsvTable Read(string text)
    {
        var isRead = CsvReader.TryRead(Jobs.Bytes(text), CsvLabelColumn.Required, out var table, out var error);
        Assert.True(isRead, error?.Sentence);
        return table!;
    }

    private static CsvTable ReadGoodRows(string text)
    {
        var isRead = CsvReader.TryReadGoodRows(Jobs.Bytes(text), CsvLabelColumn.Required, out var table, out var error);
        Assert.True(isRead, error?.Sentence);
        return table!;
    }

    private static CsvError AssertFault(byte[] file, CsvFault fault)
    {
        Assert.False(CsvReader.TryRead(file, CsvLabelColumn.Required, out _, out var error));
        Assert.Equal(fault, error.Fault);
        return error;
    }
}
