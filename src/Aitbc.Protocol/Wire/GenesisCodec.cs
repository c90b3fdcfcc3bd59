using System.Buffers;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Wire;

/// <summary>The genesis file and back. Every member must stand there, also each parameter: a default that a later
/// release changed would otherwise change old chains.</summary>
/// <remarks>Pure and thread-safe.</remarks>
public static partial class GenesisCodec
{
    /// <summary>Most bytes of a genesis file: 1 MiB.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Most accounts in a genesis file.</summary>
    public const int MaxAccounts = 1000;

    private static readonly MemberSet Members = new(
        "chain", "supply", "createdAt", "nodeKey", "beaconCommitment", "councilThreshold", "accounts", "parameters");

    private static readonly MemberSet AccountMembers = new("key", "balance", "council");

    /// <summary>Reads and checks a genesis file.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="genesis">What the chain begins with; null where there are problems.</param>
    /// <param name="digest">SHA-256 of the bytes as they are; what the chain is bound to.</param>
    /// <returns>All that is wrong, in plain sentences; empty where nothing is.</returns>
    public static IReadOnlyList<string> TryParse(ReadOnlySpan<byte> utf8, out Genesis genesis, out Digest digest)
    {
        digest = default;
        var problem = WireDiagnosis.Read(utf8, MaxBytes, 0, Read, out var read);
        genesis = read!;
        if (problem is not null)
        {
            return [problem.ToString()];
        }

        digest = Digest.Sha256(utf8);
        var problems = genesis.Validate();
        genesis = problems.Count == 0 ? genesis : null!;
        return problems;
    }

    /// <summary>Writes a genesis file in canonical form: members in the documented order, two spaces a level, line
    /// feeds. What is written reads back the same.</summary>
    /// <param name="genesis">What the chain begins with.</param>
    /// <param name="output">Takes the bytes.</param>
    /// <returns>How many bytes.</returns>
    /// <exception cref="ArgumentException">A value has no form on the wire.</exception>
    public static int Write(Genesis genesis, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        var options = new JsonWriterOptions { Indented = true, IndentSize = 2, NewLine = "\n" };
        using var json = new Utf8JsonWriter(output, options);
        json.WriteStartObject();
        json.WriteString("chain"u8, genesis.Chain.Utf8);
        json.WriteText("supply"u8, genesis.Supply);
        json.WriteInteger("createdAt"u8, genesis.CreatedAt.UnixMs);
        json.WriteKey("nodeKey"u8, genesis.NodeKey);
        json.WriteText("beaconCommitment"u8, genesis.BeaconCommitment);
        json.WriteInteger("councilThreshold"u8, genesis.CouncilThreshold);
        json.WriteStartArray("accounts"u8);
        foreach (var account in genesis.Accounts)
        {
            json.WriteStartObject();
            json.WriteKey("key"u8, account.Key);
            json.WriteText("balance"u8, account.Balance);
            json.WriteBoolean("council"u8, account.Council);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("parameters"u8);
        WriteParameters(json, genesis.Parameters);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
        return (int)json.BytesCommitted + 1;
    }

    private static Genesis? Read(ref WireReader reader, in int context)
    {
        ChainId? chain = null;
        TokenAmount supply = default;
        Timestamp createdAt = default;
        PublicKey nodeKey = default;
        Digest beacon = default;
        var threshold = 0;
        var accounts = new List<GenesisAccount>();
        Parameters? parameters = null;
        ulong seen = 0;
        while (reader.Next(Members, ref seen, out var member))
        {
            switch (member)
            {
                case 0:
                    chain = reader.Chain(null);
                    break;
                case 1:
                    supply = ReadAmount(ref reader);
                    break;
                case 2:
                    createdAt = reader.Timestamp();
                    break;
                case 3:
                    nodeKey = ReadKey(ref reader);
                    break;
                case 4:
                    beacon = reader.Text<Digest>();
                    break;
                case 5:
                    threshold = (int)reader.Integer(int.MaxValue);
                    break;
                case 6:
                    ReadAccounts(ref reader, accounts);
                    break;
                default:
                    parameters = ReadParameters(ref reader);
                    break;
            }
        }

        return reader.Failed
            ? null
            : new Genesis(chain!, supply, createdAt, nodeKey, beacon, threshold, accounts, parameters!);
    }

    private static void ReadAccounts(ref WireReader reader, List<GenesisAccount> accounts)
    {
        reader.BeginArray();
        while (reader.NextItem())
        {
            if (accounts.Count == MaxAccounts)
            {
                reader.Fail(PayloadProblemKind.OutOfRange, $"left out: at most {MaxAccounts} are taken");
                return;
            }

            accounts.Add(ReadAccount(ref reader));
        }
    }

    private static GenesisAccount ReadAccount(ref WireReader reader)
    {
        PublicKey key = default;
        TokenAmount balance = default;
        var council = false;
        ulong seen = 0;
        reader.BeginObject();
        while (reader.Next(AccountMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 0:
                    key = ReadKey(ref reader);
                    break;
                case 1:
                    balance = ReadAmount(ref reader);
                    break;
                default:
                    council = reader.Boolean();
                    break;
            }
        }

        return new GenesisAccount(key, balance, council);
    }

    /// <summary>A key that is no point of the curve could never sign, and genesis cannot be mended later.</summary>
    private static PublicKey ReadKey(ref WireReader reader)
    {
        var key = reader.Key();
        if (!reader.Failed && !key.IsOnCurve())
        {
            reader.Fail(PayloadProblemKind.BadText, "a point of the curve P-256");
        }

        return key;
    }

    /// <summary>An amount that some chain could hold, so that sums over a whole file cannot overflow.</summary>
    private static TokenAmount ReadAmount(ref WireReader reader)
    {
        var amount = reader.Text<TokenAmount>();
        if (amount > Genesis.MaxSupply)
        {
            reader.Fail(PayloadProblemKind.OutOfRange, "at most 2^100 base units");
        }

        return amount;
    }
}
