using System.Text.Json;

namespace Aitbc.Primitives.Tests;

public sealed class JsonTextTests
{
    private const string HashText = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

    [Fact]
    public void EveryTextType_ValueAndDictionaryKey_RoundTripAsJsonStrings()
    {
        RoundTrips<TokenAmount>("170141183460469231731687303715884105727");
        RoundTrips<TokenDelta>("-170141183460469231731687303715884105727");
        RoundTrips<Ratio>("4294967295");
        RoundTrips<Digest>(HashText);
        RoundTrips<KeyId>(HashText);
        RoundTrips<AccountId>(HashText);
        RoundTrips<WorkloadId>("w18446744073709551615");
        RoundTrips<ServiceId>("s7");
        RoundTrips<ChainId>("sim:abcdefghijklmnopqrstuvwxyz09");
        RoundTrips<Label>("abcdefghijklmnopqrstuvwxyz.-_019");
    }

    [Fact]
    public void EveryTextType_BareNumberOrNull_IsRefused()
    {
        foreach (string json in (string[])["0", "1", "1.5", "true", "[]", "{}", "\" \"", "\"1 \"", "\"\\u0000\""])
        {
            Refuses<TokenAmount>(json);
            Refuses<TokenDelta>(json);
            Refuses<Ratio>(json);
            Refuses<Digest>(json);
            Refuses<KeyId>(json);
            Refuses<AccountId>(json);
            Refuses<WorkloadId>(json);
            Refuses<ServiceId>(json);
            Refuses<ChainId>(json);
            Refuses<Label>(json);
        }

        Refuses<TokenAmount>("null");
        Refuses<Digest>("null");
    }

    [Fact]
    public void EveryTextType_OverlongText_IsRefusedWithoutGrowing()
    {
        string plain = new('1', 1_000_000);
        string escaped = string.Concat(Enumerable.Repeat("\\u0031", 100_000));
        foreach (string text in (string[])[plain, escaped])
        {
            Refuses<TokenAmount>($"\"{text}\"");
            Refuses<Digest>($"\"{text}\"");
            Refuses<Label>($"\"{text}\"");
            Assert.Throws<JsonException>(
                () => JsonSerializer.Deserialize<Dictionary<TokenAmount, int>>($"{{\"{text}\":1}}"));
        }
    }

    [Fact]
    public void Key_NotCanonical_IsRefused()
    {
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Dictionary<TokenAmount, int>>("{\"01\":1}"));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Dictionary<AccountId, int>>("{\"x\":1}"));
    }

    private static void RoundTrips<T>(string text)
        where T : ITextValue<T>
    {
        Assert.Equal(text.Length, Math.Min(text.Length, T.MaxTextLength));
        T? value = JsonSerializer.Deserialize<T>($"\"{text}\"");
        Assert.NotNull(value);
        Assert.Equal($"\"{text}\"", JsonSerializer.Serialize(value));
        Assert.Equal(text, value.ToString());

        string keyed = $"{{\"{text}\":\"{text}\"}}";
        Dictionary<T, T>? map = JsonSerializer.Deserialize<Dictionary<T, T>>(keyed);
        Assert.Equal(keyed, JsonSerializer.Serialize(map));
        Assert.Equal(value, map!.Single().Key);

        // Escapes are JSON's business, not the text's: every byte as \uXXXX is the same text.
        string escaped = string.Concat(text.Select(c => $"\\u{(int)c:x4}"));
        Assert.Equal(value, JsonSerializer.Deserialize<T>($"\"{escaped}\""));
        map = JsonSerializer.Deserialize<Dictionary<T, T>>($"{{\"{escaped}\":\"{text}\"}}");
        Assert.Equal(value, map!.Single().Key);
        Assert.Equal(value, JsonPieces.Read<T>($"\"{text}\""));
        Assert.Equal(value, JsonPieces.Read<T>($"\"{escaped}\""));
    }

    private static void Refuses<T>(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<T>(json));
}
