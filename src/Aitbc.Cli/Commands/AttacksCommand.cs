using System.CommandLine;
using System.Globalization;
using Aitbc.Cli.Output;
using Aitbc.Cli.Threats;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc safety attacks</c>: attacks everybody can repeat.</summary>
internal static class AttacksCommand
{
    public static ExampleCommand Create(OutputOptions output)
    {
        var only = new Option<string?>("--only")
        {
            Description = $"Only one of {string.Join(", ", ThreatDrill.All.Select(threat => threat.Id))}.",
            HelpName = "ID",
        };
        only.AcceptOnlyFromAmong([.. ThreatDrill.All.Select(threat => threat.Id)]);
        var command = new ExampleCommand(
            "attacks",
            "Runs the scripted attacks on the OWASP Top 10 for Agentic Applications, each against a node of its own.",
            "aitbc safety attacks",
            "aitbc safety attacks --only ASI10 --json")
        {
            only,
        };
        command.SetAction((parsed, stop) => RunAsync(output.Open(parsed), parsed.GetValue(only), stop));
        return command;
    }

    private static async Task<int> RunAsync(CommandOutput people, string? only, CancellationToken stop)
    {
        var scratch = Directory.CreateTempSubdirectory("aitbc-attacks-").FullName;
        try
        {
            var threats = ThreatDrill.All.Where(threat => only is null || threat.Id == only).ToList();
            var results = await people.ProgressAsync("Attacking", threats.Count, async report =>
            {
                var done = new List<ThreatResult>();
                foreach (var threat in threats)
                {
                    done.Add(await ThreatDrill.RunAsync(threat, scratch, stop).ConfigureAwait(false));
                    report(done.Count);
                }

                return done;
            }).ConfigureAwait(false);
            var all = new AttackReport(
                results.TrueForAll(result => result.Held),
                results.Sum(result => result.Attempts),
                results.Sum(result => result.Successes),
                results);
            people.Result(all, one => Show(one, all));
            return all.Held ? ExitCode.Ok : ExitCode.Failed;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static void Show(CommandOutput people, AttackReport all)
    {
        people.Table(
            ["", "Threat", "Attempts", "Successes", "Value stolen", "Honest acts", "Verify", "Mostly refused as"],
            all.Threats.Select(one => (string[])
            [
                one.Id,
                one.Name,
                one.Attempts.ToString(CultureInfo.InvariantCulture),
                one.Successes.ToString(CultureInfo.InvariantCulture),
                one.Stolen.ToDisplay(),
                one.Honest.ToString(CultureInfo.InvariantCulture),
                one.Verified ? "ok" : "NOT OK",
                string.Join(", ", one.Answers.OrderByDescending(answer => answer.Value).Take(3)
                    .Select(answer => $"{answer.Key} {answer.Value}")),
            ]));
        foreach (var (threat, breach) in all.Threats.SelectMany(one => one.Breaches.Select(breach => (one, breach))))
        {
            people.Line($"Succeeded, {threat.Id}: {breach}.");
        }

        people.Line(all.Held
            ? $"All were held off: {all.Attempts} attempts, no success, no value moved that nobody allowed."
            : "Not all were held off.");
    }

    /// <summary>What machines get.</summary>
    /// <param name="Held">Whether all were held off.</param>
    /// <param name="Attempts">How often something was tried.</param>
    /// <param name="Successes">How often it succeeded.</param>
    /// <param name="Threats">One by one.</param>
    private sealed record AttackReport(
        bool Held, long Attempts, long Successes, IReadOnlyList<ThreatResult> Threats);
}
