using System.Text.Json.Serialization;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.Hosting;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>What goes to the node beside the journal and is journalled once bidding has closed. Nobody signs it: only
/// what a bid or a workload commits to is taken, so whoever brings it can bring nothing else.</summary>
internal static class OfferApi
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapPost("/openings", async (OpeningOffer offer, LedgerHost ledger, CancellationToken stop) =>
                Answer(
                    await ledger.OfferOpeningAsync(
                        offer.Workload,
                        new BidOpening(offer.Bidder, offer.Price, offer.ProposalHash, offer.Salt),
                        stop).ConfigureAwait(false),
                    ledger))
            .Describe("Gives the node the opening of a sealed bid: kept off the journal until bidding closes.");
        v1.MapPost("/salts", async (SaltOffer offer, LedgerHost ledger, CancellationToken stop) =>
                Answer(
                    await ledger.OfferSaltAsync(offer.Workload, offer.Salt, stop).ConfigureAwait(false), ledger))
            .Describe("Gives the node the salt of a workload's client, likewise.");
    }

    /// <summary>The answer to something that was offered.</summary>
    public static IResult Answer(Outcome outcome, LedgerHost ledger) => outcome == Outcome.Applied
        ? Results.Json(new OfferView(outcome, ledger.View.Seq))
        : OutcomeProblems.OfOffer(outcome).ToResult();

    private static void Describe(this RouteHandlerBuilder builder, string summary) => builder
        .Require(Role.Agent)
        .Produces<OfferView>()
        .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
        .Produces<Problem>(StatusCodes.Status409Conflict, Problem.MediaType)
        .AddEndpointFilter(new CommandShareFilter())
        .WithSummary(summary);
}

/// <summary>The opening of a sealed bid.</summary>
/// <param name="Workload">On what was bid.</param>
/// <param name="Bidder">Whose bid.</param>
/// <param name="Price">Price asked, base units.</param>
/// <param name="ProposalHash">Digest of the proposal.</param>
/// <param name="Salt">What hid the price.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OpeningOffer(
    WorkloadId Workload, AccountId Bidder, TokenAmount Price, Digest ProposalHash, Digest Salt);

/// <summary>A client's salt.</summary>
/// <param name="Workload">Of which workload.</param>
/// <param name="Salt">The salt.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SaltOffer(WorkloadId Workload, Digest Salt);

/// <summary>What became of an offer that was taken.</summary>
/// <param name="Outcome">Always <c>applied</c>; anything else is a problem.</param>
/// <param name="Seq">The last durable entry at that moment: a reader that has it sees what the offer did.</param>
public sealed record OfferView(Outcome Outcome, ulong Seq);
