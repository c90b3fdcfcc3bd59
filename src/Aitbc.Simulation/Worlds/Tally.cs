using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Simulation.Worlds;

/// <summary>Counts what happens on the market in one run, from the journal's events.</summary>
/// <remarks>One owner.</remarks>
internal sealed class Tally(ulong afterSeq)
{
    private const int MaxNews = 64;

    private readonly List<NewsLine> news = [];
    private readonly SortedDictionary<
        string, (Label Capability, int Jobs, TokenAmount Paid, ulong Units, TokenAmount Last)> prices =
        new(StringComparer.Ordinal);

    /// <summary>This run's counts.</summary>
    public RunCounts Counts { get; private set; } = new(0, 0, 0, 0, 0, 0, 0, 0, TokenAmount.Zero, TokenAmount.Zero);

    /// <summary>Prices by capability.</summary>
    public IReadOnlyList<PriceView> Prices =>
    [
        .. prices.Values.Select(price => new PriceView(
            price.Capability, price.Jobs, price.Last, price.Paid.MulDivDown(1, price.Units))),
    ];

    /// <summary>Takes in what happened; what happened before this run is not this run's.</summary>
    /// <param name="happened">In order.</param>
    /// <param name="nameOf">Names accounts for people.</param>
    public void Take(IReadOnlyList<MarketNews> happened, Func<AccountNumber, string> nameOf)
    {
        foreach (var item in happened.Where(item => item.Seq > afterSeq))
        {
            Take(item, nameOf);
        }
    }

    /// <summary>Gives the newest lines out and forgets them.</summary>
    public IReadOnlyList<NewsLine> TakeNews()
    {
        NewsLine[] lines = [.. news];
        news.Clear();
        return lines;
    }

    private void Take(MarketNews item, Func<AccountNumber, string> nameOf)
    {
        if (item.Posted is { } posted)
        {
            Say(item.Seq, $"{posted.Id} {posted.Capability}: posted by {nameOf(posted.Client)}, {posted.Units} units, "
                + $"at most {posted.MaxPrice.ToDisplay()}");
        }
        else if (item.Awarded is { } awarded)
        {
            Say(item.Seq, $"{awarded.Workload}: awarded to {nameOf(awarded.Provider)} at {awarded.Price.ToDisplay()} "
                + $"(it asked {awarded.BidPrice.ToDisplay()})");
        }
        else if (item.Ended is { } ended)
        {
            End(item.Seq, ended, nameOf);
        }
    }

    private void End(ulong seq, in WorkloadEnded ended, Func<AccountNumber, string> nameOf)
    {
        var paid = ended.Ending.IsPaid();
        var fault = ended.Ending.IsProviderFault();
        Counts = Counts with
        {
            Settled = Counts.Settled + (paid ? 1 : 0),
            Silent = Counts.Silent + (ended.Ending == WorkloadEnding.ClientSilent ? 1 : 0),
            Verified = Counts.Verified + (ended.Ending == WorkloadEnding.Verified ? 1 : 0),
            Refunded = Counts.Refunded + (paid ? 0 : 1),
            Faults = Counts.Faults + (fault ? 1 : 0),
            Missed = Counts.Missed + (ended.Ending == WorkloadEnding.ProviderMissing ? 1 : 0),
            Refuted = Counts.Refuted + (ended.Ending == WorkloadEnding.Refuted ? 1 : 0),
            Unverified = Counts.Unverified + (ended.Ending == WorkloadEnding.Unverified ? 1 : 0),
            Paid = Counts.Paid + ended.Paid,
            Forfeited = Counts.Forfeited + ended.Forfeited,
        };
        if (paid)
        {
            Price(ended);
            Say(seq, $"{ended.Workload}: {ended.Ending}, {nameOf(ended.Provider)} is paid {ended.Paid.ToDisplay()}");
        }
        else
        {
            var forfeit = fault ? $", {nameOf(ended.Provider)} loses {ended.Forfeited.ToDisplay()}" : "";
            Say(seq, $"{ended.Workload}: {ended.Ending}, {nameOf(ended.Client)} has its money back{forfeit}");
        }
    }

    private void Price(in WorkloadEnded ended)
    {
        var name = ended.Capability.ToString();
        prices.TryGetValue(name, out var price);
        prices[name] = (
            ended.Capability,
            price.Jobs + 1,
            price.Paid + ended.Paid,
            price.Units + ended.Units,
            ended.Paid.MulDivDown(1, ended.Units));
    }

    private void Say(ulong seq, string text)
    {
        if (news.Count == MaxNews)
        {
            news.RemoveAt(0);
        }

        news.Add(new NewsLine(seq, text));
    }
}
