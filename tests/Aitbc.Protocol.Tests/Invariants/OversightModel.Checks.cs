using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.Wire;

namespace Aitbc.Protocol.Tests.Invariants;

/// <content>What must hold.</content>
internal sealed partial class OversightModel
{
    private void On(CommandParked parked)
    {
        See("parked");
        Holds(23, !waiting.Values.Any(one => one.Parked.Payload == default) && Sender == parked.Agent, "who parks");
        Holds(23, !carried.Contains(parked.Id.Value), "an approval's number comes again");
        waiting.Add(parked.Id.Value, new ModelCase
        {
            Agent = parked.Agent,
            SinceMs = NowMs,
            UntilMs = parked.ExpiresAtMs,
            Parked = parked,
        });
        CheckReserved(parked);
        Holds(
            23,
            waiting.Values.Count(one => one.Parked.Payload == parked.Payload) == 1
                && parked.Payload == ((ClientPayload)entry.Body!).PayloadDigest,
            "what waits waits once, as it was sent");
    }

    /// <summary>Of what is worth what it says itself, exactly that is held.</summary>
    private void CheckReserved(CommandParked parked)
    {
        var commands = ((ClientPayload)entry.Body!).Commands;
        if (!Array.TrueForAll(commands, one => one is Transfer or DepositStake or WithdrawStake))
        {
            return;
        }

        var asked = commands.Select(AskOf).OfType<(MoveReason Reason, UInt128 Amount)>().ToList();
        var held = asked.Where(one => one.Reason != MoveReason.Unstaked).Aggregate(UInt128.Zero, Sum);
        Holds(24, held == parked.Held.BaseUnits, $"{parked.Held} is held of {held}");
        reservable = held;
    }

    private static UInt128 Sum(UInt128 sum, (MoveReason Reason, UInt128 Amount) one) => sum + one.Amount;

    private UInt128? reservable;

    private void On(in ParkedReserved reserved)
    {
        var parked = waiting[reserved.Id.Value];
        var key = (reserved.Action, NowMs / BucketMs);
        parked.Reserved[key] = parked.Reserved.GetValueOrDefault(key) + reserved.Amount.BaseUnits;
        Count(parked.Agent, reserved.Action, reserved.Amount.BaseUnits);
    }

    private void On(in ApprovalEnded ended)
    {
        waiting.Remove(ended.Id.Value, out var parked);
        if (parked is null)
        {
            Holds(23, false, "what did not wait ended");
            return;
        }

        See($"ended {ended.Ending}");
        Holds(24, parked.Held.Equals(UInt128.Zero), $"{parked.Held} is still held at the end of {ended.Id}");
        var back = parked.Reserved.All(one => released.Remove((one.Key.Action, one.Key.Bucket, one.Value)));
        Holds(24, back, $"the limits have not all of {ended.Id} back");
        released.Clear();
        if (ended.Ending != ApprovalEnding.Granted)
        {
            return;
        }

        grantedNow = ended.Id.Value;
        carried.Add(ended.Id.Value);
        Holds(23, NowMs < parked.UntilMs, "granted after its time");
        var agent = agents[parked.Agent];
        Holds(23, Among(agent, parked.For) >= agent.Threshold, "granted by too few guardians");
        Holds(23, parked.Parked.ConstitutionVersion == agent.Limits.Version, "granted under another constitution");
        moves.Clear();
        granted = parked;
    }

    private void On(ParkedHandled handled)
    {
        See($"handled {handled.Outcome}");
        Holds(23, grantedNow == handled.Id.Value && granted!.Parked.Payload == handled.Payload, "carried out unasked");
        grantedNow = 0;
        var grant = ((ClientPayload)entry.Body!).Commands[0] as GrantApproval;
        if (grant is null
            || PayloadCodec.TryParse(grant.Payload.Span, ProofKind.Simulated, default, out var read) is not null)
        {
            Holds(23, false, "carried out without bytes");
            return;
        }

        var asked = handled.Outcome == Outcome.Applied ? read.Commands : [];
        var wanted = asked.Select(AskOf).Where(one => one is not null).ToList();
        var found = moves.Where(one => one.From == handled.Agent && one.Phase is MovePhase.Direct or MovePhase.Pending)
            .Where(one => one.Reason is MoveReason.Transfer or MoveReason.Staked or MoveReason.Unstaked)
            .Select(one => ((MoveReason, UInt128)?)(one.Reason, one.Amount.BaseUnits)).ToList();
        Holds(23, wanted.SequenceEqual(found), "what was carried out is not what was approved");
        if (handled.Outcome == Outcome.Applied)
        {
            CheckApplied(handled.Agent, read.Commands, isGranted: true);
        }
    }

    private ModelCase? granted;

