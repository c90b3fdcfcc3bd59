using Aitbc.Infrastructure.Explanation;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.History;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>Who decided what about an agent.</summary>
internal static class OversightHistoryApi
{
    /// <summary>Most entries of a page, each of which is read from the journal.</summary>
    private const int MaxEntries = 50;

    /// <summary>Most events of one entry: a batch may hold many, and its page in the ledger has all.</summary>
    private const int MaxEvents = 16;

    public static void Map(IEndpointRouteBuilder v1) =>
        v1.MapGet(
                "/agents/{id}/history",
                (string id, ulong? before, int? limit, LedgerHost ledger, MarketHistory history) =>
                    Of(id, before ?? ulong.MaxValue, limit ?? MaxEntries, ledger, history))
            .Require(Role.Reader)
            .Produces<Page<DecisionView>>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .WithSummary(
                "What was decided about an agent and by whom, newest first: stops, releases, approvals, motions,"
                + " overrides, constitutions, guardians, keys, verdicts; before is the next of the page before.");

    private static IResult Of(string id, ulong before, int limit, LedgerHost ledger, MarketHistory history)
    {
        if (limit is < 1 or > MaxEntries)
        {
            return Problem.BadRequest($"limit is 1 to {MaxEntries}, not {limit}.").ToResult();
        }

        if (!AccountId.TryParse(id, out var account)
            || ledger.View.Read(state => AgentOf(state, account)) is not { } agent)
        {
            return Problem.NotFound("No agent has this id.").ToResult();
        }

        var found = history.DecisionsOn(agent, before, limit + 1);
        var shown = found.Take(limit).ToList();
        return Results.Json(new Page<DecisionView>(
            [.. shown.Select(seq => Read(seq, agent, ledger))], found.Count > limit ? shown[^1] : null));
    }

    private static AccountNumber? AgentOf(LedgerState state, AccountId id) =>
        state.FindAccount(id) is { } number && state.Account(number).Agent != 0 ? number : null;

    private static DecisionView Read(ulong seq, AccountNumber agent, LedgerHost ledger)
    {
        using var entries = ledger.ReadFrom(seq);
        if (!entries.TryRead(out var entry))
        {
            throw new InvalidDataException($"Entry {seq} is durable and cannot be read.");
        }

        var words = EntryWords.Of(entry, ledger.View);
        return new DecisionView(
            seq, words.TimeMs, words.Sender, words.Key, ledger.View.Read(state => Parts(state, agent, entry)));
    }

    private static List<ExplainedPart> Parts(LedgerState state, AccountNumber agent, DurableEntry entry)
    {
        var parts = new List<ExplainedPart>();
        var reader = new EventReader(entry.Events.Span);
        while (reader.MoveNext() && parts.Count < MaxEvents)
        {
            // A vote is sent alone or beside others of its guardian: it is shown wherever its entry is.
            if (OversightIndex.IsVote(reader.Kind) || OversightIndex.NamedAgent(reader) == agent)
            {
                parts.Add(new ExplainedPart(
                    EventJson.NameOf(reader.Kind),
                    EventWords.Describe(reader.Kind, reader.Value, number => NameOf(state, number))));
            }
        }

        return parts;
    }

    private static string? NameOf(LedgerState state, AccountNumber number) =>
        number == AccountNumber.Treasury ? null : state.Account(number).Id.ToString();
}

/// <summary>An entry in which something was decided about an agent.</summary>
/// <param name="Seq">Which entry.</param>
/// <param name="TimeMs">When, ms since 1970.</param>
/// <param name="By">Who sent it; left out for the node's own, such as what fell due.</param>
/// <param name="Key">The key that signed it; left out where none did.</param>
/// <param name="Events">What was decided, in words that name accounts by their ids; at most 16.</param>
public sealed record DecisionView(
    ulong Seq, Timestamp TimeMs, AccountId? By, KeyId? Key, IReadOnlyList<ExplainedPart> Events);
