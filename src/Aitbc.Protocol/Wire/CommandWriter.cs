using System.Text.Json;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Staking;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Wire;

/// <summary>Writes commands in canonical form.</summary>
internal static partial class CommandWriter
{
    /// <summary>Writes one command.</summary>
    /// <exception cref="ArgumentException">A value has no form on the wire.</exception>
    public static void Write(Utf8JsonWriter json, Command command)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, Words.Commands.WordOf(command.Kind));
        switch (command)
        {
            case Transfer it:
                json.WriteText("to"u8, it.To);
                json.WriteText("amount"u8, it.Amount);
                break;
            case OpenAccount it:
                json.WriteKey("key"u8, it.Key);
                json.WriteSignature("possession"u8, it.Possession);
                json.WritePasskey("passkey"u8, it.Passkey);
                json.WriteText("deposit"u8, it.Deposit);
                break;
            case RegisterAgent it:
                WriteRegister(json, it);
                break;
            case AddKey it:
                json.WriteKey("key"u8, it.Key);
                json.WriteSignature("possession"u8, it.Possession);
                json.WritePasskey("passkey"u8, it.Passkey);
                break;
            case RevokeKey it:
                json.WriteText("key"u8, it.Key);
                break;
            case RetireAgent it:
                json.WriteText("agent"u8, it.Agent);
                break;
            case DepositStake it:
                json.WriteText("amount"u8, it.Amount);
                break;
            case WithdrawStake it:
                json.WriteText("amount"u8, it.Amount);
                break;
            case DeclareBlob it:
                json.WriteText("digest"u8, it.Digest);
                json.WriteInteger("sizeBytes"u8, it.SizeBytes);
                json.WriteInteger("days"u8, it.Days);
                WriteReaders(json, it);
                break;
            case var _ when command.Kind.IsOversight():
                WriteOversight(json, command);
                break;
            default:
                WriteMarket(json, command);
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteMarket(Utf8JsonWriter json, Command command)
    {
        switch (command)
        {
            case ListService it:
                WriteTerms(json, it.Terms);
                break;
            case UpdateService it:
                json.WriteText("service"u8, it.Service);
                WriteTerms(json, it.Terms);
                break;
            case DelistService it:
                json.WriteText("service"u8, it.Service);
                break;
            case PostWorkload it:
                WritePost(json, it);
                break;
            case CancelWorkload it:
                json.WriteText("workload"u8, it.Workload);
                break;
            case PlaceBid it:
                json.WriteText("workload"u8, it.Workload);
                json.WriteText("service"u8, it.Service);
                json.WriteText("commitment"u8, it.Commitment);
                break;
            case OpenBid it:
                json.WriteText("workload"u8, it.Workload);
                json.WriteText("price"u8, it.Price);
                json.WriteText("proposalHash"u8, it.ProposalHash);
                json.WriteText("salt"u8, it.Salt);
                break;
            case StartWork it:
                json.WriteText("workload"u8, it.Workload);
                break;
            case SubmitWork it:
                json.WriteText("workload"u8, it.Workload);
                json.WriteText("result"u8, it.Result);
                json.WriteInteger("qualityPpm"u8, it.QualityPpm);
                break;
            case AcceptWork it:
                json.WriteText("workload"u8, it.Workload);
                break;
            default:
                WriteVerification(json, command);
                break;
        }
    }

    private static void WriteVerification(Utf8JsonWriter json, Command command)
    {
        switch (command)
        {
            case SealWork it:
                json.WriteText("workload"u8, it.Workload);
                json.WriteText("seal"u8, it.Seal);
                break;
            case RevealWork it:
                json.WriteText("workload"u8, it.Workload);
                json.WriteText("result"u8, it.Result);
                json.WriteInteger("qualityPpm"u8, it.QualityPpm);
                json.WriteText("salt"u8, it.Salt);
                break;
            case CommitVerdict it:
                json.WriteText("workload"u8, it.Workload);
                json.WriteText("commitment"u8, it.Commitment);
                break;
            case RevealVerdict it:
                json.WriteText("workload"u8, it.Workload);
                json.WriteBoolean("agrees"u8, it.Agrees);
                json.WriteText("output"u8, it.Output);
                json.WriteText("salt"u8, it.Salt);
                break;
            default:
                throw new ArgumentException($"The command type {command.Kind} has no writer.", nameof(command));
        }
    }

    private static void WriteRegister(Utf8JsonWriter json, RegisterAgent it)
    {
        json.WriteKey("key"u8, it.Key);
        json.WriteSignature("possession"u8, it.Possession);
        json.WriteString("kind"u8, Words.AgentKinds.WordOf(it.AgentKind));
        json.WriteTexts("capabilities"u8, AtMost(it.Capabilities, Capabilities.Length));
        json.WriteText("version"u8, it.Version);
        json.WriteStartObject("constitution"u8);
        WriteConstitution(json, it.Constitution);
        json.WriteEndObject();
        json.WriteTexts("guardians"u8, AtMost(it.Guardians, AccountSet.Length));
        json.WriteInteger("guardianThreshold"u8, it.GuardianThreshold, int.MaxValue);
        json.WriteText("deposit"u8, it.Deposit);
    }

    private static void WriteTerms(Utf8JsonWriter json, ServiceTerms it)
    {
        json.WriteStartObject("terms"u8);
        json.WriteText("name"u8, it.Name);
        json.WriteText("capability"u8, it.Capability);
        json.WriteText("pricePerUnit"u8, it.PricePerUnit);
        json.WriteInteger("maxCapacity"u8, it.MaxCapacity);
        json.WriteText("modelHash"u8, it.ModelHash);
        json.WriteInteger("minAccuracyPpm"u8, it.MinAccuracyPpm);
        if (!it.InputSchema.IsZero)
        {
            json.WriteText("inputSchema"u8, it.InputSchema);
        }

        json.WriteEndObject();
    }

    private static void WritePost(Utf8JsonWriter json, PostWorkload it)
    {
        json.WriteText("capability"u8, it.Capability);
        json.WriteText("input"u8, it.Input);
        json.WriteText("spec"u8, it.Spec);
        json.WriteText("maxPrice"u8, it.MaxPrice);
        json.WriteText("jobBond"u8, it.JobBond);
        json.WriteInteger("units"u8, it.Units);
        json.WriteInteger("minQualityPpm"u8, it.MinQualityPpm);
        json.WriteText("saltHash"u8, it.SaltHash);
        json.WriteString("mode"u8, Words.Modes.WordOf(it.Mode));
        json.WriteInteger("bidWindowMs"u8, it.BidWindowMs);
        json.WriteInteger("openWindowMs"u8, it.OpenWindowMs);
        json.WriteInteger("workWindowMs"u8, it.WorkWindowMs);
        json.WriteInteger("acceptWindowMs"u8, it.AcceptWindowMs);
        if (it.Validation is { } validation)
        {
            json.WriteStartObject("validation"u8);
            json.WriteInteger("needed"u8, validation.Needed);
            json.WriteInteger("validators"u8, validation.Validators);
            json.WriteInteger("tolerancePpm"u8, validation.TolerancePpm);
            json.WriteText("fee"u8, validation.Fee);
            json.WriteInteger("commitWindowMs"u8, validation.CommitWindowMs);
            json.WriteInteger("revealWindowMs"u8, validation.RevealWindowMs);
            json.WriteEndObject();
        }
    }

    private static IReadOnlyList<T> AtMost<T>(IReadOnlyList<T> list, int max) =>
        list.Count <= max
            ? list
            : throw new ArgumentException($"A list of {list.Count} has no form on the wire: at most {max} does.");

    /// <summary>What a blob's declaration says beyond its bytes; the defaults are left out.</summary>
    private static void WriteReaders(Utf8JsonWriter json, DeclareBlob it)
    {
        if (it.Access != BlobAccess.Parties)
        {
            json.WriteString("access"u8, Words.BlobAccess.WordOf(it.Access));
        }

        if (it.Names.Count > DeclareBlob.MaxNames)
        {
            throw new ArgumentException($"A blob names at most {DeclareBlob.MaxNames} others.", nameof(it));
        }

        if (it.Names.Count > 0)
        {
            json.WriteTexts("names"u8, it.Names);
        }
    }
}
