using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Wire;

/// <summary>The commands of verification.</summary>
internal static partial class CommandReader
{
    private static readonly MemberSet ValidationMembers = new(
        "needed", "validators", "tolerancePpm", "fee", "commitWindowMs", "revealWindowMs");

    private static readonly MemberSet SealMembers = new("type", "workload", "seal");
    private static readonly MemberSet RevealMembers = new("type", "workload", "result", "qualityPpm", "salt");
    private static readonly MemberSet CommitMembers = new("type", "workload", "commitment");
    private static readonly MemberSet VerdictMembers = new("type", "workload", "agrees", "output", "salt");

    private static Command? ReadVerification(ref WireReader reader, CommandKind kind, ulong seen) => kind switch
    {
        CommandKind.SealWork => ReadSeal(ref reader, seen),
        CommandKind.RevealWork => ReadReveal(ref reader, seen),
        CommandKind.CommitVerdict => ReadCommit(ref reader, seen),
        CommandKind.RevealVerdict => ReadVerdict(ref reader, seen),
        _ => throw new InvalidOperationException($"The command type {kind} has no reader."),
    };

    private static ValidationTerms ReadValidation(ref WireReader reader)
    {
        byte needed = 0;
        byte validators = 0;
        Span<uint> numbers = stackalloc uint[3];
        TokenAmount fee = default;
        ulong seen = 0;
        reader.BeginObject();
        while (reader.Next(ValidationMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 0:
                    needed = (byte)reader.Integer(byte.MaxValue);
                    break;
                case 1:
                    validators = (byte)reader.Integer(byte.MaxValue);
                    break;
                case 2:
                    numbers[0] = reader.UInt32();
                    break;
                case 3:
                    fee = reader.Text<TokenAmount>();
                    break;
                default:
                    numbers[member - 3] = reader.UInt32();
                    break;
            }
        }

        return new ValidationTerms(needed, validators, numbers[0], fee, numbers[1], numbers[2]);
    }

    private static SealWork ReadSeal(ref WireReader reader, ulong seen)
    {
        WorkloadId workload = default;
        Digest seal = default;
        while (reader.Next(SealMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    workload = reader.Text<WorkloadId>();
                    break;
                case 2:
                    seal = reader.Text<Digest>();
                    break;
            }
        }

        return new SealWork(workload, seal);
    }

    private static RevealWork ReadReveal(ref WireReader reader, ulong seen)
    {
        WorkloadId workload = default;
        Digest result = default;
        uint qualityPpm = 0;
        Digest salt = default;
        while (reader.Next(RevealMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    workload = reader.Text<WorkloadId>();
                    break;
                case 2:
                    result = reader.Text<Digest>();
                    break;
                case 3:
                    qualityPpm = reader.UInt32();
                    break;
                case 4:
                    salt = reader.Text<Digest>();
                    break;
            }
        }

        return new RevealWork(workload, result, qualityPpm, salt);
    }

    private static CommitVerdict ReadCommit(ref WireReader reader, ulong seen)
    {
        WorkloadId workload = default;
        Digest commitment = default;
        while (reader.Next(CommitMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    workload = reader.Text<WorkloadId>();
                    break;
                case 2:
                    commitment = reader.Text<Digest>();
                    break;
            }
        }

        return new CommitVerdict(workload, commitment);
    }

    private static RevealVerdict ReadVerdict(ref WireReader reader, ulong seen)
    {
        WorkloadId workload = default;
        var agrees = false;
        Digest output = default;
        Digest salt = default;
        while (reader.Next(VerdictMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    workload = reader.Text<WorkloadId>();
                    break;
                case 2:
                    agrees = reader.Boolean();
                    break;
                case 3:
                    output = reader.Text<Digest>();
                    break;
                case 4:
                    salt = reader.Text<Digest>();
                    break;
            }
        }

        return new RevealVerdict(workload, agrees, output, salt);
    }
}
