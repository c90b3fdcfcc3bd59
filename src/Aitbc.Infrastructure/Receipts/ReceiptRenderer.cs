using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Infrastructure.Receipts;

/// <summary>A receipt as its file is.</summary>
/// <param name="Workload">Of which workload.</param>
/// <param name="FileName">Its name in the directory of receipts, such as <c>w7.json</c>.</param>
/// <param name="Bytes">Its bytes.</param>
public sealed record RenderedReceipt(WorkloadId Workload, string FileName, byte[] Bytes);

/// <summary>
/// Makes receipts from a journal that is fed to it in order, entry by entry and block by block. They come from the
/// journal alone, so whoever reads the same journal gets the same bytes.
/// </summary>
/// <remarks>
/// Keeps one hash for each entry of the open block, the proof of each delivery whose workload is not settled, and the
/// agents' keys; nothing grows with the length of the journal. It checks nothing: it is fed from a journal that
/// recovery
/// or the verifier checks. Not thread-safe.
/// </remarks>
public sealed class ReceiptRenderer
{
    private readonly Genesis genesis;
    private readonly OpenBlock block;
    private readonly AgentKeys keys;
    private readonly Func<ulong, EntryProof>? find;
    private readonly Dictionary<WorkloadId, EntryProof> deliveries = [];

    /// <summary>Begins at the journal's first entry.</summary>
    /// <param name="genesis">What the chain began with.</param>
    /// <param name="genesisDigest">Digest of the genesis file: the hash before entry 1.</param>
    public ReceiptRenderer(Genesis genesis, Digest genesisDigest)
        : this(genesis, genesisDigest, new AgentKeys(), null)
    {
    }

    /// <summary>Begins behind a closed block.</summary>
    /// <param name="genesis">What the chain began with.</param>
    /// <param name="before">Hash of the block's last entry.</param>
    /// <param name="keys">The agents' keys then.</param>
    /// <param name="find">Finds the proof of an earlier delivery by its entry.</param>
    internal ReceiptRenderer(Genesis genesis, Digest before, AgentKeys keys, Func<ulong, EntryProof>? find)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        (this.genesis, this.keys, this.find) = (genesis, keys, find);
        block = new OpenBlock(before);
    }

    /// <summary>Deliveries in closed blocks that wait for their settlement.</summary>
    public int Waiting => deliveries.Count;

    /// <summary>Hash of the last entry before the open block.</summary>
    internal Digest BeforeBlock => block.Before;

    /// <summary>The file name of a workload's receipt.</summary>
    public static string FileNameOf(WorkloadId workload) => $"{workload}.json";

    /// <summary>Takes the next entry.</summary>
    /// <param name="entry">The entry; what is needed of it is copied.</param>
    /// <exception cref="InvalidDataException">Its events are no events, or its signer is no agent that the journal
    /// knows.
    /// </exception>
    public void Observe(DurableEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var pays = false;
        var delivers = false;
        var reader = new EventReader(entry.Events.Span);
        while (reader.MoveNext())
        {
            keys.Observe(in reader);
            delivers |= reader.Kind == EventKind.WorkSubmitted;
            pays |= reader.Kind == EventKind.WorkloadEnded && reader.As<WorkloadEnded>().Ending.IsPaid();
        }

        if (delivers || pays)
        {
            block.Keep(entry, delivers && entry.Proof == ProofKind.Jws ? keys.SignerOf(entry) : null);
        }

        block.Add(entry);
    }

    /// <summary>Takes the block that closes over the entries since the last one.</summary>
    /// <param name="compact">Its head, a compact JWS.</param>
    /// <returns>Receipts of the workloads that it settled, in the order of settlement.</returns>
    /// <exception cref="InvalidDataException">A workload was paid whose delivery the journal does not show.</exception>
    public IReadOnlyList<RenderedReceipt> ObserveBlock(ReadOnlySpan<byte> compact)
    {
        var rendered = new List<RenderedReceipt>();
        foreach (var proof in block.Close(compact))
        {
            var reader = new EventReader(proof.Entry.Events.Span);
            while (reader.MoveNext())
            {
                if (reader.Kind == EventKind.WorkSubmitted)
                {
                    deliveries[reader.As<WorkSubmitted>().Workload] = proof;
                }
                else if (reader.Kind == EventKind.WorkloadEnded)
                {
                    End(reader.As<WorkloadEnded>(), proof, rendered);
                }
            }
        }

        return rendered;
    }

    /// <summary>One receipt.</summary>
    internal static RenderedReceipt Render(
        Genesis genesis, in WorkloadEnded ended, EntryProof delivery, EntryProof settlement)
    {
        var receipt = new Receipt(
            Receipt.CurrentVersion,
            genesis.Chain,
            ended.Workload,
            ended.Ending,
            ended.ClientId,
            ended.ProviderId,
            ended.Service,
            ended.Capability,
            ended.Units,
            ended.MinQualityPpm,
            ended.QualityPpm,
            new Timestamp(ended.PostedAtMs),
            new Timestamp(ended.AwardedAtMs),
            new Timestamp(ended.SubmittedAtMs),
            ended.Input,
            ended.Spec,
            ended.Result,
            ended.MaxPrice,
            ended.Paid,
            ended.Mode == VerificationMode.None
                ? null
                : new ReceiptVerdicts(ended.Needed, ended.Agreed, ended.Disagreed, ended.Fees),
            delivery.ToDelivery(),
            settlement.ToSettlement(),
            genesis.NodeKey);
        return new RenderedReceipt(ended.Workload, FileNameOf(ended.Workload), ReceiptJson.Render(receipt));
    }

    private void End(in WorkloadEnded ended, EntryProof settlement, List<RenderedReceipt> rendered)
    {
        deliveries.Remove(ended.Workload, out var delivery);
        if (!ended.Ending.IsPaid())
        {
            return;
        }

        delivery ??= find?.Invoke(ended.SubmittedSeq) ?? throw new InvalidDataException(
            $"{ended.Workload} is paid, and the journal does not show its delivery in entry {ended.SubmittedSeq}.");
        rendered.Add(Render(genesis, ended, delivery, settlement));
    }
}
