using System.Diagnostics.CodeAnalysis;
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

        if (!TryRead(request, out var opening))
        {
            return Problem.BadRequest(
                $"amount is at most {Faucet.Most}, and possession is the key's proof for the sponsor, 64 bytes in"
                + " base64url, or passkey a passkey's assertion in its place.").ToResult();
        }

        if (opening.Passkey is { } passkey && request.Key.IsOnCurve())
        {
            var problem = Protocol.Identity.KeyPossession.Check(
                ledger.Genesis.Chain, faucet.Sponsor, request.Key, passkey, out _);
            if (problem != PasskeyProblem.None)
            {
                return PasskeyProblems.Of(problem).ToResult();
            }
        }

        var result = await faucet.FundAsync(ledger, opening, stop).ConfigureAwait(false);
        return result.Outcome == Outcome.Applied
            ? Results.Json(OutcomeView.Of(result))
            : OutcomeProblems.Of(result).ToResult();
    }

    private static bool TryRead(FundRequest request, [NotNullWhen(true)] out OpenAccount? opening)
    {
        opening = null;
        PasskeyAssertion? passkey = null;
        var possession = PasskeyBody.Decode(request.Possession);
        var isProven = request.Passkey is null
            ? possession is { Length: KeyPair.SignatureSize }
            : request.Possession is null && request.Passkey.TryRead(out passkey);
        if (!isProven || request.Amount > Faucet.Most)
        {
            return false;
        }

        opening = new OpenAccount(
            request.Key, possession is null ? null : PasskeyBody.SignatureOf(possession), request.Amount, passkey);
        return true;
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
/// <param name="Amount">With how many base units.</param>
/// <param name="Possession">That key's proof for the sponsor, 64 bytes in base64url; left out for a passkey.</param>
/// <param name="Passkey">For a passkey its assertion over the same challenge.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FundRequest(
    PublicKey Key, TokenAmount Amount, string? Possession = null, PasskeyAnswer? Passkey = null);
