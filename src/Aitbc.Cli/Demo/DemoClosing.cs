using System.Globalization;
using Aitbc.Cli.Output;
using Aitbc.Simulation.Worlds;

namespace Aitbc.Cli.Demo;

/// <summary>What happened, what of it is real, and what is not.</summary>
internal static class DemoClosing
{
    /// <summary>Shows it to people.</summary>
    public static void Show(CommandOutput people, World world, WorldView end, DemoReport report)
    {
        people.Table(
            ["agent", "kind", "balance", "pledged", "margin", "bids won", "paid jobs", "faults"],
            end.Agents.Select(agent => (IReadOnlyList<string>)
            [
                agent.Name,
                agent.Kind.ToString(),
                DemoText.Tokens(agent.Balance),
                DemoText.Tokens(agent.Pledged),
                agent.Margin is { } margin ? DemoText.Percent(margin.Ppm) : "",
                agent.Margin is null ? "" : $"{agent.Won} of {agent.Won + agent.Lost}",
                agent.Provides ? Number(agent.Settled) : "",
                agent.Provides ? Number(agent.Faulted) : "",
            ]));
        people.Table(
            ["what happened", "in this run"],
            [
                ["workloads settled (paid)", Number(report.Settled)],
                ["of these by the client's silence", Number(report.Silent)],
                ["of these found right by drawn validators", Number(report.Verified)],
                ["refunded", Number(report.Refunds)],
                ["of these by the provider's fault", Number(report.Faults)],
                ["missed deadlines, wrong results caught", $"{Number(report.Missed)}, {Number(report.Refuted)}"],
                ["paid for work", report.Paid.ToDisplay()],
                ["best model, on rows nobody it paid saw", Share(report.Accuracy)],
                ["rows classified for pay, right", $"{Number(report.RowsClassified)},"
                    + $" {Share(report.InferenceAccuracy)}"],
                ["entries and blocks in the journal", $"{Number(report.Entries)}, {Number(report.Blocks)}"],
                ["balances add up to the supply", report.SupplyConserved ? "yes" : "NO"],
                ["entries the independent auditor read, and found wrong",
                    $"{Number(report.Audit.Entries)}, {Number(report.Audit.Findings)}"],
                ["took", $"{Number(report.DurationMs)} ms"],
            ]);
        var keys = world.IsVirtual
            ? "Not real here: keys and time. This chain is simulated, from one seed."
            : "Real: the keys and every signature.";
        people.Line($"{keys} Real: the journal, training and inference on the rows of the data set, and the payments.");
        people.Line("Not real: the tokens have no value, and all agents run on this machine.");
        people.Line($"{Number(report.Receipts)} receipts lie in {Path.Combine(world.Directory, "receipts")}; check"
            + " one with "
            + "aitbc receipt verify FILE, with nothing else at hand.");
        people.Line($"Check it: aitbc verify --data {world.Directory}   Go on: aitbc demo --data {world.Directory}");
    }

    private static string Number(IFormattable value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Share(decimal? share) =>
        share is { } value ? (value * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "none yet";
}
