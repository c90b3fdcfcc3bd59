using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol;

/// <summary>The value that broke a limit, and the limit.</summary>
/// <param name="Value">What there would be, or is, base units.</param>
/// <param name="Limit">What there may be, or must be, base units.</param>
public readonly record struct LimitBreach(TokenAmount Value, TokenAmount Limit);

/// <summary>
/// What payloads would do, tried on a state inside a savepoint that is always taken back: the ledger's own checks one
/// by one and in its order, for whoever must know before it signs or asks a person. Nothing is journalled and no event
/// leaves.
/// </summary>
/// <remarks>
/// What is due is not drained first, so a deadline that has passed and was not ticked yet is not seen. One payload is
/// tried as <see cref="Admit"/>, then <see cref="Handle"/>, then <see cref="Finish"/>; another may follow, on what the
/// first left. A payload that waits is tried by <see cref="Grant"/> alone. Not thread-safe: the state's owner (or lock)
/// is held from construction to <see cref="Dispose"/>.
/// </remarks>
public sealed class DryRun : IDisposable
{
    private readonly LedgerState state;
    private readonly Step step;
    private Admitted admitted;
    private ClientPayload? payload;
    private int lifted = -1;

    /// <summary>Opens the savepoint.</summary>
    /// <param name="state">The state; no other savepoint may be open on it.</param>
    /// <param name="now">Time of the trial; an instant before the state's own is taken as the state's.</param>
    public DryRun(LedgerState state, Timestamp now)
    {
        this.state = state;
        step = new Step(state);
        Open(now);
    }

    /// <summary>Admission: form, chain, proof's key, nonce, expiry, gas, stops, epoch, lifecycle.</summary>
    /// <returns><see cref="Outcome.Applied"/> where it would be admitted.</returns>
    public Outcome Admit(ClientPayload payload)
    {
        this.payload = payload;
        var header = new EntryHeader(state.Globals.Seq, state.Globals.Term, state.Time);
        return Admission.Check(state, header, payload, out admitted);
    }

    /// <summary>Whether the payload admitted last was handled before; it would do nothing again.</summary>
    public bool IsDuplicate => admitted.IsDuplicate;

    /// <summary>What would become of the payload admitted last: bounds and own rules of each command in turn. What it
    /// would do stays for what is tried after it, also where it would wait for approval: that is what a person who is
    /// asked for it wants to see.</summary>
    /// <param name="failedAt">Place of the command that is refused; 0 where none is.</param>
    /// <returns><see cref="Outcome.Applied"/>, <see cref="Outcome.Parked"/> or the refusal.</returns>
    public Outcome Handle(out int failedAt)
    {
        var held = TokenAmount.Zero;
        var available = state.Accounts[admitted.From.Slot].Available;
        var waits = false;
        for (failedAt = 0; failedAt < payload!.Commands.Length; failedAt++)
        {
            var command = payload.Commands[failedAt];
            var exposure = Exposure.Of(state, command);
            var outcome = CheckBounds(command.Kind, exposure, isGranted: waits);
            if (outcome == Outcome.ApprovalNeeded && ApprovalRules.MayWait(state, admitted.From, payload))
            {
                waits = true;
                outcome = CheckBounds(command.Kind, exposure, isGranted: true);
            }

            outcome = outcome == Outcome.Applied ? Act(command) : outcome;
            if (outcome != Outcome.Applied)
            {
                failedAt = outcome == Outcome.ApprovalNeeded ? 0 : failedAt;
                return outcome;
            }

            held += exposure.Value + exposure.Stake;
        }

        failedAt = 0;
        return !waits ? Outcome.Applied
            : available - admitted.FullGas >= held ? Outcome.Parked
            : Outcome.InsufficientFunds;
    }

    /// <summary>What would become of a payload that waits, if its guardians approved it at this moment: checks 2 to 9
    /// once more, as at the grant. What it would do stays for who looks at the state then; where it would be refused,
    /// only that nothing is reserved for it any more.</summary>
    /// <param name="approval">The approval.</param>
    /// <param name="parked">What the journal has under it.</param>
    /// <param name="failedAt">Place of the command that is refused; 0 where none is.</param>
    public Outcome Grant(ApprovalId approval, ClientPayload parked, out int failedAt)
    {
        ArgumentNullException.ThrowIfNull(parked);
        failedAt = 0;
        var slot = state.FindApproval(approval);
        if (slot < 0)
        {
            return Outcome.NoSuchApproval;
        }

        payload = parked;
        var now = state.Time;
        var agent = state.Approvals[slot].Agent;
        ApprovalRules.End(step, slot, AccountNumber.Treasury, ApprovalEnding.Granted);
        var outcome = ExecuteAll(agent, parked, out failedAt);
        if (outcome != Outcome.Applied)
        {
            state.Rollback();
            Open(now);
            ApprovalRules.End(step, slot, AccountNumber.Treasury, ApprovalEnding.Granted);
        }

        return outcome;
    }

