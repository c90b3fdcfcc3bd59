using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Simulation.Audit;

/// <summary>One who may be drawn.</summary>
/// <param name="Service">The service by which it offers to validate.</param>
/// <param name="Owner">Who is behind it.</param>
/// <param name="Id">The agent's id, which draws go by.</param>
/// <param name="Stake">The agent's stake.</param>
internal sealed record DrawCandidate(ServiceId Service, AccountNumber Owner, AccountId Id, BigInteger Stake);

/// <summary>The draw of validators, and what seals and verdicts are, worked out a second time.</summary>
internal static class ValidatorDraw
{
    private const int MaxTickets = 16;

    /// <summary>Whom a draw gives, in order: the smallest tickets, one an owner.</summary>
    public static IReadOnlyList<ServiceId> Decide(
        IEnumerable<DrawCandidate> candidates, Digest root, BigInteger minimumStake, int asked) =>
        [
            .. candidates
                .Select(one => (one.Service, one.Owner, Ticket: BestTicket(one, root, minimumStake)))
                .GroupBy(one => one.Owner)
                .Select(owner => owner.MinBy(one => one.Ticket))
                .OrderBy(one => one.Ticket)
                .Take(asked)
                .Select(one => one.Service),
        ];

    /// <summary>What all tickets of a draw begin with.</summary>
    public static Digest Root(Digest beacon, WorkloadId workload, Digest salt, Digest seal) => SealedAuction.Hash(
        "aitbc/validators/1\0",
        SealedAuction.Bytes(beacon),
        SealedAuction.Number(workload.Value),
        SealedAuction.Bytes(salt),
        SealedAuction.Bytes(seal));

    /// <summary>What a provider's result was sealed with.</summary>
    public static Digest Seal(WorkloadId workload, AccountId provider, Digest result, uint qualityPpm, Digest salt) =>
        SealedAuction.Hash(
            "aitbc/work/1\0",
            SealedAuction.Number(workload.Value),
            provider.AsSpan().ToArray(),
            SealedAuction.Bytes(result),
            SealedAuction.Number(qualityPpm)[4..],
            SealedAuction.Bytes(salt));

    /// <summary>What a validator's output was committed with.</summary>
    public static Digest Commitment(WorkloadId workload, AccountId validator, Digest output, Digest salt) =>
        SealedAuction.Hash(
            "aitbc/verdict/1\0",
            SealedAuction.Number(workload.Value),
            validator.AsSpan().ToArray(),
            SealedAuction.Bytes(output),
            SealedAuction.Bytes(salt));

    /// <summary>The smallest of an agent's tickets, one for each minimum stake up to sixteen.</summary>
    private static Digest BestTicket(DrawCandidate one, Digest root, BigInteger minimumStake)
    {
        var count = BigInteger.Min(
            MaxTickets, BigInteger.Max(1, one.Stake / BigInteger.Max(1, minimumStake)));
        return Enumerable.Range(0, (int)count).Select(number => SealedAuction.Hash(
            string.Empty, SealedAuction.Bytes(root), one.Id.AsSpan().ToArray(), [(byte)number])).Min();
    }
}
