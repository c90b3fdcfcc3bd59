using Aitbc.Protocol.Marketplace;

namespace Aitbc.Protocol.Tests.Outcomes;

/// <summary>Services and workloads.</summary>
internal static class MarketScenarios
{
    public static Scenario ListService { get; } = new(
        "service.list",
        scene => scene.Register(),
        scene =>
        {
            scene.Sender = scene.Agent;
            scene.Command = new ListService(LedgerFixture.ServiceTerms);
        },
        new Defect(Outcome.NotAuthorised, "sender") { Late = scene => scene.Sender = scene.Owner },
        new Defect(Outcome.InsufficientStake, "stake") { Setup = scene => scene.Staked = false, Excludes = ["open"] },
        new Defect(Outcome.TooManyOpen, "open") { Stage = scene => scene.Chain.List(scene.Agent) },
        new Defect(Outcome.BadTerms, "capacity") { Late = Terms(terms => terms with { MaxCapacity = 0 }) },
        new Defect(Outcome.BadTerms, "accuracy") { Late = Terms(terms => terms with { MinAccuracyPpm = 1_000_001 }) },
        new Defect(Outcome.BadTerms, "name") { Late = Terms(terms => terms with { Name = default }) },
        new Defect(Outcome.BadTerms, "capability") { Late = Terms(terms => terms with { Capability = default }) },
        new Defect(Outcome.BadTerms, "price") { Late = Terms(t => t with { PricePerUnit = TokenAmount.MaxSupply }) });

    public static Scenario UpdateService { get; } = new(
        "service.update",
        scene => scene.Register(),
        scene =>
        {
            scene.Sender = scene.Agent;
            scene.Command = new UpdateService(scene.Provider.Service, LedgerFixture.ServiceTerms);
        },
        new Defect(Outcome.NoSuchService, "service")
        {
            Late = scene => scene.Command = ((UpdateService)scene.Command) with { Service = new ServiceId(99) },
        },
        new Defect(Outcome.NoSuchService, "sender") { Late = scene => scene.Sender = scene.Owner },
        new Defect(Outcome.BadTerms, "terms") { Late = Update(terms => terms with { MaxCapacity = 0 }) },
        new Defect(Outcome.BadTerms, "terms") { Late = Update(t => t with { Capability = Label.Parse("other") }) });

    public static Scenario DelistService { get; } = new(
        "service.delist",
        scene => scene.Register(),
        scene =>
        {
            scene.Sender = scene.Agent;
            scene.Command = new DelistService(scene.Provider.Service);
        },
        new Defect(Outcome.NoSuchService, "service")
        {
            Late = scene => scene.Command = new DelistService(new ServiceId(99)), Excludes = ["busy"],
        },
        new Defect(Outcome.NoSuchService, "sender") { Late = scene => scene.Sender = scene.Owner },
        new Defect(Outcome.ServiceBusy, "busy") { Stage = scene => scene.Chain.Award(scene.Other, scene.Provider) });

