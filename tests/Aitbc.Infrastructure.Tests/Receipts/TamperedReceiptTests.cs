using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Infrastructure.Receipts;
using Aitbc.Primitives;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Receipts;

/// <summary>Whatever is changed in a receipt after it was made, it is refused.</summary>
public sealed class TamperedReceiptTests(ReceiptSamples samples) : IClassFixture<ReceiptSamples>
{
    private static readonly JsonSerializerOptions AsWritten =
        new() { WriteIndented = true, IndentSize = 2, NewLine = "\n" };

    private IEnumerable<byte[]> All =>
        [samples.Accepted, samples.Silent, samples.OneBlock, samples.Rotated, samples.Simulated];

    [Fact]
    public void Verify_EveryFlippedBitOfEveryByte_IsRefused()
    {
        foreach (var receipt in new[] { samples.Accepted, samples.Simulated })
        {
            Parallel.For(0, receipt.Length * 8, bit =>
            {
                var changed = receipt.ToArray();
                changed[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(ReceiptVerifier.Verify(changed).Ok, $"bit {bit % 8} of byte {bit / 8}");
            });
        }
    }

    [Fact]
    public void Verify_EveryMemberChangedToAnotherSoundValue_IsRefusedForWhatItSays()
    {
        foreach (var receipt in All)
        {
            var places = Leaves(JsonNode.Parse(receipt)!, []).ToList();
            Assert.True(places.Count > 50);
            foreach (var place in places)
            {
                foreach (var changed in Variants(receipt, place))
                {
                    var report = ReceiptVerifier.Verify(changed);

                    var name = string.Join('.', place);
                    Assert.False(report.Ok, name);
                    Assert.True(report.Fault != ReceiptFault.NotCanonical, $"{name} was refused for its spelling"
                        + " alone");
                }
            }
        }
    }

    [Fact]
    public void Verify_EveryMemberLeftOutOrDoubledOrNull_IsRefused()
    {
        var text = Encoding.ASCII.GetString(samples.Accepted);
        foreach (var place in Leaves(JsonNode.Parse(text)!, []))
        {
            if (place[^1] is not string name)
            {
                continue;
            }

            Assert.Equal(ReceiptFault.Malformed, FaultOf(place, parent => parent.AsObject().Remove(name)));
            Assert.Equal(ReceiptFault.Malformed, FaultOf(place, parent => parent.AsObject()["unknown"] = 1));
            Assert.NotEqual(ReceiptFault.None, FaultOf(place, parent => parent[name] = null));
        }

        var doubled = text.Replace("\"units\": 10,", "\"units\": 10,\n  \"units\": 10,", StringComparison.Ordinal);
        Assert.NotEqual(text, doubled);
        Assert.Equal(ReceiptFault.Malformed, ReceiptVerifier.Verify(Encoding.ASCII.GetBytes(doubled)).Fault);
    }

    [Theory]
    [InlineData("\"units\": 10", "\"units\":10")]
    [InlineData("\"units\": 10", "\"units\": 10 ")]
    [InlineData("\"version\": 2", "\"version\": 2\r")]
    [InlineData("\"accepted\"", "\"Accepted\"")]
    [InlineData("\"accepted\"", "\"\\u0061ccepted\"")]
    [InlineData("\"workload\"", "\"\\u0077orkload\"")]
    [InlineData("}\n", "}")]
    public void Verify_AnotherSpelling_IsRefused(string written, string other)
    {
        var text = Encoding.ASCII.GetString(samples.Accepted);
        var at = text.LastIndexOf(written, StringComparison.Ordinal);
        var changed = text[..at] + other + text[(at + written.Length)..];

        Assert.Equal(ReceiptFault.NotCanonical, ReceiptVerifier.Verify(Encoding.ASCII.GetBytes(changed)).Fault);
    }

    [Fact]
    public void Verify_Base64UrlSpelledAnotherWay_IsRefused()
    {
        var text = Encoding.ASCII.GetString(samples.Accepted);
        var signature = JsonNode.Parse(text)!["delivery"]!["signature"]!.GetValue<string>();
        foreach (var other in new[] { signature + "=", signature + "==", signature[..^1] + "\\u0041", " " + signature })
        {
            var changed = text.Replace(signature, other, StringComparison.Ordinal);
            Assert.NotEqual(ReceiptFault.None, ReceiptVerifier.Verify(Encoding.ASCII.GetBytes(changed)).Fault);
        }

        // 64 bytes end in a character of which only two bits count.
        var last = "AQgw".IndexOf(signature[^1]);
        Assert.True(last >= 0);
        var unused = text.Replace(
            signature, signature[..^1] + (char)(signature[^1] + 1), StringComparison.Ordinal);
        Assert.NotEqual(ReceiptFault.None, ReceiptVerifier.Verify(Encoding.ASCII.GetBytes(unused)).Fault);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"version\":1")]
    [InlineData("\"w1\"")]
    public void Verify_WhatIsNoReceipt_IsRefused(string text) =>
        Assert.Equal(ReceiptFault.Malformed, ReceiptVerifier.Verify(Encoding.ASCII.GetBytes(text)).Fault);

