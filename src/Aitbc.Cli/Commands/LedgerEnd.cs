using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Ledger;

namespace Aitbc.Cli.Commands;

/// <summary>How a ledger ended: one that failed while it was closed must not pass for one that ended well.</summary>
internal static class LedgerEnd
{
    /// <summary>Fails the command where the ledger has.</summary>
    /// <exception cref="CommandFailure">The ledger has failed.</exception>
    public static void Check(LedgerHost ledger)
    {
        if (ledger.Failure is { } failure)
        {
            throw new CommandFailure(
                "failed",
                $"The ledger has stopped: {failure.Message.TrimEnd('.')}. Nothing acknowledged is lost: mend that and"
                    + " run this again.",
                failure);
        }
    }
}