    public static Scenario PostWorkload { get; } = new(
        "workload.post",
        _ => { },
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = scene.Chain.Posting(scene.Stranger);
        },
        new Defect(Outcome.InsufficientFunds, "price")
        {
            Late = Post(c => c with { MaxPrice = Genesis.MaxSupply, JobBond = Genesis.MaxSupply }),
        },
        new Defect(Outcome.TooManyOpen, "open")
        {
            Stage = scene =>
            {
                scene.Chain.Post(scene.Owner);
                scene.Chain.Post(scene.Owner);
            },
        },
        new Defect(Outcome.BlobMissing, "input") { Late = Post(c => c with { Input = default }) },
        new Defect(Outcome.BlobMissing, "input")
        {
            Late = scene => Announced(scene, 1, (c, blob) => c with { Input = blob }),
        },
        new Defect(Outcome.BlobMissing, "spec") { Late = Post(c => c with { Spec = default }) },
        new Defect(Outcome.BlobMissing, "spec")
        {
            Late = scene => Announced(scene, 2, (c, blob) => c with { Spec = blob }),
        },
        new Defect(Outcome.BadTerms, "price") { Late = Post(c => c with { MaxPrice = default }) },
        new Defect(Outcome.BadTerms, "bond") { Late = Post(c => c with { JobBond = new TokenAmount(9) }) },
        new Defect(Outcome.BadTerms, "bond")
        {
            Late = Post(c => c with { JobBond = TokenAmount.MaxSupply }),
        },
        new Defect(Outcome.BadTerms, "units") { Late = Post(c => c with { Units = 0 }) },
        new Defect(Outcome.BadTerms, "quality") { Late = Post(c => c with { MinQualityPpm = 1_000_001 }) },
        new Defect(Outcome.BadTerms, "mode") { Late = Post(c => c with { Mode = VerificationMode.KOfN }) },
        new Defect(Outcome.BadTerms, "capability") { Late = Post(c => c with { Capability = default }) },
        new Defect(Outcome.BadTerms, "bid window") { Late = Post(c => c with { BidWindowMs = 99 }) },
        new Defect(Outcome.BadTerms, "open window") { Late = Post(c => c with { OpenWindowMs = 604_800_001 }) },
        new Defect(Outcome.BadTerms, "work window") { Late = Post(c => c with { WorkWindowMs = 99 }) },
        new Defect(Outcome.BadTerms, "accept window") { Late = Post(c => c with { AcceptWindowMs = uint.MaxValue }) });

    public static Scenario CancelWorkload { get; } = new(
        "workload.cancel",
        scene => scene.Workload = scene.Chain.Post(scene.Other),
        scene =>
        {
            scene.Sender = scene.Other;
            scene.Command = new CancelWorkload(scene.Workload);
        },
        new Defect(Outcome.NotAuthorised, "sender") { Late = scene => scene.Sender = scene.Owner, Excludes = ["id"] },
        new Defect(Outcome.NoSuchWorkload, "id")
        {
            Late = scene => scene.Command = new CancelWorkload(new WorkloadId(99)), Excludes = ["phase"],
        },
        new Defect(Outcome.WrongPhase, "phase")
        {
            Stage = scene =>
            {
                scene.Register();
                scene.Chain.Bid(scene.Provider, scene.Workload, TokenAmount.OneToken);
                scene.Chain.PassDeadline(scene.Workload);
            },
        });

    public static Scenario StartWork { get; } = new(
        "workload.start",
        Award,
        scene =>
        {
            scene.Sender = scene.Agent;
            scene.Command = new StartWork(scene.Workload);
        },
        new Defect(Outcome.NotAuthorised, "sender") { Late = scene => scene.Sender = scene.Other, Excludes = ["id"] },
        new Defect(Outcome.NoSuchWorkload, "id")
        {
            Late = scene => scene.Command = new StartWork(new WorkloadId(99)), Excludes = ["phase"],
        },
        new Defect(Outcome.WrongPhase, "phase")
        {
            Stage = scene => scene.Chain.Do(scene.Agent, new StartWork(scene.Workload)),
        });

    public static Scenario SubmitWork { get; } = new(
        "workload.submit",
        Award,
        scene =>
        {
            if (!scene.Early)
            {
                scene.Chain.Do(scene.Agent, new StartWork(scene.Workload));
            }

            scene.Sender = scene.Agent;
            scene.Command = new SubmitWork(scene.Workload, scene.Chain.Blob(scene.Agent), 900_000);
        },
        new Defect(Outcome.NotAuthorised, "sender") { Late = scene => scene.Sender = scene.Other, Excludes = ["id"] },
        new Defect(Outcome.BlobMissing, "blob")
        {
            Late = scene => scene.Command = ((SubmitWork)scene.Command) with { Result = default }, Excludes = ["id"],
        },
        new Defect(Outcome.BlobMissing, "blob")
        {
            // Paid for, and not there.
            Late = scene =>
            {
                var announced = scene.Chain.Unique("announced", 1);
                scene.Chain.Do(scene.Stranger, new Blobs.DeclareBlob(announced, 1000, 60));
                scene.Command = ((SubmitWork)scene.Command) with { Result = announced };
            },
            Excludes = ["id"],
        },
        new Defect(Outcome.BadTerms, "quality")
        {
            Late = scene => scene.Command = ((SubmitWork)scene.Command) with { QualityPpm = 1_000_001 },
            Excludes = ["id"],
        },
        new Defect(Outcome.NoSuchWorkload, "id")
        {
            Late = scene => scene.Command = ((SubmitWork)scene.Command) with { Workload = new WorkloadId(99) },
            Excludes = ["phase"],
        },
        new Defect(Outcome.WrongPhase, "phase") { Setup = scene => scene.Early = true });

    public static Scenario AcceptWork { get; } = new(
        "workload.accept",
        Award,
        scene =>
        {
            if (!scene.Early)
            {
                scene.Chain.Deliver(scene.Provider, scene.Workload);
            }

            scene.Sender = scene.Other;
            scene.Command = new AcceptWork(scene.Workload);
        },
        new Defect(Outcome.NotAuthorised, "sender") { Late = scene => scene.Sender = scene.Agent, Excludes = ["id"] },
        new Defect(Outcome.NoSuchWorkload, "id")
        {
            Late = scene => scene.Command = new AcceptWork(new WorkloadId(99)), Excludes = ["phase"],
        },
        new Defect(Outcome.WrongPhase, "phase") { Setup = scene => scene.Early = true });

    private static void Award(Scene scene)
    {
        scene.Register();
        scene.Workload = scene.Chain.Award(scene.Other, scene.Provider);
    }

    private static Action<Scene> Terms(Func<ServiceTerms, ServiceTerms> change) =>
        scene => scene.Command = new ListService(change(((ListService)scene.Command).Terms));

    private static Action<Scene> Update(Func<ServiceTerms, ServiceTerms> change) => scene =>
        scene.Command = ((UpdateService)scene.Command) with { Terms = change(LedgerFixture.ServiceTerms) };

    /// <summary>A blob that is paid for and not there.</summary>
    private static void Announced(
        Scene scene, ulong number, Func<PostWorkload, Digest, PostWorkload> change)
    {
        var blob = scene.Chain.Unique("announced", number);
        scene.Chain.Do(scene.Other, new Blobs.DeclareBlob(blob, 1000, 60));
        scene.Command = change((PostWorkload)scene.Command, blob);
    }

    private static Action<Scene> Post(Func<PostWorkload, PostWorkload> change) =>
        scene => scene.Command = change((PostWorkload)scene.Command);
}