    [Fact]
    public void Verify_SomethingAfterTheEnd_IsRefused()
    {
        foreach (var more in "\n \r")
        {
            byte[] longer = [.. samples.Accepted, (byte)more];
            Assert.Equal(ReceiptFault.NotCanonical, ReceiptVerifier.Verify(longer).Fault);
        }
    }

    [Fact]
    public void TryParse_SaysThatItIsNullAndNothingOfAReceiptThatCanBeRead()
    {
        Assert.Equal(ReceiptFault.Malformed, ReceiptJson.TryParse("null"u8, out _, out var detail));
        Assert.Equal("it is null", detail);

        Assert.Equal(ReceiptFault.None, ReceiptJson.TryParse(samples.Accepted, out _, out detail));
        Assert.Empty(detail);
    }

    [Fact]
    public void Verify_DeepNestingOrTooManyBytes_IsRefused()
    {
        var deep = Encoding.ASCII.GetString(samples.Accepted).Replace(
            "\"path\": [", "\"path\": [[[[[[[]]]]]]", StringComparison.Ordinal);
        Assert.Equal(ReceiptFault.Malformed, ReceiptVerifier.Verify(Encoding.ASCII.GetBytes(deep)).Fault);

        var large = new byte[ReceiptJson.MaxBytes + 1];
        Assert.Equal(ReceiptFault.TooLarge, ReceiptVerifier.Verify(large).Fault);
        Assert.Equal(ReceiptFault.Malformed, ReceiptVerifier.Verify(large.AsSpan(1)).Fault);
    }

    [Theory]
    [InlineData("delivery")]
    [InlineData("settlement")]
    [InlineData("delivery.block")]
    [InlineData("settlement.block")]
    [InlineData("delivery.path")]
    [InlineData("settlement.path")]
    [InlineData("delivery.entry")]
    [InlineData("settlement.entry")]
    [InlineData("settlement.events")]
    [InlineData("delivery.payload")]
    [InlineData("delivery.signature")]
    [InlineData("delivery.key")]
    [InlineData("result")]
    [InlineData("provider")]
    [InlineData("paid")]
    public void Verify_PartSwappedWithAnotherReceiptsOwn_IsRefused(string part)
    {
        var names = part.Split('.');
        foreach (var (one, other) in new[]
        {
            (samples.Silent, samples.Rotated), (samples.Rotated, samples.Silent), (samples.Accepted, samples.OneBlock),
        })
        {
            var root = JsonNode.Parse(one)!;
            var parent = names.SkipLast(1).Aggregate(root, (node, name) => node[name]!);
            var taken = names.Aggregate(JsonNode.Parse(other)!, (node, name) => node[name]!).DeepClone();
            if (JsonNode.DeepEquals(parent[names[^1]], taken))
            {
                continue;
            }

            parent[names[^1]] = taken;
            Assert.NotEqual(ReceiptFault.None, ReceiptVerifier.Verify(Written(root)).Fault);
        }
    }

    [Fact]
    public void Verify_BlocksOrNodeKeysSwapped_IsRefused()
    {
        var root = JsonNode.Parse(samples.Silent)!;
        var delivery = root["delivery"]!["block"]!.GetValue<string>();
        root["delivery"]!["block"] = root["settlement"]!["block"]!.GetValue<string>();
        root["settlement"]!["block"] = delivery;
        Assert.Equal(ReceiptFault.BlocksConflict, ReceiptVerifier.Verify(Written(root)).Fault);

        root = JsonNode.Parse(samples.Silent)!;
        root["nodeKey"] = JsonNode.Parse(samples.OneBlock)!["nodeKey"]!.DeepClone();
        Assert.Equal(ReceiptFault.WrongNodeKey, ReceiptVerifier.Verify(Written(root)).Fault);

        root = JsonNode.Parse(samples.Silent)!;
        root["nodeKey"] = root["delivery"]!["key"]!.DeepClone();
        Assert.Equal(ReceiptFault.WrongNodeKey, ReceiptVerifier.Verify(Written(root)).Fault);
    }

