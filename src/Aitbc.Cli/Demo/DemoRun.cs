using Aitbc.Cli.Commands;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Simulation.Audit;
using Aitbc.Simulation.Worlds;

namespace Aitbc.Cli.Demo;

/// <summary>One run of the demonstration.</summary>
internal static class DemoRun
{
    /// <summary>Opens the world, lets it live before people's eyes, closes it and says what happened.</summary>
    public static async Task<int> RunAsync(
        DemoRequest request, CommandOutput output, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        World world;
        try
        {
            world = await World.OpenAsync(request.ToOptions(), cancellationToken).ConfigureAwait(false);
        }
        catch (WorldRefusedException refused)
        {
            throw new CommandFailure(refused.Code, refused.Message, refused);
        }
        catch (DataDirectoryLockedException locked)
        {
            throw new CommandFailure("locked", locked.Message, locked);
        }

        WorldView end;
        DemoAudit audit;
        await using (world.ConfigureAwait(false))
        {
            output.Line(Greeting(world));
            foreach (var notice in world.Ledger.Notices)
            {
                output.Line($"notice: {notice}");
            }

            try
            {
                end = await LiveAsync(world, request.Settle, output, cancellationToken).ConfigureAwait(false);
            }
            catch (AdmissionClosedException closed)
            {
                throw new CommandFailure(closed.Code.Replace('-', '_'), closed.Message, closed);
            }
            catch (WorldRefusedException stuck)
            {
                throw new CommandFailure(stuck.Code, stuck.Message, stuck);
            }

            var found = JournalAudit.Run(world.Ledger, cancellationToken);
            audit = DemoAudit.Of(found.Entries, found.Count, found.Findings.FirstOrDefault()?.Sentence);
        }

        LedgerEnd.Check(world.Ledger);
        var report = DemoReport.Of(world, end, audit, TimeProvider.System.GetElapsedTime(started));
        return output.Result(report, people => DemoClosing.Show(people, world, end, report));
    }

    private static async Task<WorldView> LiveAsync(
        World world, int settle, CommandOutput output, CancellationToken cancellationToken)
    {
        if (output.IsJson)
        {
            return await world.RunAsync(settle, null, cancellationToken).ConfigureAwait(false);
        }

        if (output.IsLive)
        {
            return await DemoScreen.RunAsync(world, settle, output.Screen, cancellationToken).ConfigureAwait(false);
        }

        return await world.RunAsync(
            settle,
            view =>
            {
                foreach (var line in view.News)
                {
                    output.Line($"{view.Counts.Settled,4}/{view.Goal} #{line.Seq} {line.Text}");
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static string Greeting(World world) =>
        $"{(world.IsResumed ? "Going on with" : "Beginning")} the chain {world.Ledger.Genesis.Chain} in "
        + $"{world.Directory}{(world.IsVirtual ? $", in virtual time from seed {world.Seed}" : "")}; requests arrive "
        + $"{(world.Speed == 1 ? "as recorded" : $"{world.Speed} times faster than recorded")}.";
}
