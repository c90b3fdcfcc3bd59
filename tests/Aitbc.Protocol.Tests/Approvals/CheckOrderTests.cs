using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Tests.Approvals;

/// <summary>
/// Every action, in every lifecycle, under every stop, override, constitution and verdict of the monitor, gives the one
/// outcome that the order of the checks says. What the act's own rules say is seen on the same chain without any of it.
/// </summary>
public sealed class CheckOrderTests
{
    public enum Lifecycle
    {
        Normal,
        SafeMode,
        Retired,
    }

    public enum Stop
    {
        None,
        Agent,
        Market,
        All,
    }

    public enum Bound
    {
        Wide,
        NoValue,
        NotAllowed,
        Approval,
    }

    private static readonly OverrideEffect[][] Overrides =
        [[], [OverrideEffect.Allow], [OverrideEffect.Deny], [OverrideEffect.Allow, OverrideEffect.Deny]];

    public static TheoryData<CommandKind> Kinds => [.. Enum.GetValues<CommandKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_first_check_that_refuses_is_named(CommandKind kind)
    {
        foreach (var bound in Enum.GetValues<Bound>())
        {
            var (chain, agent, digest) = Begin(kind, bound);
            using var saved = new MemoryStream();
            chain.State.Save(saved);
            var exposure = Exposure.Of(chain.State, Any(kind, chain, agent, digest));
            var own = Own(kind);
            foreach (var lifecycle in Enum.GetValues<Lifecycle>())
            {
                foreach (var stop in Enum.GetValues<Stop>())
                {
                    foreach (var overrides in Overrides)
                    {
                        foreach (var judged in new[] { false, true })
                        {
                            saved.Position = 0;
                            chain.SwapState(LedgerState.Load(chain.Genesis, saved));
                            var payload = Stage(chain, agent, kind, digest, lifecycle, stop, overrides, judged);
                            var expected = Expected(kind, exposure, own, bound, lifecycle, stop, overrides, judged);
                            Assert.True(
                                expected == chain.Submit(payload).Outcome,
                                $"{kind}, {bound}, {lifecycle}, stop {stop}, {string.Join('+', overrides)}, "
                                + $"judged {judged}: expected {expected}");
                        }
                    }
                }
            }
        }
    }

    /// <summary>The order of the design, once more.</summary>
    private static Outcome Expected(
        CommandKind kind,
        in Exposure exposure,
        Outcome own,
        Bound bound,
        Lifecycle lifecycle,
        Stop stop,
        OverrideEffect[] overrides,
        bool judged)
    {
        var moves = !exposure.Value.IsZero || !exposure.Stake.IsZero;
        var isStopped = !kind.IsOversight() && stop switch
        {
            Stop.None => false,
            Stop.Market => kind.IsMarket(),
            _ => true,
        };
        if (isStopped)
        {
            return Outcome.Stopped;
        }

        if (lifecycle == Lifecycle.Retired)
        {
            return Outcome.Retired;
        }

        if (lifecycle == Lifecycle.SafeMode && (moves || exposure.Withdraws || kind.Grows()))
        {
            return Outcome.SafeMode;
        }

        if (overrides.Contains(OverrideEffect.Deny))
        {
            return Outcome.DeniedByOverride;
        }

        if (bound == Bound.NoValue && moves)
        {
            return exposure.Value.IsZero ? Outcome.StakeLimit : Outcome.ValueLimit;
        }

        if (overrides.Contains(OverrideEffect.Allow))
        {
            return own;
        }

        if (bound == Bound.NotAllowed)
        {
            return Outcome.ActionNotAllowed;
        }

        return (judged || (bound == Bound.Approval && moves)) && own == Outcome.Applied ? Outcome.Parked : own;
    }

    private static (LedgerFixture Chain, Actor Agent, Digest Blob) Begin(CommandKind kind, Bound bound)
    {
        var chain = new LedgerFixture();
        var terms = bound switch
        {
            Bound.NoValue => Constitutions.Wide with { MaxValuePerAction = default, MaxStake = default },
            Bound.NotAllowed => Constitutions.Wide with
            {
                AllowedActions = [.. Constitutions.Wide.AllowedActions.Where(action => action != kind)],
            },
            Bound.Approval => Constitutions.Wide with { RequiresHumanApproval = true },
            _ => Constitutions.Wide,
        };
        return (chain, chain.NewAgent(chain.People[3], terms), chain.Blob(chain.People[4]));
    }

    private static Outcome Own(CommandKind kind)
    {
        var (chain, agent, digest) = Begin(kind, Bound.Wide);
        return chain.Send(agent, Any(kind, chain, agent, digest)).Outcome;
    }

    private static ClientPayload Stage(
        LedgerFixture chain,
        Actor agent,
        CommandKind kind,
        Digest digest,
        Lifecycle lifecycle,
        Stop stop,
        OverrideEffect[] overrides,
        bool judged)
    {
        var owner = chain.People[3];
        foreach (var effect in overrides)
        {
            chain.Do(owner, effect == OverrideEffect.Deny
                ? chain.Denial(agent, kind)
                : chain.Allowance(agent, kind, TokenAmount.FromTokens(1_000_000)));
        }

        if (lifecycle == Lifecycle.SafeMode)
        {
            chain.Input(chain.Verdict(agent, MonitorVerdictKind.SafeMode));
        }
        else if (lifecycle == Lifecycle.Retired)
        {
            chain.Do(owner, new RetireAgent(agent.Id));
            chain.Do(owner, new Transfer(agent.Id, TokenAmount.FromTokens(10_000)));
        }

        switch (stop)
        {
            case Stop.Agent: chain.Do(owner, new StopAgent(agent.Id)); break;
            case Stop.Market: chain.Do(chain.People[0], new StopMarket(StopScope.Market)); break;
            case Stop.All: chain.Do(chain.People[0], new StopMarket(StopScope.All)); break;
        }

        var payload = chain.Payload(agent, Any(kind, chain, agent, digest));
        if (judged && lifecycle != Lifecycle.Retired)
        {
            chain.Input(chain.Verdict(agent, MonitorVerdictKind.Park, payload));
        }

        return payload;
    }

    /// <summary>A command of each kind; those that an agent with money alone can do take effect.</summary>
    private static Command Any(CommandKind kind, LedgerFixture chain, Actor agent, Digest blob)
    {
        var other = chain.People[4];
        var (workload, hash) = (new WorkloadId(1), Digest.Sha256("hash"u8));
        return kind switch
        {
            CommandKind.Transfer => new Transfer(other.Id, TokenAmount.OneToken),
            CommandKind.OpenAccount => new OpenAccount(Fresh, null, TokenAmount.OneToken),
            CommandKind.RegisterAgent => chain.Registration(new Actor("new", new TestKey(new SeededRandom(7)))),
            CommandKind.AddKey => new AddKey(Fresh, null),
            CommandKind.RevokeKey => new RevokeKey(agent.Key.Id),
            CommandKind.RetireAgent => new RetireAgent(agent.Id),
            CommandKind.DepositStake => new DepositStake(TokenAmount.OneToken),
            CommandKind.WithdrawStake => new WithdrawStake(TokenAmount.OneToken),
            CommandKind.ListService => new ListService(LedgerFixture.ServiceTerms),
            CommandKind.UpdateService => new UpdateService(new ServiceId(1), LedgerFixture.ServiceTerms),
            CommandKind.DelistService => new DelistService(new ServiceId(1)),
            CommandKind.DeclareBlob => new DeclareBlob(hash, 1_000, 1),
            CommandKind.PostWorkload => new PostWorkload(
                LedgerFixture.Capability,
                blob,
                blob,
                TokenAmount.FromTokens(100),
                TokenAmount.FromTokens(10),
                10,
                0,
                hash,
                VerificationMode.None,
                10_000,
                5_000,
                60_000,
                30_000),
            CommandKind.CancelWorkload => new CancelWorkload(workload),
            CommandKind.PlaceBid => new PlaceBid(workload, new ServiceId(1), hash),
            CommandKind.OpenBid => new OpenBid(workload, TokenAmount.OneToken, hash, hash),
            CommandKind.StartWork => new StartWork(workload),
            CommandKind.SubmitWork => new SubmitWork(workload, blob, 0),
            CommandKind.AcceptWork => new AcceptWork(workload),
            CommandKind.StopAgent => new StopAgent(agent.Id),
            CommandKind.ReleaseAgent => new ReleaseAgent(agent.Id),
            CommandKind.StopMarket => new StopMarket(StopScope.Market),
            CommandKind.ReleaseMarket => new ReleaseMarket(StopScope.Market),
            CommandKind.SealWork => new SealWork(workload, hash),
            CommandKind.RevealWork => new RevealWork(workload, blob, 0, hash),
            CommandKind.CommitVerdict => new CommitVerdict(workload, hash),
            CommandKind.RevealVerdict => new RevealVerdict(workload, true, hash, hash),
            CommandKind.ChangeConstitution => new ChangeConstitution(agent.Id, Constitutions.Wide),
            CommandKind.ChangeGuardians => new ChangeGuardians(agent.Id, [other.Id], 1),
            CommandKind.SetOverride => chain.Denial(agent, CommandKind.Transfer),
            CommandKind.RevokeOverride => new RevokeOverride(new OverrideId(1_000)),
            CommandKind.AgreeMotion => new AgreeMotion(new MotionId(1_000)),
            CommandKind.RejectMotion => new RejectMotion(new MotionId(1_000)),
            CommandKind.GrantApproval => new GrantApproval(new ApprovalId(1_000), new byte[] { 1 }),
            CommandKind.DenyApproval => new DenyApproval(new ApprovalId(1_000)),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    private static PublicKey Fresh { get; } = new TestKey(new SeededRandom(6)).Public;
}
