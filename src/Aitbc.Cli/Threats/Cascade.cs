using Aitbc.Primitives;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Cli.Threats;

/// <summary>ASI08: one agent that runs away, or breaks, takes others with it.</summary>
internal static class Cascade
{
    private const int Gas = 40;

    public static async Task RunAsync(ThreatRun run)
    {
        var field = run.Field;
        var runaway = await field.RegisterAsync(field.Terms with
        {
            Counterparties = [], MaxGasPerDay = TokenAmount.FromBaseUnits(Gas),
        }).ConfigureAwait(false);
        var neighbour = await field.RegisterAsync(field.Terms).ConfigureAwait(false);
        await TryLoopAsync(run, runaway, neighbour).ConfigureAwait(false);
        await TryBatchAsync(run, neighbour).ConfigureAwait(false);
        await TryStopOfOthersAsync(run, runaway, neighbour).ConfigureAwait(false);
    }

    /// <summary>A loop without an end: its own gas ends it, and nobody else notices.</summary>
    private static async Task TryLoopAsync(ThreatRun run, Actor runaway, Actor neighbour)
    {
        var field = run.Field;
        var nothing = new Protocol.Accounts.Transfer(field.Merchant.Id, TokenAmount.FromBaseUnits(1));
        var paid = 0;
        for (var round = 0; round < 60; round++)
        {
            var wave = Enumerable.Range(0, 8).Select(lane =>
                field.Sign(runaway, new Writing { Lane = lane }, nothing));
            var answers = await Task.WhenAll(wave.Select(jws => field.SendAsync(jws))).ConfigureAwait(false);
            paid += answers.Count(answer => answer.TookEffect);
            foreach (var answer in answers)
            {
                run.Count("a loop that goes on beyond its gas", answer.TookEffect && paid > Gas);
            }

            if (round % 10 == 0)
            {
                await run.WorksAsync(field.Sign(neighbour, GoalHijack.Pay(field.Merchant, 1))).ConfigureAwait(false);
            }
        }

        run.Count("the loop never ran", paid == 0);
    }

    /// <summary>One bad payload among good ones of others.</summary>
    private static async Task TryBatchAsync(ThreatRun run, Actor neighbour)
    {
        var field = run.Field;
        for (var i = 0; i < 10; i++)
        {
            await run.TryAsync(
                    "have half of a payload take effect",
                    field.Sign(neighbour, GoalHijack.Pay(field.Merchant, 1), GoalHijack.Pay(field.Attacker, 1)))
                .ConfigureAwait(false);
        }
    }

    /// <summary>Stopping one stops only that one, and stopping all stops all.</summary>
    private static async Task TryStopOfOthersAsync(ThreatRun run, Actor runaway, Actor neighbour)
    {
        var field = run.Field;
        await run.WorksAsync(field.Sign(field.Guardian, new StopAgent(runaway.Id)), "/v1/oversight")
            .ConfigureAwait(false);
        await run.TryAsync("go on after a stop", field.Sign(runaway, GoalHijack.Pay(field.Merchant, 1)))
            .ConfigureAwait(false);
        await run.WorksAsync(field.Sign(neighbour, GoalHijack.Pay(field.Merchant, 1))).ConfigureAwait(false);
        await run.WorksAsync(field.Sign(field.Council, new StopMarket(StopScope.All)), "/v1/oversight")
            .ConfigureAwait(false);
        foreach (var actor in new[] { neighbour, runaway, field.Merchant, field.Attacker, field.Owner })
        {
            for (var i = 0; i < 8; i++)
            {
                await run.TryAsync(
                        "go on while all is stopped",
                        field.Sign(actor, new Writing { Lane = i }, GoalHijack.Pay(field.Council, 1)))
                    .ConfigureAwait(false);
            }
        }

        await run.WorksAsync(field.Sign(field.Council, new ReleaseMarket(StopScope.All)), "/v1/oversight")
            .ConfigureAwait(false);
        await run.WorksAsync(field.Sign(neighbour, GoalHijack.Pay(field.Merchant, 1))).ConfigureAwait(false);
    }
}
