using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Receipts;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Wire;

namespace Aitbc.Infrastructure.Tests.Receipts;

/// <summary>What becomes of an entry in a forged block.</summary>
internal sealed record ForgedEntry(ulong Seq, uint Term, long TimeMs, BodyKind Body, byte Proof, Outcome Outcome);

/// <summary>A forged block's head, but for root and last entry.</summary>
internal sealed record ForgedBlock(string Chain, ulong Height, ulong First, ulong Last, uint Term, long TimeMs);

/// <summary>
/// A receipt by a node that lies: everything in it is hashed and signed anew, so each check has to find what is wrong
/// without the hashes giving it away. As it stands it holds; a test changes one thing.
/// </summary>
internal sealed class ForgedReceipt : IDisposable
{
    private static readonly Digest Result = Digest.Sha256("result"u8);

    public ForgedReceipt()
    {
        ProviderId = (AccountId)Provider.Id;
        Ended = new WorkloadEnded(
            new WorkloadId(7),
            default,
            default,
            WorkloadEnding.Accepted,
            new ServiceId(2),
            Units: 10,
            MinQualityPpm: 900_000,
            QualityPpm: 950_000,
            PostedAtMs: 100,
            AwardedAtMs: 200,
            SubmittedAtMs: 300,
            SubmittedSeq: 3,
            Label.Parse("classifier.infer"),
            Digest.Sha256("input"u8),
            Digest.Sha256("spec"u8),
            Result,
            (AccountId)Client.Id,
            ProviderId,
            TokenAmount.FromTokens(100),
            TokenAmount.FromTokens(40),
            TokenAmount.Zero,
            VerificationMode.None,
            Needed: 0,
            Agreed: 0,
            Disagreed: 0,
            TokenAmount.Zero);
        Commands = [new SubmitWork(Ended.Workload, Result, Ended.QualityPpm)];
    }

    public KeyPair Node { get; } = KeyPair.Generate();

    public KeyPair Provider { get; } = KeyPair.Generate();

    public KeyPair Client { get; } = KeyPair.Generate();

    public string Chain { get; init; } = "test";

    public AccountId ProviderId { get; }

    public WorkloadEnded Ended { get; set; }

    public Command[] Commands { get; set; }

    public string? PayloadChain { get; set; }

    public AccountId? From { get; set; }

    /// <summary>The delivery's payload where it is to be another than the commands make.</summary>
    public byte[]? Payload { get; set; }

    /// <summary>The settlement's events where they are to be others than the ending.</summary>
    public byte[]? Events { get; set; }

    public bool Simulated { get; init; }

    /// <summary>Signs the delivery; null for the provider.</summary>
    public KeyPair? Signer { get; set; }

    /// <summary>Changes the JWS of the delivery before it is hashed.</summary>
    public Func<JwsParts, JwsParts> Sign { get; set; } = parts => parts;

    public ForgedEntry Delivery { get; set; } = new(3, 1, 300, BodyKind.Payload, 1, Outcome.Applied);

    public ForgedEntry Settlement { get; set; } = new(9, 1, 400, BodyKind.Payload, 1, Outcome.Applied);

    public ForgedBlock DeliveryBlock { get; set; } = new("test", 1, 1, 5, 1, 310);

    public ForgedBlock SettlementBlock { get; set; } = new("test", 2, 6, 12, 1, 410);

    /// <summary>Changes members after everything was hashed.</summary>
    public Func<Receipt, Receipt> Edit { get; set; } = receipt => receipt;

