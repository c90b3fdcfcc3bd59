using System.Buffers;
using System.Text.Json;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>The journal's entries, and the proof that one stands in a signed block.</summary>
internal static class EntryApi
{
    private const int MaxPageBytes = 4 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/entries", (ulong? from, int? limit, LedgerHost ledger) => List(from ?? 1, limit, ledger))
            .Require(Role.Reader)
            .Produces<object>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .WithSummary("Durable entries from a sequence on, fewer than the limit where they are large.");
        v1.MapGet("/entries/{seq}", (string seq, LedgerHost ledger) => One(seq, ledger))
            .Require(Role.Reader)
            .Produces<object>()
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .WithSummary("One durable entry.");
        v1.MapGet("/entries/{seq}/proof", (string seq, LedgerHost ledger) => Prove(seq, ledger))
            .Require(Role.Reader)
            .Produces<ProofView>()
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .WithSummary("The way from an entry's hash up to the root of a block that the node signed.");
    }

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

        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        var text = new EntryText(ledger);
        using (var json = new Utf8JsonWriter(buffer))
        using (var entries = ledger.ReadFrom(from))
        {
            json.WriteStartArray();
            for (var i = 0; i < meant && json.BytesPending + json.BytesCommitted < MaxPageBytes; i++)
            {
                if (!entries.TryRead(out var entry))
                {
                    break;
                }

                text.Write(json, entry);
            }

            json.WriteEndArray();
        }

        return Results.Bytes(buffer.WrittenMemory, "application/json");
    }

    private static IResult One(string seq, LedgerHost ledger)
    {
        if (!IsSeq(seq, ledger, out var number))
        {
            return Missing(ledger);
        }

        using var entries = ledger.ReadFrom(number);
        return entries.TryRead(out var entry)
            ? Results.Bytes(new EntryText(ledger).Render(entry), "application/json")
            : Missing(ledger);
    }

    private static IResult Prove(string seq, LedgerHost ledger)
    {
        if (!IsSeq(seq, ledger, out var number))
        {
            return Missing(ledger);
        }

        return Inclusion.Find(ledger, number) is { } found
            ? Results.Json(ProofView.Of(found))
            : Problem.NotFound($"The block of entry {number} is not closed yet: ask again shortly.").ToResult();
    }

    private static bool IsSeq(string text, LedgerHost ledger, out ulong seq) =>
        ulong.TryParse(text, System.Globalization.NumberStyles.None, null, out seq)
        && seq > 0 && seq <= ledger.View.Seq;

    private static IResult Missing(LedgerHost ledger) =>
        Problem.NotFound($"Entries run from 1 to {ledger.View.Seq}.").ToResult();
}
