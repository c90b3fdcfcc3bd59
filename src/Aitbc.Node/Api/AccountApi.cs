using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Node.Problems;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>Accounts: balances, keys, and the next sequence of each nonce lane.</summary>
internal static class AccountApi
{
    private const int Lanes = 8;

    public static void Map(IEndpointRouteBuilder v1) =>
        v1.MapGet("/accounts/{id}", (string id, LedgerHost ledger) =>
                AccountId.TryParse(id, out var account)
                    && ledger.View.Read(state => Find(state, account)) is { } view
                    ? Results.Json(view)
                    : Problem.NotFound("No account has this id.").ToResult())
            .Require(Role.Reader)
            .Produces<AccountView>()
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
            .WithSummary("One account.");

    private static AccountView? Find(LedgerState state, AccountId id)
    {
        if (state.FindAccount(id) is not { } number)
        {
            return null;
        }

        ref readonly var account = ref state.Account(number);
        var keys = new List<KeyId>(account.KeyCount);
        var passkeys = new List<PasskeyView>();
        for (var at = account.FirstKey; at != 0; at = state.Keys[at - 1].NextKey)
        {
            ref readonly var key = ref state.Keys[at - 1];
            keys.Add(key.Id);
            if (!key.Origin.IsZero)
            {
                passkeys.Add(new PasskeyView(key.Id, key.Key, key.Origin));
            }
        }

        return new AccountView(
            account.Id,
            number.Value,
            account.Kind,
            account.Council == 1,
            account.Available,
            account.Escrow,
            account.Stake,
            account.Bond,
            account.Unbonding,
            keys,
            passkeys,
            [.. Enumerable.Range(0, Lanes).Select(lane => state.NextSequence(number, lane))]);
    }
}

/// <summary>One account.</summary>
/// <param name="Id">Thumbprint of its first key.</param>
/// <param name="Number">Its place in order of opening, which events name.</param>
/// <param name="Kind">Human, agent or system.</param>
/// <param name="Council">Whether it belongs to the genesis council.</param>
/// <param name="Available">Free to use, base units.</param>
/// <param name="Escrow">Reserved for workloads, base units.</param>
/// <param name="Stake">Staked, base units.</param>
/// <param name="Bond">Pledged on bids and jobs, base units.</param>
/// <param name="Unbonding">On its way to be free, base units.</param>
/// <param name="Keys">Thumbprints of its keys.</param>
/// <param name="Passkeys">Those of its keys that are passkeys.</param>
/// <param name="NextSequences">For each nonce lane, from 0, the sequence that its next payload must carry.</param>
public sealed record AccountView(
    AccountId Id,
    uint Number,
    AccountKind Kind,
    bool Council,
    TokenAmount Available,
    TokenAmount Escrow,
    TokenAmount Stake,
    TokenAmount Bond,
    TokenAmount Unbonding,
    IReadOnlyList<KeyId> Keys,
    IReadOnlyList<PasskeyView> Passkeys,
    IReadOnlyList<ulong> NextSequences);

/// <summary>One passkey of an account.</summary>
/// <param name="Id">Its thumbprint.</param>
/// <param name="Key">The key, a JSON Web Key.</param>
/// <param name="Origin">SHA-256 of the origin's text at which alone it signs.</param>
public sealed record PasskeyView(KeyId Id, PublicKey Key, Digest Origin);
