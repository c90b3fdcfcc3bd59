using System.Text.Json.Serialization;
using Aitbc.Primitives;

namespace Aitbc.Agents.Core.Memory;

/// <summary>What a client orders.</summary>
public enum OrderKind
{
    /// <summary>Clean, shuffle and split the source.</summary>
    Curate = 1,

    /// <summary>Train a model on a curated set.</summary>
    Train = 2,

    /// <summary>Classify rows with a model.</summary>
    Infer = 3,
}

/// <summary>One order, from the decision to its end. Input and specification follow from it, so neither is kept.
/// </summary>
/// <param name="Number">The client's own count; names the salt.</param>
/// <param name="Kind">What is ordered.</param>
/// <param name="Round">Which round of curation and training it belongs to, from 1.</param>
/// <param name="Request">For inference the place in the demand, from 0; for training the rows of the set.</param>
/// <param name="Subject">What it works on: nothing for curation, the training set, or the model.</param>
/// <param name="Units">Units of work.</param>
/// <param name="MaxPrice">Most it may cost, base units.</param>
/// <param name="Attempt">1, or more after attempts that nobody delivered.</param>
/// <param name="Workload">The workload it became; null before.</param>
public sealed record Order(
    ulong Number,
    OrderKind Kind,
    int Round,
    long Request,
    Digest Subject,
    uint Units,
    TokenAmount MaxPrice,
    int Attempt,
    WorkloadId? Workload)
{
    /// <summary>The key of its plans.</summary>
    [JsonIgnore]
    public string Key => $"order/{Number}";
}

/// <summary>A curated set that was bought.</summary>
/// <param name="Round">Its round.</param>
/// <param name="Train">Digest of the rows to train on.</param>
/// <param name="TrainRows">How many they are.</param>
public sealed record DatasetNote(int Round, Digest Train, long TrainRows);

/// <summary>A model that was bought, and what it is worth.</summary>
/// <param name="Round">Its round.</param>
/// <param name="Model">Digest of the model.</param>
/// <param name="Accuracy">Measured by the client on rows that it kept back, which neither curator nor trainer saw.
/// </param>
/// <param name="Declared">The provider's own figure, on rows that it held out itself.</param>
public sealed record ModelNote(int Round, Digest Model, Ratio Accuracy, Ratio Declared);

/// <summary>What a client remembers.</summary>
/// <remarks>One owner: the agent's turn.</remarks>
public sealed class RequesterMemory
{
    /// <summary>Number of the last order.</summary>
    public ulong LastOrder { get; set; }

    /// <summary>Orders that are not ended, by number.</summary>
    public SortedDictionary<ulong, Order> Orders { get; init; } = [];

    /// <summary>Round of curation and training under way or done last; 0 before the first.</summary>
    public int Round { get; set; }

    /// <summary>The curated set of the newest round that has one.</summary>
    public DatasetNote? Dataset { get; set; }

    /// <summary>The newest round whose model was bought.</summary>
    public int TrainedRound { get; set; }

    /// <summary>The best model so far; null before the first.</summary>
    public ModelNote? Best { get; set; }

    /// <summary>Models bought.</summary>
    public int Models { get; set; }

    /// <summary>Next request of the demand, from 0; it starts over where the trace ends.</summary>
    public long NextRequest { get; set; }

    /// <summary>Inference orders since the last round began.</summary>
    public int RequestsInRound { get; set; }

    /// <summary>Market time at which the demand began, ms; null before the first model.</summary>
    public long? DemandStartMs { get; set; }

    /// <summary>What a unit of each kind is thought to cost, base units.</summary>
    public SortedDictionary<OrderKind, TokenAmount> UnitCosts { get; init; } = [];

    /// <summary>Rows whose predictions were compared with the labels kept back.</summary>
    public long RowsCompared { get; set; }

    /// <summary>Rows of these that were predicted right.</summary>
    public long RowsRight { get; set; }

    /// <summary>Results that were not what was ordered.</summary>
    public long BadResults { get; set; }

    /// <summary>Orders given up after too many attempts.</summary>
    public long GivenUp { get; set; }

    /// <summary>Base units paid for work.</summary>
    public TokenAmount Spent { get; set; }

    /// <summary>Transient: workloads whose salt the node has been given in this run.</summary>
    [JsonIgnore]
    public HashSet<ulong> Offered { get; } = [];
}
