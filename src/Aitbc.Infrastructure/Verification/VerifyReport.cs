using Aitbc.Infrastructure.Storage;

namespace Aitbc.Infrastructure.Verification;

/// <summary>Something that is not as it must be.</summary>
/// <param name="Where">The file with its byte, or the entry.</param>
/// <param name="What">What is wrong, in a plain sentence.</param>
public sealed record VerifyProblem(string Where, string What);

/// <summary>What verifying a data directory found.</summary>
/// <param name="Ok">Whether there is no problem.</param>
/// <param name="Entries">Entries replayed.</param>
/// <param name="Blocks">Blocks checked.</param>
/// <param name="Signatures">Signatures checked.</param>
/// <param name="Settled">Workloads that were paid.</param>
/// <param name="Receipts">Receipt files that are what the journal says.</param>
/// <param name="Blobs">Blobs that are what their names say.</param>
/// <param name="Snapshots">Snapshots that equal the replayed state.</param>
/// <param name="StateHash">Hash of the state at the end; null where the replay did not get there.</param>
/// <param name="Head">Hash of the last entry; null likewise.</param>
/// <param name="Problems">What is wrong; the first bad entry stands first among the entries.</param>
/// <param name="Notices">What a crash is expected to leave, and files that mean nothing here.</param>
public sealed record VerifyReport(
    bool Ok,
    ulong Entries,
    ulong Blocks,
    ulong Signatures,
    ulong Settled,
    int Receipts,
    int Blobs,
    int Snapshots,
    string? StateHash,
    string? Head,
    IReadOnlyList<VerifyProblem> Problems,
    IReadOnlyList<VerifyProblem> Notices);

/// <summary>Gathers findings.</summary>
internal sealed class Findings
{
    /// <summary>Most problems kept; a broken disk has more than anyone reads.</summary>
    public const int MaxKept = 1_000;

    private readonly Lock gate = new();
    private readonly List<VerifyProblem> problems = [];
    private readonly List<VerifyProblem> notices = [];

    /// <summary>Problems so far.</summary>
    public IReadOnlyList<VerifyProblem> Problems
    {
        get
        {
            lock (gate)
            {
                return [.. problems];
            }
        }
    }

    /// <summary>Notices so far.</summary>
    public IReadOnlyList<VerifyProblem> Notices
    {
        get
        {
            lock (gate)
            {
                return [.. notices];
            }
        }
    }

    /// <summary>Notes a problem.</summary>
    public void Problem(string where, string what) => Add(problems, where, what);

    /// <summary>Notes what is no problem but should be known.</summary>
    public void Notice(string where, string what) => Add(notices, where, what);

    /// <summary>Notes what the storage found.</summary>
    public void Take(StorageProblem found)
    {
        var where = $"{found.File}, byte {found.Offset}";
        Add(found.Kind == StorageProblemKind.Damage ? problems : notices, where, found.Text);
    }

    private void Add(List<VerifyProblem> list, string where, string what)
    {
        lock (gate)
        {
            if (list.Count < MaxKept)
            {
                list.Add(new VerifyProblem(where, what));
            }
        }
    }
}
