using System.Globalization;
using System.Numerics;
using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol.Blocks;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Verification;

/// <content>What the forger does; each gives the entry, or the block, that must be named.</content>
public sealed partial class ForgedJournalTests
{
    private static ulong Transfer(ReframedJournal journal) => journal.Find("\"amount\":\"3000");

    private static ulong Change(ReframedJournal journal, ulong seq, Func<DurableEntry, DurableEntry> change)
    {
        journal.Change(seq, change);
        return seq;
    }

    private static ulong Body(ReframedJournal journal, ulong seq, Func<string, string> change)
    {
        journal.ChangeBody(seq, change);
        return seq;
    }

    private static ulong Time(ReframedJournal journal, ulong seq, Timestamp time) =>
        Change(journal, seq, e => e with { Header = e.Header with { Time = time } });

    private static ulong Rehashed(ReframedJournal journal, ulong seq)
    {
        journal.Rehash();
        return seq;
    }

    private static ulong Reapplied(ReframedJournal journal, ulong seq)
    {
        journal.Reapply();
        return seq;
    }

    private static ulong Renumbered(ReframedJournal journal, ulong seq)
    {
        journal.Renumber();
        journal.Rehash();
        return seq;
    }

    private static ulong ChangeEvents(ReframedJournal journal, ulong seq) => Change(
        journal, seq, entry => entry with { Events = Flip(entry.Events, entry.Events.Length / 2) });

    private static ulong ChangeHash(ReframedJournal journal)
    {
        var seq = Transfer(journal);
        Change(journal, seq, entry => entry with { Hash = Digest.Sha256("x"u8) });
        journal.RehashAfter(seq);
        return seq;
    }

    private static ulong Resign(ReframedJournal journal, ulong seq, bool keepName) => Change(journal, seq, entry =>
    {
        using var key = KeyPair.Generate();
        var parts = Jws.Sign(key, entry.BodyBytes.Span);
        return keepName
            ? entry with { Signature = parts.Signature }
            : entry with { Signature = parts.Signature, ProofHeader = parts.HeaderText };
    });

