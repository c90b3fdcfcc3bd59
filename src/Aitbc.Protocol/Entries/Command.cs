namespace Aitbc.Protocol.Entries;

/// <summary>The closed list of what an account may ask of the ledger. The number is the bit in a constitution's
/// <c>allowedActions</c>; names on the wire stand in <see cref="CommandNames"/>.</summary>
public enum CommandKind : byte
{
    /// <summary>transfer</summary>
    Transfer = 0,

    /// <summary>account.open</summary>
    OpenAccount = 1,

    /// <summary>agent.register</summary>
    RegisterAgent = 2,

    /// <summary>key.add</summary>
    AddKey = 3,

    /// <summary>key.revoke</summary>
    RevokeKey = 4,

    /// <summary>agent.retire</summary>
    RetireAgent = 5,

    /// <summary>stake.deposit</summary>
    DepositStake = 6,

    /// <summary>stake.withdraw</summary>
    WithdrawStake = 7,

    /// <summary>service.list</summary>
    ListService = 8,

    /// <summary>service.update</summary>
    UpdateService = 9,

    /// <summary>service.delist</summary>
    DelistService = 10,

    /// <summary>blob.declare</summary>
    DeclareBlob = 11,

    /// <summary>workload.post</summary>
    PostWorkload = 12,

    /// <summary>workload.cancel</summary>
    CancelWorkload = 13,

    /// <summary>bid.place</summary>
    PlaceBid = 14,

    /// <summary>bid.open</summary>
    OpenBid = 15,

    /// <summary>workload.start</summary>
    StartWork = 16,

    /// <summary>workload.submit</summary>
    SubmitWork = 17,

    /// <summary>workload.accept</summary>
    AcceptWork = 18,

    /// <summary>agent.stop</summary>
    StopAgent = 19,

    /// <summary>agent.release</summary>
    ReleaseAgent = 20,

    /// <summary>market.stop</summary>
    StopMarket = 21,

    /// <summary>market.release</summary>
    ReleaseMarket = 22,

    /// <summary>workload.seal</summary>
    SealWork = 23,

    /// <summary>workload.reveal</summary>
    RevealWork = 24,

    /// <summary>verdict.commit</summary>
    CommitVerdict = 25,

    /// <summary>verdict.reveal</summary>
    RevealVerdict = 26,

    /// <summary>constitution.change</summary>
    ChangeConstitution = 27,

    /// <summary>guardians.change</summary>
    ChangeGuardians = 28,

    /// <summary>override.set</summary>
    SetOverride = 29,

    /// <summary>override.revoke</summary>
    RevokeOverride = 30,

    /// <summary>motion.agree</summary>
    AgreeMotion = 31,

    /// <summary>motion.reject</summary>
    RejectMotion = 32,

    /// <summary>approval.grant</summary>
    GrantApproval = 33,

    /// <summary>approval.deny</summary>
    DenyApproval = 34,
}

/// <summary>Names of the command types on the wire.</summary>
public static class CommandNames
{
    /// <summary>How many command types there are.</summary>
    public const int Count = 35;

    private static readonly string[] Names =
    [
        "transfer", "account.open", "agent.register", "key.add", "key.revoke", "agent.retire", "stake.deposit",
        "stake.withdraw", "service.list", "service.update", "service.delist", "blob.declare", "workload.post",
        "workload.cancel", "bid.place", "bid.open", "workload.start", "workload.submit", "workload.accept",
        "agent.stop", "agent.release", "market.stop", "market.release", "workload.seal", "workload.reveal",
        "verdict.commit", "verdict.reveal", "constitution.change", "guardians.change", "override.set",
        "override.revoke", "motion.agree", "motion.reject", "approval.grant", "approval.deny",
    ];

    /// <summary>The name on the wire.</summary>
    public static string NameOf(CommandKind kind) => Names[(int)kind];

    /// <summary>The kind of a name, or null where there is none.</summary>
    public static CommandKind? KindOf(string name)
    {
        var at = Array.IndexOf(Names, name);
        return at < 0 ? null : (CommandKind)at;
    }
}

/// <summary>
/// One command inside a payload. The types stand in their modules' Commands.cs; the list is closed by
/// <see cref="CommandKind"/>.
/// </summary>
/// <param name="Kind">Its type.</param>
public abstract record Command(CommandKind Kind);
