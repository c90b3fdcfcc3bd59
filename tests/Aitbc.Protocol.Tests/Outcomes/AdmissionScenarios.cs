using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Protocol.Tests.Outcomes;

/// <summary>What admission turns away, and what the constitution refuses.</summary>
internal static class AdmissionScenarios
{
    private const int ManyCommands = 40;

    private static TokenAmount Gas(int multiples) => new Parameters().BaseGas.MulDivDown((UInt128)multiples, 1);

    public static Scenario Admission { get; } = new(
        "admission",
        scene => scene.Register(),
        scene =>
        {
            scene.Sender = scene.Agent;
            scene.Command = new Transfer(scene.Other.Id, TokenAmount.FromBaseUnits(1));
        },
        new Defect(Outcome.Malformed, "count") { Late = scene => scene.Commands = [] },
        new Defect(Outcome.Malformed, "count")
        {
            Late = scene => scene.Commands =
                [.. Enumerable.Repeat(scene.Command, ClientPayload.MaxCommands + 1)],
            Excludes = ["mix", "deposit", "gas limit"],
        },
        new Defect(Outcome.Malformed, "mix")
        {
            Late = scene => scene.Commands = [scene.Command, new StopAgent(scene.Agent.Id)],
            Excludes = ["count"],
        },
        new Defect(Outcome.NotSupported, "proof") { Late = With(e => e with { Proof = ProofKind.WebAuthn }) },
        new Defect(Outcome.WrongChain, "chain") { Late = With(e => e with { Chain = new ChainId("sim:other") }) },
        new Defect(Outcome.UnknownAccount, "from")
        {
            Late = scene => scene.Envelope = scene.Envelope with { From = scene.Chain.NewActor("nobody").Id },
        },
        new Defect(Outcome.BadProof, "proof") { Late = With(e => e with { Proof = default }) },
        new Defect(Outcome.KeyNotPresent, "signer")
        {
            Late = scene => scene.Envelope = scene.Envelope with { Signer = scene.Owner.Key.Id },
        },
        new Defect(Outcome.LaneOutOfRange, "lane") { Late = With(e => e with { Lane = 8, Sequence = 1 }) },
        new Defect(Outcome.NonceUsed, "sequence")
        {
            Stage = scene => scene.Chain.Send(scene.Agent, new ReleaseAgent(scene.Agent.Id)),
            Late = With(e => e with { Sequence = 1 }),
            Order = int.MinValue + 1,
        },
        new Defect(Outcome.NonceGap, "sequence") { Late = With(e => e with { Sequence = 1_000 }) },
        new Defect(Outcome.Expired, "validity")
        {
            Late = scene => scene.Envelope = scene.Envelope with { ValidUntil = new(scene.Chain.Now.UnixMs - 1) },
        },
        new Defect(Outcome.ValidTooFar, "validity")
        {
            Late = scene => scene.Envelope = scene.Envelope with
            {
                ValidUntil = new(scene.Chain.Now.UnixMs + scene.Parameters.MaxValidity.Ms + 1),
            },
        },
        new Defect(Outcome.RateLimited, "rate") { Stage = UseUpRate, Order = int.MinValue },
        new Defect(Outcome.NoGasMoney, "deposit") { Setup = Poor, Late = Repeat },
        new Defect(Outcome.GasLimit, "gas limit")
        {
            Setup = scene => scene.Constitution = scene.Constitution with { MaxGasPerDay = Gas(60 + ManyCommands) },
            Late = Repeat,
        },
        new Defect(Outcome.Stopped, "stopped")
        {
            Stage = scene => scene.Chain.Do(scene.Owner, new StopAgent(scene.Agent.Id)),
        },
        new Defect(Outcome.Stopped, "all stopped")
        {
            Stage = scene => scene.Chain.Do(scene.Chain.People[0], new StopMarket(StopScope.All)),
        },
        new Defect(Outcome.StaleEpoch, "epoch")
        {
            Stage = scene =>
            {
                scene.Chain.Do(scene.Owner, new StopAgent(scene.Agent.Id));
                scene.Chain.Do(scene.Owner, new ReleaseAgent(scene.Agent.Id));
            },
            Late = With(e => e with { Epoch = 0 }),
        },
        new Defect(Outcome.EpochAhead, "epoch") { Late = With(e => e with { Epoch = 1_000 }) },
        new Defect(Outcome.Retired, "retired") { Setup = scene => scene.Staked = false, Stage = Retire });