    /// <summary>The other signature that everybody can make of one: it verifies as well.</summary>
    private static ulong Twin(ReframedJournal journal, ulong seq) => Change(journal, seq, entry =>
    {
        var order = BigInteger.Parse(
            "0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
            NumberStyles.HexNumber,
            CultureInfo.InvariantCulture);
        var signature = entry.Signature.ToArray();
        var twin = order - new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true);
        var bytes = twin.ToByteArray(isUnsigned: true, isBigEndian: true);
        signature.AsSpan(32).Clear();
        bytes.CopyTo(signature.AsSpan(64 - bytes.Length));
        return entry with { Signature = signature };
    });

    private static ulong SkipNumber(ReframedJournal journal)
    {
        var seq = Transfer(journal);
        foreach (var frame in journal.Frames.Where(frame => frame.Sequence >= (long)seq))
        {
            frame.Sequence++;
        }

        foreach (var frame in journal.Frames.Where(frame => frame.Sequence > (long)seq && frame.Entry is not null))
        {
            var entry = frame.Entry!;
            frame.Entry = entry with { Header = entry.Header with { Seq = (ulong)frame.Sequence } };
        }

        return Rehashed(journal, seq + 1);
    }

    private static ulong Drop(ReframedJournal journal, ulong seq)
    {
        Assert.True(journal.Frames.Remove(journal.At(seq)));
        return seq;
    }

    /// <summary>Exchanges an entry with the next one, which is of the same sender; each keeps the time of its place.
    /// </summary>
    private static ulong Swap(ReframedJournal journal, ulong seq)
    {
        var (one, next) = (journal.At(seq), journal.At(seq + 1));
        var (a, b) = (one.Entry!, next.Entry!);
        (one.Entry, next.Entry) = (b with { Header = a.Header }, a with { Header = b.Header });
        return seq;
    }

    private static ulong Repeat(ReframedJournal journal, ulong seq)
    {
        var frame = journal.At(seq);
        journal.Frames.Insert(
            journal.Frames.IndexOf(frame) + 1,
            new ForgedFrame(FrameKind.Block, frame.Sequence, []) { Kind = FrameKind.Entry, Entry = frame.Entry });
        return seq + 1;
    }

    private static ulong AppendAgain(ReframedJournal journal, ulong seq)
    {
        var last = journal.Frames.Last(frame => frame.Entry is not null).Entry!;
        var again = journal.At(seq).Entry! with { Header = last.Header with { Seq = last.Header.Seq + 1 } };
        journal.Append(again);
        return Rehashed(journal, again.Header.Seq);
    }

    private static ulong Raw(ReframedJournal journal, ulong seq, Action<byte[]> change)
    {
        var frame = journal.At(seq);
        frame.Entry = null;
        change(frame.Bytes);
        return seq;
    }

    /// <summary>A tick that drains something, as if it had come before that was due.</summary>
    private static ulong EarlyTick(ReframedJournal journal)
    {
        var seq = journal.Frames.First(frame => frame.Entry is { Events.Length: > 0 } entry
            && Encoding.UTF8.GetString(entry.BodyBytes.Span).Contains("\"tick\"", StringComparison.Ordinal)).Sequence;
        return Rehashed(journal, Time(journal, (ulong)seq, journal.At((ulong)seq - 1).Entry!.Header.Time));
    }

    private static ulong AddTermFrame(ReframedJournal journal)
    {
        var seq = Transfer(journal);
        var at = journal.Frames.IndexOf(journal.At(seq)) + 1;
        journal.Frames.Insert(at, new ForgedFrame(FrameKind.Term, (long)seq, []));
        return seq;
    }

    /// <summary>Changes one digit or letter right behind a text.</summary>
    private static string Turn(string text, string after)
    {
        var at = text.IndexOf(after, StringComparison.Ordinal) + after.Length;
        return $"{text[..at]}{(text[at] == '3' ? '5' : '3')}{text[(at + 1)..]}";
    }

    private static byte[] Flip(ReadOnlyMemory<byte> bytes, int at)
    {
        var changed = bytes.ToArray();
        changed[at] ^= 1;
        return changed;
    }

    private static int Rehead(
        ReframedJournal journal, int height, Func<BlockHeader, BlockHeader> change, bool isNode)
    {
        using var key = isNode ? PaidChain.NodeKey(journal.DirectoryPath) : KeyPair.Generate();
        var frame = journal.Blocks[height - 1];
        ReframedJournal.Sign(frame, change(frame.Header), key);
        return height;
    }

    private static int Compact(ReframedJournal journal, int height, Func<byte[], byte[]> change)
    {
        var frame = journal.Blocks[height - 1];
        frame.Bytes = change(frame.Bytes);
        return height;
    }

    private static byte[] FlipSignature(byte[] compact)
    {
        var at = compact.AsSpan().LastIndexOf((byte)'.') + 10;
        compact[at] = compact[at] == (byte)'A' ? (byte)'B' : (byte)'A';
        return compact;
    }

    private static int SignNothing(ReframedJournal journal)
    {
        using var key = PaidChain.NodeKey(journal.DirectoryPath);
        return Compact(journal, 2, _ => Jws.Sign(key, "{}"u8).ToCompact());
    }

    private static int DropBlock(ReframedJournal journal)
    {
        Assert.True(journal.Frames.Remove(journal.Blocks[1]));
        return 2;
    }

    private static int RepeatBlock(ReframedJournal journal)
    {
        var frame = journal.Blocks[1];
        journal.Frames.Insert(
            journal.Frames.IndexOf(frame), new ForgedFrame(frame.Kind, frame.Sequence, frame.Bytes));
        return 3;
    }

    /// <summary>The block that holds an entry.</summary>
    private static int BlockOf(ReframedJournal journal, ulong seq) =>
        1 + journal.Blocks.FindIndex(block => block.Sequence >= (long)seq);
}