    private static (MoveReason, UInt128)? AskOf(Command command) => command switch
    {
        Transfer one => (MoveReason.Transfer, one.Amount.BaseUnits),
        DepositStake one => (MoveReason.Staked, one.Amount.BaseUnits),
        WithdrawStake one => (MoveReason.Unstaked, one.Amount.BaseUnits),
        _ => null,
    };

    private void On(in Moved moved)
    {
        moves.Add(moved);
        if (moved.Reason == MoveReason.Parked && waiting.TryGetValue(moved.Subject, out var parked))
        {
            Holds(24, moved.From == parked.Agent && moved.To == parked.Agent, "held for another");
            parked.Held = moved.Phase == MovePhase.Pending
                ? parked.Held + moved.Amount.BaseUnits
                : parked.Held - moved.Amount.BaseUnits;
        }

        if (agents.TryGetValue(moved.From, out var agent) && agent.InSafeMode)
        {
            var leaves = moved.FromSub is SubAccount.Available or SubAccount.Stake;
            Holds(28, !leaves, $"{moved.Reason} in safe mode");
        }
    }

    private void On(in LimitReserved reserved) =>
        Count(reserved.Account, reserved.Action, reserved.Amount.BaseUnits);

    private void On(in LimitReleased back)
    {
        released.Add((back.Action, back.Bucket, back.Amount.BaseUnits));
        var volume = agents[back.Account].Volume;
        if (back.Action != CommandKind.DepositStake && volume.TryGetValue(back.Bucket, out var used)
            && back.Bucket >= (NowMs / BucketMs) - 96)
        {
            Holds(24, used >= back.Amount.BaseUnits, "more is released than was reserved");
            volume[back.Bucket] = used - UInt128.Min(used, back.Amount.BaseUnits);
        }
    }

    /// <summary>A stake counts under rules, never as volume.</summary>
    private void Count(AccountNumber account, CommandKind action, UInt128 amount)
    {
        if (action == CommandKind.DepositStake)
        {
            return;
        }

        var agent = agents[account];
        agent.Volume[NowMs / BucketMs] = agent.Volume.GetValueOrDefault(NowMs / BucketMs) + amount;
        Holds(
            26,
            amount == 0 || agent.VolumeAt(NowMs) <= agent.Limits.MaxDailyVolume.BaseUnits,
            "more passes than the daily volume");
    }

    /// <summary>Limits as the state has them are those of the model; money that waits is in escrow.</summary>
    private void CheckWhole()
    {
        var state = economy.Chain.State;
        foreach (var group in waiting.Values.GroupBy(one => one.Agent))
        {
            var held = group.Aggregate(UInt128.Zero, (sum, one) => sum + one.Held);
            Holds(24, group.All(one => one.Held == one.Parked.Held.BaseUnits), "less is held than was said");
            Holds(24, state.Account(group.Key).Escrow.BaseUnits >= held, "what waits is not in escrow");
        }

        if (reservable is { } wanted)
        {
            var counted = waiting[entry.Header.Seq].Reserved.Values.Aggregate(UInt128.Zero, (sum, one) => sum + one);
            Holds(24, wanted == counted, $"{counted} is reserved of {wanted}");
            reservable = null;
        }

        foreach (var (number, agent) in agents)
        {
            ref readonly var record = ref state.Agents[state.Account(number).Agent - 1];
            Holds(24, state.VolumeUsed(record).BaseUnits == agent.VolumeAt(NowMs), $"the volume of account {number}");
        }
    }

    private void CheckApplied(AccountNumber from, Command[] commands, bool isGranted)
    {
        if (!agents.TryGetValue(from, out var agent))
        {
            return;
        }

        foreach (var command in commands)
        {
            var kind = command.Kind;
            Holds(
                25,
                !overrides.Values.Any(one => Stands(one, from, kind, OverrideEffect.Deny)),
                $"{kind} is denied and took effect");
            var allows = overrides.Values.Any(one => Stands(one, from, kind, OverrideEffect.Allow));
            Holds(26, (agent.Limits.AllowedActions >> (int)kind & 1) == 1 || allows, $"{kind} is not allowed");
            Holds(25, !agent.Rules.Any(one => one.Kind == RuleKind.Deny && (one.Actions >> (int)kind & 1) == 1),
                $"{kind} is denied by a rule and took effect");
            if (AskOf(command) is not ({ } reason, var amount) || reason == MoveReason.Unstaked)
            {
                continue;
            }

            var over = reason == MoveReason.Transfer && amount > agent.Limits.MaxValuePerAction.BaseUnits;
            over |= agent.Rules.Any(one => one.Kind == RuleKind.MaxValue && (one.Actions >> (int)kind & 1) == 1
                && amount > one.Amount.BaseUnits);
            Holds(26, !over, $"{kind} of {amount} passes a hard limit");
            var asks = agent.Limits.RequiresHumanApproval == 1 || agent.Rules.Any(one =>
                one.Kind == RuleKind.ApprovalAbove && (one.Actions >> (int)kind & 1) == 1
                && amount > one.Amount.BaseUnits);
            Holds(23, !asks || isGranted || allows, $"{kind} of {amount} took effect without approval");
            See(asks ? "an action that needed a person" : "an action that needed none");
        }
    }

