using System.Runtime.CompilerServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Safety.Monitor;

/// <summary>
/// Watches what agents do, each by itself and all agents of an owner together, and says what is unlike before and why.
/// Deterministic: the same actions in the same order give the same findings; time is in the action. Memory is bounded
/// by <see cref="MonitorOptions.MaxWindows"/>, a check touches a fixed number of bytes and allocates nothing once its
/// agent and owner are known. Source: the seed's SafetyMonitor.
/// </summary>
/// <remarks>Not thread-safe: one owner, as the sequencer's thread is.</remarks>
public sealed partial class SafetyMonitor
{
    private readonly MonitorOptions options;
    private readonly WindowTable agents;
    private readonly WindowTable owners;
    private readonly PayeeTable payees;
    private ActivityWindow nobody;
    private long nowMs;

    /// <summary>A monitor that has seen nothing.</summary>
    /// <param name="options">Its limits.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of range.
    /// </exception>
    public SafetyMonitor(MonitorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        payees = new PayeeTable(options.MaxPayees);
        (agents, owners) = (new WindowTable(options.MaxWindows), new WindowTable(options.MaxWindows));
    }

    /// <summary>Agents that were seen.</summary>
    public int Agents => agents.Count;

    /// <summary>Judges an action that is about to be admitted; what passes is taken into the history, what does not is
    /// only counted as an attempt.</summary>
    /// <param name="action">The action.</param>
    public MonitorFinding Observe(in ObservedAction action)
    {
        if (!TryPrepare(in action, out var agent, out var owner, out var act, out var whole))
        {
            return NoRoom;
        }

        var worst = JudgeBoth(agent, owner, in act, in whole);
        NoteGrant(in action, agent, owner);
        Count(agent, owner);
        if (worst.Verdict == MonitorLevel.Pass)
        {
            Take(in action, agent, owner, in act, in whole, isApproved: false);
            TakeStanding(in act);
        }
        else if (act.Beyond > 0)
        {
            agents[agent].Ask(act.Beyond);
        }

        return worst;
    }

    /// <summary>Takes an action that took effect into the history without judging it: what a journal holds at a start.
    /// </summary>
    /// <param name="action">The action.</param>
    /// <returns>Whether there was room for it.</returns>
    public bool Learn(in ObservedAction action) => TryTake(in action, isCounted: true);

    /// <summary>Takes an action that was parked, and that a person let pass, into the history; as an attempt it was
    /// counted when it was observed.</summary>
    /// <param name="action">The action, at the time at which it takes effect.</param>
    /// <returns>Whether there was room for it.</returns>
    public bool Approve(in ObservedAction action) => TryTake(in action, isCounted: false);

    /// <summary>Brings what an action will need towards the core; a hint, which changes nothing. Some actions ahead of
    /// <see cref="Observe"/> it hides most of the wait for memory.</summary>
    /// <param name="action">An action that will be observed soon.</param>
    public void Fetch(in ObservedAction action)
    {
        agents.Fetch(agents.Find(action.Agent));
        owners.Fetch(owners.Find(action.Owner));
        if (action.Counterparty is { } payee)
        {
            agents.Fetch(agents.Find(payee));
        }
    }

    private bool TryTake(in ObservedAction action, bool isCounted)
    {
        if (!TryPrepare(in action, out var agent, out var owner, out var act, out var whole))
        {
            return false;
        }

        NoteGrant(in action, agent, owner);
        if (isCounted)
        {
            Count(agent, owner);
        }

        Take(in action, agent, owner, in act, in whole, isApproved: !isCounted);
        TakeStanding(in act);
        return true;
    }

    private void Count(int agent, int owner)
    {
        agents[agent].Attempt();
        agents[agent].Note(nowMs);
        if (owner >= 0)
        {
            owners[owner].Attempt();
        }
    }

