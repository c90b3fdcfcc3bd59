using Aitbc.Infrastructure.Explanation;
using Aitbc.Infrastructure.Identity;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.Hosting;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>Constitutions before they bind anybody: checked, put into words, and to begin with.</summary>
internal static class ConstitutionApi
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapPost("/constitutions/check", (string? agent, HttpRequest request, LedgerHost ledger) =>
                CheckAsync(agent, request, ledger))
            .Require(Role.Reader)
            .Accepts<ConstitutionData>("application/json")
            .Produces<CheckView>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .AddEndpointFilter(new CommandShareFilter())
            .WithSummary("All that is wrong with a constitution, what it binds to, and what it would change.");
        v1.MapGet("/constitutions/templates", () => Results.Json(ConstitutionTemplates.All
                .Select(one => new TemplateView(one.Kind, one.Purpose, ConstitutionView.Of(one.Terms)))))
            .Require(Role.Reader)
            .Produces<IReadOnlyList<TemplateView>>()
            .WithSummary("A constitution to begin with, for each kind of agent.");
    }

    private static async Task<IResult> CheckAsync(string? agent, HttpRequest request, LedgerHost ledger)
    {
        if (OversightPages.Check("agent", agent, out var whose) is { } problem)
        {
            return problem.ToResult();
        }

        var (terms, unread) = await ReadAsync(request).ConfigureAwait(false);
        if (unread is not null)
        {
            return Results.Json(new CheckView(false, [unread], [], null, null));
        }

        return ledger.View.Read(state => Check(state, whose, terms)) is { } view
            ? Results.Json(view)
            : Problem.NotFound("No agent has this id.").ToResult();
    }

    /// <summary>Reads a request's constitution, or says why it is none; no more bytes than one may have.</summary>
    public static async Task<(ConstitutionTerms Terms, string? Unread)> ReadAsync(HttpRequest request)
    {
        var bytes = new byte[ConstitutionCodec.MaxBytes + 1];
        var length = await request.Body
            .ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted)
            .ConfigureAwait(false);
        var unread = ConstitutionCodec.TryParse(bytes.AsSpan(0, length), out var terms);
        return (terms, unread?.ToString());
    }

    private static CheckView? Check(LedgerState state, AccountId? agent, ConstitutionTerms terms)
    {
        var problems = ConstitutionProblems.Of(terms, state.Parameters.BaseGas)
            .Concat(terms.Counterparties.Concat(terms.Rules.SelectMany(rule => rule.Accounts)).Distinct()
                .Where(account => state.FindAccount(account) is null)
                .Select(account => $"{account} is no account of this chain."))
            .ToList();
        var words = new Wording(null).Of(terms);
        if (agent is not { } id)
        {
            return new CheckView(problems.Count == 0, problems, words, null, null);
        }

        if (state.FindAccount(id) is not { } number || state.Account(number).Agent is not (var slot and not 0))
        {
            return null;
        }

        ref readonly var record = ref state.Agents[slot - 1];
        var changes = ConstitutionComparison.Of(state, record, terms);
        return new CheckView(
            problems.Count == 0,
            problems,
            words,
            changes is null ? null : ChangeView.Of(ConstitutionReading.Of(state, record), terms, changes),
            changes?.Any(change => change.Change == Tightness.Looser));
    }
}

/// <summary>What is to say of a constitution.</summary>
/// <param name="IsValid">Whether the ledger would take it.</param>
/// <param name="Problems">All that is wrong with it, one sentence each.</param>
/// <param name="Words">What it binds to, one sentence a line; empty where it cannot be read.</param>
/// <param name="Changes">Each line against that of the agent named; left out where none is, or where it has problems.
/// </param>
/// <param name="Loosens">Whether anything becomes looser, so that the agent's guardians must decide; likewise.</param>
public sealed record CheckView(
    bool IsValid,
    IReadOnlyList<string> Problems,
    IReadOnlyList<string> Words,
    IReadOnlyList<ChangeView>? Changes,
    bool? Loosens);

/// <summary>A constitution to begin with.</summary>
/// <param name="Kind">For which kind of agent.</param>
/// <param name="Purpose">What it lets the agent do, in a sentence.</param>
/// <param name="Constitution">The constitution.</param>
public sealed record TemplateView(AgentKind Kind, string Purpose, ConstitutionView Constitution);