    private bool Stands(ModelCase one, AccountNumber agent, CommandKind kind, OverrideEffect effect) =>
        one.Agent == agent && one.Terms.Action == kind && one.Terms.Effect == effect && NowMs < one.UntilMs;

    private void On(in OverrideBegan began)
    {
        See($"override {began.Terms.Effect}");
        overrides.Add(began.Id, new ModelCase
        {
            Agent = began.Agent,
            SinceMs = NowMs,
            UntilMs = began.Terms.ExpiresAtMs,
            Terms = began.Terms,
        });
        if (began.Terms.Effect == OverrideEffect.Allow)
        {
            CheckCarried(new MotionId(began.Id.Value), MotionKind.Override, began.Agent, delay: 0);
        }
    }

    private void On(in OverrideUsed used)
    {
        See("override used");
        var one = overrides[used.Id];
        one.Used += used.Amount.BaseUnits;
        Holds(26, one.Used <= one.Terms.Cap.BaseUnits, $"{one.Used} of {one.Terms.Cap.BaseUnits} was let pass");
    }

    private void On(in GuardiansChanged changed)
    {
        See("guardians changed");
        var delay = economy.Chain.State.Parameters.LooseningDelay.Ms;
        CheckCarried(changed.Motion, MotionKind.Guardians, changed.Account, delay);
        var agent = agents[changed.Account];
        agent.Guardians = ListOf(changed.Guardians, changed.GuardianCount);
        agent.Threshold = changed.GuardianThreshold;
        agent.Releasing.Clear();
    }

    private void On(in ConstitutionAdopted adopted)
    {
        var agent = agents[adopted.Account];
        agent.Written.Remove(adopted.Motion, out var rules);
        rules ??= [];
        var isFirst = adopted.Constitution.Version == 1;
        if (!isFirst && adopted.Motion.IsZero)
        {
            See("tightened");
            Holds(27, Tightens(agent, adopted.Constitution, rules), "what loosens was adopted at once");
        }
        else if (!isFirst)
        {
            See("loosened");
            var delay = economy.Chain.State.Parameters.LooseningDelay.Ms;
            CheckCarried(adopted.Motion, MotionKind.Constitution, adopted.Account, delay);
        }

        (agent.Limits, agent.Rules) = (adopted.Constitution, rules);
    }

    private void CheckCarried(MotionId id, MotionKind kind, AccountNumber account, long delay)
    {
        if (!motions.TryGetValue(id, out var motion))
        {
            Holds(27, false, $"{kind} without a motion");
            return;
        }

        Holds(27, motion.Motion == kind && motion.Agent == account, $"{kind} by another motion");
        Holds(27, NowMs >= motion.SinceMs + delay, $"{kind} before it has waited");
        var agent = agents[account];
        Holds(27, Among(agent, motion.For) >= agent.Threshold, $"{kind} by too few guardians");
    }

    /// <summary>In the model's own words: no figure grows, no bit is added, no rule is lost or made weaker.</summary>
    private static bool Tightens(ModelAgent agent, in ConstitutionRecord fresh, List<RuleTerms> rules)
    {
        var old = agent.Limits;
        return fresh.MaxStake <= old.MaxStake && fresh.MaxDailyVolume <= old.MaxDailyVolume
            && fresh.MaxGasPerDay <= old.MaxGasPerDay && fresh.MaxValuePerAction <= old.MaxValuePerAction
            && (fresh.AllowedActions | old.AllowedActions) == old.AllowedActions
            && (fresh.HoursUtc | old.HoursUtc) == old.HoursUtc
            && fresh.KeyChangeHoldMs >= old.KeyChangeHoldMs
            && fresh.RequiresHumanApproval >= old.RequiresHumanApproval
            && (old.CounterpartyCount == 0 || (fresh.CounterpartyCount > 0
                && ListOf(fresh.Counterparties, fresh.CounterpartyCount).TrueForAll(
                    ListOf(old.Counterparties, old.CounterpartyCount).Contains)))
            && agent.Rules.TrueForAll(one => rules.Exists(two => two.Kind == one.Kind
                && (two.Actions & one.Actions) == one.Actions
                && (one.Kind is RuleKind.Deny or RuleKind.Counterparties or RuleKind.Hours
                    or RuleKind.CounterpartyRecord or RuleKind.Sequence || two.Amount <= one.Amount)));
    }
}
