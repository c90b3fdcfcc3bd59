using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Tests.Outcomes;

/// <summary>Workloads that validators check, up to their verdicts.</summary>
internal static class VerificationScenarios
{
    public static Scenario PostChecked { get; } = new(
        "workload.post, checked",
        Validators,
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = scene.Chain.Posting(scene.Stranger) with
            {
                Mode = VerificationMode.KOfN, Validation = LedgerFixture.Validation,
            };
        },
        new Defect(Outcome.InsufficientFunds, "fee")
        {
            Late = Post(c => c with { JobBond = Genesis.MaxSupply, Validation = c.Validation! with
            {
                Fee = TokenAmount.FromTokens(333_330),
            } }),
        },
        new Defect(Outcome.InsufficientFunds, "fee")
        {
            Late = Post(c => c with { Validation = c.Validation! with { Fee = TokenAmount.MaxSupply } }),
        },
        new Defect(Outcome.BadTerms, "mode") { Late = Post(c => c with { Mode = VerificationMode.None }) },
        new Defect(Outcome.BadTerms, "terms")
        {
            Late = Post(c => c with { Validation = null }), Order = int.MaxValue,
            Excludes = ["fee", "mode", "validators", "gone", "stake"],
        },
        new Defect(Outcome.BadTerms, "needed") { Late = Ask(terms => terms with { Needed = 1 }) },
        new Defect(Outcome.BadTerms, "needed")
        {
            Late = Ask(terms => terms with { Needed = 2, Validators = 4 }), Excludes = ["validators"],
        },
        new Defect(Outcome.BadTerms, "needed") { Late = Ask(terms => terms with { Needed = 4 }) },
        new Defect(Outcome.BadTerms, "validators")
        {
            Late = Ask(terms => terms with { Needed = 0, Validators = 0 }), Excludes = ["gone", "fee"],
        },
        new Defect(Outcome.BadTerms, "validators")
        {
            Late = Ask(terms => terms with { Needed = 5, Validators = 9, Fee = TokenAmount.OneToken }),
            Excludes = ["fee"],
        },
        new Defect(Outcome.BadTerms, "tolerance")
        {
            Late = Ask(terms => terms with { TolerancePpm = 1_000_001 }),
        },
        new Defect(Outcome.BadTerms, "free")
        {
            Late = Ask(terms => terms with { Fee = TokenAmount.Zero }), Excludes = ["fee", "validators"],
        },
        new Defect(Outcome.BadTerms, "bond")
        {
            Late = Post(c => c with { MaxPrice = TokenAmount.OneToken, JobBond = TokenAmount.FromTokens(6)
                - new TokenAmount(1) }),
            Excludes = ["fee"],
        },
        new Defect(Outcome.BadTerms, "commit window") { Late = Ask(terms => terms with { CommitWindowMs = 99 }) },
        new Defect(Outcome.BadTerms, "commit window")
        {
            Late = Ask(terms => terms with { CommitWindowMs = 604_800_001 }), Excludes = ["fee"],
        },
        new Defect(Outcome.BadTerms, "reveal window") { Late = Ask(terms => terms with { RevealWindowMs = 99 }) },
        new Defect(Outcome.BadTerms, "reveal window")
        {
            Late = Ask(terms => terms with { RevealWindowMs = 604_800_001 }), Excludes = ["fee"],
        },
        new Defect(Outcome.TooFewValidators, "validators")
        {
            Late = Ask(terms => terms with { Needed = 3, Validators = 4 }), Excludes = ["fee", "needed"],
        },
        new Defect(Outcome.TooFewValidators, "gone")
        {
            Stage = scene => scene.Chain.Input(new Entries.Liveness(scene.Validators[1].Agent.Id, false)),
        });

    public static Scenario SealWork { get; } = new(
        "workload.seal",
        scene =>
        {
            Validators(scene);
            scene.Register();
            scene.Workload = scene.Chain.AwardChecked(scene.Other, scene.Provider);
        },
        scene =>
        {
            if (!scene.Early)
            {
                scene.Chain.Do(scene.Agent, new StartWork(scene.Workload));
            }

            scene.Sender = scene.Agent;
            scene.Command = scene.Chain.Sealing(scene.Provider, scene.Workload);
        },
        new Defect(Outcome.NotAuthorised, "sender") { Late = scene => scene.Sender = scene.Other, Excludes = ["id"] },
        new Defect(Outcome.NoSuchWorkload, "id")
        {
            Late = scene => scene.Command = ((SealWork)scene.Command) with { Workload = new WorkloadId(99) },
            Excludes = ["phase", "mode"],
        },
        new Defect(Outcome.WrongPhase, "phase") { Setup = scene => scene.Early = true },
        new Defect(Outcome.WrongPhase, "mode")
        {
            Stage = scene => scene.Workload = scene.Chain.Award(scene.Other, scene.Provider),
        });

    public static Scenario CommitVerdict { get; } = new(
        "verdict.commit",
        Sealed,
        scene =>
        {
            scene.Drawn = scene.Chain.Draw(scene.Workload);
            scene.Sender = scene.Drawn[0].Agent;
            scene.Command = scene.Chain.Committing(scene.Sender, scene.Workload, scene.Result);
        },
        new Defect(Outcome.NotAuthorised, "sender")
        {
            Late = scene => scene.Sender = scene.Stranger, Excludes = ["id", "funds"],
        },
        new Defect(Outcome.InsufficientFunds, "funds")
        {
            Late = scene => scene.Chain.Do(scene.Sender, new Transfer(
                scene.Other.Id, scene.Chain.Account(scene.Sender).Available - TokenAmount.OneToken)),
        },
        new Defect(Outcome.NoSuchWorkload, "id")
        {
            Late = scene => scene.Command = ((CommitVerdict)scene.Command) with { Workload = new WorkloadId(99) },
            Excludes = ["funds", "phase", "given"],
        },
        new Defect(Outcome.WrongPhase, "phase")
        {
            Late = scene => scene.Chain.Commit(scene.Workload, scene.Result, scene.Drawn), Excludes = ["given"],
        },
        new Defect(Outcome.VerdictGiven, "given")
        {
            Late = scene => scene.Chain.Commit(scene.Workload, scene.Result, scene.Drawn[0]),
        });

    public static Scenario RevealWork { get; } = new(
        "workload.reveal",
        Sealed,
        scene =>
        {
            if (!scene.Early)
            {
                scene.Chain.Commit(scene.Workload, scene.Result, scene.Chain.Draw(scene.Workload));
            }

            scene.Chain.Store(scene.Agent, scene.Result);
            scene.Sender = scene.Agent;
            scene.Command = scene.Chain.Showing(scene.Workload);
        },
        new Defect(Outcome.NotAuthorised, "sender") { Late = scene => scene.Sender = scene.Other, Excludes = ["id"] },
        new Defect(Outcome.BlobMissing, "blob")
        {
            Late = Show(command => command with { Result = default }), Excludes = ["id"],
        },
        new Defect(Outcome.BadTerms, "quality")
        {
            Late = Show(command => command with { QualityPpm = 1_000_001 }), Excludes = ["id"],
        },
        new Defect(Outcome.NoSuchWorkload, "id")
        {
            Late = Show(command => command with { Workload = new WorkloadId(99) }), Excludes = ["phase", "salt"],
        },
        new Defect(Outcome.WrongPhase, "phase") { Setup = scene => scene.Early = true },
        new Defect(Outcome.CommitmentMismatch, "salt") { Late = Show(command => command with { Salt = default }) },
        new Defect(Outcome.CommitmentMismatch, "other quality")
        {
            Late = Show(command => command with { QualityPpm = 900_001 }), Excludes = ["id", "quality"],
        });

    public static Scenario RevealVerdict { get; } = new(
        "verdict.reveal",
        Sealed,
        Judged,
        new Defect(Outcome.NotAuthorised, "sender")
        {
            Late = scene => scene.Sender = scene.Stranger, Excludes = ["id"],
        },
        new Defect(Outcome.BlobMissing, "blob") { Setup = scene => scene.Differs = true, Excludes = ["id", "phase"] },
        new Defect(Outcome.NoSuchWorkload, "id")
        {
            Late = Tell(command => command with { Workload = new WorkloadId(99) }),
            Excludes = ["phase", "salt", "given", "agrees"],
        },
        new Defect(Outcome.WrongPhase, "phase")
        {
            Setup = scene => scene.Early = true, Excludes = ["given", "agrees"],
        },
        new Defect(Outcome.CommitmentMismatch, "salt") { Late = Tell(command => command with { Salt = default }) },
        new Defect(Outcome.VerdictGiven, "given")
        {
            Late = scene => scene.Chain.Do(scene.Sender, scene.Command), Excludes = ["blob", "agrees"],
        },
        new Defect(Outcome.VerdictContradicted, "agrees")
        {
            Late = Tell(command => command with { Agrees = !command.Agrees }),
        },
        new Defect(Outcome.VerdictContradicted, "agrees")
        {
            Setup = scene => (scene.Differs, scene.Shown) = (true, true),
            Late = Tell(command => command with { Agrees = true }),
            Excludes = ["blob"],
        });

    private static void Validators(Scene scene) => scene.Validators =
        [.. Enumerable.Range(0, 3).Select(i => scene.Chain.NewValidator(scene.Chain.People[i]))];

    private static void Sealed(Scene scene)
    {
        Validators(scene);
        scene.Register();
        scene.Workload = scene.Chain.AwardChecked(scene.Other, scene.Provider);
        scene.Result = scene.Chain.Seal(scene.Provider, scene.Workload);
    }

    private static void Judged(Scene scene)
    {
        scene.Drawn = scene.Chain.Draw(scene.Workload);
        scene.Sender = scene.Drawn[0].Agent;
        var output = scene.Differs ? scene.Chain.Unique("other output", 1) : scene.Result;
        scene.Chain.Commit(scene.Workload, output, scene.Drawn[0]);
        scene.Chain.Commit(scene.Workload, scene.Result, scene.Drawn[1..]);
        if (scene.Shown)
        {
            scene.Chain.Store(scene.Sender, output);
        }

        if (!scene.Early)
        {
            scene.Chain.Show(scene.Provider, scene.Workload);
        }

        scene.Command = scene.Chain.Judging(scene.Sender, scene.Workload);
    }

    private static Action<Scene> Post(Func<PostWorkload, PostWorkload> change) =>
        scene => scene.Command = change((PostWorkload)scene.Command);

    private static Action<Scene> Ask(Func<ValidationTerms, ValidationTerms> change) =>
        Post(command => command with { Validation = change(command.Validation!) });

    private static Action<Scene> Show(Func<RevealWork, RevealWork> change) =>
        scene => scene.Command = change((RevealWork)scene.Command);

    private static Action<Scene> Tell(Func<RevealVerdict, RevealVerdict> change) =>
        scene => scene.Command = change((RevealVerdict)scene.Command);
}
