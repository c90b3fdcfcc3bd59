using System.Runtime.CompilerServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;

namespace Aitbc.Protocol.Identity;

/// <summary>One key of one account.</summary>
public struct KeyRecord
{
    /// <summary>Slot + 1 of the account's next key; 0 ends the list.</summary>
    public int NextKey;

    /// <summary>Whose key it is.</summary>
    public AccountNumber Account;

    /// <summary>Thumbprint.</summary>
    public KeyId Id;

    /// <summary>The key itself.</summary>
    public PublicKey Key;

    /// <summary>For a passkey SHA-256 of the origin that it is bound to; zero for a key that signs JWS.</summary>
    public Digest Origin;
}

/// <summary>The kinds of agents of the seed; the kind is a statement, what it may do is its constitution.</summary>
public enum AgentKind : byte
{
    /// <summary>Offers model inference.</summary>
    Inference = 1,

    /// <summary>Trains models.</summary>
    Training = 2,

    /// <summary>Verifies results.</summary>
    Validation = 3,

    /// <summary>Supplies and curates data.</summary>
    Data = 4,

    /// <summary>Keeps markets liquid.</summary>
    LiquidityProvider = 5,

    /// <summary>Trades price differences away.</summary>
    Arbitrage = 6,

    /// <summary>Hedges and insures.</summary>
    RiskManagement = 7,

    /// <summary>Votes.</summary>
    Voting = 8,

    /// <summary>Researches and proposes.</summary>
    Analysis = 9,

    /// <summary>Watches community rules.</summary>
    Moderation = 10,

    /// <summary>Buys work: the demand side, which the seed leaves unnamed.</summary>
    Requester = 11,
}

/// <summary>Up to four capabilities.</summary>
[InlineArray(Length)]
public struct Capabilities
{
    /// <summary>Most capabilities an agent may state.</summary>
    public const int Length = 4;

    private Label first;
}

/// <summary>Up to eight accounts.</summary>
[InlineArray(Length)]
public struct AccountSet
{
    /// <summary>Most accounts in a set.</summary>
    public const int Length = 8;

    private AccountNumber first;
}

/// <summary>What an agent has beside its constitution's limits: where it has nothing, one look says so.</summary>
[Flags]
public enum AgentFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its constitution has rules.</summary>
    Rules = 1,

    /// <summary>An override is in force.</summary>
    Overrides = 2,

    /// <summary>It is in safe mode: it may only shrink what it is exposed to.</summary>
    SafeMode = 4,

    /// <summary>The monitor wants a payload of it approved.</summary>
    Verdict = 8,
}

/// <summary>An agent: who owns and guards it, what binds it, whether it is stopped, how its work went. What every
/// command reads stands first, within four cache lines.</summary>
public struct AgentRecord
{
    /// <summary>The agent's account.</summary>
    public AccountNumber Account;

    /// <summary>The person who owns it.</summary>
    public AccountNumber Owner;

    /// <summary>The epoch of its last stop: payloads, offers and bids made before it are dead.</summary>
    public ulong Fence;

    /// <summary>When its keys last changed, ms since the epoch; 0 is never.</summary>
    public long KeysChangedAtMs;

    /// <summary>Its kind.</summary>
    public AgentKind Kind;

    /// <summary>1 while stopped by a guardian.</summary>
    public byte Stopped;

    /// <summary>1 once retired; for ever.</summary>
    public byte Retired;

    /// <summary>What it has beside its limits.</summary>
    public AgentFlags Flags;

    /// <summary>Slot + 1 of its constitution's rules; 0 is none.</summary>
    public int RuleSet;

    /// <summary>Rolling 24 h of value reserved or spent.</summary>
    public RollingWindow Volume;

    /// <summary>Rolling 24 h of gas.</summary>
    public RollingWindow Gas;

    /// <summary>Limits.</summary>
    public ConstitutionRecord Constitution;

    /// <summary>Jobs settled without fault.</summary>
    public uint JobsSettled;

    /// <summary>Jobs that ended by its fault.</summary>
    public uint JobsFaulted;

    /// <summary>Entry since which its host was last not heard of; 0 is never.</summary>
    public ulong GoneAtSeq;

    /// <summary>Entry since which its host was last heard of again; 0 is never. The later of the two counts.</summary>
    public ulong BackAtSeq;

    /// <summary>Zero.</summary>
    public ulong Unused2;

    /// <summary>The people who may stop it.</summary>
    public AccountSet Guardians;

    /// <summary>What it states it can do.</summary>
    public Capabilities Capabilities;

    /// <summary>Version it states of itself.</summary>
    public Label Version;

    /// <summary>How many guardians must agree to release or loosen.</summary>
    public byte GuardianThreshold;

    /// <summary>Guardians in the set.</summary>
    public byte GuardianCount;

    /// <summary>Bit i: guardian i agrees to the release.</summary>
    public byte ReleaseVotes;

    /// <summary>Capabilities stated.</summary>
    public byte CapabilityCount;

    /// <summary>Slot + 1 of the rules that the next change of its constitution brings; 0 is none.</summary>
    public int NextRuleSet;

    /// <summary>Slot + 1 of its newest override; 0 is none.</summary>
    public int FirstOverride;

    /// <summary>Slot + 1 of its newest parked payload; 0 is none.</summary>
    public int FirstApproval;

    /// <summary>Slot + 1 of its guardians' newest motion; 0 is none.</summary>
    public int FirstMotion;

    /// <summary>Overrides in force.</summary>
    public byte OverrideCount;

    /// <summary>Payloads that wait.</summary>
    public byte ApprovalCount;

    /// <summary>Motions that are open.</summary>
    public byte MotionCount;

    /// <summary>Zero.</summary>
    public byte Unused1;

    /// <summary>When its constitution last changed, ms; 0 where it never did.</summary>
    public long ConstitutionChangedAtMs;

    /// <summary>Digest of the payload that the monitor wants approved, while <see cref="AgentFlags.Verdict"/> is set.
    /// </summary>
    public Digest JudgedPayload;

    /// <summary>Whether its host is heard of.</summary>
    public readonly bool IsLive => GoneAtSeq <= BackAtSeq;

    /// <summary>Whether its host was heard of at an earlier entry, as far as the last time that it was gone tells.
    /// </summary>
    public readonly bool WasLive(ulong seq) => GoneAtSeq >= seq || (IsLive && BackAtSeq <= seq);
}
