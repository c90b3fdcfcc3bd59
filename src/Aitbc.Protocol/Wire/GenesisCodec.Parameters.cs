using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Wire;

/// <summary>The parameters in a genesis file. Gas multiples stand under the names of the command types.</summary>
public static partial class GenesisCodec
{
    private static readonly MemberSet ParameterMembers = new(
        "minimumStake", "baseGas", "gasMultiples", "payloadsPerMinute", "maxValidityMs", "unbondingMs", "bidBond",
        "minJobBondSharePpm", "minWindowMs", "maxWindowMs", "maxBidsPerWorkload", "maxOpenPerAccount", "maxBlobBytes",
        "maxBlobDays", "blobRentPerKiBDay", "approvalWindowMs", "looseningDelayMs", "motionWindowMs");

    private static readonly MemberSet GasMembers =
        new([.. Enum.GetValues<CommandKind>().Select(CommandNames.NameOf)]);

    private static Parameters ReadParameters(ref WireReader reader)
    {
        var read = new Parameters();
        ulong seen = 0;
        reader.BeginObject();
        while (reader.Next(ParameterMembers, ref seen, out var member))
        {
            read = member switch
            {
                0 => read with { MinimumStake = ReadAmount(ref reader) },
                1 => read with { BaseGas = ReadAmount(ref reader) },
                2 => read with { GasMultiples = ReadMultiples(ref reader) },
                3 => read with { PayloadsPerMinute = reader.UInt32() },
                4 => read with { MaxValidity = reader.Duration() },
                5 => read with { Unbonding = reader.Duration() },
                6 => read with { BidBond = ReadAmount(ref reader) },
                7 => read with { MinJobBondShare = Ratio.FromPpm(reader.UInt32()) },
                8 => read with { MinWindowMs = reader.UInt32() },
                9 => read with { MaxWindowMs = reader.UInt32() },
                10 => read with { MaxBidsPerWorkload = (ushort)reader.Integer(ushort.MaxValue) },
                11 => read with { MaxOpenPerAccount = (ushort)reader.Integer(ushort.MaxValue) },
                12 => read with { MaxBlobBytes = reader.Integer(WireReader.MaxInteger) },
                13 => read with { MaxBlobDays = reader.UInt32() },
                14 => read with { BlobRentPerKiBDay = ReadAmount(ref reader) },
                15 => read with { ApprovalWindow = reader.Duration() },
                16 => read with { LooseningDelay = reader.Duration() },
                _ => read with { MotionWindow = reader.Duration() },
            };
        }

        return read;
    }

    private static uint[] ReadMultiples(ref WireReader reader)
    {
        var multiples = new uint[CommandNames.Count];
        ulong seen = 0;
        reader.BeginObject();
        while (reader.Next(GasMembers, ref seen, out var member))
        {
            multiples[member] = reader.UInt32();
        }

        return multiples;
    }

    private static void WriteParameters(Utf8JsonWriter json, Parameters it)
    {
        if (it.GasMultiples.Count != CommandNames.Count)
        {
            throw new ArgumentException($"{CommandNames.Count} gas multiples are needed, one a command type.");
        }

        json.WriteText("minimumStake"u8, it.MinimumStake);
        json.WriteText("baseGas"u8, it.BaseGas);
        json.WriteStartObject("gasMultiples"u8);
        for (var i = 0; i < it.GasMultiples.Count; i++)
        {
            json.WriteNumber(CommandNames.NameOf((CommandKind)i), it.GasMultiples[i]);
        }

        json.WriteEndObject();
        json.WriteInteger("payloadsPerMinute"u8, it.PayloadsPerMinute);
        json.WriteInteger("maxValidityMs"u8, it.MaxValidity.Ms);
        json.WriteInteger("unbondingMs"u8, it.Unbonding.Ms);
        json.WriteText("bidBond"u8, it.BidBond);
        json.WriteInteger("minJobBondSharePpm"u8, it.MinJobBondShare.Ppm);
        json.WriteInteger("minWindowMs"u8, it.MinWindowMs);
        json.WriteInteger("maxWindowMs"u8, it.MaxWindowMs);
        json.WriteInteger("maxBidsPerWorkload"u8, it.MaxBidsPerWorkload);
        json.WriteInteger("maxOpenPerAccount"u8, it.MaxOpenPerAccount);
        json.WriteInteger("maxBlobBytes"u8, it.MaxBlobBytes);
        json.WriteInteger("maxBlobDays"u8, it.MaxBlobDays);
        json.WriteText("blobRentPerKiBDay"u8, it.BlobRentPerKiBDay);
        json.WriteInteger("approvalWindowMs"u8, it.ApprovalWindow.Ms);
        json.WriteInteger("looseningDelayMs"u8, it.LooseningDelay.Ms);
        json.WriteInteger("motionWindowMs"u8, it.MotionWindow.Ms);
    }
}
