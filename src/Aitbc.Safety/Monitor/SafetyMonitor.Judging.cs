using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Safety.Monitor;

/// <content>Judging apart from learning: a ledger knows only after its rules what became of an action.</content>
public sealed partial class SafetyMonitor
{
    private readonly List<BeforeImage> images = [];

    /// <summary>Judges the actions of one payload, each as if those before it had taken effect, and changes nothing:
    /// what becomes of them is told by <see cref="Learn"/>, <see cref="Attempt"/> and <see cref="Approve"/>.</summary>
    /// <param name="actions">All of one agent and one time; not empty.</param>
    /// <returns>The gravest finding; of equals the first.</returns>
    public MonitorFinding Judge(ReadOnlySpan<ObservedAction> actions)
    {
        images.Clear();
        var worst = default(MonitorFinding);
        Touch(in actions[0]);
        foreach (ref readonly var action in actions)
        {
            // Before it is looked at: a look rolls the windows on.
            KeepImages(in action);
            if (!TryPrepare(in action, out var agent, out var owner, out var act, out var whole))
            {
                worst = NoRoom;
                break;
            }

            var found = JudgeBoth(agent, owner, in act, in whole);
            worst = found.Verdict > worst.Verdict ? found : worst;
            if (actions.Length > 1)
            {
                Count(agent, owner);
                Take(in action, agent, owner, in act, in whole);
            }
        }

        foreach (ref readonly var image in CollectionsMarshal.AsSpan(images))
        {
            (image.IsOwner ? owners : agents)[image.Place] = image.Window;
        }

        return worst;
    }

    /// <summary>Counts an action that was not let pass, or that the ledger refused: as an act of no value.</summary>
    /// <param name="action">The action.</param>
    /// <returns>Whether there was room for it.</returns>
    public bool Attempt(in ObservedAction action)
    {
        var attempt = action with { Value = TokenAmount.Zero, Counterparty = null };
        if (!TryPrepare(in attempt, out var agent, out var owner, out _, out _))
        {
            return false;
        }

        Count(agent, owner);
        return true;
    }

    private MonitorFinding NoRoom => new(
        MonitorLevel.Park, Detector.Room, MonitorSubject.Agent, (UInt128)options.MaxWindows + 1,
        (UInt128)options.MaxWindows);

    private MonitorFinding JudgeBoth(int agent, int owner, in Act act, in Act whole)
    {
        var worst = Judge(in agents[agent], in act, MonitorSubject.Agent);
        if (owner >= 0)
        {
            var found = Judge(in owners[owner], in whole, MonitorSubject.Owner);
            worst = found.Verdict > worst.Verdict ? found : worst;
        }

        return worst;
    }

    /// <summary>Makes the windows that the action would make.</summary>
    private void Touch(in ObservedAction action)
    {
        nowMs = Math.Max(Math.Max(nowMs, action.At.UnixMs), 1);
        if (agents.FindOrAdd(action.Agent, nowMs, action.Owner) >= 0 && action.Owner != action.Agent)
        {
            owners.FindOrAdd(action.Owner, nowMs, action.Owner);
        }
    }

    private void KeepImages(in ObservedAction action)
    {
        KeepImage(false, agents.Find(action.Agent));
        KeepImage(true, owners.Find(action.Owner));
        if (action.Counterparty is { } payee && agents.Find(payee) is var place and >= 0)
        {
            KeepImage(false, place);
            KeepImage(true, owners.Find(new AccountNumber(agents[place].Owner)));
        }
    }

    private void KeepImage(bool isOwner, int place)
    {
        if (place < 0)
        {
            return;
        }

        foreach (ref readonly var image in CollectionsMarshal.AsSpan(images))
        {
            if (image.Place == place && image.IsOwner == isOwner)
            {
                return;
            }
        }

        images.Add(new BeforeImage(isOwner, place, (isOwner ? owners : agents)[place]));
    }

    private readonly record struct BeforeImage(bool IsOwner, int Place, ActivityWindow Window);
}
