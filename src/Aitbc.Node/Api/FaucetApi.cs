using System.Buffers.Text;
using System.Text.Json.Serialization;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Node.Access;
using Aitbc.Node.Hosting;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>New accounts with tokens that have no value, on chains whose node has a faucet.</summary>
internal static class FaucetApi
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/faucet", (NodeOptions options) => options.Faucet is { } faucet
                ? Results.Json(new FaucetView(faucet.Sponsor, Faucet.Most))
                : None().ToResult())
            .Require(Role.Reader)
            .Produces<FaucetView>()
            .Produces<Problem>(StatusCodes.Status501NotImplemented, Problem.MediaType)
            .WithSummary("Who pays for new accounts here.");
        v1.MapPost("/faucet", FundAsync)
            .Require(Role.Operator)
            .Produces<OutcomeView>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status409Conflict, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status501NotImplemented, Problem.MediaType)
            .WithSummary("Opens an account with tokens that have no value.");
    }

    private static async Task<IResult> FundAsync(
        FundRequest request, LedgerHost ledger, NodeOptions options, CancellationToken stop)
    {
        if (options.Faucet is not { } faucet)
        {
            return None().ToResult();
        }

        var proof = new byte[KeyPair.SignatureSize];
        if (request.Amount > Faucet.Most
            || !Base64Url.TryDecodeFromChars(request.Possession, proof, out var length) || length != proof.Length)
        {
            return Problem.BadRequest(
                $"amount is at most {Faucet.Most}, and possession is the key's proof for the sponsor, 64 bytes in"
                + " base64url.").ToResult();
        }

        var signature = new Signature(
            Digest.From(proof.AsSpan(0, Digest.Size)), Digest.From(proof.AsSpan(Digest.Size)));
        var result = await faucet.FundAsync(ledger, request.Key, signature, request.Amount, stop).ConfigureAwait(false);
        return result.Outcome == Outcome.Applied
            ? Results.Json(OutcomeView.Of(result))
            : OutcomeProblems.Of(result).ToResult();
    }

    private static Problem None() => Problem.NotSupported(
        "This chain has no faucet: somebody who has an account opens others, by account.open.");
}

/// <summary>A faucet.</summary>
/// <param name="Sponsor">The account that pays; a newcomer's key proves itself to it.</param>
/// <param name="Most">Most base units that an account begins with.</param>
public sealed record FaucetView(AccountId Sponsor, TokenAmount Most);

/// <summary>Who wants an account.</summary>
/// <param name="Key">Its first key.</param>
/// <param name="Possession">That key's proof for the sponsor, 64 bytes in base64url.</param>
/// <param name="Amount">With how many base units.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FundRequest(PublicKey Key, string Possession, TokenAmount Amount);
