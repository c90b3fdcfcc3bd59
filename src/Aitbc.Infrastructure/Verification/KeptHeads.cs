using System.Text;
using Aitbc.Infrastructure.Receipts;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;

namespace Aitbc.Infrastructure.Verification;

/// <summary>A block's signed head that somebody kept outside the node's reach.</summary>
/// <param name="Where">The file that holds it, and the line or member in it.</param>
/// <param name="Compact">The head, a compact JWS; empty where there is a fault.</param>
/// <param name="Fault">Why it proves nothing, in a plain sentence; null where nothing is wrong so far.</param>
public sealed record KeptHead(string Where, string Compact, string? Fault);

/// <summary>
/// Reads what people kept of a chain: receipts, or heads of blocks. A journal that does not hold these very heads was
/// cut off or written anew by whoever has the node's key, which nothing inside the journal can show.
/// </summary>
/// <remarks>Stateless. Source: DESIGN.md section 5.</remarks>
public static class KeptHeads
{
    private const string ReceiptFiles = "*.json";

    /// <summary>The heads in a directory's receipts (<c>*.json</c>), two a receipt.</summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="IOException">A file cannot be read, or there is no such directory.</exception>
    public static IReadOnlyList<KeptHead> OfReceipts(string directory)
    {
        var heads = new List<KeptHead>();
        foreach (var file in Directory.EnumerateFiles(directory, ReceiptFiles).Order(StringComparer.Ordinal))
        {
            var report = new FileInfo(file).Length <= ReceiptJson.MaxBytes
                ? ReceiptVerifier.Verify(File.ReadAllBytes(file))
                : null;
            if (report is { Ok: true, Receipt: { } receipt })
            {
                heads.Add(new KeptHead($"{file}, delivery", receipt.Delivery.Block, null));
                heads.Add(new KeptHead($"{file}, settlement", receipt.Settlement.Block, null));
            }
            else
            {
                heads.Add(new KeptHead(file, string.Empty, report?.Problem ?? "It is larger than any receipt."));
            }
        }

        return heads;
    }

    /// <summary>The heads in a text file, one compact JWS a line; empty lines count for nothing.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<KeptHead> OfFile(string file) =>
    [
        .. File.ReadLines(file)
            .Select((line, i) => new KeptHead($"{file}, line {i + 1}", line.Trim(), null))
            .Where(head => head.Compact.Length > 0),
    ];
}

/// <summary>Compares kept heads with the journal's blocks.</summary>
internal sealed class KeptHeadChecks
{
    private readonly Findings findings;
    private readonly SortedDictionary<ulong, List<(string Where, Digest Digest)>> waiting = [];

    public KeptHeadChecks(IReadOnlyList<KeptHead> heads, Genesis genesis, KeyVerifier verifier, Findings findings)
    {
        this.findings = findings;
        foreach (var head in heads)
        {
            var (height, digest) = (0UL, default(Digest));
            var found = head.Fault ?? FaultOf(head, genesis, verifier, out height, out digest);
            if (found is { } fault)
            {
                findings.Problem(head.Where, $"It proves nothing about this chain: {fault}");
                continue;
            }

            if (!waiting.TryGetValue(height, out var list))
            {
                waiting[height] = list = [];
            }

            list.Add((head.Where, digest));
        }
    }

    /// <summary>Heads that the journal holds.</summary>
    public int Good { get; private set; }

    /// <summary>Compares the block that the replay has just taken.</summary>
    public void At(Replay replay)
    {
        if (!waiting.Remove(replay.Blocks, out var kept))
        {
            return;
        }

        foreach (var (where, digest) in kept)
        {
            if (digest == replay.BlockDigest)
            {
                Good++;
            }
            else
            {
                findings.Block(
                    replay.Blocks, replay.State.Globals.Seq, $"The node signed another block of this height: {where}.");
            }
        }
    }

    /// <summary>Says which kept blocks the journal does not have.</summary>
    public void Finish(Replay replay)
    {
        foreach (var (height, kept) in waiting)
        {
            if (replay.HasEnded)
            {
                findings.Notice($"block {height}", "It could not be compared: the replay ended before it.");
            }
            else
            {
                findings.Problem(
                    $"block {height}",
                    $"The node signed it ({kept[0].Where}), and the journal ends with block {replay.Blocks}: what came"
                    + " after was left out.");
            }
        }
    }

    private static string? FaultOf(
        KeptHead head, Genesis genesis, KeyVerifier verifier, out ulong height, out Digest digest)
    {
        (height, digest) = (0, default);
        if (!Jws.TryParse(Encoding.UTF8.GetBytes(head.Compact), out var parts, out var problem))
        {
            return $"it is no JWS ({problem}).";
        }

        if (!BlockHeader.TryParse(parts.Payload.Span, out var header))
        {
            return "it is no head of a block.";
        }

        if (header!.Chain != genesis.Chain
            || parts.KeyId != genesis.NodeKey.Thumbprint()
            || !verifier.VerifyJws(
                genesis.NodeKey, parts.HeaderText.Span, parts.Payload.Span, parts.Signature.Span))
        {
            return "it is not signed by this chain's node.";
        }

        (height, digest) = (header.Height, Digest.Sha256(parts.Payload.Span));
        return null;
    }
}
