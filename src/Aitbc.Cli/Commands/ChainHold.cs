using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Verification;
using Aitbc.Safety.Audit;

namespace Aitbc.Cli.Commands;

/// <summary>Holds a data directory while it is read, so that nobody writes it meanwhile.</summary>
internal static class ChainHold
{
    /// <summary>Files in a data directory that are not the ledger's own.</summary>
    public static IReadOnlyList<OwnedFiles> OwnedFiles { get; } =
        [.. AuditSeries.All.Select(series => new OwnedFiles(series.Directory, AuditCheck.CheckFile))];

    /// <summary>Takes the directory; null where it holds no chain, for nothing may be made there.</summary>
    /// <exception cref="DataDirectoryLockedException">Another process has it.</exception>
    public static DataDirectory? Take(string path) => ChainDirectory.Exists(path) ? DataDirectory.Open(path) : null;
}