    /// <summary>An event's bytes.</summary>
    public static byte[] EventOf<T>(EventKind kind, T value)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));
        var all = new byte[EventBuffer.HeadSize + bytes.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(all, (ushort)kind | ((uint)bytes.Length << 16));
        bytes.CopyTo(all.AsSpan(EventBuffer.HeadSize));
        return all;
    }

    /// <summary>Signs a block's head, whatever it is.</summary>
    public string SignBlock(ReadOnlySpan<byte> header, KeyPair? by = null) =>
        Encoding.ASCII.GetString(Jws.Sign(by ?? Node, header).ToCompact());

    /// <summary>Makes it and verifies it.</summary>
    public ReceiptReport Verify() => ReceiptVerifier.Verify(ReceiptJson.Render(Edit(Build())));

    /// <inheritdoc/>
    public void Dispose()
    {
        Node.Dispose();
        Provider.Dispose();
        Client.Dispose();
    }

    private Receipt Build()
    {
        var payload = Payload ?? MakePayload();
        var signed = Sign(Jws.Sign(Signer ?? Provider, payload));
        var (header, signature) = Simulated ? (default, default) : (signed.HeaderText, signed.Signature);
        var proof = SignedPayload.DigestOf(header.Span, signature.Span);
        var before = Digest.Sha256("before"u8);
        var events = Events ?? EventOf(EventKind.WorkloadEnded, Ended);
        var eventsDigest = Digest.Sha256("events of the delivery"u8);
        var delivery = Leaf(Delivery, before, Digest.Sha256(payload), proof, eventsDigest);
        var accepts = Digest.Sha256("accepts"u8);
        var settlement = Leaf(Settlement, before, accepts, accepts, Digest.Sha256(events));
        var isOne = DeliveryBlock == SettlementBlock;
        var (deliveryPath, deliveryBlock) = Close(DeliveryBlock, isOne ? [delivery, settlement] : [delivery]);
        var (settlementPath, settlementBlock) = Close(
            SettlementBlock, isOne ? [settlement, delivery] : [settlement]);
        return new Receipt(
            Receipt.CurrentVersion,
            new ChainId(Chain),
            Ended.Workload,
            Ended.Ending,
            Ended.ClientId,
            Ended.ProviderId,
            Ended.Service,
            Ended.Capability,
            Ended.Units,
            Ended.MinQualityPpm,
            Ended.QualityPpm,
            new Timestamp(Ended.PostedAtMs),
            new Timestamp(Ended.AwardedAtMs),
            new Timestamp(Ended.SubmittedAtMs),
            Ended.Input,
            Ended.Spec,
            Ended.Result,
            Ended.MaxPrice,
            Ended.Paid,
            VerdictsOf(Ended),
            new ReceiptDelivery(
                Simulated ? ReceiptProof.Simulated : ReceiptProof.Jws,
                new Base64UrlBytes(header),
                new Base64UrlBytes(payload),
                Simulated ? null : new Base64UrlBytes(signature),
                Simulated ? null : Provider.PublicKey,
                new DeliveryEntry(
                    Delivery.Seq,
                    Delivery.Term,
                    new Timestamp(Delivery.TimeMs),
                    (byte)Delivery.Body,
                    Delivery.Proof,
                    (ushort)Delivery.Outcome,
                    before,
                    proof,
                    eventsDigest),
                deliveryPath,
                deliveryBlock),
            new ReceiptSettlement(
                EntryOf(Settlement, before, accepts),
                new Base64UrlBytes(events),
                settlementPath,
                settlementBlock),
            Node.PublicKey);
    }

    private static ReceiptVerdicts? VerdictsOf(in WorkloadEnded ended) => ended.Mode == VerificationMode.None
        ? null
        : new ReceiptVerdicts(ended.Needed, ended.Agreed, ended.Disagreed, ended.Fees);

    private static SettlementEntry EntryOf(ForgedEntry entry, Digest previous, Digest payload) => new(
        entry.Seq,
        entry.Term,
        new Timestamp(entry.TimeMs),
        (byte)entry.Body,
        entry.Proof,
        (ushort)entry.Outcome,
        previous,
        payload,
        payload);

    private static EntryLeaf Leaf(
        ForgedEntry entry, Digest previous, Digest payload, Digest proof, Digest events) => new(
            previous,
            new EntryHeader(entry.Seq, entry.Term, new Timestamp(entry.TimeMs)),
            entry.Body,
            entry.Proof,
            entry.Outcome,
            payload,
            proof,
            events);

    /// <summary>A block with some entries, and the path of the first of them.</summary>
    private (PathStep[] Path, string Block) Close(ForgedBlock block, EntryLeaf[] entries)
    {
        var leaves = new Digest[block.Last - block.First + 1];
        for (var i = 0; i < leaves.Length; i++)
        {
            leaves[i] = Digest.Sha256([(byte)i]);
        }

        foreach (var entry in entries)
        {
            leaves[IndexOf(entry)] = EntryHash.Of(entry);
        }

        var tree = new BlockTree(leaves);
        var header = new BlockHeader(
            new ChainId(block.Chain),
            block.Height,
            block.First,
            block.Last,
            block.Term,
            block.TimeMs,
            Digest.Sha256("previous"u8),
            tree.Root,
            leaves[^1]);
        return (tree.PathOf(IndexOf(entries[0])), SignBlock(header.ToBytes()));

        // A place outside its block gets that of some place inside.
        int IndexOf(in EntryLeaf entry) =>
            (int)Math.Clamp((long)entry.Header.Seq - (long)block.First, 0, leaves.Length - 1);
    }

    private byte[] MakePayload()
    {
        var bytes = new ArrayBufferWriter<byte>();
        PayloadCodec.Write(
            new ClientPayload
            {
                Chain = new ChainId(PayloadChain ?? Chain),
                From = From ?? ProviderId,
                Lane = 0,
                Sequence = 1,
                ValidUntil = new Timestamp(1_000),
                Epoch = 0,
                Commands = Commands,
                Proof = ProofKind.Jws,
                Signer = Provider.Id,
                PayloadDigest = default,
            },
            bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
