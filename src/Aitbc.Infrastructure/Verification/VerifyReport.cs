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
/// <param name="Kept">Signed heads of blocks that others kept and that this journal holds.</param>
/// <param name="StateHash">Hash of the state at the end; null where the replay did not get there.</param>
/// <param name="Head">Hash of the last entry; null likewise.</param>
/// <param name="LastBlock">The last block's signed head, a compact JWS: whoever keeps it can prove later that the
/// journal went this far; null where there is none.</param>
/// <param name="Problems">What is wrong: what the bytes of the journal say, then entries and blocks by their number,
/// then the other files.</param>
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
    int Kept,
    string? StateHash,
    string? Head,
    string? LastBlock,
    IReadOnlyList<VerifyProblem> Problems,
    IReadOnlyList<VerifyProblem> Notices);

/// <summary>Gathers findings.</summary>
internal sealed class Findings
{
    /// <summary>Most problems kept; a broken disk has more than anyone reads.</summary>
    public const int MaxKept = 1_000;

    private const ulong First = 0;
    private const ulong Last = ulong.MaxValue;

    private readonly Lock gate = new();
    private readonly List<(ulong Rank, VerifyProblem Problem)> problems = [];
    private readonly List<(ulong Rank, VerifyProblem Problem)> notices = [];

    /// <summary>Problems so far, in the report's order: signatures are checked beside the replay, and theirs come when
    /// they come.</summary>
    public IReadOnlyList<VerifyProblem> Problems => InOrder(problems);

    /// <summary>Notices so far, likewise.</summary>
    public IReadOnlyList<VerifyProblem> Notices => InOrder(notices);

    /// <summary>Notes a problem of a file.</summary>
    public void Problem(string where, string what) => Add(problems, Last, where, what);

    /// <summary>Notes a problem of an entry.</summary>
    public void Entry(ulong seq, string what) => Add(problems, RankOf(seq), $"entry {seq}", what);

    /// <summary>Notes a problem of a block.</summary>
    public void Block(ulong height, ulong lastSeq, string what) =>
        Add(problems, RankOf(lastSeq) + 1, $"block {height} (after entry {lastSeq})", what);

    /// <summary>Notes what is no problem but should be known.</summary>
    public void Notice(string where, string what) => Add(notices, Last, where, what);

    /// <summary>Notes what the storage found in the journal or in the genesis file, before anything else.</summary>
    public void TakeFirst(StorageProblem found) => Take(found, First);

    /// <summary>Notes what the storage found.</summary>
    public void Take(StorageProblem found) => Take(found, Last);

    private static ulong RankOf(ulong seq) => 1 + (2 * Math.Min(seq, ulong.MaxValue / 4));

    private void Take(StorageProblem found, ulong rank)
    {
        var where = $"{found.File}, byte {found.Offset}";
        Add(found.Kind == StorageProblemKind.Damage ? problems : notices, rank, where, found.Text);
    }

    private VerifyProblem[] InOrder(List<(ulong Rank, VerifyProblem Problem)> list)
    {
        lock (gate)
        {
            // A stable sort: what has the same rank stays as it came.
            return [.. list.OrderBy(one => one.Rank).Select(one => one.Problem)];
        }
    }

    private void Add(List<(ulong Rank, VerifyProblem Problem)> list, ulong rank, string where, string what)
    {
        lock (gate)
        {
            if (list.Count < MaxKept)
            {
                list.Add((rank, new VerifyProblem(where, what)));
            }
        }
    }
}
