using Aitbc.Primitives;

namespace Aitbc.Agents.Core.Learning;

/// <summary>
/// How a client learns what a unit of work costs: it offers at most twice what it paid lately (a moving average of
/// eight), and a quarter more each time nobody took the job. Pure.
/// </summary>
public static class BudgetLearner
{
    private const ulong Weight = 8;
    private const ulong Headroom = 2;

    /// <summary>What a unit costs, after a job was paid.</summary>
    /// <param name="perUnit">What was thought so far, base units.</param>
    /// <param name="paid">What the job cost, base units.</param>
    /// <param name="units">Its units, 1 or more.</param>
    public static TokenAmount AfterPaid(TokenAmount perUnit, TokenAmount paid, uint units) =>
        perUnit.MulDivDown(Weight - 1, Weight) + paid.MulDivDown(1, Weight * units);

    /// <summary>What a unit costs, after nobody took a job.</summary>
    /// <param name="perUnit">What was thought so far, base units.</param>
    public static TokenAmount AfterNobody(TokenAmount perUnit) => perUnit.MulDivUp(5, 4);

    /// <summary>The most to offer for a job.</summary>
    /// <param name="perUnit">What a unit is thought to cost, base units.</param>
    /// <param name="units">Its units.</param>
    public static TokenAmount Offer(TokenAmount perUnit, uint units) => perUnit.MulDivUp(Headroom * units, 1);
}
