using Aitbc.Primitives;
using Aitbc.Workloads.Csv;

namespace Aitbc.Workloads;

/// <summary>What a run led to: a <see cref="WorkloadResult"/> or a <see cref="WorkloadFailure"/>.</summary>
public abstract record WorkloadOutcome
{
    private protected WorkloadOutcome()
    {
    }
}

/// <summary>
/// A computed result. It holds neither time nor machine, so that two providers who run the same spec on the same blobs
/// give the same bytes. Immutable.
/// </summary>
public sealed record WorkloadResult : WorkloadOutcome
{
    internal WorkloadResult(IReadOnlyList<NamedBlob> outputs, ReadOnlyMemory<byte> report, Ratio? quality)
    {
        Outputs = outputs;
        Report = report;
        Quality = quality;
    }

    /// <summary>All blobs that were made; the first is the primary one.</summary>
    public IReadOnlyList<NamedBlob> Outputs { get; }

    /// <summary>The blob that stands for the result, whose digest a submission names.</summary>
    public NamedBlob Primary => Outputs[0];

    /// <summary>A small JSON object of whole numbers and words that says what was done and measured.</summary>
    public ReadOnlyMemory<byte> Report { get; }

    /// <summary>Measured accuracy, 0 to 1, or null where the job measures none. Never an estimate.</summary>
    public Ratio? Quality { get; }

    /// <summary><see cref="Quality"/> in parts per million, or null.</summary>
    public uint? QualityPpm => Quality?.Ppm;
}

/// <summary>One blob that a run made.</summary>
public sealed class NamedBlob
{
    internal NamedBlob(string name, byte[] bytes)
    {
        Name = name;
        Bytes = bytes;
        Digest = Digest.Sha256(bytes);
    }

    /// <summary>What it is: dataset, train, held-out, model, predictions or answer.</summary>
    public string Name { get; }

    /// <summary>Its bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>SHA-256 of its bytes, under which it can be published.</summary>
    public Digest Digest { get; }
}

/// <summary>A run that gave no result, and why.</summary>
public sealed record WorkloadFailure : WorkloadOutcome
{
    internal WorkloadFailure(WorkloadFault fault, string sentence, CsvError? table = null)
    {
        Fault = fault;
        Sentence = sentence;
        Table = table;
    }

    /// <summary>The reason.</summary>
    public WorkloadFault Fault { get; }

    /// <summary>One sentence that a person can act on; a stranger's values in it are shortened and sanitised.</summary>
    public string Sentence { get; }

    /// <summary>Where a table is at fault, which line and cell; else null.</summary>
    public CsvError? Table { get; }
}

/// <summary>
/// Why a run gave no result, in the order of the checks. Up to <see cref="LabelsDoNotFitModel"/> the fault lies with
/// who posted the job. Closed.
/// </summary>
public enum WorkloadFault
{
    /// <summary>Nothing here computes that capability.</summary>
    UnknownCapability = 1,

    /// <summary>The spec is malformed, or is one of another capability.</summary>
    BadSpec = 2,

    /// <summary>A blob that the spec names is not to be had.</summary>
    InputMissing = 3,

    /// <summary>The blob that came is not the one that the spec names: its digest differs.</summary>
    InputTampered = 4,

    /// <summary>A table cannot be read; <see cref="WorkloadFailure.Table"/> says where.</summary>
    BadTable = 5,

    /// <summary>More than half of the rows are bad or duplicates.</summary>
    TooManyDropped = 6,

    /// <summary>Fewer than two classes are left.</summary>
    TooFewClasses = 7,

    /// <summary>A class has fewer than two different rows, so it cannot be both learned and tested.</summary>
    TooFewRowsInClass = 8,

    /// <summary>The model would have more parameters than a blob may hold.</summary>
    ModelTooLarge = 9,

    /// <summary>The training would take more arithmetic than a job may.</summary>
    TooMuchWork = 10,

    /// <summary>The model blob is damaged, truncated, too large or not a model.</summary>
    BadModel = 11,

    /// <summary>The rows do not have the features of the model.</summary>
    RowsDoNotFitModel = 12,

    /// <summary>No row's label is a class of the model.</summary>
    LabelsDoNotFitModel = 13,

    /// <summary>The weights grew without bound; a smaller learning rate helps.</summary>
    Diverged = 14,

    /// <summary>The caller cancelled the run.</summary>
    Cancelled = 15,

    /// <summary>The endpoint that answers for a model refused, was silent or gave what cannot be used.</summary>
    EndpointFailed = 16,
}

/// <summary>How far a run is.</summary>
/// <param name="Done">Steps done, such as epochs.</param>
/// <param name="Of">All steps.</param>
/// <param name="TrainingAccuracy">
/// Share of training rows that were classified right during the last step; no measure of quality, because these rows
/// are being learned.
/// </param>
public readonly record struct WorkloadProgress(int Done, int Of, Ratio TrainingAccuracy);
