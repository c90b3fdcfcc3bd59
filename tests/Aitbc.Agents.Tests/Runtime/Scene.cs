using Aitbc.Agents.Core.Memory;
using Aitbc.Agents.Kinds;
using Aitbc.Agents.Runtime.Decision;
using Aitbc.Agents.Runtime.Marketplace;
using Aitbc.Protocol.Marketplace;
using Aitbc.Safety;
using Aitbc.Workloads;

namespace Aitbc.Agents.Tests.Runtime;

/// <summary>Observations under a test's hand.</summary>
internal static class Scene
{
    public static readonly Timestamp Now = new(1_800_000_000_000);

    private static readonly AccountFacts s_staked = new(
        true,
        false,
        false,
        TokenAmount.FromTokens(2_000),
        TokenAmount.FromTokens(1_000),
        TokenAmount.Zero,
        TokenAmount.Zero,
        0,
        0);

    private static readonly ReadOnlyMemory<byte>? s_spec =
        new Aitbc.Workloads.Specs.InferSpec(Digest.Sha256("model"u8), Digest.Sha256("input"u8)).ToBytes();

    public static readonly ProviderTraits Traits = new(
        TokenAmount.FromTokens(1), TokenAmount.FromTokens(2), Ratio.FromPpm(500_000), Ratio.Zero, Ratio.One);

    public static Agent Provider(ProviderTraits? traits = null)
    {
        var conduct = new InferenceAgent(traits ?? Traits);
        return new Agent("infer-1", Account("infer-1"), Digest.Sha256("secret"u8), conduct, conduct.NewMemory());
    }

    /// <summary>The same agent after a restart: only what is kept is left.</summary>
    public static Agent Restarted(Agent agent) => agent with
    {
        Memory = System.Text.Json.JsonSerializer.Deserialize<AgentMemory>(
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(agent.Memory))!,
    };

    public static AccountId Account(string name) =>
        AccountId.From(Digest.Sha256(System.Text.Encoding.UTF8.GetBytes(name)).AsSpan());

    public static WorkloadFacts Workload(WorkloadPhase phase = WorkloadPhase.Open, ulong id = 7) => new()
    {
        Id = new WorkloadId(id),
        Phase = phase,
        Capability = WorkloadCapabilities.ClassifierInfer,
        Input = Digest.Sha256("input"u8),
        Spec = Digest.Sha256("spec"u8),
        Result = default,
        SaltHash = default,
        SaltRevealed = false,
        Units = 10,
        MaxPrice = TokenAmount.FromTokens(100),
        Bonds = TokenAmount.FromTokens(11),
        QualityPpm = 0,
        Deadline = Now + Duration.FromSeconds(1),
        IsOwn = false,
        HasOwnBid = false,
        OwnBidOpened = false,
        IsAwardedToSelf = false,
    };

    public static Observation See(params WorkloadFacts[] workloads) => new()
    {
        Now = Now,
        MarketNow = Now,
        MarketRuns = true,
        Self = s_staked,
        Chain = new ChainFacts(TokenAmount.FromTokens(1_000), Ratio.FromPpm(100_000), TokenAmount.OneToken, 30),
        Services = [new ServiceFacts(new ServiceId(3), WorkloadCapabilities.ClassifierInfer, 8, 0)],
        Workloads = workloads,
        Events = [],
        Blobs = new Dictionary<Digest, BlobFacts>(),
        Work = [],
        Working = new HashSet<WorkloadId>(),
        ToSettle = 100,
        Fetch = digest => digest == Digest.Sha256("spec"u8) ? s_spec : null,
    };

    /// <summary>What a decision would have the gateway do, in order.</summary>
    public static IReadOnlyList<object> Acts(Decision decision) =>
    [
        .. decision.Plans.SelectMany(plan => plan.Steps).SelectMany(step => step.Proposal is { } proposal
            ? proposal.Commands.Cast<object>()
            : [step.Delivery!]),
    ];

    public static T Only<T>(Decision decision) => Assert.IsType<T>(Assert.Single(Acts(decision)));
}
