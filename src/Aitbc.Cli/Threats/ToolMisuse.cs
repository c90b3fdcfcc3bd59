using Aitbc.Primitives;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Staking;

namespace Aitbc.Cli.Threats;

/// <summary>ASI02: every act is allowed by itself; many of them at once, in parts, in copies and by other ways are to
/// make more than the limits say.</summary>
internal static class ToolMisuse
{
    private const ulong HourTokens = 30;

    public static async Task RunAsync(ThreatRun run)
    {
        var field = run.Field;
        var agent = await field.RegisterAsync(field.Terms with
        {
            Counterparties = [],
            MaxValuePerAction = TokenAmount.FromTokens(10),
            MaxDailyVolume = TokenAmount.FromTokens(50),
            Rules =
            [
                new ConstitutionRule(RuleKind.ApprovalAbove, [CommandKind.Transfer])
                {
                    Amount = TokenAmount.FromTokens(8),
                },
                new ConstitutionRule(RuleKind.RollingValue, [CommandKind.Transfer])
                {
                    Amount = TokenAmount.FromTokens(HourTokens), Window = Duration.FromHours(1),
                },
            ],
        }).ConfigureAwait(false);
        run.Allow(TokenAmount.FromTokens(HourTokens));
        await run.WorksAsync(field.Sign(agent, GoalHijack.Pay(field.Attacker, 1))).ConfigureAwait(false);
        await SpendAtOnceAsync(run, agent).ConfigureAwait(false);
        await SpendInTurnAsync(run, agent).ConfigureAwait(false);
        run.Count("the hour's limit was not even reached", run.Field.WorthOf(agent.Id) > TokenAmount.FromTokens(971));
        await run.TryAsync(
                "pay for what needs a person",
                field.Sign(agent, GoalHijack.Pay(field.Attacker, 9)))
            .ConfigureAwait(false);
        for (ulong tokens = 21; tokens < 30; tokens++)
        {
            await run.TryAsync("stake too much", field.Sign(agent, new DepositStake(TokenAmount.FromTokens(tokens))))
                .ConfigureAwait(false);
        }
    }

    /// <summary>In all eight lanes at the same time, each payload twice.</summary>
    private static async Task SpendAtOnceAsync(ThreatRun run, Actor agent)
    {
        var field = run.Field;
        for (var round = 0; round < 6; round++)
        {
            var payloads = Enumerable.Range(0, 8)
                .Select(lane => field.Sign(
                    agent, new Writing { Lane = lane }, GoalHijack.Pay(field.Attacker, (ulong)(1 + (lane % 8)))))
                .ToList();
            await Task.WhenAll(payloads.Concat(payloads).Select(
                    payload => run.SpendAsync("pay in eight lanes at once, each twice", payload)))
                .ConfigureAwait(false);
        }
    }

    /// <summary>In parts: many in one payload, and ever smaller ones.</summary>
    private static async Task SpendInTurnAsync(ThreatRun run, Actor agent)
    {
        var field = run.Field;
        for (var parts = 2; parts <= 64; parts *= 2)
        {
            var batch = Enumerable.Repeat<Command>(GoalHijack.Pay(field.Attacker, 1), parts).ToArray();
            await run.SpendAsync("pay in one payload of many parts", field.Sign(agent, batch)).ConfigureAwait(false);
        }

        for (var i = 0; i < 60; i++)
        {
            var little = TokenAmount.OneToken.MulDivDown(1, 4);
            await run.SpendAsync(
                    "pay little, often",
                    field.Sign(agent, new Protocol.Accounts.Transfer(field.Attacker.Id, little)))
                .ConfigureAwait(false);
        }
    }
}
