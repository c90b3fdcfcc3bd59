using System.Buffers;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;

namespace Aitbc.KillTarget;

/// <summary>The chain that is killed: some who pay, each with a key in it, and one who is only paid.</summary>
internal static class KillChain
{
    /// <summary>Accounts that pay, before the one that is paid.</summary>
    public const int Payers = 6;

    /// <summary>What each account begins with.</summary>
    public static readonly TokenAmount Balance = TokenAmount.FromTokens(100_000);

    /// <summary>What each transfer moves.</summary>
    public static readonly TokenAmount Amount = TokenAmount.FromBaseUnits(1);

    /// <summary>Lays out a new chain.</summary>
    public static void Create(string path)
    {
        var plan = new ChainPlan(
            new ChainId("aitbc:kill"),
            TokenAmount.FromTokens(10_000_000),
            new Timestamp(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()),
            1,
            new Parameters { PayloadsPerMinute = 60_000_000 });
        ChainDirectory.Create(path, plan, keys => [.. Enumerable.Range(0, Payers + 1).Select(i =>
        {
            using var key = keys.Create();
            return new GenesisAccount(key.PublicKey, Balance, Council: i == 0);
        })]).Dispose();
    }

    /// <summary>Opens the ledger, with segments small enough for every cycle to use several.</summary>
    public static LedgerHost Open(ChainDirectory chain) => chain.OpenLedger(options => options with
    {
        SegmentBytes = 256 * 1024,
        BlockEntries = 64,
        BlockInterval = new Duration(20),
    });

    /// <summary>The account of a place in genesis.</summary>
    public static AccountId Account(ChainDirectory chain, int index) =>
        (AccountId)chain.Genesis.Accounts[index].Key.Thumbprint();

    /// <summary>A signed transfer to the one who is paid.</summary>
    public static byte[] Sign(ChainDirectory chain, KeyPair key, ulong sequence, TokenAmount amount)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        PayloadCodec.Write(
            new ClientPayload
            {
                Chain = chain.Genesis.Chain,
                From = (AccountId)key.Id,
                Lane = 0,
                Sequence = sequence,
                ValidUntil = new Timestamp(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()) + Duration.FromMinutes(50),
                Epoch = 0,
                Commands = [new Transfer(Account(chain, Payers), amount)],
                Proof = ProofKind.Jws,
                Signer = key.Id,
                PayloadDigest = default,
            },
            buffer);
        return Jws.Sign(key, buffer.WrittenSpan).ToCompact();
    }
}
