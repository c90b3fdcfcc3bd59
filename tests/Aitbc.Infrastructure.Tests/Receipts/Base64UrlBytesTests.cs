using System.Buffers;
using System.Text.Json;
using Aitbc.Infrastructure.Receipts;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Receipts;

/// <summary>Bytes in JSON, apart from any receipt: four characters of whatever kind are no bytes yet.</summary>
public sealed class Base64UrlBytesTests
{
    [Theory]
    [InlineData("1234")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[]")]
    [InlineData("\"A\"")]
    [InlineData("\"AA+A\"")]
    [InlineData("\"\\u0041AAA\"")]
    public void Read_WhatIsNoBase64Url_IsRefused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Base64UrlBytes>(json));

    [Fact]
    public void Read_TextThatLiesInTwoPieces_IsRefusedAndNotTakenForEmpty()
    {
        var second = new Piece("AA\""u8.ToArray(), 3, null);
        var text = new ReadOnlySequence<byte>(new Piece("\"AA"u8.ToArray(), 0, second), 0, second, 3);

        Assert.Throws<JsonException>(() =>
        {
            var reader = new Utf8JsonReader(text);
            reader.Read();
            new Base64UrlBytesConverter().Read(ref reader, typeof(Base64UrlBytes), JsonSerializerOptions.Default);
        });
    }

    [Fact]
    public void Bytes_AreEqualAndHashAlikeByWhatTheyAre()
    {
        var one = new Base64UrlBytes(new byte[] { 1, 2, 3 });
        var same = new Base64UrlBytes(new byte[] { 1, 2, 3 });
        var others = Enumerable.Range(4, 8).Select(static last => new Base64UrlBytes(new byte[] { 1, 2, (byte)last }));

        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.All(others, other => Assert.NotEqual(one, other));
        Assert.Contains(others, other => other.GetHashCode() != one.GetHashCode());
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, long start, Piece? next) => (Memory, RunningIndex, Next) = (bytes, start, next);
    }
}
