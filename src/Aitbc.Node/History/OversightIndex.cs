using System.Buffers.Binary;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Node.History;

/// <summary>Which entries hold a decision about an agent: beside what it does all day, these are few, and so they are
/// kept apart and for longer.</summary>
/// <remarks>Not thread-safe: its owner locks.</remarks>
internal sealed class OversightIndex
{
    private const int MaxTouches = 65_536;

    private static readonly HashSet<EventKind> Decisions =
    [
        EventKind.AgentRegistered, EventKind.AgentRetired, EventKind.KeyAdded, EventKind.KeyRevoked,
        EventKind.AgentStopped, EventKind.ReleaseApproved, EventKind.AgentReleased, EventKind.ConstitutionAdopted,
        EventKind.MotionProposed, EventKind.MotionVoted, EventKind.MotionEnded, EventKind.GuardiansChanged,
        EventKind.OverrideBegan, EventKind.OverrideEnded, EventKind.CommandParked, EventKind.ApprovalGiven,
        EventKind.ApprovalEnded, EventKind.ParkedHandled, EventKind.MonitorJudged,
    ];

    private readonly TouchRing touches = new(MaxTouches);

    // What is open, and so as bounded as that is: votes name what they are about and not whose it is.
    private readonly Dictionary<ulong, AccountNumber> approvals = [];
    private readonly Dictionary<ulong, AccountNumber> motions = [];

    /// <summary>Notes an event.</summary>
    public void Take(in EventReader reader, ulong seq)
    {
        if (AgentOf(reader) is { } agent)
        {
            touches.Add(agent.Value, seq);
            Follow(reader, agent);
        }
    }

    /// <summary>Entries with a decision about an agent, newest first.</summary>
    public List<ulong> Find(AccountNumber agent, ulong before, int limit) => touches.Find(agent.Value, before, limit);

    /// <summary>Whose an open approval or motion is.</summary>
    public AccountNumber? WhoseVote(in EventReader reader) => reader.Kind switch
    {
        EventKind.ApprovalGiven => Whose(approvals, reader.As<ApprovalGiven>().Id.Value),
        EventKind.MotionVoted => Whose(motions, reader.As<MotionVoted>().Id.Value),
        _ => null,
    };

    /// <summary>The agent of a decision that names it; null for votes and for what is no decision.</summary>
    public static AccountNumber? NamedAgent(in EventReader reader) =>
        Decisions.Contains(reader.Kind) && !IsVote(reader.Kind)
            ? new AccountNumber(BinaryPrimitives.ReadUInt32LittleEndian(
                reader.Value[EventFields.AccountsOf(reader.Kind)[0]..]))
            : null;

    /// <summary>Whether an event is a vote.</summary>
    public static bool IsVote(EventKind kind) => kind is EventKind.ApprovalGiven or EventKind.MotionVoted;

    private AccountNumber? AgentOf(in EventReader reader) =>
        IsVote(reader.Kind) ? WhoseVote(reader) : NamedAgent(reader);

    private void Follow(in EventReader reader, AccountNumber agent)
    {
        switch (reader.Kind)
        {
            case EventKind.CommandParked:
                approvals[reader.As<CommandParked>().Id.Value] = agent;
                break;
            case EventKind.ApprovalEnded:
                approvals.Remove(reader.As<ApprovalEnded>().Id.Value);
                break;
            case EventKind.MotionProposed:
                motions[reader.As<MotionProposed>().Id.Value] = agent;
                break;
            case EventKind.MotionEnded:
                motions.Remove(reader.As<MotionEnded>().Id.Value);
                break;
        }
    }

    private static AccountNumber? Whose(Dictionary<ulong, AccountNumber> open, ulong id) =>
        open.TryGetValue(id, out var agent) ? agent : null;
}
