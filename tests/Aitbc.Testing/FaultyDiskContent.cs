using Aitbc.Primitives;

namespace Aitbc.Testing;

/// <summary>
/// One file of a <see cref="FaultyDisk"/>: what is read, what is on the medium, and the writes in between.
/// </summary>
internal sealed class FaultyDiskContent
{
    private const int SectorBytes = 512;

    private readonly List<(int Offset, byte[] Bytes)> _unflushed = [];
    private byte[] _read = [];
    private byte[] _medium = [];

    public int Length { get; private set; }

    private int MediumLength { get; set; }

    public byte[] ToArray() => _read[..Length];

    public int Read(int offset, Span<byte> buffer)
    {
        var count = Math.Clamp(Length - offset, 0, buffer.Length);
        _read.AsSpan(Math.Min(offset, Length), count).CopyTo(buffer);
        return count;
    }

    public void Write(int offset, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
        {
            return;
        }

        Put(ref _read, offset, bytes);
        Length = Math.Max(Length, offset + bytes.Length);
        _unflushed.Add((offset, bytes.ToArray()));
    }

    public void Flush()
    {
        foreach (var (offset, bytes) in _unflushed)
        {
            Put(ref _medium, offset, bytes);
            MediumLength = Math.Max(MediumLength, offset + bytes.Length);
        }

        _unflushed.Clear();
    }

    public void ForgetUnflushed() => _unflushed.Clear();

    public void FlipBit(int offset, int bit)
    {
        Flush();
        Overwrite(offset, [(byte)(_read[offset] ^ (1 << bit))]);
    }

    public void Overwrite(int offset, ReadOnlySpan<byte> bytes)
    {
        Flush();
        Write(offset, bytes);
        Flush();
    }

    /// <summary>Lets chance decide what of the unflushed writes reached the medium; the rest is gone.</summary>
    public void CutPower(SeededRandom random)
    {
        if (random.Chance(Ratio.FromPpm(300_000)))
        {
            KeepFirstBytes(random);
        }
        else
        {
            KeepSomeSectors(random);
        }

        _unflushed.Clear();
        _read = _medium.AsSpan(0, MediumLength).ToArray();
        Length = MediumLength;
    }

    /// <summary>
    /// The writes arrived in order, the last one up to some byte, or sector where it overwrites something.
    /// </summary>
    private void KeepFirstBytes(SeededRandom random)
    {
        var left = random.NextInt32(_unflushed.Sum(static write => write.Bytes.Length) + 1);
        foreach (var (offset, bytes) in _unflushed)
        {
            var count = Math.Min(left, bytes.Length);
            left -= count;
            if (count < bytes.Length && !IsZeroToSectorEnd(offset + count))
            {
                count = Math.Max(0, ((offset + count) & -SectorBytes) - offset);
            }

            Put(ref _medium, offset, bytes.AsSpan(0, count));
            MediumLength = Math.Max(MediumLength, count == 0 ? 0 : offset + count);
            if (left == 0)
            {
                break;
            }
        }
    }

    private bool IsZeroToSectorEnd(int offset)
    {
        var end = Math.Min(MediumLength, (offset & -SectorBytes) + SectorBytes);
        return offset >= end || !_medium.AsSpan(offset, end - offset).ContainsAnyExcept((byte)0);
    }

    /// <summary>Of the state after some number of the writes, each sector arrived or not.</summary>
    private void KeepSomeSectors(SeededRandom random)
    {
        var reached = random.NextInt32(_unflushed.Count + 1);
        var touched = new SortedSet<int>();
        var image = _medium.AsSpan(0, MediumLength).ToArray();
        var length = MediumLength;
        foreach (var (offset, bytes) in _unflushed.Take(reached))
        {
            Put(ref image, offset, bytes);
            length = Math.Max(length, offset + bytes.Length);
            for (var sector = offset / SectorBytes; sector <= (offset + bytes.Length - 1) / SectorBytes; sector++)
            {
                touched.Add(sector);
            }
        }

        var odds = Ratio.FromPpm((uint)random.NextInt32(5) * 250_000);
        foreach (var sector in touched.Where(_ => random.Chance(odds)))
        {
            var from = sector * SectorBytes;
            var count = Math.Min(SectorBytes, length - from);
            Put(ref _medium, from, image.AsSpan(from, count));
            MediumLength = Math.Max(MediumLength, from + count);
        }
    }

    private static void Put(ref byte[] target, int offset, ReadOnlySpan<byte> bytes)
    {
        if (target.Length < offset + bytes.Length)
        {
            Array.Resize(ref target, Math.Max(offset + bytes.Length, Math.Min(target.Length * 2, 1 << 26)));
        }

        bytes.CopyTo(target.AsSpan(offset));
    }
}