    private Outcome ExecuteAll(AccountNumber agent, ClientPayload parked, out int failedAt)
    {
        failedAt = 0;
        var market = parked.Commands.Any(static command => command.Kind.IsMarket());
        var outcome = Admission.CheckStops(state, state.Accounts[agent.Slot], market, parked.Epoch);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        var call = new Call(step, agent, TokenAmount.Zero, parked.Epoch);
        var consent = new Consent(IsGranted: true, parked.PayloadDigest);
        for (; failedAt < parked.Commands.Length && outcome == Outcome.Applied; failedAt++)
        {
            outcome = Ledger.Execute(call, parked.Commands[failedAt], consent);
        }

        failedAt = outcome == Outcome.Applied ? 0 : failedAt - 1;
        return outcome;
    }

    private void Open(Timestamp now)
    {
        ref readonly var globals = ref state.Globals;
        var timeMs = Math.Max(now.UnixMs, globals.TimeMs);
        state.Begin();
        state.BeginEntry(new EntryHeader(globals.Seq + 1, globals.Term, new Timestamp(timeMs)));
    }

    private Outcome CheckBounds(CommandKind kind, in Exposure exposure, bool isGranted) => ConstitutionRules.Check(
        state,
        state.Accounts[admitted.From.Slot],
        kind,
        exposure,
        new Consent(isGranted, payload!.PayloadDigest),
        out lifted);

    /// <summary>One command's own rules, whatever bounds its sender; where they let it pass, its effect stays for what
    /// is tried after it.</summary>
    public Outcome Act(Command command)
    {
        var exposure = Exposure.Of(state, command);
        var call = new Call(step, admitted.From, admitted.FullGas, payload!.Epoch);
        var outcome = Ledger.Act(call, command, exposure);
        if (outcome == Outcome.Applied)
        {
            Ledger.Count(call, command.Kind, exposure, lifted);
        }

        return outcome;
    }

    /// <summary>The payload's nonce and gas, as if all of its commands had taken effect.</summary>
    public void Finish() => step.Emit(new CommandHandled(
        admitted.From,
        (ushort)payload!.Lane,
        0,
        (uint)Outcome.Applied,
        payload.Sequence,
        payload.PayloadDigest.Prefix,
        admitted.FullGas));

    /// <summary>The figures behind a refusal, where it is one of too much or too little.</summary>
    /// <param name="outcome">What was found.</param>
    /// <param name="command">The command at fault; for a refusal at admission any.</param>
    public LimitBreach? Breach(Outcome outcome, Command command)
    {
        var slot = state.SlotOf(payload!.From);
        if (slot < 0)
        {
            return null;
        }

        ref readonly var account = ref state.Accounts[slot];
        var exposure = Exposure.Of(state, command);
        var needed = Sum(exposure.Value, exposure.Stake);
        switch (outcome)
        {
            case Outcome.NoGasMoney:
                return new LimitBreach(account.Available, admitted.FullGas);
            case Outcome.InsufficientFunds when !needed.IsZero:
                return new LimitBreach(account.Available, Sum(needed, admitted.FullGas));
            case Outcome.InsufficientStake:
                return new LimitBreach(account.Stake, state.Parameters.MinimumStake);
            default:
                return account.Agent == 0
                    ? null
                    : Breach(outcome, state.Agents[account.Agent - 1], exposure, account.Stake);
        }
    }

    /// <summary>Takes everything back.</summary>
    public void Dispose() => state.Rollback();

    /// <summary>A sum for people to read: an amount that no account can have shows as the largest there is.</summary>
    private static TokenAmount Sum(TokenAmount a, TokenAmount b) =>
        b > TokenAmount.MaxSupply - a ? TokenAmount.MaxSupply : a + b;

    private LimitBreach? Breach(Outcome outcome, in Identity.AgentRecord agent, in Exposure exposure, TokenAmount stake)
    {
        ref readonly var limits = ref agent.Constitution;
        var nowMs = state.Globals.TimeMs;
        return outcome switch
        {
            Outcome.ValueLimit => new LimitBreach(exposure.Value, limits.MaxValuePerAction),
            Outcome.VolumeLimit => new LimitBreach(
                Sum(RollingLimits.Used(state, agent.Volume, nowMs), exposure.Value), limits.MaxDailyVolume),
            Outcome.StakeLimit => new LimitBreach(Sum(stake, exposure.Stake), limits.MaxStake),
            Outcome.GasLimit => new LimitBreach(
                Sum(RollingLimits.Used(state, agent.Gas, nowMs), admitted.FullGas), limits.MaxGasPerDay),
            _ => null,
        };
    }
}
