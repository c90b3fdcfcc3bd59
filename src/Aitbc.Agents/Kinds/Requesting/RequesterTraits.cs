using Aitbc.Agents.Core.Memory;
using Aitbc.Primitives;
using Aitbc.Workloads.Traces;

namespace Aitbc.Agents.Kinds.Requesting;

/// <summary>How long each phase of an order's workload lasts, ms of market time.</summary>
/// <param name="BidMs">For bids.</param>
/// <param name="OpenMs">For openings.</param>
/// <param name="WorkMs">For the work.</param>
/// <param name="AcceptMs">To accept; then silence pays.</param>
public sealed record OrderWindows(uint BidMs, uint OpenMs, uint WorkMs, uint AcceptMs);

/// <summary>How a client has results checked.</summary>
/// <param name="Needed">Equal verdicts that decide.</param>
/// <param name="Validators">Validators drawn.</param>
/// <param name="TolerancePpm">By how much their outputs may differ, ppm.</param>
/// <param name="FeeShare">What each is paid, as a share of the order's maximum price.</param>
/// <param name="CommitMs">Time to commit, ms of market time.</param>
/// <param name="RevealMs">Time to reveal, ms of market time.</param>
public sealed record CheckTerms(
    byte Needed, byte Validators, uint TolerancePpm, Ratio FeeShare, uint CommitMs, uint RevealMs);

/// <summary>What a client wants and how it behaves. Immutable.</summary>
public sealed record RequesterTraits
{
    /// <summary>Its data.</summary>
    public required SourceData Data { get; init; }

    /// <summary>Its demand.</summary>
    public required DemandTrace Demand { get; init; }

    /// <summary>How much faster than recorded the demand comes; 1 or more.</summary>
    public required long Speed { get; init; }

    /// <summary>How often it does not answer a delivery, so that its silence pays.</summary>
    public required Ratio SilenceOdds { get; init; }

    /// <summary>How often it has an inference checked by drawn validators. Default never.</summary>
    public Ratio CheckOdds { get; init; } = Ratio.Zero;

    /// <summary>How many of its first orders it has checked if they are inferences, whatever the odds. Default none.
    /// </summary>
    public ulong CheckFirst { get; init; }

    /// <summary>What it asks of them. Default: two of three decide, outputs must be the same, 3 s to commit and 2 s to
    /// reveal.</summary>
    public CheckTerms Check { get; init; } = new(2, 3, 0, Ratio.FromPpm(100_000), 3_000, 2_000);

    /// <summary>Most inference orders open at once. Default 12.</summary>
    public int MaxOpen { get; init; } = 12;

    /// <summary>Inference orders after which data and model are bought anew. Default 20.</summary>
    public int RoundLength { get; init; } = 20;

    /// <summary>Attempts at one order before it is given up. Default 6.</summary>
    public int MaxAttempts { get; init; } = 6;

    /// <summary>Phases of curation. Default 800 ms, 500 ms, 60 s, 1.5 s.</summary>
    public OrderWindows Curation { get; init; } = new(800, 500, 60_000, 1_500);

    /// <summary>Phases of training. Default 800 ms, 500 ms, 300 s, 1.5 s.</summary>
    public OrderWindows Training { get; init; } = new(800, 500, 300_000, 1_500);

    /// <summary>Phases of inference. Default 800 ms, 500 ms, 5 s, 1.5 s.</summary>
    public OrderWindows Inference { get; init; } = new(800, 500, 5_000, 1_500);

    /// <summary>What it thinks a KiB curated costs before it has paid for one. Default 0.03 AITBC.</summary>
    public TokenAmount CurationUnit { get; init; } = TokenAmount.FromBaseUnits(30_000_000_000_000_000);

    /// <summary>What it thinks a thousand rows passed over in training cost. Default 1 AITBC.</summary>
    public TokenAmount TrainingUnit { get; init; } = TokenAmount.OneToken;

    /// <summary>What it thinks a unit of inference costs. Default 0.05 AITBC.</summary>
    public TokenAmount InferenceUnit { get; init; } = TokenAmount.FromBaseUnits(50_000_000_000_000_000);

    /// <summary>A memory that knows only what things may cost.</summary>
    public AgentMemory NewMemory() => new()
    {
        Requester = new RequesterMemory
        {
            UnitCosts =
            {
                [OrderKind.Curate] = CurationUnit,
                [OrderKind.Train] = TrainingUnit,
                [OrderKind.Infer] = InferenceUnit,
            },
        },
    };

    /// <summary>Phases of an order.</summary>
    /// <param name="kind">What is ordered.</param>
    public OrderWindows WindowsOf(OrderKind kind) => kind switch
    {
        OrderKind.Curate => Curation,
        OrderKind.Train => Training,
        _ => Inference,
    };

    /// <summary>The most it ever thinks a unit costs: eight times what it thought first.</summary>
    /// <param name="kind">What is ordered.</param>
    public TokenAmount CeilingOf(OrderKind kind) => (kind switch
    {
        OrderKind.Curate => CurationUnit,
        OrderKind.Train => TrainingUnit,
        _ => InferenceUnit,
    }).MulDivDown(8, 1);
}
