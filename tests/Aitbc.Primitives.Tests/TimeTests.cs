using System.Text.Json;

namespace Aitbc.Primitives.Tests;

public sealed class TimeTests
{
    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.000Z")]
    [InlineData(-1, "1969-12-31T23:59:59.999Z")]
    [InlineData(1_795_162_530_123, "2026-11-20T08:15:30.123Z")]
    [InlineData(253_402_300_799_999, "9999-12-31T23:59:59.999Z")]
    [InlineData(253_402_300_800_000, "253402300800000 ms")]
    [InlineData(-62_135_596_800_000, "0001-01-01T00:00:00.000Z")]
    [InlineData(-62_135_596_800_001, "-62135596800001 ms")]
    public void Timestamp_ToString_IsIso8601WhereTheCalendarReaches(long unixMs, string expected) =>
        Assert.Equal(expected, new Timestamp(unixMs).ToString());

    [Fact]
    public void Duration_Units_AreExactAndChecked()
    {
        Assert.Equal(1, Duration.FromMilliseconds(1).Ms);
        Assert.Equal(1_000, Duration.FromSeconds(1).Ms);
        Assert.Equal(60_000, Duration.FromMinutes(1).Ms);
        Assert.Equal(3_600_000, Duration.FromHours(1).Ms);
        Assert.Equal(86_400_000, Duration.FromDays(1).Ms);
        Assert.Equal("1500 ms", new Duration(1500).ToString());
        Assert.Throws<OverflowException>(() => Duration.FromDays(long.MaxValue));
        Assert.Throws<OverflowException>(() => Duration.FromHours(long.MaxValue));
        Assert.Throws<OverflowException>(() => Duration.FromMinutes(long.MaxValue));
        Assert.Throws<OverflowException>(() => Duration.FromSeconds(long.MaxValue));
    }

    [Fact]
    public void Arithmetic_IsExactAndChecked()
    {
        Timestamp at = Timestamp.From(DateTimeOffset.FromUnixTimeMilliseconds(10_000));
        Duration second = Duration.FromSeconds(1);

        Assert.Equal(new Timestamp(11_000), at + second);
        Assert.Equal(new Timestamp(9_000), at - second);
        Assert.Equal(second, (at + second) - at);
        Assert.Equal(Duration.FromSeconds(2), second + second);
        Assert.Equal(Duration.Zero, second - second);
        Assert.Throws<OverflowException>(() => new Timestamp(long.MaxValue) + second);
        Assert.Throws<OverflowException>(() => new Timestamp(long.MinValue) - second);
        Assert.Throws<OverflowException>(() => new Timestamp(long.MaxValue) - new Timestamp(-1));
        Assert.Throws<OverflowException>(() => new Duration(long.MaxValue) + second);
        Assert.Throws<OverflowException>(() => new Duration(long.MinValue) - second);
    }

    [Fact]
    public void Comparisons_FollowTheMilliseconds()
    {
        Timestamp early = Timestamp.Epoch;
        Timestamp late = new(1);
        Assert.True(early < late && late > early && early <= late && late >= early && early.CompareTo(late) < 0);
        Assert.False(late < early || early > late || late <= early || early >= late);

        Duration shorter = Duration.Zero;
        Duration longer = new(1);
        Assert.True(shorter < longer && longer > shorter && shorter <= longer && longer >= shorter);
        Assert.False(longer < shorter || shorter > longer || longer <= shorter || shorter >= longer);
        Assert.True(shorter.CompareTo(longer) < 0);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("9007199254740991", 9_007_199_254_740_991)]
    public void Json_IntegerInRange_RoundTrips(string json, long ms)
    {
        Assert.Equal(new Timestamp(ms), JsonSerializer.Deserialize<Timestamp>(json));
        Assert.Equal(new Duration(ms), JsonSerializer.Deserialize<Duration>(json));
        Assert.Equal(json, JsonSerializer.Serialize(new Timestamp(ms)));
        Assert.Equal(json, JsonSerializer.Serialize(new Duration(ms)));
        string keyed = $"{{\"{json}\":{json}}}";
        Assert.Equal(
            keyed, JsonSerializer.Serialize(JsonSerializer.Deserialize<Dictionary<Timestamp, Duration>>(keyed)));
        Assert.Equal(
            keyed, JsonSerializer.Serialize(JsonSerializer.Deserialize<Dictionary<Duration, Timestamp>>(keyed)));
    }

    [Theory]
    [InlineData("9007199254740992")]
    [InlineData("-1")]
    [InlineData("-0")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("1E3")]
    [InlineData("\"1\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[]")]
    [InlineData("123456789012345678901234567890")]
    public void Json_AnythingElse_IsRefused(string json)
    {
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Timestamp>(json));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Duration>(json));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("01")]
    [InlineData("1.0")]
    [InlineData("9007199254740992")]
    [InlineData("2026-11-20T08:15:30.123Z")]
    public void JsonKey_AnythingElse_IsRefused(string key) =>
        Assert.Throws<JsonException>(
            () => JsonSerializer.Deserialize<Dictionary<Timestamp, int>>($"{{\"{key}\":1}}"));

    [Fact]
    public void Json_IntegerInPieces_IsReadAndAnOverlongOneRefused()
    {
        Assert.Equal(new Timestamp(9_007_199_254_740_991), JsonPieces.Read<Timestamp>("9007199254740991"));
        Assert.Equal(new Duration(0), JsonPieces.Read<Duration>("0"));
        Assert.Throws<JsonException>(() => JsonPieces.Read<Timestamp>(new string('9', 1_000)));
        Assert.Throws<JsonException>(() => JsonPieces.Read<Timestamp>("9007199254740992"));
        Assert.Throws<JsonException>(() => JsonPieces.Read<Timestamp>("1e3"));
    }

    [Fact]
    public void JsonKey_OverlongText_IsRefusedWithoutGrowing() =>
        Assert.Throws<JsonException>(
            () => JsonSerializer.Deserialize<Dictionary<Timestamp, int>>($"{{\"{new string('1', 1_000)}\":1}}"));

    [Theory]
    [InlineData(-1)]
    [InlineData(9_007_199_254_740_992)]
    public void JsonWrite_OutOfRange_IsRefused(long ms)
    {
        Assert.Throws<JsonException>(() => JsonSerializer.Serialize(new Timestamp(ms)));
        Assert.Throws<JsonException>(() => JsonSerializer.Serialize(new Duration(ms)));
        Assert.Throws<JsonException>(
            () => JsonSerializer.Serialize(new Dictionary<Timestamp, int> { [new Timestamp(ms)] = 1 }));
    }
}
