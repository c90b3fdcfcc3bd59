using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Accounts;

/// <summary>Where a movement stands in a two-phase transfer. Source: TigerBeetle's pending transfers.</summary>
public enum MovePhase : byte
{
    /// <summary>Done at once.</summary>
    Direct = 0,

    /// <summary>Reserved for something that is not decided.</summary>
    Pending = 1,

    /// <summary>A reservation that went to whom it was meant for.</summary>
    Posted = 2,

    /// <summary>A reservation that went back.</summary>
    Voided = 3,

    /// <summary>A reservation that a deadline decided.</summary>
    TimedOut = 4,
}

/// <summary>Why an amount moved.</summary>
public enum MoveReason : byte
{
    /// <summary>Genesis.</summary>
    Genesis = 0,

    /// <summary>A transfer.</summary>
    Transfer = 1,

    /// <summary>A first deposit.</summary>
    Deposit = 2,

    /// <summary>Staked.</summary>
    Staked = 3,

    /// <summary>Unstaked.</summary>
    Unstaked = 4,

    /// <summary>Unbonded.</summary>
    Unbonded = 5,

    /// <summary>A client's maximum price.</summary>
    Escrow = 6,

    /// <summary>The price of a job.</summary>
    Payment = 7,

    /// <summary>What was left of an escrow, or all of it.</summary>
    Refund = 8,

    /// <summary>The bond on a bid's opening.</summary>
    BidBond = 9,

    /// <summary>The bond on a job.</summary>
    JobBond = 10,

    /// <summary>A forfeited bond.</summary>
    Forfeit = 11,

    /// <summary>Prepaid rent of a blob.</summary>
    BlobRent = 12,

    /// <summary>A retired agent's rest.</summary>
    Retirement = 13,

    /// <summary>What validators are paid, or what is left of it.</summary>
    ValidatorFee = 14,

    /// <summary>The bond on a verdict.</summary>
    VerdictBond = 15,

    /// <summary>The bond of a validator that was silent.</summary>
    VerdictForfeit = 16,

    /// <summary>What a payload holds while it waits for approval.</summary>
    Parked = 17,
}

/// <summary>An amount moved between sub-accounts: the only way an amount moves, but for gas, which
/// <see cref="CommandHandled"/> carries.</summary>
/// <param name="From">Payer.</param>
/// <param name="To">Payee.</param>
/// <param name="FromSub">Out of which sub-account.</param>
/// <param name="ToSub">Into which.</param>
/// <param name="Phase">Two-phase standing.</param>
/// <param name="Reason">Why.</param>
/// <param name="Subject">Id of the workload, unbonding or blob it belongs to; 0 is none.</param>
/// <param name="Amount">Base units.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct Moved(
    AccountNumber From,
    AccountNumber To,
    SubAccount FromSub,
    SubAccount ToSub,
    MovePhase Phase,
    MoveReason Reason,
    ulong Subject,
    TokenAmount Amount) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.Moved;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        Take(ref state.Accounts.Write(From.Slot), FromSub, Amount);
        Give(ref state.Accounts.Write(To.Slot), ToSub, Amount);
    }

    private static void Take(ref AccountRecord account, SubAccount sub, TokenAmount amount)
    {
        switch (sub)
        {
            case SubAccount.Available: account.Available -= amount; break;
            case SubAccount.Escrow: account.Escrow -= amount; break;
            case SubAccount.Stake: account.Stake -= amount; break;
            case SubAccount.Bond: account.Bond -= amount; break;
            case SubAccount.Unbonding: account.Unbonding -= amount; break;
            default: throw new InvalidDataException("An event names a sub-account that does not exist.");
        }
    }

    private static void Give(ref AccountRecord account, SubAccount sub, TokenAmount amount)
    {
        switch (sub)
        {
            case SubAccount.Available: account.Available += amount; break;
            case SubAccount.Escrow: account.Escrow += amount; break;
            case SubAccount.Stake: account.Stake += amount; break;
            case SubAccount.Bond: account.Bond += amount; break;
            case SubAccount.Unbonding: account.Unbonding += amount; break;
            default: throw new InvalidDataException("An event names a sub-account that does not exist.");
        }
    }
}

/// <summary>A payload was handled: its nonce is used, its gas paid to the treasury, its outcome kept.</summary>
/// <param name="From">Sender.</param>
/// <param name="Lane">Nonce lane.</param>
/// <param name="FailedAt">Place, in the payload, of the command that was refused; 0 where none was.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Sequence">Nonce sequence.</param>
/// <param name="DigestPrefix">First eight bytes of the payload's digest.</param>
/// <param name="Gas">Base units paid.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct CommandHandled(
    AccountNumber From,
    ushort Lane,
    ushort FailedAt,
    uint Outcome,
    ulong Sequence,
    ulong DigestPrefix,
    TokenAmount Gas) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.CommandHandled;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref readonly var globals = ref state.Globals;
        ref var account = ref state.Accounts.Write(From.Slot);
        RateLimit.Count(ref account, globals.TimeMs, state.Parameters);
        if (!Gas.IsZero)
        {
            account.Available -= Gas;
            state.Accounts.Write(AccountNumber.Treasury.Slot).Available += Gas;
            if (account.Agent != 0)
            {
                RollingLimits.Reserve(
                    state, ref state.Agents.Write(account.Agent - 1).Gas, globals.TimeMs, Gas);
            }
        }

        var slot = state.FindLane(account, Lane);
        if (slot < 0)
        {
            ref var fresh = ref state.Lanes.Add(out slot);
            fresh.NextLane = account.FirstLane;
            fresh.Lane = Lane;
            account.FirstLane = slot + 1;
        }

        ref var lane = ref state.Lanes.Write(slot);
        lane.NextSequence = Sequence + 1;
        lane.Past[(int)(Sequence % PastOutcomes.Length)] =
            new PastOutcome(DigestPrefix, (globals.Seq << 16) | Outcome);
    }
}

/// <summary>An account was opened; its number is the next.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Council">1 for the genesis council.</param>
/// <param name="Unused">Zero.</param>
/// <param name="Key">Its first key.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct AccountOpened(
    AccountNumber Number,
    AccountKind Kind,
    byte Council,
    ushort Unused,
    PublicKey Key) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.AccountOpened;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var account = ref state.Accounts.Add(out var slot);
        account.Kind = Kind;
        account.Council = Council;
        if (Kind == AccountKind.System)
        {
            return;
        }

        var id = Key.Thumbprint();
        account.Id = (AccountId)id;
        account.FirstKeySigns = 1;
        account.KeyCount = 1;
        state.AccountIndex.Add(account.Id.Prefix, slot);
        ref var key = ref state.Keys.Add(out var keySlot);
        key.Account = Number;
        key.Id = id;
        key.Key = Key;
        account.FirstKey = keySlot + 1;
    }
}

/// <summary>The chain began.</summary>
/// <param name="Genesis">The genesis file's digest.</param>
/// <param name="BeaconCommitment">Head of the beacon's chain.</param>
/// <param name="Supply">All tokens; they start as the treasury's.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct GenesisApplied(Digest Genesis, Digest BeaconCommitment, TokenAmount Supply)
    : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.GenesisApplied;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var globals = ref state.GlobalTable.Write(0);
        globals.Genesis = Genesis;
        globals.BeaconHead = BeaconCommitment;
        globals.Supply = Supply;
        state.Accounts.Write(AccountNumber.Treasury.Slot).Available = Supply;
    }
}
