using System.Security.Cryptography;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>
/// The reverse hash chain behind draws: its head is committed in genesis, and each value revealed is the preimage of
/// the
/// one before, so the node can neither choose nor change what comes. A checkpoint every 1,024 values keeps revealing
/// cheap.
/// </summary>
/// <remarks>Holds the node's secret: never logged. Not thread-safe.</remarks>
public sealed class BeaconChain
{
    /// <summary>Values a chain can reveal.</summary>
    public const int Rounds = 1 << 20;

    private const int Stride = 1024;

    private readonly byte[] checkpoints;
    private readonly Digest[] segment = new Digest[Stride];
    private int segmentAt = -1;

    private BeaconChain(byte[] checkpoints) => this.checkpoints = checkpoints;

    /// <summary>The chain's head, which genesis commits to.</summary>
    public Digest Commitment => Digest.Sha256(At(Rounds - 1).AsSpan());

    /// <summary>Makes a chain from a secret of 32 bytes.</summary>
    public static BeaconChain Create(ReadOnlySpan<byte> secret)
    {
        var checkpoints = new byte[Rounds / Stride * Digest.Size];
        Span<byte> value = stackalloc byte[Digest.Size];
        secret.CopyTo(value);
        for (var i = 0; i < Rounds; i++)
        {
            if (i % Stride == 0)
            {
                value.CopyTo(checkpoints.AsSpan(i / Stride * Digest.Size));
            }

            SHA256.HashData(value, value);
        }

        return new BeaconChain(checkpoints);
    }

    /// <summary>Restores a chain from its checkpoints.</summary>
    /// <exception cref="InvalidDataException">The bytes are of another length.</exception>
    public static BeaconChain FromBytes(ReadOnlySpan<byte> checkpoints) =>
        checkpoints.Length == Rounds / Stride * Digest.Size
            ? new BeaconChain(checkpoints.ToArray())
            : throw new InvalidDataException("The beacon's file is of the wrong length.");

    /// <summary>The checkpoints, to be kept secret.</summary>
    public ReadOnlySpan<byte> ToBytes() => checkpoints;

    /// <summary>The value of a round, from 1; null where the chain is used up.</summary>
    public Digest? Reveal(uint round) => round is >= 1 and <= Rounds ? At(Rounds - (int)round) : null;

    private Digest At(int index)
    {
        var wanted = index / Stride;
        if (wanted != segmentAt)
        {
            Span<byte> value = stackalloc byte[Digest.Size];
            checkpoints.AsSpan(wanted * Digest.Size, Digest.Size).CopyTo(value);
            for (var i = 0; i < Stride; i++)
            {
                segment[i] = Digest.From(value);
                SHA256.HashData(value, value);
            }

            segmentAt = wanted;
        }

        return segment[index % Stride];
    }
}
