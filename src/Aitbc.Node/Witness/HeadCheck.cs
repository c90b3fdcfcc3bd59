using System.Text;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;

namespace Aitbc.Node.Witness;

/// <summary>What a witness found wrong; each is a reason to stop and to tell people.</summary>
public enum WitnessFinding
{
    /// <summary>Somebody answered with a head that the chain's node did not sign, or that is none.</summary>
    Forged,

    /// <summary>The node signed two heads of one height: whoever saw the other one was told another history.</summary>
    Equivocation,

    /// <summary>The node signed a head that does not go on from the one that was kept.</summary>
    Rewritten,

    /// <summary>The node no longer has a block that it had signed, after a restore from an older backup for example.
    /// </summary>
    Shortened,

    /// <summary>The node shows another chain than the one that was begun with.</summary>
    OtherChain,
}

/// <summary>A head whose signature was checked.</summary>
/// <param name="Header">What the node signed.</param>
/// <param name="Compact">The compact JWS.</param>
/// <param name="Payload">The header's bytes.</param>
/// <param name="Digest">Their digest, which the next head names.</param>
public sealed record CheckedHead(BlockHeader Header, string Compact, ReadOnlyMemory<byte> Payload, Digest Digest);

/// <summary>Checks heads of one chain.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class HeadCheck(Genesis genesis, Digest genesisDigest) : IDisposable
{
    private readonly KeyVerifier verifier = new();

    /// <summary>Reads a head and checks who signed it.</summary>
    /// <returns>The head; null where it proves nothing about this chain.</returns>
    public CheckedHead? Read(string compact)
    {
        if (!Jws.TryParse(Encoding.UTF8.GetBytes(compact), out var parts, out _)
            || !BlockHeader.TryParse(parts.Payload.Span, out var header)
            || header!.Chain != genesis.Chain
            || parts.KeyId != genesis.NodeKey.Thumbprint()
            || !verifier.VerifyJws(
                genesis.NodeKey, parts.HeaderText.Span, parts.Payload.Span, parts.Signature.Span))
        {
            return null;
        }

        var payload = parts.Payload.ToArray();
        return new CheckedHead(header, compact, payload, Digest.Sha256(payload));
    }

    /// <summary>Whether a head goes on from the last one; null is before the first.</summary>
    public bool Follows(CheckedHead? last, CheckedHead next)
    {
        var (height, seq, previous) = last is null
            ? (0UL, 0UL, genesisDigest)
            : (last.Header.Height, last.Header.LastSeq, last.Digest);
        return next.Header.Height == height + 1
            && next.Header.FirstSeq == seq + 1
            && next.Header.LastSeq >= next.Header.FirstSeq
            && next.Header.Previous == previous
            && next.Header.Term >= (last?.Header.Term ?? 0)
            && next.Header.TimeMs >= (last?.Header.TimeMs ?? 0);
    }

    public void Dispose() => verifier.Dispose();
}
