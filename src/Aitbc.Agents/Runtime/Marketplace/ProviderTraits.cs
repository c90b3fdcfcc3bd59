using Aitbc.Agents.Core.Learning;
using Aitbc.Agents.Core.Memory;
using Aitbc.Primitives;

namespace Aitbc.Agents.Runtime.Marketplace;

/// <summary>What sets one provider apart from the next of its kind. Immutable.</summary>
/// <param name="PerJob">Cost of any job, base units.</param>
/// <param name="PerUnit">Cost of a unit, base units.</param>
/// <param name="FirstMargin">Margin before it has learnt anything.</param>
/// <param name="MissOdds">How often it lets a job pass that it has won, until the deadline finds it at fault.</param>
/// <param name="Slowness">How long it takes in virtual time, against others of its kind: one is the kind's own.</param>
public sealed record ProviderTraits(
    TokenAmount PerJob, TokenAmount PerUnit, Ratio FirstMargin, Ratio MissOdds, Ratio Slowness)
{
    /// <summary>What goes wrong with the first jobs it wins, in their order; nothing with later ones. Default nothing.
    /// </summary>
    public IReadOnlyList<Slip> Slips { get; init; } = [];

    /// <summary>Cost of a job.</summary>
    /// <param name="units">Its units.</param>
    public TokenAmount CostOf(uint units) => PerJob + PerUnit.MulDivUp(units, 1);

    /// <summary>What it asks for a job at a margin, at most what the client pays; null where that is below cost.
    /// </summary>
    /// <param name="units">The job's units.</param>
    /// <param name="margin">The margin it has learnt.</param>
    /// <param name="maxPrice">Most the client pays, base units.</param>
    public TokenAmount? Ask(uint units, Ratio margin, TokenAmount maxPrice)
    {
        var cost = CostOf(units);
        return cost > maxPrice ? null : TokenAmount.Min(MarginLearner.Ask(cost, margin), maxPrice);
    }
}

/// <summary>How long work of a kind takes in virtual time. A model, not a measurement: under the wall clock work takes
/// what it takes.</summary>
/// <param name="PerJob">Of any job.</param>
/// <param name="PerUnit">Of a unit.</param>
public sealed record ModelledTime(Duration PerJob, Duration PerUnit)
{
    /// <summary>How long a job takes.</summary>
    /// <param name="units">Its units.</param>
    /// <param name="slowness">The provider's own factor.</param>
    public Duration Of(uint units, Ratio slowness)
    {
        var ms = PerJob.Ms + (PerUnit.Ms * units);
        return new Duration(Math.Max(1, (long)((UInt128)ms * slowness.Ppm / Ratio.PpmPerOne)));
    }
}
