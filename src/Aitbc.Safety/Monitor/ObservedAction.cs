using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;

namespace Aitbc.Safety.Monitor;

/// <summary>What the monitor sees of one command at admission: who, for whom, what, how much, to whom, when.</summary>
/// <param name="Agent">The account that acts.</param>
/// <param name="Owner">The account that owns it; the agent's own where it has no owner, which leaves out the view over
/// an owner's agents.</param>
/// <param name="Kind">The command's type.</param>
/// <param name="Value">What it puts at risk, as the constitution counts it; zero where it risks nothing.</param>
/// <param name="Counterparty">Whose the value becomes for good; null where it goes to the protocol or into an escrow or
/// bond whose taker is not known yet; <see cref="NotOpened"/> where that account does not exist yet.</param>
/// <param name="At">When it is admitted. Times of one monitor do not go back; one that does counts as the latest.
/// </param>
/// <param name="DailyCap">The most that the agent's constitution lets it move in 24 h: what its limits here are shares
/// of. Zero where it states none; then <see cref="MonitorOptions.CapWhereNone"/> stands for it.</param>
/// <param name="DailyActs">How many such acts the agent's gas cap pays for in 24 h: who grants gas for many acts
/// expects many. Zero where none is stated; then only the floors of <see cref="MonitorOptions"/> count.</param>
/// <remarks>Immutable.</remarks>
public readonly record struct ObservedAction(
    AccountNumber Agent,
    AccountNumber Owner,
    CommandKind Kind,
    TokenAmount Value,
    AccountNumber? Counterparty,
    Timestamp At,
    TokenAmount DailyCap,
    uint DailyActs = 0)
{
    /// <summary>Stands for an account that the command itself would open: nobody can have dealt with it before.
    /// </summary>
    public static AccountNumber NotOpened => new(uint.MaxValue);
}
