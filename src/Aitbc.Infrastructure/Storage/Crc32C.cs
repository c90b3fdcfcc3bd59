using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Aitbc.Infrastructure.Storage;

/// <summary>
/// CRC-32C (Castagnoli) of a block of bytes. The processor's CRC instruction takes three cycles but can start one each
/// cycle, so three lanes run at once and are joined by two carry-less multiplications. Stateless, thread-safe.
/// </summary>
/// <remarks>
/// Source: RFC 3720, section 12.1 (polynomial); Gopal et al., "Fast CRC Computation for iSCSI Polynomial Using CRC32
/// Instruction" (Intel, 2011) for the lanes.
/// </remarks>
internal static class Crc32C
{
    private const uint AllOnes = 0xFFFF_FFFF;
    private const int LaneMaxWords = 128;
    private const int LanesMinWords = 6;

    /// <summary>For a lane of n words: x^(64n - 33) at 2n and x^(128n - 33) at 2n + 1, modulo the polynomial.</summary>
    private static readonly ulong[] LaneShifts = MakeLaneShifts();

    /// <summary>The checksum of a block.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Update(AllOnes, bytes);

    /// <summary>The checksum of a block that is bound to a place: a moved copy does not have it.</summary>
    public static uint OfPlaced(ulong place, ReadOnlySpan<byte> bytes) =>
        ~Update(BitOperations.Crc32C(AllOnes, place), bytes);

    /// <summary>Carries a raw (not inverted) state over more bytes.</summary>
    public static uint Update(uint state, ReadOnlySpan<byte> bytes)
    {
        ref var at = ref MemoryMarshal.GetReference(bytes);
        var words = bytes.Length >> 3;
        var tail = bytes.Length & 7;
        if (Pclmulqdq.IsSupported && Sse42.X64.IsSupported)
        {
            while (words >= LanesMinWords)
            {
                var lane = Math.Min(words / 3, LaneMaxWords);
                state = ThreeLanes(state, ref at, lane);
                at = ref Unsafe.Add(ref at, lane * 24);
                words -= lane * 3;
            }
        }

        for (; words > 0; words--)
        {
            state = BitOperations.Crc32C(state, Unsafe.ReadUnaligned<ulong>(ref at));
            at = ref Unsafe.Add(ref at, 8);
        }

        for (; tail > 0; tail--)
        {
            state = BitOperations.Crc32C(state, at);
            at = ref Unsafe.Add(ref at, 1);
        }

        return state;
    }

    private static uint ThreeLanes(uint state, ref byte first, int lane)
    {
        ref var second = ref Unsafe.Add(ref first, lane * 8);
        ref var third = ref Unsafe.Add(ref second, lane * 8);
        ulong a = state, b = 0, c = 0;
        nint end = (lane - 1) * 8;
        for (nint i = 0; i < end; i += 8)
        {
            a = Sse42.X64.Crc32(a, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, i)));
            b = Sse42.X64.Crc32(b, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref second, i)));
            c = Sse42.X64.Crc32(c, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref third, i)));
        }

        a = Sse42.X64.Crc32(a, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, end)));
        b = Sse42.X64.Crc32(b, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref second, end)));

        // The products enter with the last word of the third lane, whose step then reduces all three at once.
        var shifts = Vector128.Create(LaneShifts[2 * lane], LaneShifts[(2 * lane) + 1]);
        var states = Vector128.Create(a, b);
        var joined = Pclmulqdq.CarrylessMultiply(states, shifts, 0x10)
            ^ Pclmulqdq.CarrylessMultiply(states, shifts, 0x01);
        var last = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref third, end)) ^ joined.ToScalar();
        return (uint)Sse42.X64.Crc32(c, last);
    }

    private static ulong[] MakeLaneShifts()
    {
        // In the reflected form bit 31 is x^0, so x^31 is 1; a step over a zero word multiplies by x^64.
        var shifts = new ulong[2 * (LaneMaxWords + 1)];
        var power = 1u;
        for (var words = 1; words <= 2 * LaneMaxWords; words++)
        {
            if (words <= LaneMaxWords)
            {
                shifts[2 * words] = power;
            }

            if ((words & 1) == 0)
            {
                shifts[words + 1] = power;
            }

            power = BitOperations.Crc32C(power, 0UL);
        }

        return shifts;
    }
}
