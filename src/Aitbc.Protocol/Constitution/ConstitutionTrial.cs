using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Constitution;

/// <summary>What another constitution would have made of one payload.</summary>
/// <param name="Would"><see cref="Outcome.Applied"/> where it lets it pass, <see cref="Outcome.Parked"/> where it asks
/// a person, or the refusal.</param>
/// <param name="At">Place, in the payload, of the command that is refused or asks first; 0 where none does.</param>
/// <param name="Value">Value and stake of the payload, base units.</param>
public readonly record struct TrialOutcome(Outcome Would, int At, TokenAmount Value);

/// <summary>
/// Tries another constitution on what an agent did, while a journal is replayed: the ledger's own checks, on windows of
/// the trial's own, in which only counts what it would have let pass. What others did, balances and stakes stay as they
/// were, so what would have followed from a refusal is not guessed.
/// </summary>
/// <remarks>The trial lives in the replayed state as an agent without an account, so that state is the replay's own and
/// its hash another. Not thread-safe: one owner.</remarks>
public sealed class ConstitutionTrial
{
    private readonly LedgerState state;
    private readonly AccountId id;
    private readonly ConstitutionTerms terms;
    private readonly Dictionary<(int Bucket, CommandKind Action), TokenAmount> reserved = [];
    private readonly List<(CommandKind Action, TokenAmount Value)> pending = [];
    private int slot = -1;

    /// <summary>Prepares a trial.</summary>
    /// <param name="state">A state that is replayed for this trial alone.</param>
    /// <param name="agent">Whose acts.</param>
    /// <param name="terms">The other constitution; without problems.</param>
    /// <exception cref="ArgumentException">The constitution has problems; the message says which.</exception>
    public ConstitutionTrial(LedgerState state, AccountId agent, ConstitutionTerms terms)
    {
        ArgumentNullException.ThrowIfNull(state);
        var problems = ConstitutionProblems.Of(terms, state.Parameters.BaseGas);
        if (problems.Count > 0)
        {
            throw new ArgumentException($"The constitution cannot be: {string.Join(" ", problems)}", nameof(terms));
        }

        (this.state, id, this.terms) = (state, agent, terms);
    }

    /// <summary>What would have become of a payload of the agent; to be asked before the state follows the entry that
    /// holds it.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="at">The entry's time.</param>
    /// <returns>The outcome; null where the payload is not the agent's, or the constitution names an account that was
    /// not there yet.</returns>
    public TrialOutcome? Before(ClientPayload payload, Timestamp at)
    {
        ArgumentNullException.ThrowIfNull(payload);
        if (payload.From != id || !IsReady(out var sender))
        {
            return null;
        }

        ref var globals = ref state.GlobalTable.Write(0);
        var before = globals.TimeMs;
        globals.TimeMs = Math.Max(before, at.UnixMs);
        var outcome = Try(payload, sender);
        globals.TimeMs = before;
        return outcome;
    }

    /// <summary>Counts what the trial let pass and the ledger applied; to be told after the state followed the entry.
    /// </summary>
    /// <param name="payload">The payload asked about; null for entries of others, whose events still matter.</param>
    /// <param name="tried">What <see cref="Before"/> said.</param>
    /// <param name="events">The entry's events.</param>
    public void After(ClientPayload? payload, TrialOutcome? tried, ReadOnlySpan<byte> events)
    {
        if (slot < 0)
        {
            return;
        }

        var passes = tried is { Would: Outcome.Applied or Outcome.Parked };
        var reader = new EventReader(events);
        while (reader.MoveNext())
        {
            switch (reader.Kind)
            {
                // What a guardian's grant carries out: the person's word is taken as given under any constitution.
                case EventKind.LimitReserved when payload is null:
                    CountGranted(reader.As<LimitReserved>());
                    break;
                case EventKind.LimitReleased:
                    Release(reader.As<LimitReleased>());
                    break;
                case EventKind.CommandHandled when payload is not null:
                    var handled = reader.As<CommandHandled>();
                    RollingLimits.Reserve(state, ref state.Agents.Write(slot).Gas, state.Globals.TimeMs, handled.Gas);
                    if (passes && (Outcome)handled.Outcome is Outcome.Applied or Outcome.Parked)
                    {
                        pending.ForEach(one => Count(one.Action, one.Value));
                    }

                    break;
            }
        }
    }

    private void CountGranted(in LimitReserved granted)
    {
        if (state.Accounts[granted.Account.Slot].Id == id)
        {
            Count(granted.Action, granted.Amount);
        }
    }

