using System.Buffers;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;

namespace Aitbc.Cli.Drill;

/// <summary>Where a payload stands and until when it counts.</summary>
/// <param name="Lane">Nonce lane, 0 to 7.</param>
/// <param name="Sequence">Place in the lane.</param>
/// <param name="Epoch">The stop epoch that its sender saw.</param>
/// <param name="ValidUntil">Last instant at which it may be admitted.</param>
internal readonly record struct PayloadPlace(int Lane, ulong Sequence, ulong Epoch, Timestamp ValidUntil);

/// <summary>Signs commands as any client does.</summary>
internal static class DrillPayload
{
    /// <summary>A payload as a compact JWS.</summary>
    /// <param name="key">Signs.</param>
    /// <param name="chain">For which chain.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="commands">What it says.</param>
    public static byte[] Sign(KeyPair key, ChainId chain, in PayloadPlace place, params Command[] commands)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        PayloadCodec.Write(
            new ClientPayload
            {
                Chain = chain,
                From = (AccountId)key.Id,
                Lane = place.Lane,
                Sequence = place.Sequence,
                ValidUntil = place.ValidUntil,
                Epoch = place.Epoch,
                Commands = commands,
                Proof = ProofKind.Jws,
                Signer = key.Id,
                PayloadDigest = default,
            },
            bytes);
        return Jws.Sign(key, bytes.WrittenSpan).ToCompact();
    }
}
