using Aitbc.Protocol.Accounts;

namespace Aitbc.Simulation.Audit;

/// <summary>Which sub-accounts and phases each reason names, and for what it holds.</summary>
internal static class Postings
{
    /// <summary>Whether a movement has the shape of its reason.</summary>
    public static bool IsSound(in Moved moved)
    {
        var isOwn = moved.From == moved.To;
        var shape = (moved.Phase, moved.FromSub, moved.ToSub);
        return moved.Reason switch
        {
            MoveReason.Transfer or MoveReason.Deposit or MoveReason.Retirement => !isOwn
                && shape == (MovePhase.Direct, SubAccount.Available, SubAccount.Available),
            MoveReason.BlobRent => moved.To == AccountNumber.Treasury
                && shape == (MovePhase.Direct, SubAccount.Available, SubAccount.Available),
            MoveReason.Staked => isOwn && shape == (MovePhase.Direct, SubAccount.Available, SubAccount.Stake),
            MoveReason.Unstaked => isOwn && shape == (MovePhase.Pending, SubAccount.Stake, SubAccount.Unbonding),
            MoveReason.Unbonded => isOwn
                && shape == (MovePhase.TimedOut, SubAccount.Unbonding, SubAccount.Available),
            MoveReason.Escrow => isOwn && shape == (MovePhase.Pending, SubAccount.Available, SubAccount.Escrow),
            MoveReason.Payment => moved.Phase is MovePhase.Posted or MovePhase.TimedOut
                && !isOwn && (moved.FromSub, moved.ToSub) == (SubAccount.Escrow, SubAccount.Available),
            MoveReason.Refund => moved.Phase is MovePhase.Voided or MovePhase.TimedOut
                && isOwn && (moved.FromSub, moved.ToSub) == (SubAccount.Escrow, SubAccount.Available),
            MoveReason.BidBond or MoveReason.JobBond => isOwn
                && (shape == (MovePhase.Pending, SubAccount.Available, SubAccount.Bond)
                    || shape == (MovePhase.Voided, SubAccount.Bond, SubAccount.Available)),
            MoveReason.Forfeit => !isOwn && shape == (MovePhase.Posted, SubAccount.Bond, SubAccount.Available),
            MoveReason.ValidatorFee => (isOwn && shape == (MovePhase.Pending, SubAccount.Available, SubAccount.Escrow))
                || ((moved.FromSub, moved.ToSub) == (SubAccount.Escrow, SubAccount.Available)
                    && moved.Phase == (isOwn ? MovePhase.Voided : MovePhase.Posted)),
            MoveReason.VerdictBond => isOwn
                && (shape == (MovePhase.Pending, SubAccount.Available, SubAccount.Bond)
                    || shape == (MovePhase.Voided, SubAccount.Bond, SubAccount.Available)),
            MoveReason.VerdictForfeit => !isOwn
                && shape == (MovePhase.TimedOut, SubAccount.Bond, SubAccount.Available),
            MoveReason.Parked => isOwn
                && (shape == (MovePhase.Pending, SubAccount.Available, SubAccount.Escrow)
                    || shape == (MovePhase.Voided, SubAccount.Escrow, SubAccount.Available)
                    || shape == (MovePhase.TimedOut, SubAccount.Escrow, SubAccount.Available)),
            _ => false,
        };
    }

    /// <summary>What a movement holds or takes out of; null where it does neither. A forfeited bid bond is the
    /// treasury's, a forfeited job bond the client's.</summary>
    public static HoldKind? HoldOf(in Moved moved) => moved.Reason switch
    {
        MoveReason.Escrow or MoveReason.Payment or MoveReason.Refund => HoldKind.Escrow,
        MoveReason.BidBond => HoldKind.BidBond,
        MoveReason.JobBond => HoldKind.JobBond,
        MoveReason.Forfeit => moved.To == AccountNumber.Treasury ? HoldKind.BidBond : HoldKind.JobBond,
        MoveReason.ValidatorFee => HoldKind.ValidatorFee,
        MoveReason.VerdictBond or MoveReason.VerdictForfeit => HoldKind.VerdictBond,
        MoveReason.Unstaked or MoveReason.Unbonded => HoldKind.Unbonding,
        MoveReason.Parked => HoldKind.Parked,
        _ => null,
    };

    /// <summary>Whether a movement is what a command asks for, and not what follows from it.</summary>
    public static bool IsAskedFor(in Moved moved) => moved.Phase is MovePhase.Direct or MovePhase.Pending
        && moved.Reason is not (MoveReason.Retirement or MoveReason.Parked);
}
