using Aitbc.Protocol;

namespace Aitbc.Infrastructure.Explanation;

/// <summary>Outcomes in words, for people and problem details.</summary>
/// <remarks>Pure, thread-safe.</remarks>
public static class OutcomeWords
{
    /// <summary>The rule behind an outcome, as a sentence.</summary>
    public static string Of(Outcome outcome)
    {
        var rule = RuleWords.Of(outcome);
        return $"{char.ToUpperInvariant(rule[0])}{rule[1..]}.";
    }
}
