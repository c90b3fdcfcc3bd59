using Aitbc.Agents.Core.Communication;
using Aitbc.Agents.Core.Learning;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Agents.Tests.Core;

public sealed class LearningTests
{
    [Fact]
    public void Margin_RisesWithAWinAndFallsWithALoss()
    {
        var margin = Ratio.FromPpm(300_000);

        Assert.Equal(Ratio.FromPpm(318_000), MarginLearner.After(margin, won: true));
        Assert.Equal(Ratio.FromPpm(264_000), MarginLearner.After(margin, won: false));
    }

    [Fact]
    public void Margin_HoweverLongItLearns_StaysWithinItsBounds()
    {
        var (low, high) = (MarginLearner.Floor, MarginLearner.Floor);
        for (var i = 0; i < 1_000; i++)
        {
            low = MarginLearner.After(low, won: false);
            high = MarginLearner.After(high, won: true);
        }

        Assert.Equal(MarginLearner.Floor, low);
        Assert.Equal(MarginLearner.Ceiling, high);
    }

    [Fact]
    public void Ask_NeverBelowCost()
    {
        var cost = TokenAmount.FromBaseUnits(7);

        Assert.Equal(TokenAmount.FromBaseUnits(8), MarginLearner.Ask(cost, MarginLearner.Floor));
        Assert.Equal(cost, MarginLearner.Ask(cost, Ratio.Zero));
    }

    [Fact]
    public void Budget_FollowsWhatWasPaidAndRisesWhereNobodyCame()
    {
        var unit = TokenAmount.FromTokens(8);

        Assert.Equal(TokenAmount.FromTokens(9), BudgetLearner.AfterPaid(unit, TokenAmount.FromTokens(160), 10));
        Assert.Equal(TokenAmount.FromTokens(10), BudgetLearner.AfterNobody(unit));
        Assert.Equal(TokenAmount.FromTokens(160), BudgetLearner.Offer(unit, 10));
    }

    [Fact]
    public void Sealed_bid_opens_to_its_commitment_and_to_no_other()
    {
        var secret = Digest.Sha256("secret"u8);
        var bidder = AccountId.From(Digest.Sha256("bidder"u8).AsSpan());
        var (first, second) = (new WorkloadId(1), new WorkloadId(2));
        var price = TokenAmount.OneToken;
        var opening = Sealing.Opening(secret, first, bidder, price);

        Assert.Equal(
            BidCommitment.Of(first, bidder, price, opening.ProposalHash, opening.Salt), Sealing.Commit(first, opening));
        Assert.Equal(opening, Sealing.Opening(secret, first, bidder, price));
        Assert.NotEqual(opening.Salt, Sealing.Opening(secret, second, bidder, price).Salt);
        Assert.NotEqual(opening.Salt, Sealing.Opening(Digest.Sha256("other"u8), first, bidder, price).Salt);
        Assert.NotEqual(opening.Salt, Sealing.OrderSalt(secret, 1));
        Assert.NotEqual(Sealing.OrderSalt(secret, 1), Sealing.OrderSalt(secret, 2));
    }
}
