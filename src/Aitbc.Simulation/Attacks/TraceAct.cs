using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Safety.Monitor;

namespace Aitbc.Simulation.Attacks;

/// <summary>One act of a trace.</summary>
/// <param name="AtMs">When, ms since the trace's start.</param>
/// <param name="Agent">Who, its place in the population.</param>
/// <param name="Kind">The command's type.</param>
/// <param name="Micro">Value in millionths of a token.</param>
/// <param name="To">Account number of who gets it; <see cref="Nobody"/> where that is open.</param>
/// <param name="Attack">Number of the attack it belongs to; <see cref="Honest"/> where it belongs to none.</param>
internal readonly record struct TraceAct(long AtMs, int Agent, CommandKind Kind, ulong Micro, int To, int Attack)
{
    public const int Nobody = -1;
    public const int Honest = -1;

    /// <summary>Of an agent that prepares an attack: neither scored as honest nor as the attack.</summary>
    public const int Accomplice = -2;

    /// <summary>Nobody knows the label.</summary>
    public ObservedAction Observed(TraceAgent agent, Timestamp start) => new(
        new AccountNumber((uint)agent.Account),
        new AccountNumber((uint)agent.Owner),
        Kind,
        Amount(Micro),
        To == Nobody ? null : new AccountNumber((uint)To),
        new Timestamp(start.UnixMs + AtMs),
        Amount(agent.Cap));

    private static TokenAmount Amount(ulong micro) =>
        TokenAmount.FromBaseUnits((UInt128)micro * 1_000_000_000_000);
}
