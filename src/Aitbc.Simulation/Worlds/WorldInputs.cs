using Aitbc.Agents.Kinds.Requesting;
using Aitbc.Primitives;
using Aitbc.Workloads.Traces;

namespace Aitbc.Simulation.Worlds;

/// <summary>A world's data set and demand, read and found fit before anything is made of them. Immutable.</summary>
/// <param name="Data">The data set, divided.</param>
/// <param name="Demand">The demand.</param>
public sealed record WorldInputs(SourceData Data, DemandTrace Demand)
{
    /// <summary>Reads both.</summary>
    /// <param name="dataset">A table of numbers with the label last.</param>
    /// <param name="demand">A trace of requests.</param>
    /// <param name="seed">Decides which rows are kept back.</param>
    /// <exception cref="WorldRefusedException">One of them is of no use; the sentence says why.</exception>
    public static WorldInputs Read(ReadOnlyMemory<byte> dataset, ReadOnlyMemory<byte> demand, long seed)
    {
        if (!SourceData.TryDivide(dataset, seed, out var data, out var problem))
        {
            throw new WorldRefusedException("dataset", $"The data set cannot be used: {problem}");
        }

        return DemandTrace.TryRead(demand.Span, out var trace, out var error)
            ? new WorldInputs(data, trace)
            : throw new WorldRefusedException("demand", $"The demand cannot be used: {error.Sentence}");
    }

    /// <summary>How often a world's requester answers no delivery, so that silence, too, is seen to pay.</summary>
    public static Ratio WorldSilence => Ratio.FromPpm(100_000);

    /// <summary>What a requester of this data and demand wants.</summary>
    /// <param name="speed">How much faster than recorded.</param>
    /// <param name="silence">How often it leaves a delivery unanswered; <see cref="Ratio.Zero"/> answers all.</param>
    public RequesterTraits Traits(long speed, Ratio silence) => new()
    {
        Data = Data,
        Demand = Demand,
        Speed = speed,
        SilenceOdds = silence,
        CheckOdds = Ratio.FromPpm(300_000),
        CheckFirst = 14,
    };
}