    [Fact]
    public void Verify_TwentyThousandDamagedReceipts_AnswersAndNeverThrows()
    {
        const ulong Seed = 20_261_120;
        var random = new SeededRandom(Seed);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = samples.Accepted.ToList();
            for (var changes = random.NextInt32(4) + 1; changes > 0; changes--)
            {
                var at = random.NextInt32(bytes.Count);
                var length = Math.Min(random.NextInt32(40), bytes.Count - at);
                switch (random.NextInt32(4))
                {
                    case 0: bytes[at] = (byte)random.NextInt32(256); break;
                    case 1: bytes.RemoveRange(at, length); break;
                    case 2: bytes.InsertRange(at, bytes.GetRange(random.NextInt32(bytes.Count - length),
                        length)); break;
                    default: bytes.Insert(at, (byte)"{}[]\",:\\0"[random.NextInt32(9)]); break;
                }
            }

            var damaged = bytes.ToArray();
            var same = damaged.AsSpan().SequenceEqual(samples.Accepted);
            Assert.True(same == ReceiptVerifier.Verify(damaged).Ok, $"seed {Seed}, input {i}");
        }
    }

    private static byte[] Written(JsonNode root) => Encoding.ASCII.GetBytes(root.ToJsonString(AsWritten) + "\n");

    private ReceiptFault FaultOf(object[] place, Action<JsonNode> change)
    {
        var root = JsonNode.Parse(samples.Accepted)!;
        change(Follow(root, place[..^1]));
        return ReceiptVerifier.Verify(Written(root)).Fault;
    }

    private static JsonNode Follow(JsonNode root, object[] place) => place.Aggregate(
        root, (node, step) => step is string name ? node[name]! : node[(int)step]!);

    /// <summary>The places of all values that are no objects and no arrays.</summary>
    private static IEnumerable<object[]> Leaves(JsonNode node, object[] place) => node switch
    {
        JsonObject members => members.SelectMany(member =>
            member.Value is null ? [] : Leaves(member.Value, [.. place, member.Key])),
        JsonArray items => items.SelectMany((item, i) => Leaves(item!, [.. place, i])),
        _ => [place],
    };

    /// <summary>The receipt with one value changed to others that could stand there.</summary>
    private static IEnumerable<byte[]> Variants(byte[] receipt, object[] place)
    {
        var value = Follow(JsonNode.Parse(receipt)!, place).AsValue();
        foreach (var other in Others((string)place.OfType<string>().Last(), value))
        {
            var root = JsonNode.Parse(receipt)!;
            var parent = Follow(root, place[..^1]);
            if (place[^1] is string name)
            {
                parent[name] = other;
            }
            else
            {
                parent[(int)place[^1]] = other;
            }

            yield return Written(root);
        }
    }

    private static IEnumerable<JsonNode> Others(string name, JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.Number:
                yield return JsonValue.Create(value.GetValue<long>() + 1);
                yield return JsonValue.Create(Math.Max(0, value.GetValue<long>() - 1) == value.GetValue<long>()
                    ? 7 : value.GetValue<long>() - 1);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                yield return JsonValue.Create(!value.GetValue<bool>());
                break;
            default:
                var present = value.GetValue<string>();
                foreach (var text in OtherTexts(name, present).Where(text => text != present))
                {
                    yield return JsonValue.Create(text);
                }

                break;
        }
    }

    private static IEnumerable<string> OtherTexts(string name, string text) => name switch
    {
        "kty" or "crv" => ["RSA"],
        "proof" => [text == "jws" ? "simulated" : "jws"],
        "ending" => ["accepted", "clientSilent", "cancelled", "belowQuality"],
        "chain" => ["sim:other", "other", text + "0"],
        "workload" => ["w2", "w9", "w4000000000"],
        "service" => ["s9"],
        "capability" => ["classifier.train"],
        "maxPrice" or "paid" => [text + "0", text[..^1], "0", "1"],
        "block" =>
            [text[..^6] + (text[^6] == 'A' ? 'B' : 'A') + text[^5..], $"{text.Split('.')[0]}.e30.{text.Split('.')[2]}"],
        "protected" when text.Length == 0 => ["AA"],
        _ => Changed(Base64Url.DecodeFromChars(text)),
    };

    /// <summary>Other bytes of the same length, and one more.</summary>
    private static IEnumerable<string> Changed(byte[] bytes)
    {
        foreach (var at in new[] { 0, bytes.Length / 2, bytes.Length - 1 })
        {
            var other = bytes.ToArray();
            other[at] ^= 1;
            yield return Base64Url.EncodeToString(other);
        }

        yield return Base64Url.EncodeToString([.. bytes, 0]);
    }
}
