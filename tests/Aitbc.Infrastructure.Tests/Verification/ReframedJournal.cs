using System.Buffers;
using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Wire;

namespace Aitbc.Infrastructure.Tests.Verification;

/// <summary>A frame under a forger's hands.</summary>
internal sealed class ForgedFrame(FrameKind kind, long sequence, byte[] bytes)
{
    public FrameKind Kind { get; set; } = kind;

    public long Sequence { get; set; } = sequence;

    /// <summary>What a block holds; of an entry, what is written where <see cref="Entry"/> is null.</summary>
    public byte[] Bytes { get; set; } = bytes;

    public DurableEntry? Entry { get; set; } =
        kind == FrameKind.Entry ? EntryFrame.Read((ulong)sequence, bytes) : null;

    public BlockHeader Header
    {
        get
        {
            Xunit.Assert.True(Jws.TryParse(Bytes, out var parts, out _) && BlockHeader.TryParse(
                parts.Payload.Span, out _));
            BlockHeader.TryParse(parts.Payload.Span, out var header);
            return header!;
        }
    }
}

/// <summary>
/// A journal read frame by frame, changed, and written again with right lengths, checksums and frame order: what
/// somebody does who can write the file and knows its format. How much more he does (hashes, rules, the node's
/// signatures), each forgery says.
/// </summary>
internal sealed class ReframedJournal
{
    private const int SegmentBytes = 1024 * 1024;

    private readonly string path;
    private Genesis genesis;
    private Digest genesisDigest;

    private ReframedJournal(string path)
    {
        this.path = path;
        (genesis, genesisDigest) = (null!, default);
        ReadGenesis();
        var options = new JournalOptions { Identity = genesisDigest };
        Frames = [.. JournalFrames.Read(new FileDisk(path), options).Select(
            frame => new ForgedFrame(frame.Kind, frame.Sequence, frame.Payload.ToArray()))];
    }

    public List<ForgedFrame> Frames { get; }

    public Genesis Genesis => genesis;

    public string DirectoryPath => path;

    public static ReframedJournal Read(string path) => new(path);

    /// <summary>The frame of an entry.</summary>
    public ForgedFrame At(ulong seq) => Frames.Single(
        frame => frame.Kind == FrameKind.Entry && frame.Sequence == (long)seq);

    /// <summary>The blocks.</summary>
    public List<ForgedFrame> Blocks => [.. Frames.Where(frame => frame.Kind == FrameKind.Block)];

    /// <summary>The n-th entry whose body says something.</summary>
    public ulong Find(string text, int nth = 0) => (ulong)Frames.Where(frame => frame.Entry is { } entry
        && Encoding.UTF8.GetString(entry.BodyBytes.Span).Contains(text, StringComparison.Ordinal))
        .Skip(nth).First().Sequence;

    /// <summary>Changes an entry.</summary>
    public void Change(ulong seq, Func<DurableEntry, DurableEntry> change) => At(seq).Entry = change(At(seq).Entry!);

    /// <summary>Changes an entry's body as text.</summary>
    public void ChangeBody(ulong seq, Func<string, string> change) => Change(seq, entry =>
    {
        var text = Encoding.UTF8.GetString(entry.BodyBytes.Span);
        var changed = change(text);
        Xunit.Assert.NotEqual(text, changed);
        return entry with { BodyBytes = Encoding.UTF8.GetBytes(changed) };
    });

    /// <summary>Gives every frame the number that its place has.</summary>
    public void Renumber()
    {
        var seq = 0L;
        foreach (var frame in Frames)
        {
            seq += frame.Kind == FrameKind.Entry ? 1 : 0;
            frame.Sequence = seq;
            frame.Entry = frame.Entry is { } entry
                ? entry with { Header = entry.Header with { Seq = (ulong)seq } }
                : null;
        }
    }

    /// <summary>Computes the hashes of all entries anew, so that the chain fits what stands there.</summary>
    public void Rehash() => RehashAfter(0);

    /// <summary>The same for what comes after an entry, whose own hash is left as it is.</summary>
    public void RehashAfter(ulong seq)
    {
        var hash = genesisDigest;
        foreach (var frame in Frames.Where(frame => frame.Entry is not null))
        {
            var entry = frame.Entry!;
            hash = entry.Header.Seq <= seq ? entry.Hash : EntryHash.Of(entry.LeafAfter(hash));
            frame.Entry = entry with { Hash = hash };
        }
    }

    /// <summary>Runs the real rules over all bodies, for outcomes and events that fit them.</summary>
    public void Reapply()
    {
        var ledger = new Protocol.Ledger(new LedgerState(genesis));
        var events = new EventBuffer();
        ledger.ApplyGenesis(genesisDigest, events);
        foreach (var frame in Frames.Where(frame => frame.Entry is not null))
        {
            var entry = frame.Entry!;
            events.Clear();
            var result = ledger.Apply(entry.Header, BodyOf(entry), events);
            Xunit.Assert.True(result.Outcome.IsJournalled() && !result.IsDuplicate, $"{frame.Sequence}: {result}");
            frame.Entry = entry with { Outcome = result.Outcome, Events = events.Bytes.ToArray() };
        }

        Rehash();
    }

