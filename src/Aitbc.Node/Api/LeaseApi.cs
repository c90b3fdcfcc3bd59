using System.Text.Json.Serialization;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Remote;
using Aitbc.Node.Access;
using Aitbc.Node.Hosting;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>Which host acts for an agent: the host shows the agent's key and says again and again that it lives.
/// </summary>
internal static class LeaseApi
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapPut("/agents/{id}/lease", Claim)
            .Require(Role.Agent)
            .Produces<LeaseView>()
            .Produces<Problem>(StatusCodes.Status401Unauthorized, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status409Conflict, Problem.MediaType)
            .WithSummary("Takes or renews the lease of an agent: one host at a time acts for it.");
        v1.MapDelete("/agents/{id}/lease", Release)
            .Require(Role.Agent)
            .Produces(StatusCodes.Status204NoContent)
            .WithSummary("Gives the lease of an agent back.");
        v1.MapGet("/agents/{id}/lease", (string id, AgentLeases leases) =>
                AccountId.TryParse(id, out var agent) && leases.Find(agent) is { } lease
                    ? Results.Json(LeaseView.Of(lease))
                    : Problem.NotFound("No host acts for an agent of this id now.").ToResult())
            .Require(Role.Reader)
            .Produces<LeaseView>()
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .WithSummary("The host that acts for an agent now.");
    }

    private static IResult Claim(
        string id, LeaseClaim claim, HttpRequest request, LedgerHost ledger, AgentLeases leases, BlobDoor door)
    {
        if (claim.TtlMs.Ms < AgentLeases.MinTtl.Ms || claim.TtlMs.Ms > AgentLeases.MaxTtl.Ms)
        {
            return Problem.BadRequest(
                $"ttlMs is {AgentLeases.MinTtl.Ms} to {AgentLeases.MaxTtl.Ms}, not {claim.TtlMs.Ms}.").ToResult();
        }

        if (FaultOf(id, claim.Host, request, ledger, door, out var agent) is { } problem)
        {
            return problem.ToResult();
        }

        return leases.TryClaim(agent, claim.Host, claim.TtlMs, out var lease)
            ? Results.Json(LeaseView.Of(lease))
            : new Problem(
                "leaseHeld",
                "Another host acts for the agent.",
                StatusCodes.Status409Conflict,
                $"The host {lease.Host} does, for another {lease.Left.Ms} ms unless it says again that it lives.")
            {
                Holder = lease.Host,
                LeftMs = lease.Left.Ms,
            }.ToResult();
    }

    private static IResult Release(
        string id, string host, HttpRequest request, LedgerHost ledger, AgentLeases leases, BlobDoor door)
    {
        if (FaultOf(id, host, request, ledger, door, out var agent) is { } problem)
        {
            return problem.ToResult();
        }

        leases.Release(agent, host);
        return Results.NoContent();
    }

    private static Problem? FaultOf(
        string id, string host, HttpRequest request, LedgerHost ledger, BlobDoor door, out AccountId agent)
    {
        if (!AccountId.TryParse(id, out agent))
        {
            return Problem.NotFound("No agent has this id.");
        }

        if (host.Length is 0 or > AgentLeases.MaxHostLength)
        {
            return Problem.BadRequest($"host is 1 to {AgentLeases.MaxHostLength} characters.");
        }

        var fault = door.Find(request, ledger, (ProofPurpose.Lease, host), out var account);
        return fault ?? (account == agent
            ? null
            : new Problem(
                "badProof", "The proof of who asks is missing.", StatusCodes.Status401Unauthorized,
                $"A host shows a key of the agent by the header {AccountProof.Header}."));
    }
}

/// <summary>What a host asks for.</summary>
/// <param name="Host">Its own name, new in every process.</param>
/// <param name="TtlMs">For how long, ms.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LeaseClaim(string Host, Duration TtlMs);

/// <summary>A lease that lives.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Host">The host.</param>
/// <param name="Epoch">Counts the agent's hosts.</param>
/// <param name="LeftMs">How long it still lasts, ms.</param>
public sealed record LeaseView(AccountId Agent, string Host, ulong Epoch, Duration LeftMs)
{
    internal static LeaseView Of(AgentLease lease) => new(lease.Agent, lease.Host, lease.Epoch, lease.Left);
}
