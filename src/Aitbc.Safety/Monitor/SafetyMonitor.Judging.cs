using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Safety.Monitor;

/// <content>Judging apart from learning: a ledger knows only after its rules what became of an action.</content>
public sealed partial class SafetyMonitor
{
    // Which windows were kept, apart from the windows themselves: a search must not walk through all of them.
    private readonly List<int> kept = [];
    private ActivityWindow[] images = new ActivityWindow[4];

    /// <summary>Judges the actions of one payload, each as if those before it had taken effect, and changes nothing:
    /// what becomes of them is told by <see cref="Learn"/>, <see cref="Attempt"/> and <see cref="Approve"/>.</summary>
    /// <param name="actions">All of one agent and one time; not empty.</param>
    /// <returns>The gravest finding; of equals the first.</returns>
    public MonitorFinding Judge(ReadOnlySpan<ObservedAction> actions)
    {
        // To look at windows only brings them up to the time, which changes nothing that they will ever say: one action
        // alone, the usual case, leaves nothing to be taken back.
        if (actions.Length == 1)
        {
            return TryPrepare(in actions[0], out var agent, out var owner, out var act, out var whole)
                ? JudgeBoth(agent, owner, in act, in whole)
                : NoRoom;
        }

        kept.Clear();
        var worst = default(MonitorFinding);
        Touch(in actions[0]);
        foreach (ref readonly var action in actions)
        {
            KeepImages(in action);
            if (!TryPrepare(in action, out var agent, out var owner, out var act, out var whole))
            {
                worst = NoRoom;
                break;
            }

            var found = JudgeBoth(agent, owner, in act, in whole);
            worst = found.Verdict > worst.Verdict ? found : worst;
            NoteGrant(in action, agent, owner);
            Count(agent, owner);
            Take(in action, agent, owner, in act, in whole, isApproved: false);
        }

        for (var i = 0; i < kept.Count; i++)
        {
            TableOf(kept[i])[kept[i] >> 1] = images[i];
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

        NoteGrant(in attempt, agent, owner);
        Count(agent, owner);
        return true;
    }

    /// <summary>Counts the actions of one payload that waits for a person: as acts of no value, and as one time that
    /// one is asked where it is the monitor that asks; what a constitution asks about by itself is nobody's fault.
    /// </summary>
    /// <param name="actions">All of one agent and one time.</param>
    /// <returns>Whether there was room for them.</returns>
    public bool Park(ReadOnlySpan<ObservedAction> actions)
    {
        var (isFound, place, beyond) = (false, -1, 0UL);
        foreach (ref readonly var action in actions)
        {
            if (!TryPrepare(in action, out place, out var owner, out var act, out var whole))
            {
                return false;
            }

            isFound |= JudgeBoth(place, owner, in act, in whole).Verdict != MonitorLevel.Pass;
            beyond = CoarseAmount.Add(beyond, act.Beyond);
            NoteGrant(in action, place, owner);
            Count(place, owner);
        }

        if (isFound && beyond > 0)
        {
            agents[place].Ask(beyond);
        }

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
        KeepImage(agents.Find(action.Agent) << 1);
        KeepImage((owners.Find(action.Owner) << 1) | 1);
        if (agents.Find(action.Agent) is var agent and >= 0)
        {
            // The owner before, where it has another now.
            KeepImage((owners.Find(new AccountNumber(agents[agent].Owner)) << 1) | 1);
        }

        if (action.Counterparty is { } payee && agents.Find(payee) is var place and >= 0)
        {
            KeepImage(place << 1);
            KeepImage((owners.Find(new AccountNumber(agents[place].Owner)) << 1) | 1);
        }
    }

    /// <summary>Keeps a window as it is, once.</summary>
    /// <param name="name">Its place, doubled, and 1 more in the owners' table; below 0 for none.</param>
    private void KeepImage(int name)
    {
        if (name < 0 || CollectionsMarshal.AsSpan(kept).Contains(name))
        {
            return;
        }

        if (kept.Count == images.Length)
        {
            Array.Resize(ref images, images.Length * 2);
        }

        images[kept.Count] = TableOf(name)[name >> 1];
        kept.Add(name);
    }

    private WindowTable TableOf(int name) => (name & 1) == 1 ? owners : agents;
}