    /// <summary>Makes every block's head anew from the entries, and signs it with a key.</summary>
    public void Reblock(KeyPair key)
    {
        var tree = new MerkleTree();
        var previous = genesisDigest;
        var (height, first) = (0UL, 1UL);
        DurableEntry? last = null;
        foreach (var frame in Frames)
        {
            if (frame.Entry is { } entry)
            {
                tree.Append(entry.Hash);
                last = entry;
                continue;
            }

            var header = new BlockHeader(
                genesis.Chain, ++height, first, last!.Header.Seq, last.Header.Term, last.Header.Time.UnixMs, previous,
                tree.Root(), last.Hash);
            Sign(frame, header, key);
            (previous, first) = (Digest.Sha256(header.ToBytes()), last.Header.Seq + 1);
            tree.Clear();
        }
    }

    /// <summary>Puts a head into a block's frame.</summary>
    public static void Sign(ForgedFrame frame, BlockHeader header, KeyPair key) =>
        frame.Bytes = Jws.Sign(key, header.ToBytes()).ToCompact();

    /// <summary>An input of the node as an entry that stands after all others.</summary>
    public void AppendInput(SystemInput input, uint? term = null)
    {
        var last = Frames.Last(frame => frame.Entry is not null).Entry!;
        var body = new ArrayBufferWriter<byte>();
        InputCodec.Write(input, body);
        var header = new EntryHeader(last.Header.Seq + 1, term ?? last.Header.Term, last.Header.Time);
        Append(last with
        {
            Header = header,
            Body = BodyKind.Input,
            Proof = 0,
            Outcome = Outcome.Applied,
            BodyBytes = body.WrittenSpan.ToArray(),
            ProofHeader = default,
            Signature = default,
            Events = default,
        });
    }

    /// <summary>Puts an entry after all others.</summary>
    public void Append(DurableEntry entry)
    {
        var frame = new ForgedFrame(FrameKind.Block, (long)entry.Header.Seq, [])
        {
            Kind = FrameKind.Entry, Entry = entry,
        };
        Frames.Add(frame);
    }

    /// <summary>Reads the genesis file again, for whoever has exchanged it.</summary>
    public void ReadGenesis() => genesis = ChainDirectory.ReadGenesis(new FileDisk(path), out genesisDigest);

    /// <summary>Writes the journal in one segment, and takes away the snapshots, which say what was before.</summary>
    public void Write(bool keepSnapshots = false)
    {
        var identity = new byte[Digest.Size];
        genesisDigest.CopyTo(identity);
        var segment = new byte[SegmentBytes];
        SegmentLayout.WriteHeader(segment.AsSpan(0, SegmentLayout.HeaderBytes), 0, SegmentBytes, identity);
        var at = SegmentLayout.HeaderBytes;
        var crc = Put(segment, ref at, FrameLayout.SegmentStartKind, 0, [], Crc32C.Of(identity));
        foreach (var frame in Frames)
        {
            var bytes = frame.Entry is { } entry ? BytesOf(entry) : frame.Bytes;
            crc = Put(segment, ref at, (byte)frame.Kind, frame.Sequence, bytes, crc);
        }

        var journal = Path.Combine(path, DataDirectory.JournalDirectory);
        Directory.Delete(journal, recursive: true);
        Directory.CreateDirectory(journal);
        File.WriteAllBytes(Path.Combine(path, SegmentLayout.PathOf(0)), segment);
        if (!keepSnapshots)
        {
            Directory.Delete(Path.Combine(path, DataDirectory.SnapshotsDirectory), recursive: true);
        }
    }

    private static uint Put(byte[] segment, ref int at, byte kind, long sequence, byte[] payload, uint previous)
    {
        var frame = segment.AsSpan(at, FrameLayout.FrameBytes(payload.Length));
        payload.CopyTo(frame[FrameLayout.HeaderBytes..]);
        FrameLayout.Seal(frame, kind, sequence, payload.Length);
        var crc = FrameLayout.Stamp(frame, 0, (uint)at, SegmentLayout.HeaderBytes, previous);
        at += frame.Length;
        return crc;
    }

    private static byte[] BytesOf(DurableEntry entry)
    {
        var proof = entry.ProofHeader.Length + entry.Signature.Length;
        var bytes = new byte[EntryFrame.SizeOf(entry.BodyBytes.Length, proof, entry.Events.Length)];
        EntryFrame.Write(
            bytes,
            entry.LeafAfter(default),
            entry.Hash,
            entry.BodyBytes.Span,
            entry.ProofHeader.Span,
            entry.Signature.Span,
            entry.Events.Span);
        return bytes;
    }

    private static EntryBody BodyOf(DurableEntry entry)
    {
        if (entry.Body == BodyKind.Input)
        {
            Xunit.Assert.Null(InputCodec.TryParse(entry.BodyBytes.Span, out var input));
            return input;
        }

        Xunit.Assert.True(
            SignedPayload.TryFromParts(
                entry.Proof, entry.ProofHeader, entry.BodyBytes, entry.Signature, out var signed, out var problem),
            problem);
        return signed.Payload;
    }
}
