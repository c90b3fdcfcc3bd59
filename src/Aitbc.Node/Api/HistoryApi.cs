using Aitbc.Infrastructure.Explanation;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.History;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>What happened: series for charts, the money, entries in words, what touched an account.</summary>
internal static class HistoryApi
{
    private const int MaxWords = 100;
    private const int DefaultWords = 50;

    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/series", (long? widthMs, MarketHistory history) => Series(widthMs ?? 10_000, history))
            .Require(Role.Reader)
            .Produces<SeriesView>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .WithSummary("Workloads, prices, outcomes and money in spans of 10 s or of 10 min, the newest 360.");
        v1.MapGet("/money", (LedgerHost ledger, MarketHistory history) => Money(ledger, history))
            .Require(Role.Reader)
            .Produces<MoneyStandView>()
            .WithSummary("Where all tokens are, by sub-account.");
        v1.MapGet("/entries/words", (ulong? from, int? limit, LedgerHost ledger) => Words(from ?? 1, limit, ledger))
            .Require(Role.Reader)
            .Produces<IReadOnlyList<EntryWords>>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .WithSummary("Entries in words from a sequence on, at most 100.");
        v1.MapGet("/entries/{seq}/words", (ulong seq, LedgerHost ledger) => OneInWords(seq, ledger))
            .Require(Role.Reader)
            .Produces<EntryWords>()
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .WithSummary("One entry in words.");
        v1.MapGet(
                "/accounts/{id}/entries",
                (string id, ulong? before, int? limit, LedgerHost ledger, MarketHistory history) =>
                    OfAccount(id, before ?? ulong.MaxValue, limit, ledger, history))
            .Require(Role.Reader)
            .Produces<IReadOnlyList<EntryWords>>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .WithSummary("Recent entries that touched an account, in words, newest first.");
    }

    private static IResult Series(long widthMs, MarketHistory history) => MarketHistory.IsWidth(widthMs)
        ? Results.Json(history.ReadSeries(widthMs))
        : Problem.BadRequest("widthMs is 10000 or 600000.").ToResult();

    private static IResult Money(LedgerHost ledger, MarketHistory history)
    {
        var (seq, money) = history.ReadMoney();
        return Results.Json(new MoneyStandView(seq, ledger.View.Read(state => state.Globals.Supply), money));
    }

    private static IResult Words(ulong from, int? limit, LedgerHost ledger)
    {
        var last = ledger.View.Seq;
        if (CheckLimit(limit, out var meant) is { } problem)
        {
            return problem.ToResult();
        }

        if (from == 0 || from > last + 1)
        {
            return Problem.BadRequest($"from is 1 to {last + 1}, one more than the last durable entry.").ToResult();
        }

        var found = new List<EntryWords>();
        using var entries = ledger.ReadFrom(from);
        while (found.Count < meant && entries.TryRead(out var entry))
        {
            found.Add(EntryWords.Of(entry, ledger.View));
        }

        return Results.Json(found);
    }

    private static IResult OneInWords(ulong seq, LedgerHost ledger)
    {
        if (seq > 0 && seq <= ledger.View.Seq)
        {
            return Results.Json(Read(seq, ledger));
        }

        return Problem.NotFound($"Entries run from 1 to {ledger.View.Seq}.").ToResult();
    }

    private static IResult OfAccount(string id, ulong before, int? limit, LedgerHost ledger, MarketHistory history)
    {
        if (CheckLimit(limit, out var meant) is { } problem)
        {
            return problem.ToResult();
        }

        if (!AccountId.TryParse(id, out var account)
            || ledger.View.Read(state => state.FindAccount(account)) is not { } number)
        {
            return Problem.NotFound("No account has this id.").ToResult();
        }

        return Results.Json(history.EntriesOf(number, before, meant).ConvertAll(seq => Read(seq, ledger)));
    }

    private static EntryWords Read(ulong seq, LedgerHost ledger)
    {
        using var entries = ledger.ReadFrom(seq);
        return entries.TryRead(out var entry)
            ? EntryWords.Of(entry, ledger.View)
            : throw new InvalidDataException($"Entry {seq} is durable and cannot be read.");
    }

    private static Problem? CheckLimit(int? limit, out int meant)
    {
        meant = limit ?? DefaultWords;
        return meant is >= 1 and <= MaxWords ? null : Problem.BadRequest($"limit is 1 to {MaxWords}, not {meant}.");
    }
}

/// <summary>Where all tokens are.</summary>
/// <param name="Seq">As of which entry.</param>
/// <param name="Supply">All tokens, base units.</param>
/// <param name="Money">By sub-account.</param>
public sealed record MoneyStandView(ulong Seq, TokenAmount Supply, MoneyView Money);
