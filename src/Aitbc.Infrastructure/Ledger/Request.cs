using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Entries;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>Something asked of the sequencer, answered once it is durable.</summary>
internal abstract class Request
{
    /// <summary>Payloads it counts for, against the queue's limit.</summary>
    public virtual int Weight => 1;

    /// <summary>Does it, on the sequencer's thread; the answer is kept until <see cref="Answer"/>.</summary>
    public abstract void Run(EntryWriter writer, EntryGroup group);

    /// <summary>Gives the answer.</summary>
    public abstract void Answer();

    /// <summary>Says that it was not, or may not have been, done.</summary>
    public abstract void Fail(Exception error);
}

/// <summary>Payloads to be ordered one after the other.</summary>
internal sealed class PayloadRequest(IReadOnlyList<SignedPayload> payloads) : Request
{
    private readonly SubmitResult[] results = new SubmitResult[payloads.Count];
    private readonly TaskCompletionSource<IReadOnlyList<SubmitResult>> answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override int Weight => payloads.Count;

    /// <summary>The results, in the order of the payloads.</summary>
    public Task<IReadOnlyList<SubmitResult>> Answered => answer.Task;

    public override void Run(EntryWriter writer, EntryGroup group)
    {
        var coming = payloads.Count > 1 ? payloads.Select(signed => signed.Payload).ToArray() : [];
        for (var i = 0; i < payloads.Count; i++)
        {
            writer.LookAhead(coming, i);
            results[i] = writer.Order(payloads[i], group);
        }
    }

    public override void Answer() => answer.TrySetResult(results);

    public override void Fail(Exception error) => answer.TrySetException(error);
}

/// <summary>Anything else: an input of the node, an opening, a salt.</summary>
internal sealed class WriterRequest(Func<EntryWriter, EntryGroup, Outcome> act) : Request
{
    private readonly TaskCompletionSource<Outcome> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Outcome outcome;

    /// <summary>The outcome.</summary>
    public Task<Outcome> Answered => answer.Task;

    public override void Run(EntryWriter writer, EntryGroup group) => outcome = act(writer, group);

    public override void Answer() => answer.TrySetResult(outcome);

    public override void Fail(Exception error) => answer.TrySetException(error);
}
