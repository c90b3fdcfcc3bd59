using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

public sealed class Crc32CTests
{
    private const uint ReflectedPolynomial = 0x82F6_3B78;

    [Fact]
    public void Of_PublishedVectors_Match()
    {
        // RFC 3720, appendix B.4, and the check value of the CRC catalogue.
        Assert.Equal(0xE306_9283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A91_36AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8_AB43u, Crc32C.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD_794Eu, Crc32C.Of(Enumerable.Range(0, 32).Select(static i => (byte)i).ToArray()));
    }

    [Fact]
    public void Of_EveryLengthUpToSeveralLanes_EqualsTheBitByBitDefinition()
    {
        var bytes = new byte[7000];
        new SeededRandom(5).NextBytes(bytes);
        for (var length = 0; length < bytes.Length; length += length < 1000 ? 1 : 37)
        {
            for (var from = 0; from < 3 && from + length <= bytes.Length; from++)
            {
                var block = bytes.AsSpan(from, length);
                Assert.Equal(BitByBit(block), Crc32C.Of(block));
            }
        }
    }

    [Fact]
    public void OfPlaced_AnotherPlace_DiffersFromTheSameBytes()
    {
        Assert.NotEqual(Crc32C.OfPlaced(512, "abc"u8), Crc32C.OfPlaced(520, "abc"u8));
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        var state = 0xFFFF_FFFFu;
        foreach (var value in bytes)
        {
            state ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                state = (state >> 1) ^ ((state & 1) == 0 ? 0 : ReflectedPolynomial);
            }
        }

        return ~state;
    }
}
