using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Safety;

/// <summary>What an agent (or a person) wants done and why. A wish: it grants nothing and may say anything.</summary>
/// <param name="From">Whose account acts.</param>
/// <param name="Commands">1 to 1,024 commands, all or nothing.</param>
/// <param name="Why">The actor's reason in a few words, for the audit file; cut at <see cref="MaxWhyLength"/>.</param>
/// <remarks>Immutable as long as nobody changes the list behind it; the gateway copies it first.</remarks>
public sealed record ProposedAction(AccountId From, IReadOnlyList<Command> Commands, string Why)
{
    /// <summary>Longest reason that the audit file keeps, characters.</summary>
    public const int MaxWhyLength = 200;

    /// <summary>A proposal of one command.</summary>
    /// <param name="from">Whose account acts.</param>
    /// <param name="command">The command.</param>
    /// <param name="why">The reason.</param>
    public ProposedAction(AccountId from, Command command, string why)
        : this(from, [command], why)
    {
    }
}
