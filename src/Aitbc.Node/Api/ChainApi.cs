using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Access;
using Aitbc.Primitives;
using Aitbc.Protocol.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Node.Api;

/// <summary>The chain as a whole.</summary>
internal static class ChainApi
{
    public static void Map(IEndpointRouteBuilder v1) =>
        v1.MapGet("/chain", (LedgerHost ledger) => ledger.View.Read(state => new ChainView(
                state.Genesis.Chain,
                state.Globals.Genesis,
                state.Genesis.NodeKey,
                state.Globals.Seq,
                state.Globals.Term,
                state.Time,
                state.MarketNowMs,
                state.Globals.StopEpoch,
                state.Globals.AllStopped == 1,
                state.Globals.MarketIsStopped == 1,
                state.Globals.Supply,
                state.Accounts.Live,
                state.Agents.Live,
                state.Services.Live,
                state.Workloads.Live,
                state.Genesis.CouncilThreshold,
                Stop(state, state.Globals.MarketIsStopped, state.Globals.MarketReleaseVotes),
                Stop(state, state.Globals.AllStopped, state.Globals.AllReleaseVotes))))
            .Require(Role.Reader)
            .WithSummary("Where the ledger stands, and what a payload must name.");

    /// <summary>The votes are bits in the order of the council's members in the genesis.</summary>
    private static CouncilStopView Stop(LedgerState state, byte isStopped, uint votes)
    {
        var agreed = new List<AccountId>();
        var member = 0;
        foreach (var account in state.Genesis.Accounts)
        {
            if (account.Council && (votes >> member++ & 1) == 1)
            {
                agreed.Add((AccountId)account.Key.Thumbprint());
            }
        }

        return new CouncilStopView(isStopped == 1, agreed);
    }
}

/// <summary>Whether the council has stopped something, and how far its release is.</summary>
/// <param name="IsStopped">Whether it is stopped.</param>
/// <param name="ReleaseAgreedBy">The members who agree to its release.</param>
public sealed record CouncilStopView(bool IsStopped, IReadOnlyList<AccountId> ReleaseAgreedBy);

/// <summary>Where a ledger stands.</summary>
/// <param name="Chain">Its name, which every payload carries.</param>
/// <param name="Genesis">Digest of its genesis file.</param>
/// <param name="NodeKey">The key that signs its blocks, a JSON Web Key.</param>
/// <param name="Seq">The last durable entry.</param>
/// <param name="Term">Counts restores from backup.</param>
/// <param name="TimeMs">Time of the last entry, ms since 1970.</param>
/// <param name="MarketTimeMs">Market time, on which work deadlines run; it stands still while the market does.</param>
/// <param name="StopEpoch">Counts stops; a payload carries the one it was made in.</param>
/// <param name="AllStopped">Whether all is stopped.</param>
/// <param name="MarketStopped">Whether the market is stopped.</param>
/// <param name="Supply">All tokens, base units.</param>
/// <param name="Accounts">Accounts.</param>
/// <param name="Agents">Agents.</param>
/// <param name="Services">Services listed.</param>
/// <param name="Workloads">Workloads that are not finished.</param>
/// <param name="CouncilThreshold">How many of the genesis council release what it stopped.</param>
/// <param name="MarketStop">How the stop of the market stands.</param>
/// <param name="AllStop">How the stop of everything stands.</param>
public sealed record ChainView(
    ChainId Chain,
    Digest Genesis,
    PublicKey NodeKey,
    ulong Seq,
    uint Term,
    Timestamp TimeMs,
    long MarketTimeMs,
    ulong StopEpoch,
    bool AllStopped,
    bool MarketStopped,
    TokenAmount Supply,
    int Accounts,
    int Agents,
    int Services,
    int Workloads,
    int CouncilThreshold,
    CouncilStopView MarketStop,
    CouncilStopView AllStop);