    public static Scenario Duplicate { get; } = new(
        "a payload sent again under its nonce",
        scene => scene.Register(),
        scene =>
        {
            scene.Sender = scene.Agent;
            scene.Command = new Transfer(scene.Other.Id, TokenAmount.FromBaseUnits(1));
        },
        new Defect(Outcome.NonceUsed, "old")
        {
            Setup = scene => scene.Parameters = scene.Parameters with { PayloadsPerMinute = 6_000 },
            Stage = scene =>
            {
                for (var i = 0; i < 100; i++)
                {
                    scene.Chain.Do(scene.Agent, new Transfer(scene.Other.Id, TokenAmount.FromBaseUnits(1)));
                }
            },
            Late = With(e => e with { Sequence = 2 }),
        });

    public static Scenario Constitution { get; } = new(
        "constitution",
        scene => scene.Register(),
        scene =>
        {
            scene.Chain.Advance(Duration.FromHours(5));
            scene.Sender = scene.Agent;
            scene.Command = new Transfer(scene.Other.Id, TokenAmount.FromTokens(8));
        },
        new Defect(Outcome.ValueLimit, "value")
        {
            Setup = scene => scene.Constitution =
                scene.Constitution with { MaxValuePerAction = TokenAmount.FromTokens(7) },
        },
        new Defect(Outcome.VolumeLimit, "volume")
        {
            Setup = scene => scene.Constitution = scene.Constitution with
            {
                MaxDailyVolume = TokenAmount.FromTokens(10),
                MaxValuePerAction = TokenAmount.Min(
                    scene.Constitution.MaxValuePerAction, TokenAmount.FromTokens(10)),
            },
            Stage = scene => scene.Chain.Do(
                scene.Agent, new Blobs.DeclareBlob(scene.Chain.Unique("large", 1), 16 * 1024 * 1024, 365)),
        },
        new Defect(Outcome.CounterpartyNotAllowed, "counterparty")
        {
            Setup = scene => scene.Constitution = scene.Constitution with { Counterparties = [People(0)] },
        },
        new Defect(Outcome.OutsideHours, "hours")
        {
            Setup = scene => scene.Constitution = scene.Constitution with { HoursUtc = 1 },
        },
        new Defect(Outcome.KeyChangeHold, "hold")
        {
            Setup = scene => scene.Constitution =
                scene.Constitution with { KeyChangeHold = Duration.FromHours(6) },
            Stage = scene => scene.Chain.Do(scene.Agent, new AddKey(scene.Chain.NewKey().Public, null)),
        },
        new Defect(Outcome.ActionNotAllowed, "action")
        {
            Setup = scene => scene.Constitution = scene.Constitution with
            {
                AllowedActions = [.. Enum.GetValues<CommandKind>().Where(kind => kind != CommandKind.Transfer)],
            },
        },
        new Defect(Outcome.SafeMode, "safe mode")
        {
            Stage = scene => scene.Chain.Input(scene.Chain.Verdict(scene.Agent, MonitorVerdictKind.SafeMode)),
        },
        new Defect(Outcome.DeniedByOverride, "denied")
        {
            Stage = scene => scene.Chain.Do(scene.Owner, scene.Chain.Denial(scene.Agent, CommandKind.Transfer)),
        },
        new Defect(Outcome.ActionDenied, "deny rule") { Setup = Rule(new(RuleKind.Deny, [CommandKind.Transfer])) },
        new Defect(Outcome.WindowLimit, "window rule")
        {
            Setup = Rule(new(RuleKind.RollingValue, [CommandKind.Transfer])
            {
                Amount = TokenAmount.FromTokens(7), Window = Duration.FromHours(1),
            }),
        },
        new Defect(Outcome.SequenceHold, "sequence rule")
        {
            Setup = Rule(new(RuleKind.Sequence, [CommandKind.AddKey])
            {
                Then = [CommandKind.Transfer], Window = Duration.FromHours(6),
            }),
            Stage = scene => scene.Chain.Do(scene.Agent, new AddKey(scene.Chain.NewKey().Public, null)),
        },
        new Defect(Outcome.CounterpartyRecord, "record rule")
        {
            Setup = Rule(new(RuleKind.CounterpartyRecord, [CommandKind.Transfer]) { MinRecordPpm = 1 }),
        },
        new Defect(Outcome.Parked, "approval")
        {
            Setup = scene =>
            {
                scene.Staked = false;
                scene.Constitution = scene.Constitution with { RequiresHumanApproval = true };
            },

            // Who needs approval for every act with value cannot have used any volume.
            Excludes = ["volume"],
        },
        new Defect(Outcome.NoSuchAccount, "payee")
        {
            Late = scene => scene.Command = ((Transfer)scene.Command) with { To = scene.Chain.NewActor("x").Id },
        },
        new Defect(Outcome.BadAmount, "payee")
        {
            Late = scene => scene.Command = ((Transfer)scene.Command) with { To = scene.Agent.Id },
        },
        new Defect(Outcome.InsufficientFunds, "funds")
        {
            Setup = scene =>
            {
                scene.Staked = false;
                scene.Deposit = TokenAmount.FromTokens(7);
            },
        });

