using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;

namespace Aitbc.Testing;

/// <summary>An agent with stake and one listed service.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Service">Its service.</param>
public sealed record Provider(Actor Agent, ServiceId Service);

/// <content>Agents and the market: what a scenario says in one line.</content>
public sealed partial class LedgerFixture
{
    private readonly Dictionary<(ulong Workload, AccountId Bidder), BidOpening> openings = [];
    private readonly Dictionary<Digest, Digest> salts = [];
    private Digest? input;

    /// <summary>What a workload asks and a service offers unless a test says otherwise.</summary>
    public static Label Capability { get; } = Label.Parse("classifier.infer");

    /// <summary>Terms of a service.</summary>
    public static ServiceTerms ServiceTerms { get; } =
        new(Label.Parse("digits"), Capability, TokenAmount.OneToken, 100, default, 0);

    /// <summary>A command that registers an agent; its guardian is its owner unless named.</summary>
    public RegisterAgent Registration(
        Actor agent,
        ConstitutionTerms? constitution = null,
        IReadOnlyList<Actor>? guardians = null,
        int threshold = 1) => new(
            agent.Key.Public,
            null,
            AgentKind.Inference,
            [Capability],
            Label.Parse("1.0"),
            constitution ?? Constitutions.Wide,
            [.. (guardians ?? []).Select(guardian => guardian.Id)],
            threshold,
            TokenAmount.FromTokens(10_000));

    /// <summary>Registers an agent with 10,000 tokens; its guardian is its owner unless named.</summary>
    public Actor NewAgent(
        Actor owner, ConstitutionTerms? constitution = null, IReadOnlyList<Actor>? guardians = null, int threshold = 1)
    {
        var agent = NewActor($"agent{made}");
        Do(owner, Registration(agent, constitution, guardians ?? [owner], threshold));
        return agent;
    }

    /// <summary>Registers an agent, stakes the minimum and lists a service.</summary>
    public Provider NewProvider(Actor owner, ConstitutionTerms? constitution = null, ServiceTerms? terms = null)
    {
        var agent = NewAgent(owner, constitution);
        Do(agent, new DepositStake(State.Parameters.MinimumStake));
        return new Provider(agent, List(agent, terms));
    }

    /// <summary>Lists a service.</summary>
    public ServiceId List(Actor agent, ServiceTerms? terms = null)
    {
        Do(agent, new ListService(terms ?? ServiceTerms));
        return new ServiceId(State.Globals.LastService);
    }

    /// <summary>A blob that is paid for and there.</summary>
    public Digest Blob(Actor payer, uint days = 60)
    {
        var digest = Unique("blob", ++made);
        Do(payer, new DeclareBlob(digest, 1000, days));
        Input(new BlobAvailable(digest, 1000, payer.Id));
        return digest;
    }

    /// <summary>A command that posts a workload of 100 tokens: bids 10 s, openings 5 s, work 60 s, accept 30 s.
    /// </summary>
    public PostWorkload Posting(Actor payer)
    {
        if (input is not { } blob || !State.BlobIsAvailable(blob))
        {
            blob = Blob(payer);
            input = blob;
        }

        var salt = Unique("salt", ++made);
        var saltHash = Digest.Sha256(salt.AsSpan());
        KeepSalt(salt);
        return new PostWorkload(
            Capability,
            blob,
            blob,
            TokenAmount.FromTokens(100),
            TokenAmount.FromTokens(10),
            Units: 10,
            MinQualityPpm: 0,
            saltHash,
            VerificationMode.None,
            BidWindowMs: 10_000,
            OpenWindowMs: 5_000,
            WorkWindowMs: 60_000,
            AcceptWindowMs: 30_000);
    }

    /// <summary>Posts a workload.</summary>
    public WorkloadId Post(Actor client, Func<PostWorkload, PostWorkload>? change = null)
    {
        var posting = Posting(client);
        Do(client, change is null ? posting : change(posting));
        return new WorkloadId(State.Globals.LastWorkload);
    }

    /// <summary>A bid's command; its opening is kept for <see cref="Open"/>.</summary>
    public PlaceBid Bidding(Provider provider, WorkloadId workload, TokenAmount price)
    {
        var opening = new BidOpening(
            provider.Agent.Id, price, Unique("proposal", ++made), Unique("bid-salt", made));
        openings[(workload.Value, provider.Agent.Id)] = opening;
        var commitment = BidCommitment.Of(
            workload, provider.Agent.Id, price, opening.ProposalHash, opening.Salt);
        return new PlaceBid(workload, provider.Service, commitment);
    }

    /// <summary>Bids.</summary>
    public void Bid(Provider provider, WorkloadId workload, TokenAmount price) =>
        Do(provider.Agent, Bidding(provider, workload, price));

    /// <summary>What opens a bid that was made here.</summary>
    public BidOpening OpeningOf(Actor bidder, WorkloadId workload) => openings[(workload.Value, bidder.Id)];

    /// <summary>What opens a bid that was made here, or null.</summary>
    public BidOpening? FindOpening(AccountId bidder, WorkloadId workload) =>
        openings.GetValueOrDefault((workload.Value, bidder));

    /// <summary>The salt behind a client's commitment, where it was made here.</summary>
    public Digest? FindSalt(Digest saltHash) => salts.TryGetValue(saltHash, out var salt) ? salt : null;

    /// <summary>A bidder's own opening of its bid.</summary>
    public OpenBid Opening(Actor bidder, WorkloadId workload)
    {
        var opening = OpeningOf(bidder, workload);
        return new OpenBid(workload, opening.Price, opening.ProposalHash, opening.Salt);
    }

    /// <summary>Keeps a client's salt for <see cref="FindSalt"/>.</summary>
    public void KeepSalt(Digest salt) => salts[Digest.Sha256(salt.AsSpan())] = salt;

    /// <summary>A live workload's record.</summary>
    public WorkloadRecord Workload(WorkloadId id) => State.FindWorkload(id) is var slot and >= 0
        ? State.Workloads[slot]
        : throw new InvalidOperationException($"{id} has left the state.");

    /// <summary>Whether a workload is not finished.</summary>
    public bool IsLive(WorkloadId id) => State.FindWorkload(id) >= 0;

    /// <summary>Lets time pass to a workload's present deadline, and the deadline do its work.</summary>
    public void PassDeadline(WorkloadId id) =>
        Advance(new Timestamp(Workload(id).DeadlineMs + State.Globals.MarketOffsetMs) - Now);

    /// <summary>Closes bidding and gives the node the openings of the named bidders, and the client's salt.</summary>
    public void Open(WorkloadId id, params Provider[] bidders)
    {
        PassDeadline(id);
        var all = bidders.Select(bidder => OpeningOf(bidder.Agent, id)).ToList();
        Input(new BidOpenings(id, salts[Workload(id).SaltHash], all));
    }

    /// <summary>Posts a workload that one provider wins: the way to whatever comes after the award.</summary>
    public WorkloadId Award(Actor client, Provider provider, Func<PostWorkload, PostWorkload>? change = null)
    {
        var id = Post(client, change);
        Bid(provider, id, TokenAmount.FromTokens(50));
        Open(id, provider);
        PassDeadline(id);
        return id;
    }

    /// <summary>The awarded provider starts and delivers.</summary>
    public void Deliver(Provider provider, WorkloadId id, uint qualityPpm = 900_000)
    {
        var result = Blob(provider.Agent);
        Do(provider.Agent, new StartWork(id));
        Do(provider.Agent, new SubmitWork(id, result, qualityPpm));
    }
}
