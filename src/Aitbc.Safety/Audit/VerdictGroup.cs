using System.Buffers.Text;
using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;

namespace Aitbc.Safety.Audit;

/// <summary>
/// Verdicts of the monitor that go to the audit file together: one line, one hash and one flush for many, as the
/// sequencer has one fsync for many commands. The effects of all of them wait for that flush.
/// </summary>
/// <remarks>Holds at most <see cref="Capacity"/>; reused, so nothing is allocated a verdict. Not thread-safe.</remarks>
public sealed class VerdictGroup
{
    /// <summary>Most verdicts of one line: 4,096.</summary>
    public const int Capacity = 4_096;

    /// <summary>Longest text of one verdict: entry, digest, account number, two amounts and two names.</summary>
    private const int MaxVerdictBytes = 256;

    private static readonly byte[][] Verdicts =
        [.. Enumerable.Range(0, 5).Select(kind => Quoted($"{(MonitorVerdictKind)kind}"))];

    private static readonly byte[][] Outcomes =
    [
        .. Enumerable.Range(0, 1 + Enum.GetValues<Outcome>().Max(one => (int)one))
            .Select(one => Quoted($"{(Outcome)one}")),
    ];

    private byte[] text = new byte[64 * 1024];
    private int length;

    /// <summary>Verdicts held.</summary>
    public int Count { get; private set; }

    /// <summary>Whether it must be appended before another is added.</summary>
    public bool IsFull => Count == Capacity;

    /// <summary>What was added, as a JSON array.</summary>
    internal ReadOnlySpan<byte> Written
    {
        get
        {
            text[length] = (byte)']';
            return text.AsSpan(0, length + 1);
        }
    }

    /// <summary>Adds a verdict: <c>[entry, payload, agent]</c>, and for what does not pass also
    /// <c>verdict, detector, observed, limit</c>.</summary>
    /// <param name="judged">What was judged.</param>
    /// <exception cref="InvalidOperationException">It is full.</exception>
    public void Add(in JudgedPayload judged)
    {
        Begin(judged.Seq);
        Put(",\""u8);
        judged.Payload.TryFormat(text.AsSpan(length), out var written);
        length += written;
        Put("\","u8);
        Put((ulong)judged.Agent.Value);
        if (judged.Verdict is { } verdict)
        {
            Put(","u8);
            Put(Verdicts[(int)verdict.Verdict]);
            Put(",\""u8);
            verdict.Detector.TryFormat(text.AsSpan(length), out written);
            length += written;
            Put("\",\""u8);
            Put(verdict.Observed.BaseUnits);
            Put("\",\""u8);
            Put(verdict.Limit.BaseUnits);
            Put("\""u8);
        }

        Put("]"u8);
    }

    /// <summary>Adds what became of a payload that was judged: <c>[entry, outcome]</c>.</summary>
    /// <param name="seq">Its entry.</param>
    /// <param name="outcome">What became of it.</param>
    /// <exception cref="InvalidOperationException">It is full.</exception>
    public void Add(ulong seq, Outcome outcome)
    {
        Begin(seq);
        Put(","u8);
        Put(Outcomes[(int)outcome]);
        Put("]"u8);
    }

    /// <summary>Begins anew.</summary>
    internal void Clear() => (Count, length) = (0, 0);

    private void Begin(ulong seq)
    {
        if (IsFull)
        {
            throw new InvalidOperationException("A group of verdicts must be appended before more are added.");
        }

        if (text.Length - length <= MaxVerdictBytes)
        {
            Array.Resize(ref text, text.Length * 2);
        }

        Put(Count == 0 ? "[["u8 : ",["u8);
        Put(seq);
        Count++;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(text.AsSpan(length));
        length += bytes.Length;
    }

    private void Put(ulong number)
    {
        Utf8Formatter.TryFormat(number, text.AsSpan(length), out var written);
        length += written;
    }

    private void Put(UInt128 amount)
    {
        // 128-bit division is slow, and most amounts are below two 64-bit halves.
        const ulong Half = 10_000_000_000_000_000_000;
        if (amount > ulong.MaxValue)
        {
            var (high, low) = UInt128.DivRem(amount, Half);
            Put(high);
            Utf8Formatter.TryFormat((ulong)low, text.AsSpan(length), out var padded, new('D', 19));
            length += padded;
            return;
        }

        Put((ulong)amount);
    }

    private static byte[] Quoted(string name) => Encoding.ASCII.GetBytes($"\"{name}\"");
}
