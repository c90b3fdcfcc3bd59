namespace Aitbc.Protocol.Entries;

/// <summary>To which part of the protocol a command belongs.</summary>
public static class CommandTraits
{
    private const ulong Market =
        (1UL << (int)CommandKind.ListService) | (1UL << (int)CommandKind.UpdateService)
        | (1UL << (int)CommandKind.DelistService) | (1UL << (int)CommandKind.PostWorkload)
        | (1UL << (int)CommandKind.CancelWorkload) | (1UL << (int)CommandKind.PlaceBid)
        | (1UL << (int)CommandKind.OpenBid) | (1UL << (int)CommandKind.StartWork)
        | (1UL << (int)CommandKind.SubmitWork) | (1UL << (int)CommandKind.AcceptWork)
        | (1UL << (int)CommandKind.SealWork) | (1UL << (int)CommandKind.RevealWork)
        | (1UL << (int)CommandKind.CommitVerdict) | (1UL << (int)CommandKind.RevealVerdict);

    /// <summary>Whether a stop of the market reaches it.</summary>
    public static bool IsMarket(this CommandKind kind) => (Market >> (int)kind & 1) == 1;

    /// <summary>Whether it is a guardian's, an owner's or the council's own: no stop reaches it.</summary>
    public static bool IsOversight(this CommandKind kind) =>
        kind is (>= CommandKind.StopAgent and <= CommandKind.ReleaseMarket)
            or (>= CommandKind.ChangeConstitution and <= CommandKind.DenyApproval);

    /// <summary>Whether what it puts at risk counts against the daily volume. A stake stays the agent's own, bounded by
    /// <c>maxStake</c>; the rules that name its action count it all the same, for a stake can be lost.</summary>
    public static bool IsVolume(this CommandKind kind) => kind != CommandKind.DepositStake;

    /// <summary>Whether it lets an agent take on more than it has: what safe mode refuses beside what costs or frees
    /// value.</summary>
    public static bool Grows(this CommandKind kind) =>
        kind is CommandKind.ListService or CommandKind.UpdateService or CommandKind.AddKey;
}
