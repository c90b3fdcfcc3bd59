using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;

namespace Aitbc.Protocol.Tests.Wire;

/// <summary>Payloads that mostly pass admission, on subjects that mostly exist, with amounts from nothing to more than
/// there is.</summary>
internal sealed class LikelyPayloads(WireWorld world, SeededRandom random)
{
    private const int Agents = 6;
    private const int Blobs = 4;

    /// <summary>The key that signs the payload given last.</summary>
    public KeyId Signer { get; private set; }

    public ClientPayload Next()
    {
        var name = Someone();
        var state = world.Ledger.State;
        var from = WireWorld.IdOf(name);
        Signer = WireWorld.KeyOf(random.NextInt32(40) == 0 ? Someone() : name).Thumbprint();
        var lane = random.NextInt32(9);
        var number = state.FindAccount(from);
        var next = number is { } account ? state.NextSequence(account, lane) : 1;
        var commands = new Command[random.NextInt32(5) == 0 ? 1 + random.NextInt32(4) : 1];
        for (var i = 0; i < commands.Length; i++)
        {
            commands[i] = Command();
        }

        return new ClientPayload
        {
            Chain = state.Genesis.Chain,
            From = from,
            Lane = lane,
            Sequence = random.NextInt32(30) == 0 ? (ulong)random.NextInt32(100) : next,
            ValidUntil = random.NextInt32(30) == 0
                ? new Timestamp((long)random.NextUInt64(1UL << 53))
                : world.Now + Duration.FromMinutes(5),
            Epoch = random.NextInt32(30) == 0 ? (ulong)random.NextInt32(50) : state.Globals.StopEpoch,
            Commands = commands,
            Proof = ProofKind.Simulated,
            Signer = Signer,
            PayloadDigest = default,
        };
    }

    private Command Command() => random.NextInt32(26) switch
    {
        0 or 1 => new Transfer(Account(), Amount()),
        2 => new OpenAccount(WireWorld.KeyOf($"guest/{random.NextInt32(8)}"), null, Amount()),
        3 or 4 => Register(),
        5 => new AddKey(WireWorld.KeyOf($"spare/{random.NextInt32(8)}"), null),
        6 => new RevokeKey(WireWorld.KeyOf($"spare/{random.NextInt32(8)}").Thumbprint()),
        7 => new RetireAgent(WireWorld.IdOf($"agent/{random.NextInt32(Agents)}")),
        8 => new DepositStake(Amount()),
        9 => new WithdrawStake(Amount()),
        10 => new ListService(Terms()),
        11 => new UpdateService(Service(), Terms()),
        12 => new DelistService(Service()),
        13 => new DeclareBlob(Blob(), Size(), (uint)random.NextUInt64(1UL << (1 + random.NextInt32(32)))),
        14 or 15 => Post(),
        16 => new CancelWorkload(Workload()),
        17 or 18 => new PlaceBid(Workload(), Service(), Blob()),
        19 => new OpenBid(Workload(), Amount(), Blob(), Blob()),
        20 => new StartWork(Workload()),
        21 => new SubmitWork(Workload(), Blob(), random.NextInt32(2) == 0 ? 900_000 : uint.MaxValue),
        22 => new AcceptWork(Workload()),
        23 => new StopAgent(WireWorld.IdOf($"agent/{random.NextInt32(Agents)}")),
        24 => new ReleaseAgent(WireWorld.IdOf($"agent/{random.NextInt32(Agents)}")),
        _ => random.NextInt32(3) == 0 ? new StopMarket(Scope()) : new ReleaseMarket(Scope()),
    };

    private RegisterAgent Register() => new(
        WireWorld.KeyOf($"agent/{random.NextInt32(Agents)}"),
        null,
        AgentKind.Inference,
        [Label.Parse("classify")],
        Label.Parse("1.0"),
        new ConstitutionTerms(
            Amount(),
            TokenAmount.MaxSupply,
            TokenAmount.MaxSupply,
            Amount(),
            Enum.GetValues<CommandKind>(),
            random.NextInt32(3) == 0 ? [Account()] : [],
            ConstitutionTerms.AnyHour,
            Duration.Zero,
            random.NextInt32(8) == 0),
        [WireWorld.IdOf("person/0"), WireWorld.IdOf("person/1")],
        random.NextInt32(3),
        TokenAmount.FromTokens(5_000));

    private ServiceTerms Terms() => new(
        Label.Parse("name"), Label.Parse("classify"), Amount(), (uint)random.NextUInt64(2_000_000), default, 0);

    private PostWorkload Post() => new(
        Label.Parse("classify"),
        Blob(),
        Blob(),
        TokenAmount.FromTokens((ulong)random.NextInt32(20)),
        TokenAmount.FromTokens((ulong)random.NextInt32(20)),
        (uint)random.NextInt32(5),
        (uint)random.NextInt32(1_100_000),
        Blob(),
        VerificationMode.None,
        Window(),
        Window(),
        Window(),
        Window());

    private uint Window() => random.NextInt32(10) == 0 ? uint.MaxValue : 100 + (uint)random.NextInt32(20_000);

    private string Someone() => random.NextInt32(3) == 0
        ? $"agent/{random.NextInt32(Agents)}"
        : $"person/{random.NextInt32(WireWorld.People)}";

    private AccountId Account() => WireWorld.IdOf(Someone());

    /// <summary>Every order of magnitude, and the very ends.</summary>
    private TokenAmount Amount() => random.NextInt32(6) switch
    {
        0 => TokenAmount.Zero,
        1 => TokenAmount.MaxSupply,
        2 => TokenAmount.FromBaseUnits(UInt128.One << random.NextInt32(127)),
        _ => TokenAmount.FromTokens((ulong)random.NextInt32(3_000)),
    };

    private ulong Size() => random.NextUInt64(1UL << (1 + random.NextInt32(53)));

    private Digest Blob() => Digest.Sha256([(byte)random.NextInt32(Blobs)]);

    private WorkloadId Workload() => new(Recent(world.Ledger.State.Globals.LastWorkload));

    private ServiceId Service() => new(Recent(world.Ledger.State.Globals.LastService));

    private ulong Recent(ulong last) => random.NextInt32(20) == 0
        ? random.NextUInt64()
        : last + 1 - random.NextUInt64(Math.Min(last, 4) + 1);

    private StopScope Scope() => random.NextInt32(2) == 0 ? StopScope.Market : StopScope.All;
}
