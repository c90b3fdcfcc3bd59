using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Protocol.Tests.Outcomes;

/// <summary>What owners and guardians ask for.</summary>
internal static class OversightScenarios
{
    private static readonly Defect NotTheirs = new(Outcome.NotAuthorised, "sender")
    {
        Late = scene => scene.Sender = scene.Stranger,
        Excludes = ["agent"],
    };

    public static Scenario TightenConstitution { get; } = new(
        "constitution.change that tightens",
        scene => scene.Register(),
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = new ChangeConstitution(
                scene.Agent.Id, scene.Constitution with { MaxValuePerAction = TokenAmount.OneToken });
        },
        NotTheirs,
        new Defect(Outcome.NoSuchAgent, "agent")
        {
            Late = Change<ChangeConstitution>((c, scene) => c with { Agent = scene.Owner.Id }),
        },
        new Defect(Outcome.NoSuchAccount, "counterparty")
        {
            Late = Terms((t, scene) => t with { Counterparties = [scene.Chain.NewActor("x").Id] }),
        },
        new Defect(Outcome.BadConstitution, "actions") { Late = Terms((t, _) => t with { AllowedActions = [] }) });

    public static Scenario LoosenConstitution { get; } = new(
        "constitution.change that loosens",
        scene => scene.Register(),
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = Loosening(scene);
        },
        NotTheirs,
        new Defect(Outcome.TooManyOpen, "motions")
        {
            Stage = scene =>
            {
                for (var i = 0; i < MotionRules.MaxMotionsEach; i++)
                {
                    scene.Chain.Do(scene.Owner, Loosening(scene));
                }
            },
        });

    public static Scenario ChangeGuardians { get; } = new(
        "guardians.change",
        scene => scene.Register(),
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = new ChangeGuardians(scene.Agent.Id, [scene.Other.Id, scene.Owner.Id], 2);
        },
        NotTheirs,
        new Defect(Outcome.NoSuchAgent, "agent")
        {
            Late = Change<ChangeGuardians>((c, scene) => c with { Agent = scene.Owner.Id }),
        },
        new Defect(Outcome.BadGuardians, "threshold")
        {
            Late = Change<ChangeGuardians>((c, _) => c with { GuardianThreshold = 3 }),
        });

    public static Scenario Deny { get; } = new(
        "override.set that denies",
        scene => scene.Register(),
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = scene.Chain.Denial(scene.Agent, CommandKind.Transfer);
        },
        NotTheirs,
        new Defect(Outcome.NoSuchAgent, "agent")
        {
            Late = Change<SetOverride>((c, scene) => c with { Agent = scene.Owner.Id }), Excludes = ["overrides"],
        },
        new Defect(Outcome.TooManyOpen, "overrides")
        {
            Stage = scene =>
            {
                for (var i = 0; i < OverrideRules.MaxDenialsEach; i++)
                {
                    scene.Chain.Do(scene.Owner, scene.Chain.Denial(scene.Agent, CommandKind.PlaceBid));
                }
            },
        },
        new Defect(Outcome.BadTerms, "cap")
        {
            Late = Change<SetOverride>((c, _) => c with { Cap = TokenAmount.OneToken }), Excludes = ["overrides"],
        },
        new Defect(Outcome.BadTerms, "expiry")
        {
            Late = Change<SetOverride>((c, scene) => c with { ExpiresAt = scene.Chain.Now }),
            Excludes = ["overrides"],
        },
        new Defect(Outcome.BadTerms, "expiry")
        {
            Late = Change<SetOverride>((c, scene) =>
                c with { ExpiresAt = scene.Chain.Now + Duration.FromDays(366) + Duration.FromMilliseconds(1) }),
            Excludes = ["overrides"],
        },
        new Defect(Outcome.BadTerms, "effect")
        {
            Late = Change<SetOverride>((c, _) => c with { Effect = 0 }), Excludes = ["overrides"],
        });

    public static Scenario Allow { get; } = new(
        "override.set that allows",
        scene => scene.Register(),
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = scene.Chain.Allowance(scene.Agent, CommandKind.Transfer, TokenAmount.OneToken);
        },
        NotTheirs,
        new Defect(Outcome.TooManyOpen, "motions")
        {
            Stage = scene =>
            {
                for (var i = 0; i < MotionRules.MaxMotionsEach; i++)
                {
                    scene.Chain.Do(scene.Owner, Loosening(scene));
                }
            },
        });

    public static Scenario RevokeOverride { get; } = new(
        "override.revoke",
        scene =>
        {
            scene.Register();
            scene.Chain.Do(scene.Owner, scene.Chain.Denial(scene.Agent, CommandKind.Transfer));
        },
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = new RevokeOverride(new OverrideId(1));
        },
        new Defect(Outcome.NotAuthorised, "sender")
        {
            Late = scene => scene.Sender = scene.Stranger,
            Excludes = ["override"],
        },
        new Defect(Outcome.NoSuchOverride, "override")
        {
            Late = scene => scene.Command = new RevokeOverride(new OverrideId(2)),
        });

    public static Scenario AgreeMotion { get; } = Motion("motion.agree", id => new AgreeMotion(id));

    public static Scenario RejectMotion { get; } = Motion("motion.reject", id => new RejectMotion(id));

    public static Scenario GrantApproval { get; } = new(
        "approval.grant",
        Parked,
        scene =>
        {
            scene.Sender = scene.Chain.People[1];
            scene.Command = new GrantApproval(ParkedId(scene), scene.ParkedBytes);
        },
        new Defect(Outcome.NotAuthorised, "sender")
        {
            Late = scene => scene.Sender = scene.Stranger,
            Excludes = ["approval", "said"],
        },
        new Defect(Outcome.NoSuchApproval, "approval")
        {
            Late = Change<GrantApproval>((c, _) => c with { Approval = new ApprovalId(c.Approval.Value + 1) }),
        },
        new Defect(Outcome.ApprovalMismatch, "payload")
        {
            Late = Change<GrantApproval>((c, _) => c with { Payload = new byte[] { 1 } }),
        },
        new Defect(Outcome.AlreadySaid, "said")
        {
            Stage = scene =>
                scene.Chain.Do(scene.Chain.People[1], new GrantApproval(ParkedId(scene), scene.ParkedBytes)),
        });

    public static Scenario DenyApproval { get; } = new(
        "approval.deny",
        Parked,
        scene =>
        {
            scene.Sender = scene.Chain.People[1];
            scene.Command = new DenyApproval(ParkedId(scene));
        },
        new Defect(Outcome.NotAuthorised, "sender")
        {
            Late = scene => scene.Sender = scene.Stranger,
            Excludes = ["approval"],
        },
        new Defect(Outcome.NoSuchApproval, "approval")
        {
            Late = Change<DenyApproval>((c, _) => c with { Approval = new ApprovalId(c.Approval.Value + 1) }),
        });

    private static Scenario Motion(string name, Func<MotionId, Command> make) => new(
        name,
        scene =>
        {
            Guarded(scene);
            scene.Chain.Do(scene.Owner, new ChangeGuardians(scene.Agent.Id, [scene.Owner.Id], 1));
        },
        scene =>
        {
            scene.Sender = scene.Chain.People[1];
            scene.Command = make(new MotionId(1));
        },
        new Defect(Outcome.NotAuthorised, "sender")
        {
            Late = scene => scene.Sender = scene.Stranger,
            Excludes = ["motion", "said"],
        },
        new Defect(Outcome.NoSuchMotion, "motion")
        {
            Late = scene => scene.Command = make(new MotionId(2)),
        },
        new Defect(Outcome.AlreadySaid, "said")
        {
            Stage = scene => scene.Chain.Do(scene.Chain.People[1], make(new MotionId(1))), Excludes = ["motion"],
        });

    /// <summary>An agent with three guardians, two of whom decide.</summary>
    private static void Guarded(Scene scene)
    {
        var agent = scene.Chain.NewActor("agent");
        Actor[] guardians = [.. scene.Chain.People.Take(3)];
        scene.Chain.Do(scene.Owner, scene.Chain.Registration(agent, scene.Constitution, guardians, threshold: 2));
        scene.Provider = new Provider(agent, default);
    }

    private static void Parked(Scene scene)
    {
        scene.Constitution = scene.Constitution with { RequiresHumanApproval = true };
        Guarded(scene);
        (_, scene.ParkedBytes) = scene.Chain.Park(
            scene.Agent, new Transfer(scene.Other.Id, TokenAmount.OneToken));
    }

    private static ApprovalId ParkedId(Scene scene) => scene.Chain.State.Approvals[0].Id;

    private static ChangeConstitution Loosening(Scene scene) => new(
        scene.Agent.Id,
        scene.Constitution with { MaxGasPerDay = scene.Constitution.MaxGasPerDay + TokenAmount.OneToken });

    private static Action<Scene> Change<T>(Func<T, Scene, T> change)
        where T : Command => scene => scene.Command = change((T)scene.Command, scene);

    private static Action<Scene> Terms(Func<ConstitutionTerms, Scene, ConstitutionTerms> change) =>
        Change<ChangeConstitution>((c, scene) => c with { Constitution = change(c.Constitution, scene) });
}
