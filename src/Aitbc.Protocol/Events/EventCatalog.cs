using System.Runtime.CompilerServices;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Events;

/// <summary>All event types in one place: how each carries a state on, and its type for whoever prints it.</summary>
/// <remarks>Thread-safe: immutable.</remarks>
public static class EventCatalog
{
    private delegate void Applier(LedgerState state, ref EventReader reader);

    private static readonly Dictionary<EventKind, (Type Type, Applier Apply)> Types = new()
    {
        [EventKind.CommandHandled] = Of<CommandHandled>(),
        [EventKind.Moved] = Of<Moved>(),
        [EventKind.LimitReserved] = Of<LimitReserved>(),
        [EventKind.LimitReleased] = Of<LimitReleased>(),
        [EventKind.AccountOpened] = Of<AccountOpened>(),
        [EventKind.AgentRegistered] = Of<AgentRegistered>(),
        [EventKind.KeyAdded] = Of<KeyAdded>(),
        [EventKind.KeyRevoked] = Of<KeyRevoked>(),
        [EventKind.AgentRetired] = Of<AgentRetired>(),
        [EventKind.UnbondingStarted] = Of<UnbondingStarted>(),
        [EventKind.UnbondingFinished] = Of<UnbondingFinished>(),
        [EventKind.AgentStopped] = Of<AgentStopped>(),
        [EventKind.ReleaseApproved] = Of<ReleaseApproved>(),
        [EventKind.AgentReleased] = Of<AgentReleased>(),
        [EventKind.MarketStopped] = Of<MarketStopped>(),
        [EventKind.MarketReleaseApproved] = Of<MarketReleaseApproved>(),
        [EventKind.MarketReleased] = Of<MarketReleased>(),
        [EventKind.Resumed] = Of<ResumedAfter>(),
        [EventKind.BeaconRevealed] = Of<BeaconRevealed>(),
        [EventKind.TermBegan] = Of<NewTerm>(),
        [EventKind.BlobDeclared] = Of<BlobDeclared>(),
        [EventKind.BlobArrived] = Of<BlobArrived>(),
        [EventKind.BlobExpired] = Of<BlobExpired>(),
        [EventKind.ServiceListed] = Of<ServiceListed>(),
        [EventKind.ServiceUpdated] = Of<ServiceUpdated>(),
        [EventKind.ServiceDelisted] = Of<ServiceDelisted>(),
        [EventKind.WorkloadPosted] = Of<WorkloadPosted>(),
        [EventKind.BidPlaced] = Of<BidPlaced>(),
        [EventKind.BiddingClosed] = Of<BiddingClosed>(),
        [EventKind.SaltRevealed] = Of<SaltRevealed>(),
        [EventKind.BidOpened] = Of<BidOpened>(),
        [EventKind.BidReleased] = Of<BidReleased>(),
        [EventKind.AwardPostponed] = Of<AwardPostponed>(),
        [EventKind.WorkloadAwarded] = Of<WorkloadAwarded>(),
        [EventKind.WorkStarted] = Of<WorkStarted>(),
        [EventKind.WorkSubmitted] = Of<WorkSubmitted>(),
        [EventKind.WorkloadEnded] = Of<WorkloadEnded>(),
        [EventKind.GenesisApplied] = Of<GenesisApplied>(),
        [EventKind.ValidationAsked] = Of<ValidationAsked>(),
        [EventKind.WorkSealed] = Of<WorkSealed>(),
        [EventKind.DrawPostponed] = Of<DrawPostponed>(),
        [EventKind.ValidatorDrawn] = Of<ValidatorDrawn>(),
        [EventKind.CommitmentsOpened] = Of<CommitmentsOpened>(),
        [EventKind.VerdictCommitted] = Of<VerdictCommitted>(),
        [EventKind.CommitmentsClosed] = Of<CommitmentsClosed>(),
        [EventKind.VerdictGiven] = Of<VerdictGiven>(),
        [EventKind.ValidatorReleased] = Of<ValidatorReleased>(),
        [EventKind.LivenessChanged] = Of<LivenessChanged>(),
        [EventKind.RuleWritten] = Of<RuleWritten>(),
        [EventKind.ConstitutionAdopted] = Of<ConstitutionAdopted>(),
        [EventKind.MotionProposed] = Of<MotionProposed>(),
        [EventKind.MotionVoted] = Of<MotionVoted>(),
        [EventKind.MotionEnded] = Of<MotionEnded>(),
        [EventKind.GuardiansChanged] = Of<GuardiansChanged>(),
        [EventKind.OverrideBegan] = Of<OverrideBegan>(),
        [EventKind.OverrideUsed] = Of<OverrideUsed>(),
        [EventKind.OverrideEnded] = Of<OverrideEnded>(),
        [EventKind.CommandParked] = Of<CommandParked>(),
        [EventKind.ParkedReserved] = Of<ParkedReserved>(),
        [EventKind.ApprovalGiven] = Of<ApprovalGiven>(),
        [EventKind.ApprovalEnded] = Of<ApprovalEnded>(),
        [EventKind.ParkedHandled] = Of<ParkedHandled>(),
        [EventKind.MonitorJudged] = Of<MonitorJudged>(),
        [EventKind.PasskeyBound] = Of<PasskeyBound>(),
    };

    /// <summary>Every kind with the struct that its bytes are.</summary>
    public static IEnumerable<KeyValuePair<EventKind, Type>> All =>
        Types.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Type)).OrderBy(pair => pair.Key);

    /// <summary>The struct of a kind.</summary>
    /// <exception cref="InvalidDataException">There is no such kind.</exception>
    public static Type TypeOf(EventKind kind) => Find(kind).Type;

    /// <summary>Carries a state on by one entry's events, as a follower does, without the rules.</summary>
    /// <param name="state">The state after the entry before.</param>
    /// <param name="header">The entry's place and time.</param>
    /// <param name="events">Its events.</param>
    /// <exception cref="InvalidDataException">The bytes are no events, or no events of this state.</exception>
    public static void Apply(LedgerState state, in EntryHeader header, ReadOnlySpan<byte> events)
    {
        state.BeginEntry(header);
        var reader = new EventReader(events);
        while (reader.MoveNext())
        {
            if (reader.Kind == EventKind.Moved)
            {
                ApplyOne<Moved>(state, ref reader);
            }
            else if (reader.Kind == EventKind.CommandHandled)
            {
                ApplyOne<CommandHandled>(state, ref reader);
            }
            else
            {
                Find(reader.Kind).Apply(state, ref reader);
            }
        }
    }

    private static (Type Type, Applier Apply) Find(EventKind kind) =>
        Types.TryGetValue(kind, out var found)
            ? found
            : throw new InvalidDataException($"There is no event of kind {(int)kind}.");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ApplyOne<T>(LedgerState state, ref EventReader reader)
        where T : unmanaged, ILedgerEvent => reader.As<T>().ApplyTo(state);

    private static (Type Type, Applier Apply) Of<T>()
        where T : unmanaged, ILedgerEvent => (typeof(T), ApplyOne<T>);
}
