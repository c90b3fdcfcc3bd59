using System.Buffers.Binary;
using Aitbc.Primitives;

namespace Aitbc.Protocol.Verification;

/// <summary>What sealed results and verdicts are. Each is bound to its workload and its author, so that a commitment
/// copied from somebody else can never be opened.</summary>
public static class Commitments
{
    private static ReadOnlySpan<byte> WorkDomain => "aitbc/work/1\0"u8;

    private static ReadOnlySpan<byte> VerdictDomain => "aitbc/verdict/1\0"u8;

    /// <summary>A provider's seal: SHA-256 of domain (13 bytes), workload (8, big-endian), provider (32), result (32),
    /// quality in ppm (4, big-endian), salt (32).</summary>
    public static Digest OfWork(
        WorkloadId workload, AccountId provider, in Digest result, uint qualityPpm, in Digest salt)
    {
        Span<byte> bytes = stackalloc byte[121];
        WorkDomain.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[13..], workload.Value);
        provider.CopyTo(bytes[21..]);
        result.CopyTo(bytes[53..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[85..], qualityPpm);
        salt.CopyTo(bytes[89..]);
        return Digest.Sha256(bytes);
    }

    /// <summary>A validator's commitment: SHA-256 of domain (16 bytes), workload (8, big-endian), validator (32), its
    /// own output (32), salt (32).</summary>
    public static Digest OfVerdict(WorkloadId workload, AccountId validator, in Digest output, in Digest salt)
    {
        Span<byte> bytes = stackalloc byte[120];
        VerdictDomain.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], workload.Value);
        validator.CopyTo(bytes[24..]);
        output.CopyTo(bytes[56..]);
        salt.CopyTo(bytes[88..]);
        return Digest.Sha256(bytes);
    }
}
