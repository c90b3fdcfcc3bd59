using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Simulation.Audit;

/// <summary>A bid that may win.</summary>
/// <param name="Bidder">Whose.</param>
/// <param name="Id">The bidder's id, which draws go by.</param>
/// <param name="Price">What it asks.</param>
/// <param name="Quality">From settled work, ppm.</param>
internal sealed record Candidate(AccountNumber Bidder, AccountId Id, BigInteger Price, BigInteger Quality);

/// <summary>What an auction comes to.</summary>
/// <param name="Winner">Who wins; null for nobody.</param>
/// <param name="Price">What it is paid.</param>
/// <param name="WaitsForBeacon">Best bids tie, and no beacon value has come since the close.</param>
internal sealed record AuctionResult(AccountNumber? Winner, BigInteger Price, bool WaitsForBeacon);

/// <summary>The auction, worked out a second time: lowest price a quality wins, paid what equals the second; ties by
/// draw.</summary>
internal static class SealedAuction
{
    public static AuctionResult Decide(
        IReadOnlyList<Candidate> candidates, BigInteger maxPrice, WorkloadId workload, Digest? beacon, Digest salt)
    {
        if (candidates.Count == 0)
        {
            return new AuctionResult(null, 0, false);
        }

        var ranked = candidates.Order(Comparer<Candidate>.Create(Compare)).ToList();
        var best = ranked.Where(one => Compare(one, ranked[0]) == 0).ToList();
        if (best.Count == 1)
        {
            var equal = ranked.Count == 1
                ? maxPrice
                : BigInteger.Max(ranked[1].Price * best[0].Quality / ranked[1].Quality, best[0].Price);
            return new AuctionResult(best[0].Bidder, BigInteger.Min(equal, maxPrice), false);
        }

        if (beacon is not { } value)
        {
            return new AuctionResult(null, 0, true);
        }

        var drawn = best.MinBy(one => Hash(
            "aitbc/draw/1\0", Bytes(value), Number(workload.Value), Bytes(salt), one.Id.AsSpan().ToArray()))!;
        return new AuctionResult(drawn.Bidder, drawn.Price, false);
    }

    /// <summary>What a bid was sealed with.</summary>
    public static Digest Commitment(
        WorkloadId workload, AccountId bidder, TokenAmount price, Digest proposal, Digest salt)
    {
        var amount = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(amount, price.BaseUnits);
        return Hash(
            "aitbc/bid/1\0", Number(workload.Value), bidder.AsSpan().ToArray(), amount, Bytes(proposal), Bytes(salt));
    }

    /// <summary>Quality of an agent's record, ppm: one half where there is none, never zero.</summary>
    public static BigInteger Quality(AuditedAgent agent) => BigInteger.Max(
        1, (new BigInteger(agent.Settled) + 1) * 1_000_000 / (new BigInteger(agent.Settled) + agent.Faulted + 2));

    private static int Compare(Candidate? a, Candidate? b) =>
        (a!.Price * b!.Quality).CompareTo(b.Price * a.Quality);

    public static byte[] Number(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Bytes(Digest digest) => digest.AsSpan().ToArray();

    public static Digest Hash(string domain, params byte[][] parts) =>
        Digest.From(SHA256.HashData([.. Encoding.ASCII.GetBytes(domain), .. parts.SelectMany(part => part)]));
}
