using Aitbc.Protocol.Entries;

namespace Aitbc.Safety.Monitor;

/// <summary>What the detectors need to know of an action beside the window: worked out once, for the agent and for its
/// owner.</summary>
internal struct Act
{
    /// <summary>Below this, payees stand for what has no counterparty, one a class.</summary>
    public const int FirstAccount = 16;

    /// <summary>An account that is not there yet: never remembered, always a stranger.</summary>
    public const int NotOpened = -1;

    /// <summary>The bit of its command type.</summary>
    public ulong KindBit;

    /// <summary>0 payments, 1 stake, 2 orders, 3 bonds: values of one class are alike.</summary>
    public int Class;

    /// <summary>Value that leaves the owner's house; 0 where it goes to the owner or another of its agents.</summary>
    public ulong Value;

    /// <summary>The same, a single large value only in part: it is judged by itself.</summary>
    public ulong Flowing;

    /// <summary>Value that could close a circle: between siblings too, not between an agent and its owner.</summary>
    public ulong Flow;

    /// <summary>The agent's daily cap.</summary>
    public ulong Cap;

    /// <summary>Acts of a day that the gas cap pays for; of all its agents, for an owner.</summary>
    public ulong DailyActs;

    /// <summary>The payee, <see cref="FirstAccount"/> + the account, or what stands for it.</summary>
    public int Payee;

    /// <summary>The payee's place in the window, or below 0.</summary>
    public int Place;

    /// <summary>The payee as of now, where it has a place.</summary>
    public Dealings.Payee Known;

    /// <summary>What the payee got lately, this included.</summary>
    public ulong PayeeRecent;

    /// <summary>What the payee usually gets.</summary>
    public ulong PayeeUsual;

    /// <summary>Whether what was due during a standstill may be worked off.</summary>
    public bool IsCatchingUp;

    /// <summary>For an owner: what of its <see cref="Beyond"/> of the day is of the acting agent.</summary>
    public ulong OwnBeyond;

    /// <summary>What the payee usually gets a day from all; the most there is where it is trusted.</summary>
    public ulong Standing;

    /// <summary>The part of the value that is beyond what is usual with the payee.</summary>
    public ulong Beyond;

    /// <summary>Value by a type that the agent is new to; for an owner: value of a fresh agent.</summary>
    public ulong Young;

    /// <summary>The part of the flow that goes back to where it came from.</summary>
    public ulong Circle;

    /// <summary>Whether the agent is in probation.</summary>
    public bool IsFresh;

    /// <summary>Whether keys were changed lately.</summary>
    public bool IsWatched;

    /// <summary>Whether its window is an owner's.</summary>
    public bool IsOwner;

    /// <summary>The class of a command type.</summary>
    public static int ClassOf(CommandKind kind) => kind switch
    {
        CommandKind.Transfer or CommandKind.OpenAccount or CommandKind.RegisterAgent => 0,
        CommandKind.DepositStake or CommandKind.WithdrawStake => 1,
        CommandKind.PostWorkload or CommandKind.DeclareBlob => 2,
        _ => 3,
    };

    /// <summary>Whether a command type changes who can sign.</summary>
    public static bool ChangesKeys(CommandKind kind) => kind is CommandKind.AddKey or CommandKind.RevokeKey;
}
