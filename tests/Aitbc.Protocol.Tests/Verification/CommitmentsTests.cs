using System.Security.Cryptography;
using System.Text;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Tests.Verification;

/// <summary>Seals and commitments are SHA-256 of exactly their parts, in order.</summary>
public sealed class CommitmentsTests
{
    private static readonly Digest s_output = Digest.Sha256("output"u8);
    private static readonly Digest s_salt = Digest.Sha256("salt"u8);
    private static readonly AccountId s_account = AccountId.From(Digest.Sha256("account"u8).AsSpan());

    [Fact]
    public void OfWork_IsTheHashOfItsParts()
    {
        byte[] parts =
        [
            .. Encoding.ASCII.GetBytes("aitbc/work/1\0"), 1, 2, 3, 4, 5, 6, 7, 8, .. s_account.AsSpan(),
            .. s_output.AsSpan(), 0x0A, 0x0B, 0x0C, 0x0D, .. s_salt.AsSpan(),
        ];
        Assert.Equal(
            Digest.From(SHA256.HashData(parts)),
            Commitments.OfWork(new WorkloadId(0x0102030405060708), s_account, s_output, 0x0A0B0C0D, s_salt));
    }

    [Fact]
    public void OfVerdict_IsTheHashOfItsParts()
    {
        byte[] parts =
        [
            .. Encoding.ASCII.GetBytes("aitbc/verdict/1\0"), 1, 2, 3, 4, 5, 6, 7, 8, .. s_account.AsSpan(),
            .. s_output.AsSpan(), .. s_salt.AsSpan(),
        ];
        Assert.Equal(
            Digest.From(SHA256.HashData(parts)),
            Commitments.OfVerdict(new WorkloadId(0x0102030405060708), s_account, s_output, s_salt));
    }
}
