using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;

namespace Aitbc.Testing;

/// <content>Who does what next.</content>
public sealed partial class RandomEconomy
{
    private static readonly Label[] Names = [LedgerFixture.Capability, Label.Parse("data.curate"), default];

    /// <summary>One act with somebody who means it; now and then another sends it in their place.</summary>
    private (Actor Actor, Command Command) NextAct()
    {
        var (actor, command) = random.NextInt32(100) switch
        {
            < 15 when planned.Count > 0 => planned.Dequeue(),
            < 66 => MarketAct(),
            < 70 => OversightAct(),
            < 74 => IdentityAct(),
            < 83 => GuardianAct(),
            _ => Own(AnyActor()),
        };
        return Hits(40_000) ? (AnyActor(), command) : (actor, command);
    }

    private (Actor Actor, Command Command) Own(Actor actor) => (actor, OwnAct(actor));

    /// <summary>What anybody may do on their own.</summary>
    private Command OwnAct(Actor actor) => random.NextInt32(20) switch
    {
        < 6 => new Transfer(AnyId(), Amount(actor)),
        < 9 => new DepositStake(Hits(500_000) ? Chain.State.Parameters.MinimumStake : Amount(actor)),
        9 => new WithdrawStake(Hits(500_000) ? StakeOf(actor) : Amount(actor)),
        < 13 => new ListService(Terms(actor)),
        13 => new UpdateService(AnyService(actor), Terms(actor)),
        14 => new DelistService(AnyService(actor)),
        15 => Declaration(),
        16 => NewKeyFor(actor),
        17 => new RevokeKey(
            Hits(900_000) && keys.TryGetValue(actor.Id, out var known) ? Pick(known).Id : AnyActor().Key.Id),
        _ => Posting(actor),
    };

    private AccountId AnyId() => Hits(960_000)
        ? AnyActor().Id
        : AccountId.From(Chain.Unique("nobody", random.NextUInt64()).AsSpan());

    private TokenAmount StakeOf(Actor actor) =>
        Chain.State.FindAccount(actor.Id) is { } number ? Chain.State.Account(number).Stake : TokenAmount.OneToken;

    private ServiceTerms Terms(Actor actor) => new(
        Hits(980_000) ? Names[0] : default,
        Pick(Hits(900_000) ? Names[..1] : Names),
        Hits(980_000) ? TokenAmount.OneToken : Amount(actor),
        Hits(960_000) ? 1 + (uint)random.NextInt32(4) : Pick<uint>([0, 1_000_000, 1_000_001, uint.MaxValue]),
        Hits(500_000) ? default : Chain.Unique("model", random.NextUInt64()),
        Hits(960_000) ? (uint)random.NextInt32(900_000) : Pick<uint>([1_000_000, 1_000_001, uint.MaxValue]));

    private ServiceId AnyService(Actor actor)
    {
        var services = Chain.State.Services;
        for (var tries = 0; tries < 8 && services.Count > 0; tries++)
        {
            ref readonly var service = ref services[random.NextInt32(services.Count)];
            if (service.Id.Value != 0 && (tries == 7 || Chain.State.FindAccount(actor.Id) == service.Provider))
            {
                return service.Id;
            }
        }

        return new ServiceId(random.NextUInt64(50));
    }

    private DeclareBlob Declaration()
    {
        var days = Hits(950_000) ? 1 + (uint)random.NextInt32(30) : Pick<uint>([0, 31, uint.MaxValue]);
        var size = Hits(950_000) ? 1 + random.NextUInt64(1 << 20) : Pick<ulong>([0, (1 << 20) + 1, ulong.MaxValue]);
        return new DeclareBlob(AnyBlob(100_000) ?? Chain.Unique("blob", random.NextUInt64()), size, days);
    }

    /// <summary>A blob that is known, now and then one that is not.</summary>
    private Digest? AnyBlob(uint ppm)
    {
        var blobs = Chain.State.Blobs;
        if (blobs.Count == 0 || !Hits(ppm))
        {
            return null;
        }

        ref readonly var blob = ref blobs[random.NextInt32(blobs.Count)];
        for (var tries = 0; tries < 10 && blob.Available == 0; tries++)
        {
            blob = ref blobs[random.NextInt32(blobs.Count)];
        }

        return blob.Digest;
    }

    private AddKey NewKeyFor(Actor actor)
    {
        var key = Hits(900_000) || !keys.TryGetValue(actor.Id, out var old) ? Chain.NewKey() : Pick(old);
        if (keys.TryGetValue(actor.Id, out var known) && !known.Contains(key))
        {
            known.Add(key);
        }

        return new AddKey(Hits(980_000) ? key.Public : default, null);
    }

    private (Actor Actor, Command Command) IdentityAct()
    {
        if (agents.Count > 0 && Hits(80_000))
        {
            var agent = Chain.Account(Pick(agents));
            var owner = ActorOf(Chain.State.Agents[agent.Agent - 1].Owner);
            return (owner, new RetireAgent(Hits(950_000) ? agent.Id : AnyId()));
        }

        var sponsor = Hits(900_000) ? Pick(humans) : AnyActor();
        var fresh = Hits(950_000) ? Chain.NewActor($"actor{Steps}") : AnyActor();
        if (!actors.ContainsKey(fresh.Id))
        {
            pending.Add(fresh);
        }

        var possession = Hits(30_000) ? fresh.Key.Sign(Chain.Unique("wrong", 0)) : (Signature?)null;
        var full = agents.Count >= 60 || humans.Count >= 40;
        return full && Hits(950_000) ? Own(sponsor)
            : Hits(250_000) ? (sponsor, new OpenAccount(fresh.Key.Public, possession, Amount(sponsor)))
            : (sponsor, Registration(sponsor, fresh) with { Possession = possession });
    }

