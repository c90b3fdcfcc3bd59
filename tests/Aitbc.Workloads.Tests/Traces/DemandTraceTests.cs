using Aitbc.Primitives;
using Aitbc.Workloads.Csv;
using Aitbc.Workloads.Traces;

namespace Aitbc.Workloads.Tests.Traces;

public sealed class DemandTraceTests
{
    private const string Header = "arrived_at,num_prefill_tokens,num_decode_tokens\n";

    [Fact]
    public void TryRead_TheRealTrace_GivesEveryRequest()
    {
        Assert.True(DemandTrace.TryRead(RepositoryData.Requests, out var trace, out var error), error?.Sentence);
        Assert.Equal(19_366, trace.Requests.Count);
        Assert.Equal(new DemandRequest(0, 374, 44), trace.Requests[0]);
        Assert.Equal(new DemandRequest(4_314_579, 396, 109), trace.Requests[1]);
        Assert.Equal(new DemandRequest(5_892_655, 91, 16), trace.Requests[4]);
        Assert.Equal(new Duration(5_892), trace.Requests[4].Offset);
        Assert.Equal(3_501_721_937, trace.Requests[^1].OffsetMicroseconds);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1_000_000)]
    [InlineData(".5", 500_000)]
    [InlineData("2.", 2_000_000)]
    [InlineData("0.0000005", 1)]
    [InlineData("0.00000049999999999999999999999999999999999999999999", 0)]
    [InlineData("5.8926549999999995", 5_892_655)]
    [InlineData("5e-05", 50)]
    [InlineData("1.5E+2", 150_000_000)]
    [InlineData("000000000000000000000000000000000000000000000000001.5", 1_500_000)]
    [InlineData("1e-999999999", 0)]
    [InlineData("0e999999999", 0)]
    [InlineData("1000000000", 1_000_000_000_000_000)]
    [InlineData("\"3.25\"", 3_250_000)]
    public void TryRead_Time_IsExactInMicroseconds(string time, long microseconds)
    {
        var text = $"{Header}{time},1,2\n";
        Assert.True(DemandTrace.TryRead(Jobs.Bytes(text), out var trace, out var error), error?.Sentence);
        Assert.Equal(microseconds, Assert.Single(trace.Requests).OffsetMicroseconds);
    }

    [Theory]
    [InlineData("0,1,2\n5,3,4\n")]
    [InlineData("\uFEFF0,1,2\r\n5,3,4")]
    [InlineData("0;1;2\n5;3;4\n")]
    [InlineData("num_decode_tokens,arrived_at,num_prefill_tokens\n2,0,1\n4,5,3\n")]
    public void TryRead_OtherDress_GivesTheSameRequests(string text)
    {
        Assert.True(DemandTrace.TryRead(Jobs.Bytes(text), out var trace, out var error), error?.Sentence);
        Assert.Equal([new DemandRequest(0, 1, 2), new DemandRequest(5_000_000, 3, 4)], trace.Requests);
    }

    public static TheoryData<string, CsvFault, int, int> HostileTraces => new()
    {
        { "", CsvFault.Empty, 0, 0 },
        { Header, CsvFault.HeaderOnly, 1, 0 },
        { "time,num_prefill_tokens,num_decode_tokens\n0,1,2\n", CsvFault.BadHeader, 1, 0 },
        { "arrived_at,arrived_at,num_decode_tokens\n0,1,2\n", CsvFault.BadHeader, 1, 0 },
        { "arrived_at,num_prefill_tokens\n0,1,2\n", CsvFault.BadHeader, 1, 0 },
        { "arrived_at,num_prefill_tokens,num_decode_tokens,x\n0,1,2,3\n", CsvFault.BadHeader, 1, 0 },
        { "0,1\n1,2\n", CsvFault.WrongColumnCount, 0, 0 },
        { "0,1,2,3\n1,2,3,4\n", CsvFault.WrongColumnCount, 0, 0 },
        { Header + "0,1,2\n1,2\n2,1,2\n", CsvFault.WrongColumnCount, 3, 0 },
        { Header + "5,1,2\n4.999999,1,2\n", CsvFault.NotSorted, 3, 0 },
        { Header + "-1,1,2\n", CsvFault.Negative, 2, 1 },
        { Header + "0,-1,2\n", CsvFault.Negative, 2, 2 },
        { Header + "0,1.5,2\n", CsvFault.NotANumber, 2, 2 },
        { Header + "0,1,two\n", CsvFault.NotANumber, 2, 3 },
        { Header + "0,1,\n", CsvFault.MissingValue, 2, 3 },
        { Header + "nan,1,2\n", CsvFault.MissingValue, 2, 1 },
        { Header + "inf,1,2\n", CsvFault.NotANumber, 2, 1 },
        { Header + "1e,1,2\n", CsvFault.NotANumber, 2, 1 },
        { Header + ".,1,2\n", CsvFault.NotANumber, 2, 1 },
        { Header + "-,1,2\n", CsvFault.NotANumber, 2, 1 },
        { Header + "0,-,2\n", CsvFault.NotANumber, 2, 2 },
        { Header + "1e999,1,2\n", CsvFault.OutOfRange, 2, 1 },
        { Header + "1000000000.000001,1,2\n", CsvFault.OutOfRange, 2, 1 },
        { Header + "99999999999999999999999999999999999999999999999999,1,2\n", CsvFault.OutOfRange, 2, 1 },
        { Header + "0,10000001,2\n", CsvFault.OutOfRange, 2, 2 },
        { Header + "0,99999999999999999999999,2\n", CsvFault.OutOfRange, 2, 2 },
        { Header + "0,1,\"2\n", CsvFault.BadQuoting, 2, 3 },
        { Header + "0,1,\0\n", CsvFault.NulByte, 2, 0 },
    };

    [Theory]
    [MemberData(nameof(HostileTraces))]
    public void TryRead_HostileTrace_NamesReasonLineAndColumn(string text, CsvFault fault, int line, int column)
    {
        Assert.False(DemandTrace.TryRead(Jobs.Bytes(text), out var trace, out var error));
        Assert.Null(trace);
        Assert.Equal((fault, line, column), (error.Fault, error.Line, error.Column));
    }

    [Fact]
    public void TryRead_CellOfManyZeros_IsRefusedRatherThanMisread()
    {
        var text = $"{Header}0.{new string('0', 2_000)}1e2001,1,2\n";
        Assert.False(DemandTrace.TryRead(Jobs.Bytes(text), out _, out var error));
        Assert.Equal(CsvFault.NotANumber, error.Fault);
    }
}
