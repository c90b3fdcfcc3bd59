using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>Overrides in force.</summary>
internal static class OverrideApi
{
    public static void Map(IEndpointRouteBuilder v1) =>
        v1.MapGet("/overrides", (string? agent, ulong? after, int? limit, LedgerHost ledger) =>
                OversightPages.Answer(
                    ledger, agent, null, after, limit,
                    state => Enumerable.Range(0, state.Overrides.Count)
                        .Select(slot => (state.Overrides[slot].Id.Value, state.Overrides[slot].Agent)),
                    id => ledger.View.Read(state => state.FindOverride(new OverrideId(id)) is var slot and >= 0
                        ? View(state, state.Overrides[slot])
                        : null),
                    static _ => 0))
            .Require(Role.Reader)
            .Produces<Page<OverrideView>>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
            .WithSummary("Overrides in force in order of their ids, of one agent where one is named.");

    private static OverrideView View(LedgerState state, in OverrideRecord record) => new(
        record.Id,
        state.Account(record.Agent).Id,
        CommandNames.NameOf(record.Terms.Action),
        record.Terms.Effect,
        record.Terms.Cap,
        record.Used,
        record.Terms.Cap - record.Used,
        record.Terms.Reason,
        state.Account(record.By).Id,
        new Timestamp(record.Terms.ExpiresAtMs));
}

/// <summary>An override in force.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Agent">Whose.</param>
/// <param name="Action">The command type.</param>
/// <param name="Effect">Allow or deny.</param>
/// <param name="Cap">Most base units, added up, that an allowance lets pass; zero for a denial.</param>
/// <param name="Used">Base units let pass so far.</param>
/// <param name="Left">What is left of the cap.</param>
/// <param name="Reason">Digest of the reason in words.</param>
/// <param name="By">Who set it; for an allowance the guardian whose word was the last needed.</param>
/// <param name="ExpiresAtMs">When it ends by itself, ms since 1970.</param>
public sealed record OverrideView(
    OverrideId Id,
    AccountId Agent,
    string Action,
    OverrideEffect Effect,
    TokenAmount Cap,
    TokenAmount Used,
    TokenAmount Left,
    Digest Reason,
    AccountId By,
    Timestamp ExpiresAtMs);
