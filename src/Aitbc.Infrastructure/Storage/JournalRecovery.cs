namespace Aitbc.Infrastructure.Storage;

/// <summary>What opening a journal found and did. Immutable.</summary>
/// <param name="LastEntry">Sequence of the last entry; 0 when there is none.</param>
/// <param name="Segments">Count of segments that hold frames.</param>
/// <param name="CutBytes">Bytes of a torn tail that were overwritten with zeros; 0 when there was none.</param>
/// <param name="Notices">What the person who runs it should know, such as the place of a cut.</param>
public sealed record JournalRecovery(
    long LastEntry, int Segments, long CutBytes, IReadOnlyList<StorageProblem> Notices);
