using System.Buffers.Text;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Safety.Monitor;

namespace Aitbc.Safety.Audit;

/// <summary>
/// Verdicts of the monitor that go to the audit file together: one line, one hash and one flush for many, as the
/// sequencer has one fsync for many commands. The effects of all of them wait for its <c>Append</c>.
/// </summary>
/// <remarks>Holds at most <see cref="Capacity"/>; reused, so nothing is allocated a verdict. Not thread-safe.</remarks>
public sealed class VerdictGroup
{
    /// <summary>Most verdicts of one line: 4,096.</summary>
    public const int Capacity = 4_096;

    /// <summary>Longest text of one verdict: two account numbers, three amounts, a time and four names.</summary>
    private const int MaxVerdictBytes = 320;

    private static readonly byte[][] Kinds =
        [.. Enum.GetValues<CommandKind>().Select(kind => Quoted(CommandNames.NameOf(kind)))];

    private static readonly byte[][] Verdicts = Quoted<MonitorLevel>();
    private static readonly byte[][] Detectors = Quoted<Detector>();
    private static readonly byte[][] Subjects = Quoted<MonitorSubject>();

    private byte[] text = new byte[64 * 1024];
    private int length;

    /// <summary>Verdicts held.</summary>
    public int Count { get; private set; }

    /// <summary>Whether it must be appended before another is added.</summary>
    public bool IsFull => Count == Capacity;

    /// <summary>The verdicts as a JSON array: of each <c>[at, agent, type, value, counterparty, verdict]</c>, and for
    /// what does not pass also <c>detector, subject, observed, limit</c>.</summary>
    internal ReadOnlySpan<byte> Written
    {
        get
        {
            text[length] = (byte)']';
            return text.AsSpan(0, length + 1);
        }
    }

    /// <summary>Adds a verdict.</summary>
    /// <param name="action">What was judged.</param>
    /// <param name="finding">What came out.</param>
    /// <exception cref="InvalidOperationException">It is full.</exception>
    public void Add(in ObservedAction action, in MonitorFinding finding)
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
        Put(action.At.UnixMs);
        Put(","u8);
        Put((long)action.Agent.Value);
        Put(","u8);
        Put(Kinds[(int)action.Kind]);
        Put(",\""u8);
        Put(action.Value.BaseUnits);
        Put("\","u8);
        if (action.Counterparty is { } payee)
        {
            Put((long)payee.Value);
        }
        else
        {
            Put("null"u8);
        }

        Put(","u8);
        Put(Verdicts[(int)finding.Verdict]);
        if (finding.Verdict != MonitorLevel.Pass)
        {
            Put(","u8);
            Put(Detectors[(int)finding.Detector]);
            Put(","u8);
            Put(Subjects[(int)finding.Subject]);
            Put(",\""u8);
            Put(finding.Observed);
            Put("\",\""u8);
            Put(finding.Limit);
            Put("\""u8);
        }

        Put("]"u8);
        Count++;
    }

    /// <summary>Begins anew.</summary>
    internal void Clear() => (Count, length) = (0, 0);

    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(text.AsSpan(length));
        length += bytes.Length;
    }

    private void Put(long number)
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

        Utf8Formatter.TryFormat((ulong)amount, text.AsSpan(length), out var written);
        length += written;
    }

    private static byte[][] Quoted<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(name => Quoted(name))];

    private static byte[] Quoted(string name) => System.Text.Encoding.ASCII.GetBytes($"\"{name}\"");
}