    private RegisterAgent Registration(Actor owner, Actor fresh)
    {
        List<Actor> guardians = [owner];
        while (Hits(300_000))
        {
            guardians.Add(Hits(950_000) ? Pick(humans) : AnyActor());
        }

        guardians = Hits(980_000) ? [.. guardians.Distinct()] : guardians;
        var threshold = Hits(970_000) ? 1 + random.NextInt32(guardians.Count) : random.NextInt32(12) - 1;
        var deposit = Hits(800_000) ? TokenAmount.FromTokens(5_000) : Amount(owner);
        return Chain.Registration(fresh, Constitution(owner), guardians, threshold) with
        {
            Deposit = deposit,
            AgentKind = Hits(990_000) ? AgentKind.Inference : (AgentKind)random.NextInt32(256),
        };
    }

    private ConstitutionTerms Constitution(Actor owner)
    {
        var terms = Constitutions.Wide;
        if (Hits(220_000))
        {
            terms = terms with { Rules = Rules(terms) };
        }

        if (Hits(300_000))
        {
            var daily = TokenAmount.FromTokens(200 + random.NextUInt64(3_000));
            var each = daily.MulDivDown(1 + random.NextUInt64(10), 10);
            terms = terms with { MaxDailyVolume = daily, MaxValuePerAction = each };
        }

        return random.NextInt32(24) switch
        {
            0 => terms with { MaxGasPerDay = TokenAmount.FromBaseUnits(300_000_000_000_000_000) },
            1 => terms with { HoursUtc = 0x0FFF },
            2 => terms with { Counterparties = [.. humans.Take(1 + random.NextInt32(8)).Select(human => human.Id)] },
            3 => terms with { KeyChangeHold = Duration.FromHours(1) },
            4 => terms with { RequiresHumanApproval = true },
            5 => terms with { AllowedActions = [CommandKind.Transfer, CommandKind.DepositStake] },
            6 => terms with { MaxStake = TokenAmount.FromTokens(1_500) },
            7 => Hostile(terms) with { AllowedActions = [.. Enum.GetValues<CommandKind>()] },
            8 => Broken(Hostile(terms), owner),
            9 => terms with { MaxDailyVolume = TokenAmount.MaxSupply, MaxValuePerAction = TokenAmount.MaxSupply },
            _ => terms,
        };
    }

    private static ConstitutionTerms Hostile(ConstitutionTerms terms) => terms with
    {
        MaxStake = TokenAmount.MaxSupply,
        MaxDailyVolume = TokenAmount.MaxSupply,
        MaxGasPerDay = TokenAmount.MaxSupply,
        MaxValuePerAction = TokenAmount.MaxSupply,
    };

    private ConstitutionTerms Broken(ConstitutionTerms terms, Actor owner) => random.NextInt32(8) switch
    {
        0 => terms with { AllowedActions = [] },
        1 => terms with { AllowedActions = [CommandKind.Transfer, CommandKind.Transfer] },
        2 => terms with { AllowedActions = [(CommandKind)random.NextInt32(256)] },
        3 => terms with { HoursUtc = Pick<uint>([0, 1u << 24, uint.MaxValue]) },
        4 => terms with { Counterparties = [.. Enumerable.Repeat(owner.Id, 9)] },
        5 => terms with { Counterparties = [AccountId.From(Chain.Unique("nobody", 1).AsSpan())] },
        6 => terms with { MaxDailyVolume = TokenAmount.OneToken },
        _ => terms with { KeyChangeHold = new Duration(Pick([-1, long.MaxValue, long.MinValue])) },
    };

    private (Actor Actor, Command Command) OversightAct()
    {
        ref readonly var globals = ref Chain.State.Globals;
        var stopped = globals.AllStopped + globals.MarketIsStopped > 0;
        if (stopped ? Hits(900_000) : Hits(60_000))
        {
            var scope = globals.AllStopped == 1 || (!stopped && Hits(300_000)) ? StopScope.All : StopScope.Market;
            scope = Hits(950_000) ? scope : (StopScope)random.NextInt32(256);
            var member = Hits(950_000) ? humans[random.NextInt32(3)] : AnyActor();
            return stopped
                ? (member, new ReleaseMarket(scope))
                : (member, new StopMarket(scope));
        }

        if (agents.Count == 0)
        {
            return Own(AnyActor());
        }

        var account = Chain.Account(Pick(agents));
        for (var tries = 0; tries < 10 && !IsHeld(account); tries++)
        {
            account = Chain.Account(Pick(agents));
        }

        var agent = Chain.State.Agents[account.Agent - 1];
        var guardian = ActorOf(agent.Guardians[random.NextInt32(agent.GuardianCount)]);
        var id = Hits(960_000) ? account.Id : AnyId();
        return IsHeld(account)
            ? (guardian, new ReleaseAgent(id))
            : (guardian, Hits(300_000) ? new StopAgent(id) : new ReleaseAgent(id));
    }

    /// <summary>Whether an agent waits for its release.</summary>
    private bool IsHeld(in AccountRecord account)
    {
        ref readonly var agent = ref Chain.State.Agents[account.Agent - 1];
        return agent.Stopped == 1 || (agent.Flags & AgentFlags.SafeMode) != 0;
    }
}
