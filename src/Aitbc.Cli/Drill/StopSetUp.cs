using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;

namespace Aitbc.Cli.Drill;

/// <summary>The people and agents of a stop drill, made before the node has the chain.</summary>
internal static class StopSetUp
{
    /// <summary>The council, three guardians, an owner and a client.</summary>
    public const int People = DrillChain.Council + Guardians + 2;

    /// <summary>How many guardians release an agent.</summary>
    public const int GuardianThreshold = 2;

    private const int Guardians = 3;
    private const ulong TokensEach = 10_000;
    private const int Workloads = 16;
    private const int PerPayload = 100;
    private const int PerCall = 64;

    // Registering, staking and listing is one payload of the owner's and one of the agent's.
    private const ulong FirstFree = 2;

    /// <summary>The guardians of every agent.</summary>
    public static IReadOnlyList<KeyPair> GuardiansOf(DrillChain chain) =>
        [.. chain.People.Skip(DrillChain.Council).Take(Guardians)];

    /// <summary>Makes them.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="ahead">Payloads that each agent signs ahead.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<IReadOnlyList<LoadAgent>> RunAsync(DrillChain chain, int ahead, CancellationToken stop)
    {
        var ledger = DrillLedger.Open(chain);
        await using (ledger.ConfigureAwait(false))
        {
            var (owner, client) = (chain.People[^2], chain.People[^1]);
            foreach (var some in chain.Agents.Chunk(PerPayload))
            {
                Command[] registrations =
                [
                    .. some.Select(agent => DrillLedger.Registration(
                        owner, agent, Wide, GuardiansOf(chain), GuardianThreshold, TokensEach)),
                ];
                await ledger.DoAsync(owner, stop, registrations).ConfigureAwait(false);
            }

            var blob = await ledger.PutBlobAsync(client, stop).ConfigureAwait(false);
            var workloads = new List<WorkloadId>();
            for (var i = 0; i < Workloads; i++)
            {
                await ledger.DoAsync(client, stop, DrillLedger.Posting(
                    blob, TokenAmount.OneToken, TokenAmount.OneToken, Duration.FromHours(6))).ConfigureAwait(false);
                workloads.Add(ledger.LastWorkload);
            }

            var firstService = ledger.LastService.Value + 1;
            await ListAsync(chain, ledger, stop).ConfigureAwait(false);
            var targets = new LoadTargets(
                [.. chain.People.Select(person => (AccountId)person.Id)], workloads, blob);
            var agents = chain.Agents.Select((key, i) => new LoadAgent(
                key, i, new ServiceId(firstService + (ulong)i), FirstFree, targets, chain.ValidUntil)).ToList();
            Parallel.ForEach(agents, agent => agent.SignAhead(ahead));
            return agents;
        }
    }

    private static ConstitutionTerms Wide { get; } = new(
        TokenAmount.FromTokens(1_000),
        TokenAmount.FromTokens(1_000_000),
        TokenAmount.FromTokens(1_000),
        TokenAmount.FromTokens(1_000),
        DrillLimits.Actions,
        [],
        ConstitutionTerms.AnyHour,
        Duration.Zero,
        RequiresHumanApproval: false);

    private static async Task ListAsync(DrillChain chain, DrillLedger ledger, CancellationToken stop)
    {
        foreach (var some in chain.Agents.Chunk(PerCall))
        {
            var signed = some.Select(agent => SignedPayload.TryFromJws(
                ledger.Sign(agent, new DepositStake(TokenAmount.OneToken), DrillLedger.Service()),
                out var payload,
                out var problem)
                ? payload
                : throw new InvalidOperationException($"The drill signed what cannot be read: {problem}")).ToList();
            var results = await ledger.Host.SubmitAllAsync(signed, stop).ConfigureAwait(false);
            if (results.Any(result => result.Outcome != Outcome.Applied))
            {
                throw new InvalidOperationException("The drill's own set-up was refused.");
            }
        }
    }
}
