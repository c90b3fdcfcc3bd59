using Aitbc.Infrastructure.Backtesting;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.Hosting;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>What another constitution would have changed, by replay of the journal.</summary>
internal static class BacktestApi
{
    private const int DefaultDays = 30;
    private const string RetryAfterSeconds = "2";

    public static void Map(IEndpointRouteBuilder v1) =>
        v1.MapPost("/agents/{id}/backtest", RunAsync)
            .Require(Role.Reader)
            .Accepts<ConstitutionData>("application/json")
            .Produces<BacktestView>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status503ServiceUnavailable, Problem.MediaType)
            .AddEndpointFilter(new CommandShareFilter())
            .WithSummary("What a constitution would have refused, sent to approval or allowed of an agent's past.");

    private static async Task<IResult> RunAsync(
        string id, int? days, HttpContext context, LedgerHost ledger, Backtests backtests)
    {
        if (!AccountId.TryParse(id, out var agent) || !IsAgent(ledger, agent))
        {
            return Problem.NotFound("No agent has this id.").ToResult();
        }

        if (days is < 1 or > Backtest.MaxDays)
        {
            return Problem.BadRequest($"days is 1 to {Backtest.MaxDays}.").ToResult();
        }

        var (terms, unread) = await ConstitutionApi.ReadAsync(context.Request).ConfigureAwait(false);
        if (unread is not null)
        {
            return Problem.BadRequest($"The constitution cannot be read: {unread}").ToResult();
        }

        var span = Duration.FromHours((days ?? DefaultDays) * 24);
        try
        {
            var report = await backtests
                .TryRunAsync(new BacktestRequest(agent, terms, span), context.RequestAborted)
                .ConfigureAwait(false);
            if (report is not null)
            {
                return Results.Json(BacktestView.Of(report));
            }
        }
        catch (ArgumentException wrong)
        {
            return Problem.BadRequest(wrong.Message).ToResult();
        }

        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return Problem.Busy("Another backtest runs, and each reads the whole chain: ask again when it has ended.")
            .ToResult();
    }

    private static bool IsAgent(LedgerHost ledger, AccountId id) => ledger.View.Read(
        state => state.FindAccount(id) is { } number && state.Account(number).Agent != 0);
}
