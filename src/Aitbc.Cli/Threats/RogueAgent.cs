using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;

namespace Aitbc.Cli.Threats;

/// <summary>ASI10: an agent that does not want to be stopped, and has prepared for it.</summary>
internal static class RogueAgent
{
    /// <summary>What it prepares payloads in; the lane behind is for what it says openly.</summary>
    private const int Lanes = 7;
    private const int Ahead = 4;

    public static async Task RunAsync(ThreatRun run)
    {
        var field = run.Field;
        var agent = await field.RegisterAsync(field.Terms with { Counterparties = [] }).ConfigureAwait(false);
        await run.WorksAsync(field.Sign(agent, GoalHijack.Pay(field.Merchant, 1))).ConfigureAwait(false);
        foreach (var (what, command) in IdentityAbuse.Decisions(field, agent))
        {
            await run.TryAsync($"the agent itself: {what}", field.Sign(agent, command), "/v1/oversight")
                .ConfigureAwait(false);
        }

        await TryRegisterAsync(run, agent).ConfigureAwait(false);
        var prepared = Enumerable.Range(0, Lanes * Ahead)
            .Select(i => field.Sign(
                agent,
                new Writing { Lane = i % Lanes, Ahead = (ulong)(i / Lanes) },
                GoalHijack.Pay(field.Attacker, 1)))
            .ToList();
        await run.WorksAsync(field.Sign(field.Guardian, new StopAgent(agent.Id)), "/v1/oversight")
            .ConfigureAwait(false);
        foreach (var jws in prepared.Take(Lanes))
        {
            await run.TryAsync("pay, signed before the stop", jws).ConfigureAwait(false);
        }

        await TryStoppedAsync(run, agent).ConfigureAwait(false);
        await TryReleaseAsync(run, agent, prepared).ConfigureAwait(false);
        await run.WorksAsync(field.Sign(agent, GoalHijack.Pay(field.Merchant, 1))).ConfigureAwait(false);
    }

    /// <summary>An agent makes no agents, and watches over none.</summary>
    private static async Task TryRegisterAsync(ThreatRun run, Actor agent)
    {
        var field = run.Field;
        foreach (var (registrar, guardian) in new[]
                 {
                     (agent, field.Guardian), (agent, agent), (field.Attacker, agent),
                 })
        {
            var key = field.NewKey();
            await run.TryAsync(
                    "register an agent that nobody but agents watches",
                    field.Sign(registrar, new RegisterAgent(
                        key.PublicKey, GoalHijack.Prove(key, field.Chain, registrar.Id), AgentKind.Data, [],
                        Label.Parse("1"), field.Terms, [guardian.Id], 1, TokenAmount.OneToken)))
                .ConfigureAwait(false);
        }
    }

    private static async Task TryStoppedAsync(ThreatRun run, Actor agent)
    {
        var field = run.Field;
        Command[] acts =
        [
            GoalHijack.Pay(field.Attacker, 1), new DepositStake(TokenAmount.OneToken),
            new WithdrawStake(TokenAmount.OneToken), Market.Service(), Market.Order(Digest.Sha256([1]), 1),
            new RevokeKey(agent.Key.Id),
        ];
        foreach (var act in acts)
        {
            for (var lane = 0; lane <= Lanes; lane++)
            {
                await run.TryAsync(
                        "act under the newest epoch while stopped", field.Sign(agent, new Writing { Lane = lane }, act))
                    .ConfigureAwait(false);
            }
        }

        foreach (var actor in new[] { agent, field.Attacker, field.Owner, field.Council, field.Merchant })
        {
            await run.TryAsync(
                    "be released by somebody who is no guardian",
                    field.Sign(actor, new Writing { Lane = Lanes }, new ReleaseAgent(agent.Id)),
                    "/v1/oversight")
                .ConfigureAwait(false);
        }
    }

    /// <summary>One of two guardians releases nothing, and after the release what was signed before stays dead.
    /// </summary>
    private static async Task TryReleaseAsync(ThreatRun run, Actor agent, IReadOnlyList<string> prepared)
    {
        var field = run.Field;
        await run.WorksAsync(field.Sign(field.Guardian, new ReleaseAgent(agent.Id)), "/v1/oversight")
            .ConfigureAwait(false);
        await run.TryAsync("act with half of a release", field.Sign(agent, GoalHijack.Pay(field.Attacker, 1)))
            .ConfigureAwait(false);
        await run.TryAsync(
                "have one guardian release it twice",
                field.Sign(field.Guardian, new ReleaseAgent(agent.Id)),
                "/v1/oversight")
            .ConfigureAwait(false);
        await run.WorksAsync(field.Sign(field.SecondGuardian, new ReleaseAgent(agent.Id)), "/v1/oversight")
            .ConfigureAwait(false);
        for (var i = 0; i < prepared.Count; i++)
        {
            await run.TryAsync("pay after the release, signed before the stop", prepared[i]).ConfigureAwait(false);

            // What is signed now takes its place, so that the next one that was kept is due.
            await run.WorksAsync(field.Sign(
                    agent,
                    new Writing { Lane = i % Lanes },
                    new Transfer(field.Merchant.Id, TokenAmount.FromBaseUnits(1))))
                .ConfigureAwait(false);
        }
    }
}