    /// <summary>All detectors, the gravest finding; of equals the first.</summary>
    private MonitorFinding Judge(in ActivityWindow window, in Act act, MonitorSubject subject)
    {
        var worst = default(MonitorFinding);
        Weigh(ref worst, Detector.Probation, Detectors.Probation(in window, in act, options), isFlow: false, subject);
        Weigh(ref worst, Detector.Rate, Detectors.Rate(in window, in act, options), isFlow: true, subject);
        if (act.Value == 0 && act.Circle == 0)
        {
            return worst;
        }

        Weigh(ref worst, Detector.HourValue, Detectors.HourValue(in window, in act, options), !act.IsOwner, subject);
        if (!act.IsOwner)
        {
            Weigh(ref worst, Detector.OverAverage, Detectors.OverAverage(in window, in act, options), false, subject);
            Weigh(ref worst, Detector.Outlier, Detectors.Outlier(in window, in act, options), false, subject);
            Weigh(ref worst, Detector.NewKind, Detectors.NewKind(in window, in act, options), false, subject);
        }

        Weigh(ref worst, Detector.Strangers, Detectors.Strangers(in window, in act, options), false, subject);
        Weigh(ref worst, Detector.DayValue, Detectors.DayValue(in window, in act, options), !act.IsOwner, subject);
        Weigh(ref worst, Detector.Dominance, Detectors.Dominance(in window, in act, options), true, subject);
        Weigh(ref worst, Detector.Circle, Detectors.Circle(in window, in act, options), true, subject);
        var insistence = Detectors.Insistence(in window, in act, options);
        return insistence.IsOver && worst.Verdict < MonitorLevel.SafeMode
            ? Finding(MonitorLevel.SafeMode, Detector.Insistence, insistence, subject)
            : worst;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Weigh(
        ref MonitorFinding worst, Detector detector, Reading reading, bool isFlow, MonitorSubject subject)
    {
        if (reading.IsOver)
        {
            var verdict = isFlow && reading.Observed / (ulong)options.SafeModeFactor > reading.Limit
                ? MonitorLevel.SafeMode
                : MonitorLevel.Park;
            worst = verdict > worst.Verdict ? Finding(verdict, detector, reading, subject) : worst;
        }
    }

    private static MonitorFinding Finding(
        MonitorLevel verdict, Detector detector, Reading reading, MonitorSubject subject)
    {
        var isPlain = detector is Detector.Rate or Detector.Outlier;
        return new MonitorFinding(
            verdict,
            detector,
            subject,
            isPlain ? reading.Observed : CoarseAmount.ToBaseUnits(reading.Observed),
            isPlain ? reading.Limit : CoarseAmount.ToBaseUnits(reading.Limit));
    }

    /// <summary>Finds or makes the windows, brings them up to the time, and works out what the detectors ask.</summary>
    private bool TryPrepare(in ObservedAction action, out int agent, out int owner, out Act act, out Act whole)
    {
        nowMs = Math.Max(Math.Max(nowMs, action.At.UnixMs), 1);
        (act, whole, owner) = (default, default, -1);
        agent = agents.FindOrAdd(action.Agent, nowMs, action.Owner);
        if (agent < 0)
        {
            return false;
        }

        ref var window = ref agents[agent];
        window.Roll(nowMs);
        var payeeWindow = action.Counterparty is { } payee ? agents.Find(payee) : -1;
        ref var onward = ref payeeWindow < 0 ? ref window.Dealings : ref agents[payeeWindow].Dealings;
        Describe(in action, in window, payeeWindow, ref act);
        Compare(ref window, ref act, ref onward);
        if (action.Owner == action.Agent)
        {
            return true;
        }

        owner = owners.FindOrAdd(action.Owner, nowMs, action.Owner);
        if (owner < 0)
        {
            return false;
        }

        ref var all = ref owners[owner];
        all.Roll(nowMs);
        // What its agents may do all together: what the others stated last, and what this one states now.
        var stated = window.Owner == action.Owner.Value ? window.DailyActs : 0;
        whole = act;
        whole.DailyActs = all.DailyActs - stated + action.DailyActs;
        (whole.IsOwner, whole.Young) = (true, act.IsFresh ? act.Value : 0);
        // Agents of one owner have caps of their own: what is added up are shares of them.
        whole.OwnBeyond = PpmOf(window.Day.Beyond + act.Beyond, act.Cap);
        whole.Beyond = PpmOf(act.Beyond, act.Cap);
        whole.Flow = act.Value;
        if (payeeWindow >= 0)
        {
            whole.Payee = Act.FirstAccount + (int)agents[payeeWindow].Owner;
        }

        var payeeOwner = payeeWindow < 0 ? -1 : owners.Find(new AccountNumber(agents[payeeWindow].Owner));
        ref var ownersOnward = ref payeeOwner < 0 ? ref all.Dealings : ref owners[payeeOwner].Dealings;
        Compare(ref all, ref whole, ref ownersOnward);
        return true;
    }

    /// <summary>Notes what an agent is granted. With a new owner its grant no longer counts for the one before.
    /// </summary>
    private void NoteGrant(in ObservedAction action, int agent, int owner)
    {
        ref var window = ref agents[agent];
        if (window.Owner != action.Owner.Value)
        {
            if (owners.Find(new AccountNumber(window.Owner)) is var before and >= 0)
            {
                owners[before].DailyActs -= window.DailyActs;
            }

            (window.Owner, window.DailyActs) = (action.Owner.Value, 0);
        }

        if (owner >= 0)
        {
            owners[owner].DailyActs = owners[owner].DailyActs - window.DailyActs + action.DailyActs;
            window.DailyActs = action.DailyActs;
        }
    }

    private void Describe(in ObservedAction action, in ActivityWindow window, int payeeWindow, ref Act act)
    {
        var isOwn = action.Counterparty == action.Owner || action.Counterparty == action.Agent;
        var isSibling = payeeWindow >= 0 && agents[payeeWindow].Owner == action.Owner.Value;
        var value = CoarseAmount.Of(action.Value);
        act.KindBit = 1UL << (int)action.Kind;
        act.Class = Act.ClassOf(action.Kind);
        act.Value = isOwn || isSibling ? 0 : value;
        act.IsCatchingUp = window.IsCatchingUp(nowMs);
        act.IsFresh = window.Acts < options.ProbationActs
            || nowMs - window.FirstMs < options.ProbationHours * 3_600_000L;
        ref readonly var mean = ref window.Means[act.Class];
        act.Flowing = act.Value;
        if (!act.IsFresh && mean.Count >= 8)
        {
            act.Flowing = Math.Min(act.Value, mean.Mean * (ulong)options.LargeFactor);
        }

        act.Flow = isOwn || action.Counterparty is null ? 0 : value;
        act.Cap = CoarseAmount.Of(action.DailyCap.IsZero ? options.CapWhereNone : action.DailyCap);
        act.DailyActs = action.DailyActs;
        act.Payee = action.Counterparty is not { } payee ? 1 + act.Class
            : payee == ObservedAction.NotOpened ? Act.NotOpened : Act.FirstAccount + payee.Slot;
        act.IsWatched = nowMs < window.WatchUntilMs;
        act.Young = (window.SettledKinds & act.KindBit) == 0 ? act.Value : 0;
    }

    /// <summary>What is usual with the payee, and what goes back.</summary>
    private void Compare(ref ActivityWindow window, ref Act act, ref Dealings onward)
    {
        if ((act.Value | act.Flow) == 0)
        {
            return;
        }

        var quarter = (int)(nowMs / 900_000);
        act.Place = act.Payee == Act.NotOpened ? -1 : window.Dealings.FindPayee(act.Payee);
        var known = act.Place < 0 ? default : window.Dealings.PayeeAt(act.Place, quarter, options.UsualDays);
        (act.Known, act.PayeeUsual) = (known, known.Usual);
        act.PayeeRecent = CoarseAmount.Add(known.Recent, act.Value);
        if (!act.IsOwner)
        {
            act.Beyond = Beyond(in act, in known, quarter, out act.Standing);
        }

        act.Circle = act.Flow == 0
            ? 0
            : window.Dealings.Match(act.Payee, act.Flow, ref onward, quarter, isTaken: false);
    }

    private static ulong PpmOf(ulong amount, ulong cap) =>
        Math.Min((ulong)((UInt128)amount * Ratio.PpmPerOne / Math.Max(cap, 1)), CoarseAmount.Max);

    /// <summary>Value beyond what is usual with the payee. What others usually pay it vouches for a stranger only while
    /// it is not out of all proportion: then all that it got lately counts, so that it does not help to have been paid
    /// a little by others.</summary>
    private ulong Beyond(in Act act, in Dealings.Payee known, int quarter, out ulong all)
    {
        all = CoarseAmount.Max;
        if (act.Payee is > 0 and < Act.FirstAccount)
        {
            return 0;
        }

        if (act.Place >= 0 && quarter - known.Since >= options.TrialDays * 96)
        {
            var usual = known.Usual * (ulong)options.UsualFactor;
            return act.PayeeRecent > usual ? Math.Min(act.Value, act.PayeeRecent - usual) : 0;
        }

        all = act.Payee == Act.NotOpened
            ? 0
            : payees.Usual(act.Payee - Act.FirstAccount, quarter, options.UsualDays);
        var standing = (all - Math.Min(all, known.Usual)) * (ulong)options.StandingFactor;
        return act.PayeeRecent <= standing ? 0
            : act.PayeeRecent - act.Value <= standing ? act.PayeeRecent
            : act.Value;
    }

    private void Take(in ObservedAction action, int agent, int owner, in Act act, in Act whole, bool isApproved)
    {
        ref var window = ref agents[agent];
        window.Acts = Math.Min(window.Acts + 1, int.MaxValue - 1);
        window.TakeKind(act.KindBit, act.IsFresh);
        if (Act.ChangesKeys(action.Kind))
        {
            window.WatchUntilMs = nowMs + (options.KeyChangeWatchHours * 3_600_000L);
        }

        if ((act.Value | act.Flow) == 0)
        {
            return;
        }

        var payeeWindow = action.Counterparty is { } payee ? agents.Find(payee) : -1;
        ref var payeeAgent = ref payeeWindow < 0 ? ref nobody : ref agents[payeeWindow];
        TakeValue(ref window, in act, ref payeeAgent, action.Agent.Slot, isApproved);
        if (act.Value > 0)
        {
            window.TakeValue(act.Class, act.Value);
        }

        if (owner >= 0 && act.Value > 0)
        {
            var payeeOwner = payeeWindow < 0 ? -1 : owners.Find(new AccountNumber(agents[payeeWindow].Owner));
            ref var to = ref payeeOwner < 0 ? ref nobody : ref owners[payeeOwner];
            TakeValue(ref owners[owner], in whole, ref to, action.Owner.Slot, isApproved);
        }
    }

    /// <summary>What an account gets makes its standing, by the next quarter of an hour: so what is only judged, all at
    /// one time, need not be taken back here.</summary>
    private void TakeStanding(in Act act)
    {
        if (!act.IsFresh && act.Payee >= Act.FirstAccount && act.Value > 0)
        {
            payees.Pay(act.Payee - Act.FirstAccount, act.Value, (int)(nowMs / 900_000), options.UsualDays);
        }
    }

    private void TakeValue(ref ActivityWindow window, in Act act, ref ActivityWindow to, int from, bool isApproved)
    {
        var quarter = (int)(nowMs / 900_000);
        var isKnown = !Unsafe.AreSame(ref to, ref nobody);
        window.Take(act.Flowing, act.Beyond, act.Young, act.Circle, act.IsCatchingUp);
        if (act.Circle > 0)
        {
            ref var onward = ref isKnown ? ref to.Dealings : ref window.Dealings;
            window.Dealings.Match(act.Payee, act.Flow, ref onward, quarter, isTaken: true);
        }

        if (act.Payee is Act.FirstAccount or > Act.FirstAccount)
        {
            var got = act.Flow > 0 ? act.Flow : act.Value;
            window.Dealings.Pay(act.Payee, act.Place, in act.Known, got, quarter, isApproved);
        }

        if (isApproved)
        {
            window.Approve();
        }

        if (isKnown && act.Flow > 0)
        {
            to.Dealings.Receive(Act.FirstAccount + from, act.Flow, quarter);
        }
    }
}
