using System.Globalization;
using Aitbc.Simulation.Worlds;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Aitbc.Cli.Demo;

/// <summary>The economy live in a terminal.</summary>
internal static class DemoScreen
{
    private const int MaxWorkloads = 10;
    private const int MaxNews = 8;
    private static readonly TimeSpan s_refresh = TimeSpan.FromMilliseconds(120);

    /// <summary>Lets the world live while it is shown.</summary>
    public static Task<WorldView> RunAsync(
        World world, int settle, IAnsiConsole screen, CancellationToken cancellationToken) =>
        screen.Live(new Text("...")).AutoClear(true).StartAsync(async context =>
        {
            var shown = 0L;
            List<NewsLine> news = [];
            return await world.RunAsync(
                settle,
                view =>
                {
                    news.AddRange(view.News);
                    news.RemoveRange(0, Math.Max(0, news.Count - MaxNews));
                    if (shown != 0 && TimeProvider.System.GetElapsedTime(shown) < s_refresh)
                    {
                        return;
                    }

                    shown = TimeProvider.System.GetTimestamp();
                    context.UpdateTarget(Render(view, news));
                    context.Refresh();
                },
                cancellationToken).ConfigureAwait(false);
        });

    private static Rows Render(WorldView view, IReadOnlyList<NewsLine> news)
    {
        var money = view.Money;
        var accuracy = view.Accuracy is { } best ? $"best model {DemoText.Percent(best.Ppm)}" : "no model yet";
        List<IRenderable> parts =
        [
            new Markup(string.Create(
                CultureInfo.InvariantCulture,
                $"[bold]{view.Counts.Settled}[/] of {view.Goal} settled, {view.Counts.Faults} faults "
                + $"({view.Counts.Refuted} wrong results caught), {view.Counts.Verified} verified, "
                + $"{view.Counts.Silent} paid by silence, {accuracy}; entry {view.Seq:N0}, {view.Now}")),
            Agents(view),
            Workloads(view),
            new Markup(
                $"[grey]tokens:[/] free {DemoText.Tokens(money.Available)}, escrow {DemoText.Tokens(money.Escrow)}, "
                + $"stake {DemoText.Tokens(money.Stake)}, bonds {DemoText.Tokens(money.Bond)}, treasury "
                + $"{DemoText.Tokens(money.Treasury)}: "
                + (money.IsConserved ? "[green]adds up[/]" : "[red]DOES NOT ADD UP[/]")),
            Prices(view),
        ];
        parts.AddRange(news.Select(line => new Text($"#{line.Seq} {line.Text}", new Style(Color.Grey))));
        return new Rows(parts);
    }

    private static Table Agents(WorldView view)
    {
        var table = Head("agent", "kind", "balance", "pledged", "margin", "won/lost", "jobs", "paid", "faults");
        foreach (var agent in view.Agents)
        {
            var provides = agent.Margin is not null;
            table.AddRow(
                new Text(agent.Name),
                new Text(agent.Kind.ToString()),
                Right(DemoText.Tokens(agent.Balance)),
                Right(DemoText.Tokens(agent.Pledged)),
                Right(provides ? DemoText.Percent(agent.Margin!.Value.Ppm) : ""),
                Right(provides ? $"{agent.Won}/{agent.Lost}" : ""),
                Right($"{agent.Jobs}"),
                Right(agent.Provides ? $"{agent.Settled}" : ""),
                new Text(
                    agent.Provides ? $"{agent.Faulted}" : "",
                    new Style(agent.Faulted > 0 ? Color.Red : Color.Default)).RightJustified());
        }

        return table;
    }

    private static Table Workloads(WorldView view)
    {
        var table = Head("workload", "wants", "units", "bids", "at most", "price", "phase", "provider");
        foreach (var workload in view.Workloads.Take(MaxWorkloads))
        {
            table.AddRow(
                new Text(workload.Id.ToString()),
                new Text(workload.Capability.ToString()),
                Right($"{workload.Units}"),
                Right($"{workload.Bids}"),
                Right(DemoText.Tokens(workload.MaxPrice)),
                Right(workload.Price.IsZero ? "" : DemoText.Tokens(workload.Price)),
                new Text(workload.Phase.ToString()),
                new Text(workload.Provider));
        }

        return table;
    }

    private static Markup Prices(WorldView view) => new(
        "[grey]a unit cost last (on average):[/] "
        + string.Join(
            ", ",
            view.Prices.Select(price => Markup.Escape(
                $"{price.Capability} {DemoText.Tokens(price.LastPerUnit)} ({DemoText.Tokens(price.MeanPerUnit)})"))));

    private static Text Right(string text) => new Text(text).RightJustified();

    private static Table Head(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple).BorderColor(Color.Grey);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column, new Style(Color.Grey))));
        }

        return table;
    }
}