    public static Scenario StakeLimit { get; } = new(
        "stake.deposit by an agent",
        scene => scene.Register(),
        scene =>
        {
            scene.Sender = scene.Agent;
            scene.Command = new Staking.DepositStake(TokenAmount.FromTokens(10));
        },
        new Defect(Outcome.StakeLimit, "stake")
        {
            Setup = scene => scene.Constitution =
                scene.Constitution with { MaxStake = TokenAmount.FromTokens(1_009) },
        },
        new Defect(Outcome.InsufficientFunds, "funds")
        {
            Setup = scene => scene.Deposit = TokenAmount.FromTokens(1_002),
        });

    public static Scenario Approval { get; } = new(
        "a command that needs approval",
        scene => scene.Register(),
        scene =>
        {
            scene.Sender = scene.Agent;
            scene.Command = new Transfer(scene.Other.Id, TokenAmount.FromBaseUnits(1));
        },
        new Defect(Outcome.ApprovalNeeded, "crowd")
        {
            Setup = scene =>
            {
                scene.Staked = false;
                scene.Constitution = scene.Constitution with { RequiresHumanApproval = true };
            },
            Stage = scene =>
            {
                for (var i = 0; i < ApprovalRules.MaxApprovals; i++)
                {
                    scene.Chain.Park(scene.Agent, new Transfer(scene.Other.Id, TokenAmount.FromBaseUnits(1)));
                }
            },
        });

    private static Action<Scene> Rule(ConstitutionRule rule) => scene =>
        scene.Constitution = scene.Constitution with { Rules = [.. scene.Constitution.Rules, rule] };

    private static AccountId People(int index) => new LedgerFixture().People[index].Id;

    private static Action<Scene> With(Func<Envelope, Envelope> change) =>
        scene => scene.Envelope = change(scene.Envelope);

    private static void Poor(Scene scene)
    {
        scene.Staked = false;
        scene.Deposit = Gas(60 + ManyCommands);
    }

    /// <summary>So many commands that their gas passes what is left.</summary>
    private static void Repeat(Scene scene) =>
        scene.Commands = [.. Enumerable.Repeat(scene.Commands[0], 2 * (60 + ManyCommands))];

    private static void UseUpRate(Scene scene)
    {
        for (var i = 0; i <= scene.Parameters.PayloadsPerMinute; i++)
        {
            var result = scene.Chain.Send(scene.Agent, new ReleaseAgent(scene.Agent.Id));
            if (result.Outcome == Outcome.RateLimited)
            {
                return;
            }
        }

        throw new InvalidOperationException("The rate was not used up.");
    }

    private static void Retire(Scene scene)
    {
        var available = scene.Chain.Account(scene.Agent).Available;
        scene.Chain.Do(scene.Owner, new RetireAgent(scene.Agent.Id));
        scene.Chain.Do(scene.Owner, new Transfer(scene.Agent.Id, available));
    }
}
