using System.Globalization;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Demo;

/// <summary>What the independent auditor came to over the whole journal; a report has it only where it was run.
/// </summary>
/// <param name="Entries">Entries it read, over all runs.</param>
/// <param name="Findings">What it found wrong; a report of success has 0.</param>
public sealed record DemoAudit(ulong Entries, long Findings)
{
    /// <summary>Takes an audit's result in.</summary>
    /// <param name="entries">Entries it read.</param>
    /// <param name="findings">How much it found wrong.</param>
    /// <param name="first">The first finding in one sentence; null where there is none.</param>
    /// <exception cref="CommandFailure">It found something: a run that is wrong must not report success.</exception>
    public static DemoAudit Of(ulong entries, long findings, string? first) => findings == 0
        ? new DemoAudit(entries, findings)
        : throw new CommandFailure(
            "audit",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The auditor finds this run wrong in {findings:N0} places; the first: {first}"));
}
