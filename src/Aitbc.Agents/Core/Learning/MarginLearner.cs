using Aitbc.Primitives;

namespace Aitbc.Agents.Core.Learning;

/// <summary>
/// How a provider learns what margin over its cost the market bears: up a little with each job won, down with each job
/// lost. The auction pays the second score, so a margin that is too high loses jobs and one that is too low gains
/// nothing. Pure.
/// </summary>
public static class MarginLearner
{
    /// <summary>Least margin: 1 % over cost.</summary>
    public static readonly Ratio Floor = Ratio.FromPpm(10_000);

    /// <summary>Most margin: 150 % over cost.</summary>
    public static readonly Ratio Ceiling = Ratio.FromPpm(1_500_000);

    private const ulong Million = 1_000_000;
    private const ulong AfterWin = 1_060_000;
    private const ulong AfterLoss = 880_000;

    /// <summary>The margin after a bid was decided.</summary>
    /// <param name="margin">The margin it was made with, or the present one.</param>
    /// <param name="won">Whether it won.</param>
    public static Ratio After(Ratio margin, bool won)
    {
        var next = margin.Ppm * (won ? AfterWin : AfterLoss) / Million;
        return Ratio.FromPpm((uint)Math.Clamp(next, Floor.Ppm, Ceiling.Ppm));
    }

    /// <summary>What to ask: cost and margin, rounded up.</summary>
    /// <param name="cost">The job's cost, base units.</param>
    /// <param name="margin">The margin.</param>
    public static TokenAmount Ask(TokenAmount cost, Ratio margin) => cost + cost.ShareUp(margin);
}