    private TrialOutcome Try(ClientPayload payload, AccountRecord sender)
    {
        var value = TokenAmount.Zero;
        var result = new TrialOutcome(Outcome.Applied, 0, value);
        ref readonly var trial = ref state.Agents[slot];
        var gas = state.Parameters.BaseGas;
        pending.Clear();
        state.Begin();
        for (var i = 0; i < payload.Commands.Length; i++)
        {
            var command = payload.Commands[i];
            var exposure = Exposure.Of(state, command);
            gas += state.GasOf(command.Kind);
            value += TokenAmount.Min(exposure.Value, Genesis.MaxSupply)
                + TokenAmount.Min(exposure.Stake, Genesis.MaxSupply);
            if (result.Would is not (Outcome.Applied or Outcome.Parked))
            {
                continue;
            }

            var isAsked = result.Would == Outcome.Parked;
            var outcome = ConstitutionRules.Check(
                state, sender, command.Kind, exposure, new Consent(isAsked, default), out _);
            result = outcome switch
            {
                Outcome.Applied => result,
                Outcome.ApprovalNeeded => result with { Would = Outcome.Parked, At = i },
                _ => result with { Would = outcome, At = i },
            };
            if (result.Would is Outcome.Applied or Outcome.Parked)
            {
                Count(command.Kind, exposure.Amount);
                pending.Add((command.Kind, exposure.Amount));
            }
        }

        state.Rollback();
        var paid = RollingLimits.Used(state, trial.Gas, state.Globals.TimeMs);
        result = ConstitutionRules.Passes(paid, gas, trial.Constitution.MaxGasPerDay)
            ? new TrialOutcome(Outcome.GasLimit, 0, value)
            : result;
        return result with { Value = value };
    }

    private void Count(CommandKind action, TokenAmount value)
    {
        ref var trial = ref state.Agents.Write(slot);
        if (!value.IsZero && action.IsVolume())
        {
            RollingLimits.Reserve(state, ref trial.Volume, state.Globals.TimeMs, value);
        }

        if (!value.IsZero && !state.InSavepoint)
        {
            var key = (RollingLimits.BucketOf(state.Globals.TimeMs), action);
            reserved[key] = reserved.GetValueOrDefault(key) + value;
        }

        if (trial.RuleSet != 0)
        {
            RuleChecks.Count(state, trial.RuleSet - 1, action, value);
        }
    }

    /// <summary>Gives back at most what the trial had reserved there itself.</summary>
    private void Release(in LimitReleased released)
    {
        var key = (released.Bucket, released.Action);
        if (state.Accounts[released.Account.Slot].Id != id || !reserved.TryGetValue(key, out var held))
        {
            return;
        }

        var amount = TokenAmount.Min(held, released.Amount);
        reserved[key] = held - amount;
        ref var trial = ref state.Agents.Write(slot);
        if (released.Action.IsVolume())
        {
            RollingLimits.Release(state, ref trial.Volume, released.Bucket, amount);
        }

        if (trial.RuleSet != 0)
        {
            RuleChecks.Release(state, trial.RuleSet - 1, released.Action, released.Bucket, amount);
        }
    }

    /// <summary>The agent's account as if the trial's agent were its own; keys and overrides are the real one's.
    /// </summary>
    private bool IsReady(out AccountRecord sender)
    {
        var account = state.SlotOf(id);
        sender = account < 0 ? default : state.Accounts[account];
        if (sender.Agent == 0 || (slot < 0 && !Begin()))
        {
            return false;
        }

        ref readonly var real = ref state.Agents[sender.Agent - 1];
        ref var trial = ref state.Agents.Write(slot);
        trial.KeysChangedAtMs = real.KeysChangedAtMs;
        trial.FirstOverride = real.FirstOverride;
        trial.Flags = (real.Flags & AgentFlags.Overrides) | (trial.Flags & AgentFlags.Rules);
        sender.Agent = slot + 1;
        return true;
    }

    private bool Begin()
    {
        if (!Building.Knows(state, terms)
            || Building.Build(state, terms, out var record, out var rules) != Outcome.Applied)
        {
            return false;
        }

        ref var trial = ref state.Agents.Add(out slot);
        trial.Constitution = record;
        if (terms.Rules.Count > 0)
        {
            ref var set = ref state.RuleSets.Add(out var at);
            foreach (ref readonly var rule in ((ReadOnlySpan<RuleTerms>)rules)[..terms.Rules.Count])
            {
                set.Add(rule);
            }

            trial.RuleSet = at + 1;
            trial.Flags = AgentFlags.Rules;
        }

        return true;
    }
}
