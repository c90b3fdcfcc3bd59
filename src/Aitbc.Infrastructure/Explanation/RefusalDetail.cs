using System.Globalization;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.State;

namespace Aitbc.Infrastructure.Explanation;

/// <summary>The value and the limit behind a refusal, as the state had them.</summary>
internal static class RefusalDetail
{
    private const long HourMs = 60 * 60 * 1000;

    /// <summary>The figures in words, where they follow from state and command; null otherwise.</summary>
    public static string? Of(
        LedgerState state, AccountId sender, Command command, Outcome outcome, LimitBreach? breach) => outcome switch
    {
        _ when breach is { } found => OfBreach(outcome, found),
        Outcome.OutsideHours => OfHours(state, AgentOf(state, sender)),
        Outcome.KeyChangeHold => OfHold(state, AgentOf(state, sender)),
        Outcome.ActionNotAllowed =>
            $"this is {CommandNames.NameOf(command.Kind)}, and allowed are {Allowed(AgentOf(state, sender))}",
        Outcome.TooManyOpen => OfOpen(state, sender, command),
        Outcome.WrongPhase when PhaseOf(state, command) is { } phase => $"it is {PlainWords.Of(phase)}",
        Outcome.PriceOutOfRange when command is OpenBid bid && Find(state, bid.Workload) is { } workload =>
            $"{bid.Price.ToDisplay()} against {workload.MaxPrice.ToDisplay()}",
        Outcome.BlobTooLarge when command is DeclareBlob blob => OfBlob(state.Parameters, blob),
        Outcome.CapabilityMismatch when command is PlaceBid bid && Find(state, bid.Workload) is { } workload =>
            $"it asks for {workload.Capability}",
        _ => null,
    };

    private static string OfBreach(Outcome outcome, in LimitBreach breach)
    {
        var isNeed = outcome is Outcome.InsufficientFunds or Outcome.InsufficientStake;
        var (value, limit) = (breach.Value.ToDisplay(), breach.Limit.ToDisplay());
        return isNeed ? $"there are {value}, and {limit} are needed" : $"{value} against a limit of {limit}";
    }

    private static string OfHours(LedgerState state, in AgentRecord agent)
    {
        var allowed = agent.Constitution.HoursUtc;
        var hours = Enumerable.Range(0, 24).Where(hour => (allowed >> hour & 1) == 1);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"it is hour {state.Globals.TimeMs / HourMs % 24}, and allowed are {string.Join(", ", hours)}");
    }

    private static string OfHold(LedgerState state, in AgentRecord agent) =>
        $"its keys changed {PlainWords.Span(state.Globals.TimeMs - agent.KeysChangedAtMs)} ago, and the hold is "
        + PlainWords.Span(agent.Constitution.KeyChangeHoldMs);

    private static string Allowed(in AgentRecord agent)
    {
        var allowed = agent.Constitution.AllowedActions;
        return string.Join(", ", Enumerable.Range(0, CommandNames.Count)
            .Where(kind => (allowed >> kind & 1) == 1)
            .Select(kind => CommandNames.NameOf((CommandKind)kind)));
    }

    private static string? OfOpen(LedgerState state, AccountId sender, Command command)
    {
        ref readonly var account = ref state.Account(state.FindAccount(sender)!.Value);
        var most = state.Parameters.MaxOpenPerAccount;
        return command switch
        {
            PostWorkload => $"{account.OpenWorkloads} of {most} workloads are open",
            ListService => $"{account.OpenServices} of {most} services are listed",
            PlaceBid bid when Find(state, bid.Workload) is { } workload =>
                $"{workload.BidCount} of {state.Parameters.MaxBidsPerWorkload} bids are on the workload, and "
                + $"{account.OpenBids} of {most} bids of the sender are open",
            _ => null,
        };
    }

    private static string OfBlob(Parameters parameters, DeclareBlob blob) =>
        $"{PlainWords.Count((long)blob.SizeBytes, "byte")} of at most "
        + $"{PlainWords.Count((long)parameters.MaxBlobBytes, "byte")}, for {PlainWords.Count(blob.Days, "day")} of at"
        + " most "
        + PlainWords.Count(parameters.MaxBlobDays, "day");

    private static WorkloadPhase? PhaseOf(LedgerState state, Command command)
    {
        WorkloadId? id = command switch
        {
            CancelWorkload it => it.Workload,
            PlaceBid it => it.Workload,
            OpenBid it => it.Workload,
            StartWork it => it.Workload,
            SubmitWork it => it.Workload,
            AcceptWork it => it.Workload,
            _ => null,
        };
        return id is { } found ? Find(state, found)?.Phase : null;
    }

    private static WorkloadRecord? Find(LedgerState state, WorkloadId id) =>
        state.FindWorkload(id) is var slot and >= 0 ? state.Workloads[slot] : null;

    private static AgentRecord AgentOf(LedgerState state, AccountId sender) =>
        state.Agents[state.Account(state.FindAccount(sender)!.Value).Agent - 1];
}
