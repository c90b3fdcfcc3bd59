using System.Numerics;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;

namespace Aitbc.Simulation.Audit;

/// <summary>What agents put at risk, summed from the movements themselves, against their constitutions and against what
/// was reserved.</summary>
internal sealed class LimitAudit(AuditLog log, AuditedAccounts accounts, Books books, StopAudit clock)
{
    private readonly Dictionary<AccountNumber, BigInteger> unreserved = [];
    private readonly Dictionary<AccountNumber, BigInteger> staked = [];
    private readonly Dictionary<(AccountNumber Account, CommandKind Action, long Bucket), BigInteger> unreleased = [];

    /// <summary>A movement that is booked; <paramref name="hold"/> is what it was taken out of.</summary>
    public void On(in Moved moved, Hold? hold)
    {
        if (accounts.AgentOf(moved.From) is not { } agent)
        {
            return;
        }

        BigInteger amount = moved.Amount.BaseUnits;
        if (PutsAtRisk(moved))
        {
            unreserved[moved.From] = unreserved.GetValueOrDefault(moved.From) + amount;
            Add(agent, amount);
        }
        else if (GivesBack(moved) && hold is not null)
        {
            GiveBack(agent, ActionOf(moved.Reason), hold.Bucket, amount);
        }
        else if (moved.Reason == MoveReason.Staked)
        {
            staked[moved.From] = amount;
            log.AtMost(
                AuditCheck.Stake,
                $"the stake of account {moved.From}",
                agent.Limits.MaxStake.BaseUnits,
                books.Of(moved.From, SubAccount.Stake));
        }
    }

    /// <summary>A reservation ends a command: it is of all that the command put at risk.</summary>
    public void On(in LimitReserved reserved)
    {
        BigInteger value;
        if (reserved.Action == CommandKind.DepositStake)
        {
            staked.Remove(reserved.Account, out value);
            log.Equal(
                AuditCheck.Rule, $"what account {reserved.Account} stakes and its rules count", value,
                reserved.Amount.BaseUnits);
            return;
        }

        unreserved.Remove(reserved.Account, out value);
        log.Equal(
            AuditCheck.DailyVolume,
            $"what is reserved for account {reserved.Account}",
            value,
            reserved.Amount.BaseUnits);
        if (accounts.AgentOf(reserved.Account) is { } agent)
        {
            log.AtMost(
                AuditCheck.ActionValue,
                $"the value of one action of account {reserved.Account}",
                agent.Limits.MaxValuePerAction.BaseUnits,
                value);
        }
    }

    public void On(in LimitReleased released)
    {
        var key = (released.Account, released.Action, (long)released.Bucket);
        unreleased[key] = unreleased.GetValueOrDefault(key) - released.Amount.BaseUnits;
    }

    public void On(in CommandHandled handled)
    {
        if (accounts.AgentOf(handled.From) is { } agent && !handled.Gas.IsZero)
        {
            log.AtMost(
                AuditCheck.DailyGas,
                $"the gas of account {handled.From} in 24 h",
                agent.Limits.MaxGasPerDay.BaseUnits,
                agent.Gas.Add(clock.NowMs, handled.Gas.BaseUnits));
        }
    }

    /// <summary>What was put at risk was reserved, what was given back was released, into its own bucket.</summary>
    public void End()
    {
        foreach (var (account, value) in unreserved)
        {
            log.Equal(AuditCheck.DailyVolume, $"what account {account} put at risk unreserved", 0, value);
        }

        foreach (var ((account, _, bucket), rest) in unreleased)
        {
            log.Equal(
                AuditCheck.DailyVolume,
                $"what account {account} has back and was not released into bucket {bucket}",
                0,
                rest);
        }

        unreserved.Clear();
        staked.Clear();
        unreleased.Clear();
    }

    /// <summary>What waits counts against its agent's limits as if it were done.</summary>
    public void Reserve(AccountNumber account, CommandKind action, BigInteger amount)
    {
        if (accounts.AgentOf(account) is { } agent)
        {
            if (action != CommandKind.DepositStake)
            {
                Add(agent, amount);
            }

            foreach (var rule in agent.Rules.Where(one => one.Terms.Kind == RuleKind.RollingValue && one.Binds(action)))
            {
                log.AtMost(
                    AuditCheck.Rule, $"the value of {action} of account {account} in a window",
                    rule.Terms.Amount.BaseUnits, rule.Used.Add(clock.NowMs, amount));
            }
        }
    }

    /// <summary>What was reserved and not spent goes back into its own bucket, and must be said to.</summary>
    public void GiveBack(AuditedAgent agent, CommandKind action, long bucket, BigInteger amount)
    {
        var key = (agent.Number, action, bucket);
        unreleased[key] = unreleased.GetValueOrDefault(key) + amount;
        if (action != CommandKind.DepositStake)
        {
            agent.Volume.TakeBack(bucket, amount);
        }

        foreach (var rule in agent.Rules.Where(one =>
            one.Terms.Kind == RuleKind.RollingValue && one.Binds(action) && bucket > one.Since))
        {
            rule.Used.TakeBack(bucket, amount);
        }
    }

    private void Add(AuditedAgent agent, BigInteger amount) => log.AtMost(
        AuditCheck.DailyVolume,
        $"the value of account {agent.Number} in 24 h",
        agent.Limits.MaxDailyVolume.BaseUnits,
        agent.Volume.Add(clock.NowMs, amount));

    private static CommandKind ActionOf(MoveReason reason) => reason switch
    {
        MoveReason.BidBond or MoveReason.JobBond => CommandKind.PlaceBid,
        MoveReason.VerdictBond => CommandKind.CommitVerdict,
        _ => CommandKind.PostWorkload,
    };

    private static bool PutsAtRisk(in Moved moved) =>
        moved.Reason is MoveReason.Transfer or MoveReason.Deposit or MoveReason.BlobRent
        || (moved.Phase == MovePhase.Pending
            && moved.Reason is MoveReason.Escrow or MoveReason.BidBond or MoveReason.JobBond
                or MoveReason.ValidatorFee or MoveReason.VerdictBond);

    private static bool GivesBack(in Moved moved) => moved.Phase != MovePhase.Pending
        && (moved.Reason is MoveReason.Refund or MoveReason.BidBond or MoveReason.JobBond or MoveReason.VerdictBond
            || (moved.Reason == MoveReason.ValidatorFee && moved.From == moved.To));
}
