using System.Security.Cryptography;
using Aitbc.Agents.Core.Memory;
using Aitbc.Agents.Kinds.Requesting;
using Aitbc.Infrastructure.Identity;
using Aitbc.Infrastructure.Remote;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Safety;
using Aitbc.Safety.Audit;
using Aitbc.Simulation.Worlds;

namespace Aitbc.Simulation.Hosting;

/// <summary>How an agent comes to live in a host's directory and on its node's chain. Each step is kept before the next
/// is taken, so that after a failure the same call goes on.</summary>
public static class AgentEnrolment
{
    private static readonly TokenAmount OwnerDeposit = TokenAmount.FromTokens(10_000);
    private static readonly TokenAmount AgentDeposit = TokenAmount.FromTokens(2_000);

    /// <summary>Makes an agent, and its owner where there is none yet, with keys that live in the directory.</summary>
    /// <param name="directory">The host's directory.</param>
    /// <param name="ledger">The node; its faucet funds a new owner.</param>
    /// <param name="name">The agent's name, 1 to 32 of a-z, 0-9, dot, dash, underscore.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="requester">What it wants, where it is a requester.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Its account.</returns>
    /// <exception cref="WorldRefusedException">It cannot be made; the sentence says why.</exception>
    public static async Task<AccountId> EnrolAsync(
        HostDirectory directory,
        RemoteLedger ledger,
        string name,
        HostedKind kind,
        Func<RequesterTraits> requester,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(ledger);
        if (!Label.TryParse(name, out _))
        {
            throw new WorldRefusedException("name", "A name is 1 to 32 of a-z, 0-9, dot, dash and underscore.");
        }

        var (conduct, newMemory) = HostedAgent.Make(kind, requester);
        var agent = await EnrolAsync(directory, ledger, name, kind, newMemory, CharterFor, cancellationToken)
            .ConfigureAwait(false);
        return agent.Account;

        AgentCharter CharterFor(AccountId owner) =>
            CharterOf(conduct.Kind, [.. conduct.Offers.Select(offer => offer.Capability)], owner);
    }

    /// <summary>The same for an agent whose charter is given.</summary>
    internal static async Task<HostedAgent> EnrolAsync(
        HostDirectory directory,
        RemoteLedger ledger,
        string name,
        HostedKind kind,
        Func<AgentMemory> newMemory,
        Func<AccountId, AgentCharter> charterFor,
        CancellationToken cancellationToken)
    {
        var kept = Begin(directory, ledger);
        using var owner = Identity.Load(directory.Keys, kept.Owner);
        await FundAsync(ledger, owner, cancellationToken).ConfigureAwait(false);
        var agent = kept.Agents.FirstOrDefault(held => held.Name == name);
        if (agent is null)
        {
            using var made = Identity.Create(directory.Keys);
            var secret = Digest.From(RandomNumberGenerator.GetBytes(Digest.Size));
            agent = new HostedAgent(name, kind, made.Account, secret, newMemory());
            agent.Memory.LastSeq = ledger.View.Seq;
            directory.Save(kept with { Agents = [.. kept.Agents, agent] });
        }

        await RegisterAsync(directory, ledger, owner, agent, charterFor(owner.Account), cancellationToken)
            .ConfigureAwait(false);
        return agent;
    }

    /// <summary>The bounds of the demonstration's cast; the owner is the guardian.</summary>
    internal static AgentCharter CharterOf(AgentKind kind, IReadOnlyList<Label> capabilities, AccountId owner)
    {
        var buys = capabilities.Count == 0;
        var constitution = new ConstitutionTerms(
            MaxStake: buys ? TokenAmount.Zero : TokenAmount.FromTokens(2_000),
            MaxDailyVolume: TokenAmount.FromTokens(100_000),
            MaxGasPerDay: TokenAmount.FromTokens(1_000),
            MaxValuePerAction: TokenAmount.FromTokens(10_000),
            AllowedActions: buys ? Cast.RequesterActs : Cast.ProviderActs,
            Counterparties: [],
            HoursUtc: ConstitutionTerms.AnyHour,
            KeyChangeHold: Duration.FromHours(1),
            RequiresHumanApproval: false);
        return new AgentCharter(
            kind, capabilities, Label.Parse("0.1"), constitution, [owner], 1, AgentDeposit);
    }

    private static KeptHost Begin(HostDirectory directory, RemoteLedger ledger)
    {
        if (directory.Load() is { } kept)
        {
            return kept.Genesis == ledger.GenesisDigest
                ? kept
                : throw new WorldRefusedException(
                    "other_chain", "The agents here live on another chain than the node's: name another directory.");
        }

        using var owner = Identity.Create(directory.Keys);
        kept = new KeptHost(ledger.GenesisDigest, owner.Account, []);
        directory.Save(kept);
        return kept;
    }

    private static async Task FundAsync(RemoteLedger ledger, Identity owner, CancellationToken cancellationToken)
    {
        if (ledger.View.Read(state => state.FindAccount(owner.Account)) is not null)
        {
            return;
        }

        var outcome = await ledger.FundAsync(owner.Key!, OwnerDeposit, cancellationToken).ConfigureAwait(false);
        if (outcome is not (Outcome.Applied or Outcome.AccountExists))
        {
            throw new WorldRefusedException("funding", $"The node's faucet could not fund the owner: {outcome}.");
        }
    }

    private static async Task RegisterAsync(
        HostDirectory directory,
        RemoteLedger ledger,
        Identity owner,
        HostedAgent agent,
        AgentCharter charter,
        CancellationToken cancellationToken)
    {
        if (ledger.View.Read(state => state.FindAccount(agent.Account)) is not null)
        {
            return;
        }

        using var identity = Identity.Load(directory.Keys, agent.Account);
        using var audit = AuditFile.Open(directory.Disk, ledger.View.Read(state => state.Time));
        var gateway = new SafetyGateway(ledger, audit, TimeProvider.System, new GatewayOptions());
        gateway.Enrol(AgentSigner.ForKey(owner.Account, owner.Key!));
        Command register = identity.RegisterAgent(ledger.Genesis.Chain, owner.Account, charter);
        var result = await gateway
            .ActAsync(new ProposedAction(owner.Account, register, $"register {agent.Name}"), cancellationToken)
            .ConfigureAwait(false);
        if (!result.IsApplied)
        {
            throw new WorldRefusedException(
                "registration",
                $"{agent.Name} could not be registered: {result.Refusal?.Sentence ?? $"{result.Outcome}"}");
        }
    }
}
