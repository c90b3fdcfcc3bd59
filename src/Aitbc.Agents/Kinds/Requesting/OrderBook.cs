using Aitbc.Agents.Core.Memory;
using Aitbc.Primitives;
using Aitbc.Workloads;
using Aitbc.Workloads.Specs;

namespace Aitbc.Agents.Kinds.Requesting;

/// <summary>An order made ready to post.</summary>
/// <param name="Capability">What is needed.</param>
/// <param name="Spec">The specification's bytes.</param>
/// <param name="SpecDigest">Their digest.</param>
/// <param name="Input">The input's bytes; null where the ledger has them already.</param>
/// <param name="InputDigest">Their digest.</param>
internal sealed record PreparedOrder(
    Label Capability, ReadOnlyMemory<byte> Spec, Digest SpecDigest, ReadOnlyMemory<byte>? Input, Digest InputDigest)
{
    /// <summary>The blobs it needs, each once.</summary>
    public IEnumerable<(Digest Digest, ReadOnlyMemory<byte>? Bytes)> Blobs =>
        [(SpecDigest, Spec), (InputDigest, Input)];
}

/// <summary>Makes orders ready: what an order means follows from the client's data and demand alone, so a restart makes
/// the same bytes again.</summary>
/// <remarks>Keeps what it made lately; one owner.</remarks>
internal sealed class OrderBook(RequesterTraits traits)
{
    private const int MaxKept = 64;

    private readonly Dictionary<ulong, PreparedOrder> kept = [];

    /// <summary>An order made ready.</summary>
    public PreparedOrder Prepare(Order order)
    {
        if (!kept.TryGetValue(order.Number, out var prepared))
        {
            if (kept.Count >= MaxKept)
            {
                kept.Clear();
            }

            kept.Add(order.Number, prepared = Make(order));
        }

        return prepared;
    }

    /// <summary>Rows of an inference order.</summary>
    public int RowsOf(Order order) => DemandMapping.Rows(RequestAt(order.Request));

    /// <summary>Units of the next inference.</summary>
    public uint UnitsOf(long request) => DemandMapping.Units(RequestAt(request));

    /// <summary>The training that a set calls for.</summary>
    public TrainSpec TrainingOf(in Digest trainingSet, long rows, int round) =>
        TrainingRecipe.For(trainingSet, rows, round, traits.Data.Features, traits.Data.Classes);

    private Workloads.Traces.DemandRequest RequestAt(long request) =>
        traits.Demand.Requests[(int)(request % traits.Demand.Requests.Count)];

    private PreparedOrder Make(Order order)
    {
        switch (order.Kind)
        {
            case OrderKind.Curate:
                var curate = new CurateSpec(traits.Data.GivenDigest) { Seed = order.Round };
                return Of(
                    WorkloadCapabilities.DataCurate, curate.ToBytes(), traits.Data.Given, traits.Data.GivenDigest);
            case OrderKind.Train:
                var train = TrainingOf(order.Subject, order.Request, order.Round);
                return Of(WorkloadCapabilities.ClassifierTrain, train.ToBytes(), null, order.Subject);
            default:
                var rows = traits.Data.RowsOf(order.Request, RowsOf(order));
                var digest = Digest.Sha256(rows);
                var infer = new InferSpec(order.Subject, digest) { Score = false };
                return Of(WorkloadCapabilities.ClassifierInfer, infer.ToBytes(), rows, digest);
        }
    }

    private static PreparedOrder Of(
        Label capability, byte[] spec, ReadOnlyMemory<byte>? input, in Digest inputDigest) =>
        new(capability, spec, Digest.Sha256(spec), input, inputDigest);
}
