namespace Aitbc.Infrastructure.Storage;

/// <summary>Walks a whole journal and tells what is wrong with it. Changes nothing. One thread at a time.</summary>
internal sealed class JournalCheck
{
    /// <summary>After this many findings in one segment the rest of it is not told one by one.</summary>
    public const int MaxProblemsPerSegment = 100;

    private readonly SegmentFiles _files;
    private ChainState _chain;

    private JournalCheck(IDisk disk, byte[] identity)
    {
        _files = new SegmentFiles(disk, identity);
        _chain = new ChainState { IsKnown = true, Previous = Crc32C.Of(identity) };
    }

    /// <summary>Runs the check, one segment at a time as the result is read.</summary>
    public static IEnumerable<StorageProblem> Run(IDisk disk, byte[] identity)
    {
        var check = new JournalCheck(disk, identity);
        foreach (var stranger in check._files.Strangers)
        {
            yield return stranger;
        }

        var last = check._files.FindLastWithData();
        for (var index = 0; index < check._files.Count; index++)
        {
            foreach (var problem in check.CheckSegment((uint)index, isLast: index >= last))
            {
                yield return problem;
            }
        }

        if (check._files.Gap is { } gap)
        {
            yield return gap;
        }
    }

    private List<StorageProblem> CheckSegment(uint index, bool isLast)
    {
        var problems = new List<StorageProblem>();
        var path = SegmentLayout.PathOf(index);
        var bytes = _files.Load(index);
        var headerFault = _files.HeaderFault(index, bytes);
        if (headerFault is not null)
        {
            problems.Add(new StorageProblem(StorageProblemKind.Damage, path, 0, headerFault));
        }

        _chain.GroupStart = 0;
        for (var at = SegmentLayout.HeaderBytes; at >= 0 && at < bytes.Length;)
        {
            var scan = SegmentScanner.Follow(bytes, index, at, isLast, ref _chain);
            if (scan.End == SegmentEnd.Clean)
            {
                break;
            }

            var kind = scan.End == SegmentEnd.Torn ? StorageProblemKind.Notice : StorageProblemKind.Damage;
            problems.Add(new StorageProblem(kind, path, scan.FaultOffset, scan.Text));
            if (scan.End == SegmentEnd.Torn || problems.Count >= MaxProblemsPerSegment)
            {
                break;
            }

            // Behind the damage the next good frame is believed.
            at = SegmentScanner.FindFrame(bytes, index, scan.EndOffset + FrameLayout.Alignment, out _);
            _chain.IsKnown = false;
            _chain.GroupStart = 0;
        }

        return problems;
    }
}
