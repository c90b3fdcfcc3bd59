using System.Buffers;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Wire;

namespace Aitbc.Protocol.Tests.Wire;

public sealed class EventJsonTests
{
    public static TheoryData<EventKind> Kinds => [.. EventCatalog.All.Select(pair => pair.Key)];

    [Fact]
    public void Catalog_HoldsEveryKind() =>
        Assert.Equal(Enum.GetValues<EventKind>().Order(), EventCatalog.All.Select(pair => pair.Key));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WriteOne_OfEveryKind_PrintsEveryMemberUnderItsName(EventKind kind)
    {
        var type = EventCatalog.TypeOf(kind);
        using var document = Print(kind, new byte[SizeOf(type)]);
        var root = document.RootElement;
        Assert.Equal(JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()), root.GetProperty("type").GetString());
        Assert.Equal(EventJson.NameOf(kind), root.GetProperty("type").GetString());
        var expected = type.GetProperties()
            .Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))
            .Where(name => !name.StartsWith("unused", StringComparison.Ordinal))
            .Prepend("type");
        Assert.Equal(expected, root.EnumerateObject().Select(member => member.Name));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WriteOne_OfEveryKind_TakesAnyBytesOfTheRightSizeAndNoOthers(EventKind kind)
    {
        var random = new SeededRandom((ulong)kind);
        var bytes = new byte[SizeOf(EventCatalog.TypeOf(kind))];
        for (var i = 0; i < 50; i++)
        {
            random.NextBytes(bytes);
            Tame(kind, bytes);
            Print(kind, bytes, number => $"id-{number.Value}").Dispose();
            Assert.NotEqual(string.Empty, EventWords.Describe(kind, bytes));
        }

        Assert.Throws<InvalidDataException>(() => Print(kind, bytes[..^1]));
        Assert.Throws<InvalidDataException>(() => EventWords.Describe(kind, bytes[..^1]));
    }

    [Fact]
    public void WriteOne_OfARegistration_PrintsListsCutToTheirCountAndTheConstitutionAsItsOwnerWritesIt()
    {
        var chain = new LedgerFixture(3);
        var (owner, agent) = (chain.People[0], chain.NewActor("agent"));
        var terms = new ConstitutionTerms(
            TokenAmount.FromTokens(1),
            TokenAmount.FromTokens(2),
            TokenAmount.FromTokens(3),
            TokenAmount.FromTokens(2),
            [CommandKind.PlaceBid, CommandKind.Transfer],
            [chain.People[4].Id],
            (1u << 0) | (1u << 23),
            new Duration(5),
            true);
        chain.Do(owner, new RegisterAgent(
            agent.Key.Public,
            null,
            AgentKind.LiquidityProvider,
            [Label.Parse("a"), Label.Parse("b")],
            Label.Parse("1.0"),
            terms,
            [chain.People[1].Id, chain.People[2].Id],
            2,
            TokenAmount.OneToken));
        using var document = Parse(chain.LastEvents, number => $"id-{number.Value}");
        var registered = document.RootElement.EnumerateArray()
            .Single(it => it.GetProperty("type").GetString() == "agentRegistered");
        Assert.Equal("liquidityProvider", registered.GetProperty("kind").GetString());
        Assert.Equal("[2,3]", registered.GetProperty("guardians").GetRawText());
        Assert.Equal("""["id-2","id-3"]""", registered.GetProperty("guardiansIds").GetRawText());
        Assert.Equal("""["a","b"]""", registered.GetProperty("capabilities").GetRawText());
        Assert.Equal("1.0", registered.GetProperty("version").GetString());
        var constitution = registered.GetProperty("constitution");
        Assert.Equal("""["transfer","bid.place"]""", constitution.GetProperty("allowedActions").GetRawText());
        Assert.Equal("[5]", constitution.GetProperty("counterparties").GetRawText());
        Assert.Equal("[0,23]", constitution.GetProperty("hoursUtc").GetRawText());
        Assert.Equal("3000000000000000000", constitution.GetProperty("maxGasPerDay").GetString());
        Assert.True(constitution.GetProperty("requiresHumanApproval").GetBoolean());
        var fields = typeof(ConstitutionRecord).GetFields(BindingFlags.Instance | BindingFlags.Public)
            .Select(field => JsonNamingPolicy.CamelCase.ConvertName(field.Name))
            .Where(name => !name.StartsWith("unused", StringComparison.Ordinal) && name != "counterpartyCount");
        Assert.All(fields, name => Assert.True(constitution.TryGetProperty(name, out _), name));
    }

    [Fact]
    public void Render_OfATransfer_IsWhatClientsRead()
    {
        var chain = new LedgerFixture(3);
        chain.Do(chain.People[0], new Transfer(chain.People[1].Id, TokenAmount.FromTokens(2)));
        var digest = ((ClientPayload)chain.Journal[^1].Body!).PayloadDigest;
        var said = EventJson.Render(chain.LastEvents, number => number.Value == 2 ? "payee" : null);
        var prefix = System.Buffers.Text.Base64Url.EncodeToString(digest.AsSpan()[..8]);
        Assert.Equal(digest.ToString()[..10], prefix[..10]);
        Assert.Equal(
            """[{"type":"moved","from":1,"to":2,"toId":"payee","fromSub":"available","toSub":"available","""
            + """ "phase":"direct","reason":"transfer","subject":0,"amount":"2000000000000000000"},""".TrimStart()
            + """{"type":"commandHandled","from":1,"lane":0,"failedAt":0,"outcome":"applied","sequence":1,"""
            + $$""" "digestPrefix":"{{prefix}}","gas":"2000000000000000"}]""".TrimStart(),
            said);
    }

    [Fact]
    public void WriteOne_OfNothing_IsNullAndFlagsAreTrueOrFalse()
    {
        using var treasury = Parse(new LedgerFixture(3).Journal[0].Events);
        Assert.Equal(JsonValueKind.Null, treasury.RootElement[0].GetProperty("key").ValueKind);
        Assert.False(treasury.RootElement[0].GetProperty("council").GetBoolean());
        Assert.True(treasury.RootElement[2].GetProperty("council").GetBoolean());
        Assert.Equal("EC", treasury.RootElement[2].GetProperty("key").GetProperty("kty").GetString());
        using var listed = Print(EventKind.ServiceListed, new byte[SizeOf(typeof(ServiceListed))]);
        Assert.Equal(JsonValueKind.Null, listed.RootElement.GetProperty("modelHash").ValueKind);
    }

    [Fact]
    public void WriteOne_OfAnOutcomeThatIsNone_Throws()
    {
        var bytes = new byte[SizeOf(typeof(CommandHandled))];
        bytes[10] = 1;
        Assert.Throws<InvalidDataException>(() => Print(EventKind.CommandHandled, bytes));
        Assert.Throws<InvalidDataException>(() => EventWords.Describe(EventKind.CommandHandled, bytes));
    }

    [Fact]
    public void Write_OfAnUnknownKind_Throws() =>
        Assert.Throws<InvalidDataException>(() => Print((EventKind)999, []));

    /// <summary>An outcome of 16 bits in its wider field, as the rules write it.</summary>
    private static void Tame(EventKind kind, Span<byte> bytes)
    {
        if (kind == EventKind.CommandHandled)
        {
            bytes[10..12].Clear();
        }
    }

    internal static int SizeOf(Type type) => (int)typeof(Unsafe)
        .GetMethod(nameof(Unsafe.SizeOf))!
        .MakeGenericMethod(type)
        .Invoke(null, null)!;

    private static JsonDocument Parse(byte[] events, Func<AccountNumber, string?>? idOf = null) =>
        JsonDocument.Parse(EventJson.Render(events, idOf), Strict);

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private static JsonDocument Print(EventKind kind, byte[] value, Func<AccountNumber, string?>? idOf = null)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            EventJson.WriteOne(json, kind, value, idOf);
        }

        return JsonDocument.Parse(Encoding.UTF8.GetString(output.WrittenSpan), Strict);
    }
}
