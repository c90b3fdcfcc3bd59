using Aitbc.Primitives;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using static Aitbc.Protocol.Wire.EventBytes;

namespace Aitbc.Protocol.Wire;

/// <summary>The events of the marketplace.</summary>
public static partial class EventWords
{
    private static string? DescribeMarket(EventKind kind, ReadOnlySpan<byte> value, Names names)
    {
        switch (kind)
        {
            case EventKind.ServiceListed:
                var listed = Read<ServiceListed>(value);
                return Line($"{names.First(listed.Provider)} listed {listed.Id} \"{listed.Name}\" for ")
                    + Line($"\"{listed.Capability}\" at {listed.PricePerUnit.ToDisplay()} a unit");
            case EventKind.ServiceUpdated:
                var updated = Read<ServiceUpdated>(value);
                return Line($"{updated.Id} is now \"{updated.Name}\" at {updated.PricePerUnit.ToDisplay()} a unit");
            case EventKind.ServiceDelisted:
                var delisted = Read<ServiceDelisted>(value);
                return Line($"{names.First(delisted.Provider)} took {delisted.Id} off the market");
            case EventKind.WorkloadPosted:
                var posted = Read<WorkloadPosted>(value);
                return Line($"{names.First(posted.Client)} posted {posted.Id}: {posted.Units} units of ")
                    + Line($"\"{posted.Capability}\" for at most {posted.MaxPrice.ToDisplay()}, ")
                    + Line($"job bond {posted.JobBond.ToDisplay()}");
            case EventKind.BidPlaced:
                var placed = Read<BidPlaced>(value);
                return Line($"{names.First(placed.Bidder)} placed a sealed bid on {placed.Workload} ")
                    + Line($"with {placed.Service}");
            case EventKind.BiddingClosed:
                return Line($"Bidding on {Read<BiddingClosed>(value).Workload} closed; bids may be opened");
            case EventKind.SaltRevealed:
                return Line($"The client's salt of {Read<SaltRevealed>(value).Workload} was revealed");
            case EventKind.BidOpened:
                var opened = Read<BidOpened>(value);
                return Line($"The bid of {names.Of(opened.Bidder)} on {opened.Workload} was opened: ")
                    + opened.Price.ToDisplay();
            case EventKind.BidReleased:
                var released = Read<BidReleased>(value);
                return Line($"The bid of {names.Of(released.Bidder)} on {released.Workload} ")
                    + (released.Forfeited == 1 ? "was never opened and lost its bond" : "did not win");
            default:
                return DescribeWork(kind, value, names);
        }
    }

    private static string? DescribeWork(EventKind kind, ReadOnlySpan<byte> value, Names names)
    {
        switch (kind)
        {
            case EventKind.AwardPostponed:
                return Line($"The award of {Read<AwardPostponed>(value).Workload} ")
                    + "waits for the next beacon value";
            case EventKind.WorkloadAwarded:
                var awarded = Read<WorkloadAwarded>(value);
                return Line($"{awarded.Workload} was awarded to {names.Of(awarded.Provider)} for ")
                    + Line($"{awarded.Price.ToDisplay()} (asked {awarded.BidPrice.ToDisplay()})");
            case EventKind.WorkStarted:
                var started = Read<WorkStarted>(value);
                return Line($"{names.First(started.Provider)} started {started.Workload}");
            case EventKind.WorkSubmitted:
                var submitted = Read<WorkSubmitted>(value);
                return Line($"{names.First(submitted.Provider)} delivered {submitted.Workload} with a quality of ")
                    + Line($"{Ratio.FromPpm(submitted.QualityPpm).ToDisplay()}: {submitted.Result}");
            case EventKind.WorkloadEnded:
                return OfEnded(Read<WorkloadEnded>(value), names);
            default:
                return DescribeVerification(kind, value, names);
        }
    }

    private static string OfEnded(in WorkloadEnded it, Names names)
    {
        var client = names.Of(it.Client);
        var provider = names.Of(it.Provider);
        return it.Ending switch
        {
            WorkloadEnding.Accepted =>
                Line($"{it.Workload} ended: {client} accepted and {provider} was paid {it.Paid.ToDisplay()}"),
            WorkloadEnding.ClientSilent =>
                Line($"{it.Workload} ended: {client} was silent, so {provider} was paid {it.Paid.ToDisplay()}"),
            WorkloadEnding.Verified =>
                Line($"{it.Workload} ended: {it.Agreed} validators found it right, {it.Disagreed} wrong, so ")
                    + Line($"{provider} was paid {it.Paid.ToDisplay()}"),
            WorkloadEnding.Refuted =>
                Line($"{it.Workload} ended: {it.Disagreed} validators found it wrong, {it.Agreed} right, so ")
                    + Line($"{client} got its money back and {it.Forfeited.ToDisplay()} of bond from {provider}"),
            WorkloadEnding.Unverified =>
                Line($"{it.Workload} ended: too few validators decided, so {client} and {provider} got their own back"),
            WorkloadEnding.ProviderMissing or WorkloadEnding.BelowQuality =>
                Line($"{it.Workload} ended by the fault of {provider} ({Plain(it.Ending)}): {client} got its money ")
                    + Line($"back and {it.Forfeited.ToDisplay()} of bond"),
            _ => Line($"{it.Workload} of {client} ended without an award: {Plain(it.Ending)}"),
        };
    }
}
