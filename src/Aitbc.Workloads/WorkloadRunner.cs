using Aitbc.Primitives;
using Aitbc.Workloads.Chat;
using Aitbc.Workloads.Classifiers;
using Aitbc.Workloads.Csv;
using Aitbc.Workloads.Curation;
using Aitbc.Workloads.Specs;

namespace Aitbc.Workloads;

/// <summary>
/// Runs a job: from a spec and the blobs that it names to new blobs. A pure function of these bytes, on one core, with
/// neither clock nor file nor network; the same bytes in give the same bytes out. Stateless and thread-safe.
/// </summary>
/// <remarks>
/// The one exception is <c>chat</c>, which asks an endpoint over the network, where one is given, and may be answered
/// otherwise the next time.
/// All arithmetic is IEEE 754 in a fixed order that does not depend on the width of the processor's vectors, so a
/// validator on another machine can expect the same digest; it must run the same release of this library.
/// </remarks>
public static class WorkloadRunner
{
    private static readonly Digest s_nothing = Digest.Sha256([]);

    /// <summary>Runs a job without reporting progress; all else is as in the other overload.</summary>
    /// <param name="capability">One of <see cref="WorkloadCapabilities"/>.</param>
    /// <param name="spec">The spec as JSON, at most 16 KiB.</param>
    /// <param name="blobs">Gives the bytes of a digest, or null where it has none.</param>
    /// <param name="cancellation">Ends the run with <see cref="WorkloadFault.Cancelled"/>.</param>
    /// <returns>A result, or why there is none.</returns>
    public static WorkloadOutcome Run(
        Label capability,
        ReadOnlyMemory<byte> spec,
        Func<Digest, ReadOnlyMemory<byte>?> blobs,
        CancellationToken cancellation) => Run(capability, spec, blobs, null, null, cancellation);

    /// <summary>Runs a job where a model answers, if one does.</summary>
    /// <param name="capability">One of <see cref="WorkloadCapabilities"/>.</param>
    /// <param name="spec">The spec as JSON, at most 16 KiB.</param>
    /// <param name="blobs">Gives the bytes of a digest, or null where it has none.</param>
    /// <param name="chat">What answers <c>chat</c>; null where nothing does.</param>
    /// <param name="cancellation">Ends the run with <see cref="WorkloadFault.Cancelled"/>.</param>
    /// <returns>A result, or why there is none.</returns>
    public static WorkloadOutcome Run(
        Label capability,
        ReadOnlyMemory<byte> spec,
        Func<Digest, ReadOnlyMemory<byte>?> blobs,
        ChatEndpoint? chat,
        CancellationToken cancellation) => Run(capability, spec, blobs, null, chat, cancellation);

    /// <summary>Runs a job.</summary>
    /// <param name="capability">One of <see cref="WorkloadCapabilities"/>.</param>
    /// <param name="spec">The spec as JSON, at most 16 KiB.</param>
    /// <param name="blobs">
    /// Gives the bytes of a digest, or null where it has none. What it gives is hashed again here, so it need not be
    /// trusted; what it throws is not caught.
    /// </param>
    /// <param name="progress">Called after every epoch of a training, on the caller's thread; may be null.</param>
    /// <param name="cancellation">Ends the run with <see cref="WorkloadFault.Cancelled"/>, mostly at once.</param>
    /// <returns>A result, or why there is none. Nothing in spec or blobs can make this throw.</returns>
    public static WorkloadOutcome Run(
        Label capability,
        ReadOnlyMemory<byte> spec,
        Func<Digest, ReadOnlyMemory<byte>?> blobs,
        Action<WorkloadProgress>? progress,
        CancellationToken cancellation) => Run(capability, spec, blobs, progress, null, cancellation);

    private static WorkloadOutcome Run(
        Label capability,
        ReadOnlyMemory<byte> spec,
        Func<Digest, ReadOnlyMemory<byte>?> blobs,
        Action<WorkloadProgress>? progress,
        ChatEndpoint? chat,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            if (capability == WorkloadCapabilities.DataCurate) return Curate(spec, blobs, cancellation);
            if (capability == WorkloadCapabilities.ClassifierTrain) return Train(spec, blobs, progress, cancellation);
            if (capability == WorkloadCapabilities.ClassifierInfer) return Infer(spec, blobs, cancellation);
            if (capability == WorkloadCapabilities.Chat) return Chat(spec, chat, cancellation);
            return new WorkloadFailure(
                WorkloadFault.UnknownCapability,
                $"The capability {ShownValue.Of(capability.ToString())} is not supported here.");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new WorkloadFailure(WorkloadFault.Cancelled, "The run was cancelled.");
        }
    }

    private static WorkloadOutcome Chat(
        ReadOnlyMemory<byte> json, ChatEndpoint? chat, CancellationToken cancellation)
    {
        if (chat is null) return new WorkloadFailure(WorkloadFault.UnknownCapability, ChatSettings.Unset);
        if (!ChatSpec.TryRead(json, out var spec, out var error)) return BadSpec(error);
        return chat.Run(spec, cancellation);
    }

    private static WorkloadOutcome Curate(
        ReadOnlyMemory<byte> json,
        Func<Digest, ReadOnlyMemory<byte>?> blobs,
        CancellationToken cancellation)
    {
        if (!CurateSpec.TryRead(json, out var spec, out var error)) return BadSpec(error);
        var failure = Fetch(blobs, spec.Source, "source", out var source);
        return failure ?? DataCurator.Run(spec, source, cancellation);
    }

    private static WorkloadOutcome Train(
        ReadOnlyMemory<byte> json,
        Func<Digest, ReadOnlyMemory<byte>?> blobs,
        Action<WorkloadProgress>? progress,
        CancellationToken cancellation)
    {
        if (!TrainSpec.TryRead(json, out var spec, out var error)) return BadSpec(error);
        var failure = Fetch(blobs, spec.TrainingSet, "training set", out var trainingSet);
        return failure ?? TrainJob.Run(spec, trainingSet, progress, cancellation);
    }

    private static WorkloadOutcome Infer(
        ReadOnlyMemory<byte> json,
        Func<Digest, ReadOnlyMemory<byte>?> blobs,
        CancellationToken cancellation)
    {
        if (!InferSpec.TryRead(json, out var spec, out var error)) return BadSpec(error);
        var failure = Fetch(blobs, spec.Model, "model", out var model);
        if (failure is not null) return failure;
        failure = Fetch(blobs, spec.Rows, "rows", out var rows);
        return failure ?? InferJob.Run(spec, model, rows, cancellation);
    }

    private static WorkloadFailure BadSpec(string error) => new(WorkloadFault.BadSpec, error);

    private static WorkloadFailure? Fetch(
        Func<Digest, ReadOnlyMemory<byte>?> blobs,
        Digest digest,
        string what,
        out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        // Where C# turns a null into an empty memory (cond ? bytes : null does), nothing is still nothing.
        if (blobs(digest) is not { } found || (found.IsEmpty && digest != s_nothing))
        {
            return new WorkloadFailure(WorkloadFault.InputMissing, $"The {what} blob {digest} is not to be had.");
        }

        if (Digest.Sha256(found.Span) != digest)
        {
            return new WorkloadFailure(
                WorkloadFault.InputTampered,
                $"The bytes that came for the {what} blob {digest} have another digest.");
        }

        bytes = found;
        return null;
    }
}
