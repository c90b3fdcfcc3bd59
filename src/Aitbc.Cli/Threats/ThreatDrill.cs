using Aitbc.Primitives;

namespace Aitbc.Cli.Threats;

/// <summary>One of the ten, as it went.</summary>
/// <param name="Id">Its number in the list.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Attempts">How often something was tried.</param>
/// <param name="Successes">How often it succeeded.</param>
/// <param name="Stolen">Value that reached the attacker beyond what people allowed, base units.</param>
/// <param name="Honest">Honest acts between them that took effect, as they must.</param>
/// <param name="Verified">Whether the whole journal was right afterwards.</param>
/// <param name="Answers">What the node said to what was sent.</param>
/// <param name="Breaches">What succeeded.</param>
internal sealed record ThreatResult(
    string Id,
    string Name,
    long Attempts,
    long Successes,
    TokenAmount Stolen,
    long Honest,
    bool Verified,
    IReadOnlyDictionary<string, long> Answers,
    IReadOnlyList<string> Breaches)
{
    /// <summary>Whether the threat was held off: something was tried, and nothing of it succeeded.</summary>
    public bool Held => Attempts > 0 && Successes == 0 && Stolen.IsZero && Honest > 0 && Verified;
}

/// <summary>Scripted attacks for each of the OWASP Top 10 for Agentic Applications 2026, against a real node on a chain
/// of its own each. Source: OWASP GenAI Security Project, December 2025.</summary>
internal static class ThreatDrill
{
    private const int MostBreaches = 20;

    /// <summary>The ten, in their order.</summary>
    public static IReadOnlyList<(string Id, string Name, Func<ThreatRun, Task> Attack)> All { get; } =
    [
        ("ASI01", "Agent Goal Hijack", GoalHijack.RunAsync),
        ("ASI02", "Tool Misuse and Exploitation", ToolMisuse.RunAsync),
        ("ASI03", "Identity and Privilege Abuse", IdentityAbuse.RunAsync),
        ("ASI04", "Agentic Supply Chain Vulnerabilities", SupplyChain.RunAsync),
        ("ASI05", "Unexpected Code Execution (RCE)", CodeExecution.RunAsync),
        ("ASI06", "Memory & Context Poisoning", MemoryPoisoning.RunAsync),
        ("ASI07", "Insecure Inter-Agent Communication", Messages.RunAsync),
        ("ASI08", "Cascading Failures", Cascade.RunAsync),
        ("ASI09", "Human-Agent Trust Exploitation", TrustExploitation.RunAsync),
        ("ASI10", "Rogue Agents", RogueAgent.RunAsync),
    ];

    /// <summary>Runs one of them.</summary>
    /// <param name="threat">Which.</param>
    /// <param name="scratch">Where a directory of its own is made, and removed.</param>
    /// <param name="stop">Ends it early.</param>
    public static async Task<ThreatResult> RunAsync(
        (string Id, string Name, Func<ThreatRun, Task> Attack) threat, string scratch, CancellationToken stop)
    {
        var path = Path.Combine(scratch, threat.Id);
        var field = await ThreatField.StartAsync(path, stop).ConfigureAwait(false);
        await using (field.ConfigureAwait(false))
        {
            var run = new ThreatRun(field);
            await threat.Attack(run).ConfigureAwait(false);
            var stolen = run.Stolen;
            var report = await field.EndAsync(stop).ConfigureAwait(false);
            return new ThreatResult(
                threat.Id,
                threat.Name,
                run.Attempts,
                run.Breaches.Count,
                stolen,
                run.Honest,
                report.Ok,
                run.Answers,
                [.. run.Breaches.Distinct().Take(MostBreaches)]);
        }
    }
}
