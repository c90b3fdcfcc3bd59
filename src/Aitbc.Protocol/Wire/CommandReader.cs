using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;

namespace Aitbc.Protocol.Wire;

/// <summary>Reads commands. Checks shape and width; what a command means is for the rules to judge.</summary>
internal static partial class CommandReader
{
    private const int HoursPerDay = 24;

    private static readonly MemberSet TransferMembers = new("type", "to", "amount");
    private static readonly MemberSet OpenMembers = new("type", "key", "possession?", "passkey?", "deposit");
    private static readonly MemberSet RegisterMembers = new(
        "type", "key", "possession?", "kind", "capabilities", "version", "constitution", "guardians",
        "guardianThreshold", "deposit");

    private static readonly MemberSet AddKeyMembers = new("type", "key", "possession?", "passkey?");
    private static readonly MemberSet PasskeyMembers = new("authenticatorData", "clientDataJSON", "signature");
    private static readonly MemberSet KeyMembers = new("type", "key");
    private static readonly MemberSet AgentMembers = new("type", "agent");
    private static readonly MemberSet AmountMembers = new("type", "amount");
    private static readonly MemberSet BlobMembers = new("type", "digest", "sizeBytes", "days", "access?", "names?");
    private static readonly MemberSet ScopeMembers = new("type", "scope");

    /// <summary>Reads one command; what comes out after a fault is of no use.</summary>
    public static Command? Read(ref WireReader reader)
    {
        if (!reader.BeginTyped(Words.Commands, out var kind, out var seen))
        {
            return null;
        }

        return kind switch
        {
            CommandKind.Transfer => ReadTransfer(ref reader, seen),
            CommandKind.OpenAccount => ReadOpen(ref reader, seen),
            CommandKind.RegisterAgent => ReadRegister(ref reader, seen),
            CommandKind.AddKey => ReadAddKey(ref reader, seen),
            CommandKind.RevokeKey => new RevokeKey(ReadOne<KeyId>(ref reader, KeyMembers, seen)),
            CommandKind.RetireAgent => new RetireAgent(ReadOne<AccountId>(ref reader, AgentMembers, seen)),
            CommandKind.DepositStake => new DepositStake(ReadOne<TokenAmount>(ref reader, AmountMembers, seen)),
            CommandKind.WithdrawStake => new WithdrawStake(ReadOne<TokenAmount>(ref reader, AmountMembers, seen)),
            CommandKind.DeclareBlob => ReadBlob(ref reader, seen),
            _ when kind.IsOversight() => ReadOversight(ref reader, kind, seen),
            _ => ReadMarket(ref reader, kind, seen),
        };
    }

    private static Transfer ReadTransfer(ref WireReader reader, ulong seen)
    {
        AccountId to = default;
        TokenAmount amount = default;
        while (reader.Next(TransferMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    to = reader.Text<AccountId>();
                    break;
                case 2:
                    amount = reader.Text<TokenAmount>();
                    break;
            }
        }

        return new Transfer(to, amount);
    }

    private static OpenAccount ReadOpen(ref WireReader reader, ulong seen)
    {
        PublicKey key = default;
        Signature? possession = null;
        PasskeyAssertion? passkey = null;
        TokenAmount deposit = default;
        while (reader.Next(OpenMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    key = reader.Key();
                    break;
                case 2:
                    possession = reader.Signature();
                    break;
                case 3:
                    passkey = ReadPasskey(ref reader);
                    break;
                case 4:
                    deposit = reader.Text<TokenAmount>();
                    break;
            }
        }

        return new OpenAccount(key, possession, deposit, passkey);
    }

    private static RegisterAgent ReadRegister(ref WireReader reader, ulong seen)
    {
        PublicKey key = default;
        Signature? possession = null;
        AgentKind kind = default;
        IReadOnlyList<Label> capabilities = [];
        Label version = default;
        ConstitutionTerms? constitution = null;
        IReadOnlyList<AccountId> guardians = [];
        var threshold = 0;
        TokenAmount deposit = default;
        while (reader.Next(RegisterMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    key = reader.Key();
                    break;
                case 2:
                    possession = reader.Signature();
                    break;
                case 3:
                    kind = reader.Word(Words.AgentKinds);
                    break;
                case 4:
                    capabilities = ReadList<Label>(ref reader, Capabilities.Length);
                    break;
                case 5:
                    version = reader.Text<Label>();
                    break;
                case 6:
                    constitution = ReadConstitution(ref reader);
                    break;
                case 7:
                    guardians = ReadList<AccountId>(ref reader, AccountSet.Length);
                    break;
                case 8:
                    threshold = (int)reader.Integer(int.MaxValue);
                    break;
                case 9:
                    deposit = reader.Text<TokenAmount>();
                    break;
            }
        }

        return new RegisterAgent(
            key, possession, kind, capabilities, version, constitution!, guardians, threshold, deposit);
    }

    private static AddKey ReadAddKey(ref WireReader reader, ulong seen)
    {
        PublicKey key = default;
        Signature? possession = null;
        PasskeyAssertion? passkey = null;
        while (reader.Next(AddKeyMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    key = reader.Key();
                    break;
                case 2:
                    possession = reader.Signature();
                    break;
                case 3:
                    passkey = ReadPasskey(ref reader);
                    break;
            }
        }

        return new AddKey(key, possession, passkey);
    }

    private static PasskeyAssertion ReadPasskey(ref WireReader reader)
    {
        byte[] authenticatorData = [];
        byte[] clientData = [];
        Signature signature = default;
        ulong seen = 0;
        reader.BeginObject();
        while (reader.Next(PasskeyMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 0:
                    authenticatorData = reader.Bytes(PasskeyAssertion.MaxAuthenticatorDataSize);
                    break;
                case 1:
                    clientData = reader.Bytes(PasskeyAssertion.MaxClientDataSize);
                    break;
                default:
                    signature = reader.Signature();
                    break;
            }
        }

        return new PasskeyAssertion(authenticatorData, clientData, signature);
    }

    private static StopScope ReadScope(ref WireReader reader, ulong seen)
    {
        StopScope scope = default;
        while (reader.Next(ScopeMembers, ref seen, out var member))
        {
            scope = member == 1 ? reader.Word(Words.Scopes) : scope;
        }

        return scope;
    }

    /// <summary>The one member that a command has beside its type.</summary>
    private static T ReadOne<T>(ref WireReader reader, MemberSet members, ulong seen)
        where T : struct, ITextValue<T>
    {
        T value = default;
        while (reader.Next(members, ref seen, out var member))
        {
            value = member == 1 ? reader.Text<T>() : value;
        }

        return value;
    }

    private static List<T> ReadList<T>(ref WireReader reader, int max)
        where T : struct, ITextValue<T>
    {
        var list = new List<T>();
        reader.BeginArray();
        while (reader.NextItem())
        {
            if (list.Count == max)
            {
                reader.Fail(PayloadProblemKind.OutOfRange, $"left out: at most {max} are taken");
            }

            list.Add(reader.Text<T>());
        }

        return list;
    }
}
