using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Tests.Wire;

/// <summary>Draws payloads and inputs that have a form on the wire, with the ends of each range drawn often.</summary>
internal sealed class RandomEntries(SeededRandom random)
{
    private const long MaxInteger = (1L << 53) - 1;

    public ClientPayload Payload(int mostCommands = 4)
    {
        var commands = new Command[1 + random.NextInt32(mostCommands)];
        for (var i = 0; i < commands.Length; i++)
        {
            commands[i] = Command((CommandKind)random.NextInt32(CommandNames.Count));
        }

        return Payload(commands);
    }

    public ClientPayload Payload(Command[] commands) => new()
    {
        Chain = Chain(),
        From = Account(),
        Lane = (int)Number(int.MaxValue),
        Sequence = (ulong)Number(MaxInteger),
        ValidUntil = new Timestamp(Number(MaxInteger)),
        Epoch = (ulong)Number(MaxInteger),
        Commands = commands,
        Proof = ProofKind.Simulated,
        Signer = KeyId.From(Bytes(32)),
        PayloadDigest = default,
    };

    public Command Command(CommandKind kind) => kind switch
    {
        CommandKind.Transfer => new Transfer(Account(), Amount()),
        CommandKind.OpenAccount => new OpenAccount(Key(), Possession(), Amount(), Passkey()),
        CommandKind.RegisterAgent => Register(),
        CommandKind.AddKey => new AddKey(Key(), Possession(), Passkey()),
        CommandKind.RevokeKey => new RevokeKey(KeyId.From(Bytes(32))),
        CommandKind.RetireAgent => new RetireAgent(Account()),
        CommandKind.DepositStake => new DepositStake(Amount()),
        CommandKind.WithdrawStake => new WithdrawStake(Amount()),
        CommandKind.ListService => new ListService(Terms()),
        CommandKind.UpdateService => new UpdateService(Service(), Terms()),
        CommandKind.DelistService => new DelistService(Service()),
        CommandKind.DeclareBlob => new DeclareBlob(Hash(), (ulong)Number(MaxInteger), Small()),
        CommandKind.PostWorkload => Post(),
        CommandKind.CancelWorkload => new CancelWorkload(Workload()),
        CommandKind.PlaceBid => new PlaceBid(Workload(), Service(), Hash()),
        CommandKind.OpenBid => new OpenBid(Workload(), Amount(), Hash(), Hash()),
        CommandKind.StartWork => new StartWork(Workload()),
        CommandKind.SubmitWork => new SubmitWork(Workload(), Hash(), Small()),
        CommandKind.AcceptWork => new AcceptWork(Workload()),
        CommandKind.StopAgent => new StopAgent(Account()),
        CommandKind.ReleaseAgent => new ReleaseAgent(Account()),
        CommandKind.StopMarket => new StopMarket(Scope()),
        CommandKind.ReleaseMarket => new ReleaseMarket(Scope()),
        CommandKind.SealWork => new SealWork(Workload(), Hash()),
        CommandKind.RevealWork => new RevealWork(Workload(), Hash(), Small(), Hash()),
        CommandKind.CommitVerdict => new CommitVerdict(Workload(), Hash()),
        CommandKind.RevealVerdict => new RevealVerdict(Workload(), random.NextInt32(2) == 0, Hash(), Hash()),
        CommandKind.ChangeConstitution => new ChangeConstitution(Account(), Constitution()),
        CommandKind.ChangeGuardians =>
            new ChangeGuardians(Account(), Many(AccountSet.Length, Account), (int)Number(int.MaxValue)),
        CommandKind.SetOverride => new SetOverride(
            Account(),
            Actions(1)[0],
            random.NextInt32(2) == 0 ? OverrideEffect.Allow : OverrideEffect.Deny,
            Amount(),
            Hash(),
            new Timestamp(Number(MaxInteger))),
        CommandKind.RevokeOverride => new RevokeOverride(new OverrideId(Wide())),
        CommandKind.AgreeMotion => new AgreeMotion(new MotionId(Wide())),
        CommandKind.RejectMotion => new RejectMotion(new MotionId(Wide())),
        CommandKind.GrantApproval => new GrantApproval(new ApprovalId(Wide()), Bytes(1 + random.NextInt32(200))),
        CommandKind.DenyApproval => new DenyApproval(new ApprovalId(Wide())),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public SystemInput Input() => random.NextInt32(8) switch
    {
        0 => new Tick(),
        1 => new Resumed(),
        2 => new TermBegan(Hash()),
        3 => new Beacon(Hash()),
        4 => new BlobAvailable(Hash(), (ulong)Number(MaxInteger)),
        5 => new Liveness(Account(), random.NextInt32(2) == 0),
        6 => new MonitorVerdict(
            Account(),
            Hash(),
            random.NextInt32(2) == 0 ? MonitorVerdictKind.Park : MonitorVerdictKind.SafeMode,
            Name(),
            Amount(),
            Amount()),
        _ => new BidOpenings(
            Workload(),
            random.NextInt32(2) == 0 ? null : Hash(),
            Many(5, () => new BidOpening(Account(), Amount(), Hash(), Hash()))),
    };

    public TokenAmount Amount() => random.NextInt32(4) switch
    {
        0 => TokenAmount.Zero,
        1 => TokenAmount.MaxSupply,
        2 => TokenAmount.FromBaseUnits(random.NextUInt64()),
        _ => TokenAmount.FromBaseUnits(new UInt128(random.NextUInt64() >> 1, random.NextUInt64())),
    };

    public Digest Hash() => random.NextInt32(8) == 0 ? default : Digest.From(Bytes(32));

    public PublicKey Key() => PublicKey.From(Bytes(64));

    public AccountId Account() => AccountId.From(Bytes(32));

    public ChainId Chain() => new(Text("abcdefghijklmnopqrstuvwxyz0123456789:._-", 1 + random.NextInt32(32)));

    private PasskeyAssertion? Passkey() => random.NextInt32(3) == 0
        ? new PasskeyAssertion(
            Bytes(1 + random.NextInt32(PasskeyAssertion.MaxAuthenticatorDataSize)),
            Bytes(1 + random.NextInt32(PasskeyAssertion.MaxClientDataSize)),
            new Signature(Hash(), Hash()))
        : null;

    private RegisterAgent Register() => new(
        Key(),
        Possession(),
        Enum.GetValues<AgentKind>()[random.NextInt32(Enum.GetValues<AgentKind>().Length)],
        Many(Capabilities.Length, Name),
        Name(),
        Constitution(),
        Many(AccountSet.Length, Account),
        (int)Number(int.MaxValue),
        Amount());

    private ConstitutionTerms Constitution() => new(
        Amount(),
        Amount(),
        Amount(),
        Amount(),
        Actions(random.NextInt32(CommandNames.Count + 1)),
        Many(AccountSet.Length, Account),
        (uint)random.NextInt32(1 << 24),
        new Duration(Number(MaxInteger)),
        random.NextInt32(2) == 0)
    {
        Rules = Many(3, Rule),
    };

    private ConstitutionRule Rule()
    {
        var rule = new ConstitutionRule(
            Enum.GetValues<RuleKind>()[random.NextInt32(Enum.GetValues<RuleKind>().Length)],
            Actions(random.NextInt32(4)));
        return rule.Kind switch
        {
            RuleKind.Deny => rule,
            RuleKind.MaxValue or RuleKind.ApprovalAbove => rule with { Amount = Amount() },
            RuleKind.RollingValue => rule with { Amount = Amount(), Window = new Duration(Number(MaxInteger)) },
            RuleKind.RollingCount => rule with { Count = Small(), Window = new Duration(Number(MaxInteger)) },
            RuleKind.Counterparties =>
                rule with { Accounts = Many(AccountSet.Length, Account), Forbids = random.NextInt32(2) == 0 },
            RuleKind.Hours => rule with { HoursUtc = (uint)random.NextInt32(1 << 24) },
            RuleKind.Sequence =>
                rule with { Then = Actions(random.NextInt32(4)), Window = new Duration(Number(MaxInteger)) },
            _ => rule with { MinRecordPpm = Small() },
        };
    }

    private CommandKind[] Actions(int count)
    {
        var actions = Enum.GetValues<CommandKind>();
        random.Shuffle<CommandKind>(actions);
        return actions[..count];
    }

    private ServiceTerms Terms() => new(Name(), Name(), Amount(), Small(), Hash(), Small());

    private PostWorkload Post() => new(
        Name(),
        Hash(),
        Hash(),
        Amount(),
        Amount(),
        Small(),
        Small(),
        Hash(),
        Enum.GetValues<VerificationMode>()[random.NextInt32(2)],
        Small(),
        Small(),
        Small(),
        Small(),
        random.NextInt32(2) == 0 ? null : Validation());

    private ValidationTerms Validation() => new(
        (byte)random.NextInt32(256), (byte)random.NextInt32(256), Small(), Amount(), Small(), Small());

    private Signature? Possession() => random.NextInt32(3) == 0 ? null : new Signature(Hash(), Hash());

    private StopScope Scope() => random.NextInt32(2) == 0 ? StopScope.Market : StopScope.All;

    private WorkloadId Workload() => new(Wide());

    private ServiceId Service() => new(Wide());

    private ulong Wide() => random.NextInt32(4) == 0 ? ulong.MaxValue : random.NextUInt64(100);

    private uint Small() => (uint)Number(uint.MaxValue);

    private long Number(long max) => random.NextInt32(4) switch
    {
        0 => 0,
        1 => max,
        2 => random.NextInt32(1000),
        _ => (long)random.NextUInt64((ulong)max + 1),
    };

    private Label Name() => Label.Parse(Text("abcdefghijklmnopqrstuvwxyz0123456789._-", random.NextInt32(33)));

    private string Text(string characters, int length) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => characters[random.NextInt32(characters.Length)]));

    private T[] Many<T>(int most, Func<T> one) =>
        [.. Enumerable.Range(0, random.NextInt32(most + 1)).Select(_ => one())];

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
