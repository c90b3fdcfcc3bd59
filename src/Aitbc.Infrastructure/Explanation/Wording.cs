using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.State;

namespace Aitbc.Infrastructure.Explanation;

/// <summary>What people are asked to sign, and what binds agents, in plain words.</summary>
/// <remarks>Not thread-safe; the state's owner (or lock) is held meanwhile.</remarks>
public sealed class Wording
{
    private readonly AccountNames names;

    /// <summary>Words that name accounts by number, where a state knows them.</summary>
    /// <param name="state">The state; null to name every account by its id: for who has nothing but the bytes.</param>
    public Wording(LedgerState? state) => names = new AccountNames(state);

    /// <summary>The accounts that were named by number so far.</summary>
    public IReadOnlyList<ExplainedAccount> Accounts => names.Named();

    /// <summary>A command, without a full stop.</summary>
    /// <param name="command">The command.</param>
    public string Of(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return CommandWords.Of(command, names);
    }

    /// <summary>A whole constitution: one sentence a line, in the order of <see cref="ConstitutionLine"/>, then one a
    /// rule.</summary>
    /// <param name="terms">The constitution.</param>
    public IReadOnlyList<string> Of(ConstitutionTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return
        [
            .. Enum.GetValues<ConstitutionLine>().Where(line => line != ConstitutionLine.Rule)
                .Select(line => Of(terms, line, -1)),
            .. Enumerable.Range(0, terms.Rules.Count).Select(rule => Of(terms, ConstitutionLine.Rule, rule)),
        ];
    }

    /// <summary>One line of a constitution, as a sentence.</summary>
    /// <param name="terms">The constitution.</param>
    /// <param name="line">Which line.</param>
    /// <param name="rule">Place of the rule, from 0; of no meaning elsewhere.</param>
    public string Of(ConstitutionTerms terms, ConstitutionLine line, int rule)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return line switch
        {
            ConstitutionLine.MaxStake => $"It stakes at most {terms.MaxStake.ToDisplay()}.",
            ConstitutionLine.MaxDailyVolume =>
                $"It spends or binds at most {terms.MaxDailyVolume.ToDisplay()} in any 24 hours.",
            ConstitutionLine.MaxGasPerDay =>
                $"It pays at most {terms.MaxGasPerDay.ToDisplay()} of gas in any 24 hours.",
            ConstitutionLine.MaxValuePerAction =>
                $"One action moves at most {terms.MaxValuePerAction.ToDisplay()}.",
            ConstitutionLine.AllowedActions => terms.AllowedActions.Count == 0
                ? "It may do nothing."
                : $"It may do these and nothing else: {OversightWords.Names(terms.AllowedActions)}.",
            ConstitutionLine.Counterparties => terms.Counterparties.Count == 0
                ? "Value may go to anybody."
                : $"Value goes only to {string.Join(", ", terms.Counterparties.Select(names.Of))}.",
            ConstitutionLine.HoursUtc => terms.HoursUtc == ConstitutionTerms.AnyHour
                ? "It acts at any hour."
                : $"It acts only in the hours {OversightWords.Hours(terms.HoursUtc)} UTC.",
            ConstitutionLine.KeyChangeHold => terms.KeyChangeHold.Ms == 0
                ? "A change of its keys holds nothing back."
                : $"After a change of its keys no value leaves for {PlainWords.Span(terms.KeyChangeHold.Ms)}.",
            ConstitutionLine.RequiresHumanApproval => terms.RequiresHumanApproval
                ? "Each action with value waits for its guardians' approval."
                : "Nothing waits for approval but what a rule below names.",
            _ => Sentence(OversightWords.Of(terms.Rules[rule], names)),
        };
    }

    private static string Sentence(string words) => $"{char.ToUpperInvariant(words[0])}{words[1..]}.";
}
