using Aitbc.Primitives;

namespace Aitbc.Protocol.Accounts;

/// <summary>An account's place in order of opening; 0 is the treasury. Stands for the account in state and events,
/// where 32 bytes an id would cost more than the rule it serves.</summary>
/// <param name="Value">0 to the number of accounts - 1.</param>
public readonly record struct AccountNumber(uint Value)
{
    /// <summary>The treasury: it takes gas and forfeits and holds what genesis gave to nobody.</summary>
    public static AccountNumber Treasury => default;

    /// <summary>The slot in the account table.</summary>
    public int Slot => (int)Value;

    /// <inheritdoc/>
    public override string ToString() => $"#{Value}";
}

/// <summary>What an account is.</summary>
public enum AccountKind : byte
{
    /// <summary>The protocol's own account; no key signs for it.</summary>
    System = 0,

    /// <summary>A person (or an organisation): may own agents and be a guardian.</summary>
    Human = 1,

    /// <summary>An agent: bounded by its constitution, stoppable by its guardians.</summary>
    Agent = 2,
}

/// <summary>Where in an account an amount stands. Their sum over all accounts is the supply, always.</summary>
public enum SubAccount : byte
{
    /// <summary>Free to use.</summary>
    Available = 0,

    /// <summary>Reserved by a client for a workload that is not settled.</summary>
    Escrow = 1,

    /// <summary>Staked.</summary>
    Stake = 2,

    /// <summary>Pledged on a bid or a job.</summary>
    Bond = 3,

    /// <summary>Unstaked, waiting to be free.</summary>
    Unbonding = 4,
}

/// <summary>One account. No padding: the bytes are hashed as they stand.</summary>
public struct AccountRecord
{
    /// <summary>Thumbprint of the account's first key; survives rotation. Zero for the treasury.</summary>
    public AccountId Id;

    /// <summary>Base units free to use.</summary>
    public TokenAmount Available;

    /// <summary>Base units in escrow.</summary>
    public TokenAmount Escrow;

    /// <summary>Base units staked.</summary>
    public TokenAmount Stake;

    /// <summary>Base units pledged.</summary>
    public TokenAmount Bond;

    /// <summary>Base units unbonding.</summary>
    public TokenAmount Unbonding;

    /// <summary>Slot + 1 of the first key; 0 is none.</summary>
    public int FirstKey;

    /// <summary>Slot + 1 of the first lane used; 0 is none.</summary>
    public int FirstLane;

    /// <summary>Slot + 1 of the agent record; 0 where the account is no agent.</summary>
    public int Agent;

    /// <summary>What the account is.</summary>
    public AccountKind Kind;

    /// <summary>Keys held, 1 to 4 (0 for the treasury).</summary>
    public byte KeyCount;

    /// <summary>1 while the key whose thumbprint is the account id is one of the account's keys and signs JWS: 0 for a
    /// passkey.</summary>
    public byte FirstKeySigns;

    /// <summary>1 for a member of the genesis council.</summary>
    public byte Council;

    /// <summary>Unbondings, workloads and services open, each against its own limit.</summary>
    public ushort OpenUnbondings;

    /// <summary>Workloads posted and not finished.</summary>
    public ushort OpenWorkloads;

    /// <summary>Services listed.</summary>
    public ushort OpenServices;

    /// <summary>Bids placed and not released.</summary>
    public ushort OpenBids;

    /// <summary>Rate limit: the instant, in microseconds since the epoch, at which the account's allowance is whole
    /// again (generic cell rate algorithm).</summary>
    public long RateWholeAtUs;

    /// <summary>The sub-account's balance.</summary>
    public readonly TokenAmount Balance(SubAccount sub) => sub switch
    {
        SubAccount.Available => Available,
        SubAccount.Escrow => Escrow,
        SubAccount.Stake => Stake,
        SubAccount.Bond => Bond,
        SubAccount.Unbonding => Unbonding,
        _ => throw new ArgumentOutOfRangeException(nameof(sub)),
    };

    /// <summary>All that the account holds.</summary>
    public readonly TokenAmount Total => Available + Escrow + Stake + Bond + Unbonding;
}

/// <summary>What became of the last 64 payloads of a lane, so that a payload sent twice gets its first outcome.
/// </summary>
/// <param name="DigestPrefix">The first eight bytes of the payload's digest.</param>
/// <param name="SeqAndOutcome">Entry sequence in the upper 48 bits, outcome in the lower 16.</param>
public readonly record struct PastOutcome(ulong DigestPrefix, ulong SeqAndOutcome);

/// <summary>64 past outcomes, by nonce sequence modulo 64.</summary>
[System.Runtime.CompilerServices.InlineArray(Length)]
public struct PastOutcomes
{
    /// <summary>Outcomes kept a lane.</summary>
    public const int Length = 64;

    private PastOutcome first;
}

/// <summary>One nonce lane of one account: an unbroken count, so that an account may have eight commands on their way
/// at once without an order among the lanes.</summary>
public struct LaneRecord
{
    /// <summary>Slot + 1 of the account's next lane; 0 ends the list.</summary>
    public int NextLane;

    /// <summary>Lane number, 0 to 7.</summary>
    public int Lane;

    /// <summary>The sequence that the next payload of this lane must carry; starts at 1.</summary>
    public ulong NextSequence;

    /// <summary>Past outcomes by sequence modulo 64.</summary>
    public PastOutcomes Past;
}
