using Aitbc.Primitives;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Cli.Threats;

/// <summary>Orders, services and bids as everybody makes them.</summary>
internal static class Market
{
    private const uint WindowMs = 60_000;
    private static readonly Label Capability = Label.Parse("threat.test");
    private static readonly Digest Salt = Digest.Sha256("salt"u8);

    /// <summary>An order.</summary>
    /// <param name="blob">Its spec and its input.</param>
    /// <param name="tokens">Most that it pays.</param>
    public static PostWorkload Order(Digest blob, ulong tokens) => new(
        Capability,
        blob,
        blob,
        TokenAmount.FromTokens(tokens),
        TokenAmount.FromTokens(tokens),
        1,
        0,
        Digest.Sha256(Salt.AsSpan()),
        VerificationMode.None,
        WindowMs,
        WindowMs,
        WindowMs,
        WindowMs);

    /// <summary>A service that could do it.</summary>
    public static ListService Service() => new(new ServiceTerms(
        Label.Parse("helper"), Capability, TokenAmount.OneToken, 8, default, 0));

    /// <summary>A sealed bid on a chain's first order, with its first service.</summary>
    /// <param name="bidder">Whose.</param>
    /// <param name="tokens">The price.</param>
    public static PlaceBid Bid(Actor bidder, ulong tokens) => new(
        First,
        new ServiceId(1),
        BidCommitment.Of(First, bidder.Id, TokenAmount.FromTokens(tokens), default, Salt));

    /// <summary>A chain's first order.</summary>
    public static WorkloadId First => new(1);
}
