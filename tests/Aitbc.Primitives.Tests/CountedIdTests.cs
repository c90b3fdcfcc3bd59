using System.Text;

namespace Aitbc.Primitives.Tests;

public sealed class CountedIdTests
{
    [Theory]
    [InlineData(0UL)]
    [InlineData(42UL)]
    [InlineData(ulong.MaxValue)]
    public void Text_EveryNumber_RoundTrips(ulong number)
    {
        string digits = number.ToString();

        Assert.Equal($"w{digits}", new WorkloadId(number).ToString());
        Assert.Equal($"s{digits}", new ServiceId(number).ToString());
        Assert.Equal(new WorkloadId(number), WorkloadId.Parse($"w{digits}"));
        Assert.Equal(new ServiceId(number), ServiceId.Parse($"s{digits}"));
        Assert.True(WorkloadId.TryParse(Encoding.ASCII.GetBytes($"w{digits}"), out WorkloadId workload));
        Assert.Equal(number, workload.Value);
        Assert.Equal(number == 0, workload.IsZero);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{0}")]
    [InlineData("1")]
    [InlineData("{0}01")]
    [InlineData("{0}-1")]
    [InlineData("{0}+1")]
    [InlineData("{0} 1")]
    [InlineData("{0}1 ")]
    [InlineData("{0}{0}1")]
    [InlineData("{1}1")]
    [InlineData("x1")]
    [InlineData("{0}18446744073709551616")]
    [InlineData("{0}99999999999999999999")]
    [InlineData("{0}000000000000000000001")]
    public void TryParse_NotCanonical_IsRefused(string pattern)
    {
        string workload = string.Format(null, pattern, "w", "W");
        string service = string.Format(null, pattern, "s", "w");

        Assert.False(WorkloadId.TryParse(workload, out _));
        Assert.False(ServiceId.TryParse(service, out _));
        Assert.False(WorkloadId.TryParse(Encoding.UTF8.GetBytes(workload), out _));
        Assert.False(ServiceId.TryParse(Encoding.UTF8.GetBytes(service), out _));
        Assert.Throws<FormatException>(() => WorkloadId.Parse(workload));
        Assert.Throws<FormatException>(() => ServiceId.Parse(service));
    }

    [Fact]
    public void Order_IsThatOfTheNumbers()
    {
        Assert.True(new WorkloadId(9).CompareTo(new WorkloadId(10)) < 0);
        Assert.True(new ServiceId(10).CompareTo(new ServiceId(9)) > 0);
    }

    [Fact]
    public void TryFormat_ShortDestination_WritesNothing()
    {
        Assert.False(new WorkloadId(42).TryFormat(new byte[2], out int written));
        Assert.Equal(0, written);
        Assert.False(new ServiceId(7).TryFormat([], out written));
        Assert.Equal(0, written);
        Assert.True(new WorkloadId(ulong.MaxValue).TryFormat(new byte[WorkloadId.MaxTextLength], out written));
        Assert.Equal(21, written);
    }
}
