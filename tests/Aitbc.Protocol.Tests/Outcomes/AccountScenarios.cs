using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;

namespace Aitbc.Protocol.Tests.Outcomes;

/// <summary>Accounts, identity, staking, blobs and oversight.</summary>
internal static class AccountScenarios
{
    private static readonly TokenAmount Much = TokenAmount.FromTokens(2_000_000);

    public static Scenario OpenAccount { get; } = new(
        "account.open",
        _ => { },
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = new OpenAccount(scene.Chain.NewKey().Public, null, TokenAmount.OneToken);
        },
        new Defect(Outcome.AccountExists, "key")
        {
            Late = Change<OpenAccount>((c, scene) => c with { Key = scene.Other.Key.Public }),
        },
        new Defect(Outcome.BadPossession, "possession")
        {
            Late = Change<OpenAccount>((c, scene) => c with { Possession = WrongSignature(scene) }),
        },
        new Defect(Outcome.BadPossession, "key") { Late = Change<OpenAccount>((c, _) => c with { Key = default }) },
        new Defect(Outcome.InsufficientFunds, "deposit")
        {
            Late = Change<OpenAccount>((c, _) => c with { Deposit = Much }),
        });

    public static Scenario RegisterAgent { get; } = new(
        "agent.register",
        scene => scene.Register(),
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = scene.Chain.Registration(scene.Chain.NewActor("new"), guardians: [scene.Owner]);
        },
        new Defect(Outcome.NotAuthorised, "sender")
        {
            Late = scene => scene.Sender = scene.Agent,
            Excludes = ["deposit"],
        },
        new Defect(Outcome.NoSuchAccount, "counterparty")
        {
            Late = Terms((t, scene) => t with { Counterparties = [scene.Chain.NewActor("x").Id] }),
        },
        new Defect(Outcome.AccountExists, "key")
        {
            Late = Change<RegisterAgent>((c, scene) => c with { Key = scene.Other.Key.Public }),
        },
        new Defect(Outcome.BadPossession, "possession")
        {
            Late = Change<RegisterAgent>((c, scene) => c with { Possession = WrongSignature(scene) }),
        },
        new Defect(Outcome.BadConstitution, "actions") { Late = Terms((t, _) => t with { AllowedActions = [] }) },
        new Defect(Outcome.BadConstitution, "hours") { Late = Terms((t, _) => t with { HoursUtc = 1u << 24 }) },
        new Defect(Outcome.BadConstitution, "hold")
        {
            Late = Terms((t, _) => t with { KeyChangeHold = Duration.FromDays(31) }),
        },
        new Defect(Outcome.BadConstitution, "value")
        {
            Late = Terms((t, _) => t with { MaxValuePerAction = Much, MaxDailyVolume = TokenAmount.OneToken }),
        },
        new Defect(Outcome.BadConstitution, "gas") { Late = Terms((t, _) => t with { MaxGasPerDay = default }) },
        new Defect(Outcome.BadGuardians, "guardians")
        {
            Late = Change<RegisterAgent>((c, scene) => c with { Guardians = [scene.Owner.Id, scene.Owner.Id] }),
        },
        new Defect(Outcome.BadGuardians, "guardians")
        {
            Late = Change<RegisterAgent>((c, scene) => c with { Guardians = [scene.Agent.Id] }),
        },
        new Defect(Outcome.BadGuardians, "threshold")
        {
            Late = Change<RegisterAgent>((c, _) => c with { GuardianThreshold = 3 }),
        },
        new Defect(Outcome.InsufficientFunds, "deposit")
        {
            Late = Change<RegisterAgent>((c, _) => c with { Deposit = Much }),
        },
        new Defect(Outcome.BadTerms, "kind") { Late = Change<RegisterAgent>((c, _) => c with { AgentKind = 0 }) },
        new Defect(Outcome.BadTerms, "capabilities")
        {
            Late = Change<RegisterAgent>((c, _) => c with { Capabilities = new Label[5] }),
        });

    public static Scenario AddKey { get; } = new(
        "key.add",
        _ => { },
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = new AddKey(scene.Chain.NewKey().Public, null);
        },
        new Defect(Outcome.BadPossession, "possession")
        {
            Late = Change<AddKey>((c, scene) => c with { Possession = WrongSignature(scene) }),
        },
        new Defect(Outcome.KeySetFull, "keys")
        {
            Stage = scene => scene.Chain.Do(
                scene.Owner, [.. Enumerable.Range(0, 3).Select(_ => new AddKey(scene.Chain.NewKey().Public, null))]),
        },
        new Defect(Outcome.KeySetFull, "key")
        {
            Late = Change<AddKey>((c, scene) => c with { Key = scene.Owner.Key.Public }),
        });

    public static Scenario RevokeKey { get; } = new(
        "key.revoke",
        scene => scene.Chain.Do(scene.Owner, new AddKey(scene.Chain.NewKey().Public, null)),
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = new RevokeKey(scene.Owner.Key.Id);
        },
        new Defect(Outcome.NoSuchKey, "key")
        {
            Late = Change<RevokeKey>((c, scene) => c with { Key = scene.Other.Key.Id }),
        });

    public static Scenario RevokeLastKey { get; } = new(
        "key.revoke of one of two",
        scene => scene.Chain.Do(scene.Owner, new AddKey(scene.Chain.NewKey().Public, null)),
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = new RevokeKey(scene.Owner.Key.Id);
        },
        new Defect(Outcome.NoSuchKey, "last")
        {
            Late = scene => scene.Commands = [scene.Command, new RevokeKey(scene.Chain.State.Keys[
                scene.Chain.Account(scene.Owner).FirstKey - 1].Id)],
        });

    public static Scenario RetireAgent { get; } = new(
        "agent.retire",
        scene =>
        {
            scene.Staked = false;
            scene.Register();
        },
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = new RetireAgent(scene.Agent.Id);
        },
        new Defect(Outcome.NotAuthorised, "sender")
        {
            Late = scene => scene.Sender = scene.Stranger,
            Excludes = ["agent"],
        },
        new Defect(Outcome.NoSuchAgent, "agent")
        {
            Late = scene => scene.Command = new RetireAgent(scene.Owner.Id), Excludes = ["stake", "stopped"],
        },
        new Defect(Outcome.NoSuchAgent, "retired")
        {
            Stage = scene => scene.Chain.Do(scene.Owner, new RetireAgent(scene.Agent.Id)),
            Excludes = ["stake", "stopped"],
        },
        new Defect(Outcome.StillEngaged, "stake")
        {
            Stage = scene => scene.Chain.Do(scene.Agent, new DepositStake(TokenAmount.OneToken)),
        },
        new Defect(Outcome.StillEngaged, "stopped")
        {
            Stage = scene => scene.Chain.Do(scene.Owner, new StopAgent(scene.Agent.Id)), Order = int.MaxValue,
        },
        new Defect(Outcome.StillEngaged, "stopped")
        {
            Stage = scene => scene.Chain.Input(scene.Chain.Verdict(scene.Agent, MonitorVerdictKind.SafeMode)),
            Order = int.MaxValue,
        });

    public static Scenario DepositStake { get; } = new(
        "stake.deposit",
        _ => { },
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = new DepositStake(TokenAmount.OneToken);
        },
        new Defect(Outcome.BadAmount, "amount") { Late = scene => scene.Command = new DepositStake(default) },
        new Defect(Outcome.InsufficientFunds, "amount") { Late = scene => scene.Command = new DepositStake(Much) });

    public static Scenario WithdrawStake { get; } = new(
        "stake.withdraw",
        scene => scene.Register(),
        scene =>
        {
            scene.Chain.Do(scene.Agent, new DepositStake(TokenAmount.OneToken));
            scene.Sender = scene.Agent;
            scene.Command = new WithdrawStake(TokenAmount.OneToken);
        },
        new Defect(Outcome.BadAmount, "amount") { Late = scene => scene.Command = new WithdrawStake(default) },
        new Defect(Outcome.InsufficientFunds, "amount") { Late = scene => scene.Command = new WithdrawStake(Much) },
        new Defect(Outcome.InsufficientStake, "amount")
        {
            Late = scene => scene.Command = new WithdrawStake(TokenAmount.FromTokens(2)),
        },
        new Defect(Outcome.TooManyOpen, "open")
        {
            Stage = scene =>
            {
                scene.Chain.Do(scene.Agent, new DepositStake(TokenAmount.OneToken));
                var half = new WithdrawStake(TokenAmount.OneToken.MulDivDown(1, 2));
                scene.Chain.Do(scene.Agent, half, half);
            },
        });

    public static Scenario DeclareBlob { get; } = new(
        "blob.declare",
        _ => { },
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = new DeclareBlob(scene.Chain.Unique("blob", 1), 100_000, 10);
        },
        new Defect(Outcome.InsufficientFunds, "funds")
        {
            Stage = scene =>
            {
                var left = scene.Parameters.BaseGas.MulDivDown(5, 1);
                var rest = scene.Chain.Account(scene.Owner).Available - left;
                scene.Chain.Do(scene.Owner, new Transfer(scene.Other.Id, rest));
            },
            Order = int.MaxValue,
        },
        new Defect(Outcome.BlobExists, "blob")
        {
            Stage = scene =>
            {
                scene.Chain.Do(scene.Stranger, new DeclareBlob(scene.Chain.Unique("blob", 1), 100_000, 10));
                scene.Chain.Input(new BlobAvailable(scene.Chain.Unique("blob", 1), 100_000));
            },
        },
        new Defect(Outcome.BlobTooLarge, "size")
        {
            Late = Change<DeclareBlob>((c, scene) => c with { SizeBytes = scene.Parameters.MaxBlobBytes + 1 }),
        },
        new Defect(Outcome.BlobTooLarge, "size")
        {
            Late = Change<DeclareBlob>((c, scene) => c with { SizeBytes = 0 }), Excludes = ["funds"],
        },
        new Defect(Outcome.BlobTooLarge, "days")
        {
            Late = Change<DeclareBlob>((c, scene) => c with { Days = scene.Parameters.MaxBlobDays + 1 }),
        },
        new Defect(Outcome.BlobTooLarge, "days")
        {
            // What cannot be had is not called too dear.
            Late = Change<DeclareBlob>((c, _) => c with { Days = uint.MaxValue }),
        },
        new Defect(Outcome.BlobTooLarge, "names")
        {
            Late = Change<DeclareBlob>((c, _) => c with
            {
                Names = [.. Enumerable.Repeat(c.Digest, Blobs.DeclareBlob.MaxNames + 1)],
            }),
        });

    public static Scenario StopAgent { get; } = new(
        "agent.stop",
        scene => scene.Register(),
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = new StopAgent(scene.Agent.Id);
        },
        new Defect(Outcome.NotAuthorised, "sender")
        {
            Late = scene => scene.Sender = scene.Stranger,
            Excludes = ["agent"],
        },
        new Defect(Outcome.NoSuchAgent, "agent") { Late = scene => scene.Command = new StopAgent(scene.Owner.Id) });

    public static Scenario ReleaseAgent { get; } = new(
        "agent.release",
        scene => scene.Register(),
        scene =>
        {
            scene.Sender = scene.Owner;
            scene.Command = new ReleaseAgent(scene.Agent.Id);
            if (scene.Chain.State.Globals.StopEpoch == 0)
            {
                scene.Chain.Do(scene.Owner, new StopAgent(scene.Agent.Id));
            }
        },
        new Defect(Outcome.NotAuthorised, "sender")
        {
            Late = scene => scene.Sender = scene.Stranger,
            Excludes = ["agent"],
        },
        new Defect(Outcome.NoSuchAgent, "agent")
        {
            Late = scene => scene.Command = new ReleaseAgent(scene.Owner.Id), Excludes = ["released"],
        },
        new Defect(Outcome.NothingToRelease, "released")
        {
            Stage = scene =>
            {
                scene.Chain.Do(scene.Owner, new StopAgent(scene.Agent.Id));
                scene.Chain.Do(scene.Owner, new ReleaseAgent(scene.Agent.Id));
            },
        });

    public static Scenario StopMarket { get; } = new(
        "market.stop",
        _ => { },
        scene =>
        {
            scene.Sender = scene.Chain.People[0];
            scene.Command = new StopMarket(StopScope.Market);
        },
        new Defect(Outcome.NotAuthorised, "sender") { Late = scene => scene.Sender = scene.Stranger },
        new Defect(Outcome.BadTerms, "scope") { Late = scene => scene.Command = new StopMarket(default) });

    public static Scenario ReleaseMarket { get; } = new(
        "market.release",
        scene => scene.Chain.Do(scene.Chain.People[0], new StopMarket(StopScope.Market)),
        scene =>
        {
            scene.Sender = scene.Chain.People[0];
            scene.Command = new ReleaseMarket(StopScope.Market);
        },
        new Defect(Outcome.NotAuthorised, "sender")
        {
            Late = scene => scene.Sender = scene.Stranger,
            Excludes = ["voted"],
        },
        new Defect(Outcome.NothingToRelease, "scope")
        {
            Late = scene => scene.Command = new ReleaseMarket(StopScope.All),
        },
        new Defect(Outcome.NothingToRelease, "scope") { Late = scene => scene.Command = new ReleaseMarket(default) },
        new Defect(Outcome.NothingToRelease, "voted")
        {
            Stage = scene => scene.Chain.Do(scene.Chain.People[0], new ReleaseMarket(StopScope.Market)),
        });

    private static Signature WrongSignature(Scene scene) => scene.Owner.Key.Sign(scene.Chain.Unique("wrong", 1));

    private static Action<Scene> Change<T>(Func<T, Scene, T> change)
        where T : Command => scene => scene.Command = change((T)scene.Command, scene);

    private static Action<Scene> Terms(Func<ConstitutionTerms, Scene, ConstitutionTerms> change) =>
        Change<RegisterAgent>((c, scene) => c with { Constitution = change(c.Constitution, scene) });
}
