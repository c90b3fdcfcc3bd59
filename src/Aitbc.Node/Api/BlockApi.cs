using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.Problems;
using Aitbc.Protocol.Blocks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>Blocks and their heads, signed by the node.</summary>
internal static class BlockApi
{
    public static void Map(IEndpointRouteBuilder v1) =>
        v1.MapGet("/blocks", (ulong? from, int? limit, LedgerHost ledger) => List(from ?? 1, limit, ledger))
            .Require(Role.Reader)
            .Produces<IReadOnlyList<BlockView>>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .WithSummary("Closed blocks, from the one on that holds the entry named.");

    private static IResult List(ulong from, int? limit, LedgerHost ledger)
    {
        if (Paging.Check(limit, out var meant) is { } problem)
        {
            return problem.ToResult();
        }

        var last = ledger.View.Seq;
        if (from == 0 || from > last + 1)
        {
            return Problem.BadRequest($"from is 1 to {last + 1}, one more than the last durable entry.").ToResult();
        }

        var found = new List<BlockView>();
        using var blocks = ledger.BlocksFrom(from);
        while (found.Count < meant && blocks.TryRead(out var block))
        {
            found.Add(new BlockView(block.Header, block.Compact));
        }

        return Results.Json(found);
    }
}

/// <summary>One closed block.</summary>
/// <param name="Header">What the node signed.</param>
/// <param name="Jws">The compact JWS over it.</param>
public sealed record BlockView(BlockHeader Header, string Jws);
