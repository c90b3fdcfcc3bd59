using System.Net;
using System.Net.Http.Headers;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Cli.Threats;

/// <summary>ASI03: acting as somebody else, with a key that is not theirs any more, or with more rights than one has.
/// </summary>
internal static class IdentityAbuse
{
    public static async Task RunAsync(ThreatRun run)
    {
        var field = run.Field;
        var agent = await field.RegisterAsync(field.Terms).ConfigureAwait(false);
        Actor[] victims = [field.Owner, field.Guardian, field.Council, field.Merchant, agent];
        foreach (var victim in victims)
        {
            foreach (var thief in new[] { field.Attacker.Key, agent.Key, field.NewKey() })
            {
                if (thief.Id != victim.Key.Id)
                {
                    await run.TryAsync(
                            "sign for somebody else",
                            field.Sign(
                                victim, new Writing { Key = thief }, GoalHijack.Pay(field.Attacker, 1)))
                        .ConfigureAwait(false);
                }
            }
        }

        await TryOldKeyAsync(run).ConfigureAwait(false);
        foreach (var actor in new[] { agent, field.Attacker, field.Merchant })
        {
            foreach (var (what, command) in Decisions(field, agent))
            {
                await run.TryAsync(what, field.Sign(actor, command), "/v1/oversight").ConfigureAwait(false);
            }
        }

        await TryKeyOfOthersAsync(run).ConfigureAwait(false);
        await TryTokensAsync(run).ConfigureAwait(false);
    }

    /// <summary>What only an agent's people decide.</summary>
    public static IEnumerable<(string What, Command Command)> Decisions(ThreatField field, Actor agent) =>
    [
        ("change the constitution", new ChangeConstitution(agent.Id, field.Terms with { Counterparties = [] })),
        ("change the guardians", new ChangeGuardians(agent.Id, [field.Attacker.Id], 1)),
        ("allow by an override", new SetOverride(
            agent.Id, CommandKind.Transfer, OverrideEffect.Allow, TokenAmount.FromTokens(100),
            Digest.Sha256("reason"u8), ThreatField.Now + Duration.FromHours(1))),
        ("stop the market", new StopMarket(StopScope.All)),
        ("retire the agent", new RetireAgent(agent.Id)),
        ("release the market", new ReleaseMarket(StopScope.All)),
    ];

    private static async Task TryOldKeyAsync(ThreatRun run)
    {
        var field = run.Field;
        var person = field.Merchant;
        var next = field.NewKey();
        var proof = GoalHijack.Prove(next, field.Chain, person.Id);
        await run.WorksAsync(field.Sign(person, new AddKey(next.PublicKey, proof))).ConfigureAwait(false);
        await run.WorksAsync(field.Sign(person, new Writing { Key = next }, new RevokeKey(person.Key.Id)))
            .ConfigureAwait(false);
        for (var i = 0; i < 8; i++)
        {
            await run.TryAsync(
                    "use a key that was revoked",
                    field.Sign(person, new Writing { Lane = i }, GoalHijack.Pay(field.Attacker, 1)))
                .ConfigureAwait(false);
        }

        await run.WorksAsync(field.Sign(person, new Writing { Key = next }, GoalHijack.Pay(field.Owner, 1)))
            .ConfigureAwait(false);
    }

    /// <summary>To enter a key one must hold it: whose key it is would else be told who acts.</summary>
    private static async Task TryKeyOfOthersAsync(ThreatRun run)
    {
        var field = run.Field;
        var key = field.NewKey();
        var forOthers = GoalHijack.Prove(key, field.Chain, field.Owner.Id);
        var elsewhere = GoalHijack.Prove(key, new ChainId("aitbc:elsewhere"), field.Attacker.Id);
        foreach (var proof in new Signature?[] { null, forOthers, elsewhere, new Signature(default, default) })
        {
            await run.TryAsync(
                    "enter a key that it does not hold",
                    field.Sign(field.Attacker, new AddKey(key.PublicKey, proof)))
                .ConfigureAwait(false);
            await run.TryAsync(
                    "open an account for a key that it does not hold",
                    field.Sign(field.Attacker, new OpenAccount(key.PublicKey, proof, TokenAmount.OneToken)))
                .ConfigureAwait(false);
        }
    }

    private static async Task TryTokensAsync(ThreatRun run)
    {
        foreach (var token in new[] { "x", "Bearer", new string('a', 43), "../operator.token", "null" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/faucet", UriKind.Relative));
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
            request.Content = new StringContent("{}");
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await run.Field.Client.SendAsync(request).ConfigureAwait(false);
            run.Count("a token that was never given", answer.IsSuccessStatusCode);
            run.Fault("a token that was never given", answer.StatusCode);
        }

        foreach (var host in new[] { "attacker.example", "localhost.attacker.example", "169.254.169.254" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/chain", UriKind.Relative));
            request.Headers.Host = host;
            using var answer = await run.Field.Client.SendAsync(request).ConfigureAwait(false);
            run.Count("another name that points here", answer.StatusCode == HttpStatusCode.OK);
        }
    }
}
