using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Aitbc.Primitives;

/// <summary>The only source of randomness: integers from a seed, the same on every machine and release.</summary>
/// <remarks>
/// xoshiro256** seeded through SplitMix64. Never for keys, salts or anything that must not be guessed. Mutable and not
/// thread-safe: give each owner its own by <see cref="Fork"/>. Frozen by test vectors.
/// Source: Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, 2018 (prng.di.unimi.it).
/// </remarks>
public sealed class SeededRandom
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Starts the sequence of a seed.</summary>
    /// <param name="seed">Any value, zero included.</param>
    public SeededRandom(ulong seed)
    {
        Seed = seed;
        ulong state = seed;
        _s0 = SplitMix64(ref state);
        _s1 = SplitMix64(ref state);
        _s2 = SplitMix64(ref state);
        _s3 = SplitMix64(ref state);
    }

    /// <summary>The seed it was started with: print it where a random test fails.</summary>
    public ulong Seed { get; }

    /// <summary>An independent generator for a named purpose; this one does not advance.</summary>
    /// <remarks>
    /// The child's seed is the first eight bytes, little endian, of SHA-256 over this seed (eight bytes, little endian)
    /// and the name in UTF-8. It depends on the seed and the name only, not on what was drawn before.
    /// </remarks>
    /// <param name="name">The purpose, such as "agent/42".</param>
    /// <returns>The child.</returns>
    public SeededRandom Fork(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        byte[] input = new byte[sizeof(ulong) + Encoding.UTF8.GetByteCount(name)];
        BinaryPrimitives.WriteUInt64LittleEndian(input, Seed);
        Encoding.UTF8.GetBytes(name, input.AsSpan(sizeof(ulong)));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        return new SeededRandom(BinaryPrimitives.ReadUInt64LittleEndian(hash));
    }

    /// <summary>The next 64 bits, all values equally likely.</summary>
    /// <returns>0 to 2^64 - 1.</returns>
    public ulong NextUInt64()
    {
        unchecked
        {
            ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
            ulong shifted = _s1 << 17;
            _s2 ^= _s0;
            _s3 ^= _s1;
            _s1 ^= _s2;
            _s0 ^= _s3;
            _s2 ^= shifted;
            _s3 = BitOperations.RotateLeft(_s3, 45);
            return result;
        }
    }

    /// <summary>A number below a limit, all equally likely.</summary>
    /// <param name="exclusiveMax">The limit, above zero.</param>
    /// <returns>0 to the limit - 1. Source: Lemire, Fast Random Integer Generation in an Interval, 2019.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is zero.</exception>
    public ulong NextUInt64(ulong exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfZero(exclusiveMax);
        unchecked
        {
            ulong high = Math.BigMul(NextUInt64(), exclusiveMax, out ulong low);
            if (low < exclusiveMax)
            {
                // 2^64 mod max low words would favour small results; they are drawn again.
                ulong threshold = (0UL - exclusiveMax) % exclusiveMax;
                while (low < threshold)
                {
                    high = Math.BigMul(NextUInt64(), exclusiveMax, out low);
                }
            }

            return high;
        }
    }

    /// <summary>A number below a limit, all equally likely.</summary>
    /// <param name="exclusiveMax">The limit, above zero.</param>
    /// <returns>0 to the limit - 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is zero or below.</exception>
    public int NextInt32(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);
        return (int)NextUInt64((ulong)exclusiveMax);
    }

    /// <summary>Whether an event of these odds happens.</summary>
    /// <param name="odds">The odds; zero never happens, one and more always does. Each call draws.</param>
    /// <returns>Whether it happens.</returns>
    public bool Chance(Ratio odds) => NextUInt64(Ratio.PpmPerOne) < odds.Ppm;

    /// <summary>Fills with random bytes: eight a draw, little endian, the last draw cut.</summary>
    /// <param name="destination">The bytes to fill.</param>
    public void NextBytes(Span<byte> destination)
    {
        while (destination.Length >= sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination, NextUInt64());
            destination = destination[sizeof(ulong)..];
        }

        if (!destination.IsEmpty)
        {
            Span<byte> last = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(last, NextUInt64());
            last[..destination.Length].CopyTo(destination);
        }
    }

    /// <summary>Orders at random, every order equally likely (Fisher-Yates, from the end).</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="items">The items, ordered in place.</param>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong SplitMix64(ref ulong state)
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15;
            ulong z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
