using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Aitbc.Infrastructure.Tests.Receipts;

/// <summary>
/// Checks a receipt as a stranger would who has only the documented format, a JSON reader and a cryptography library: it
/// shares no code with the verifier, so a mistake in hashing cannot hide on both sides.
/// </summary>
internal static class PlainCheck
{
    /// <summary>Whether signatures, hashes and paths hold.</summary>
    public static bool Holds(byte[] receipt)
    {
        using var json = JsonDocument.Parse(receipt);
        var root = json.RootElement;
        var delivery = root.GetProperty("delivery");
        var settlement = root.GetProperty("settlement");
        var header = Bytes(delivery, "protected");
        var payload = Bytes(delivery, "payload");
        var signature = Bytes(delivery, "signature");
        var proof = SHA256.HashData([.. header, (byte)'.', .. signature]);
        var entry = delivery.GetProperty("entry");
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        return proof.AsSpan().SequenceEqual(Bytes(entry, "proofDigest"))
            && IsSigned(signed, signature, delivery.GetProperty("key"))
            && IsInBlock(
                Leaf(entry, SHA256.HashData(payload), Bytes(entry, "eventsDigest")), delivery, root.GetProperty("nodeKey"))
            && IsInBlock(
                Leaf(
                    settlement.GetProperty("entry"),
                    Bytes(settlement.GetProperty("entry"), "payloadDigest"),
                    SHA256.HashData(Bytes(settlement, "events"))),
                settlement,
                root.GetProperty("nodeKey"));
    }

    private static byte[] Leaf(JsonElement entry, byte[] payloadDigest, byte[] eventsDigest)
    {
        var bytes = new byte[153];
        Bytes(entry, "previous").CopyTo(bytes, 1);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(33), entry.GetProperty("seq").GetUInt64());
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(41), entry.GetProperty("term").GetUInt32());
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(45), entry.GetProperty("timeMs").GetInt64());
        bytes[53] = entry.GetProperty("body").GetByte();
        bytes[54] = entry.GetProperty("proof").GetByte();
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(55), entry.GetProperty("outcome").GetUInt16());
        payloadDigest.CopyTo(bytes, 57);
        Bytes(entry, "proofDigest").CopyTo(bytes, 89);
        eventsDigest.CopyTo(bytes, 121);
        return SHA256.HashData(bytes);
    }

    private static bool IsInBlock(byte[] leaf, JsonElement part, JsonElement nodeKey)
    {
        var node = leaf;
        foreach (var step in part.GetProperty("path").EnumerateArray())
        {
            var sibling = Bytes(step, "hash");
            node = step.GetProperty("left").GetBoolean()
                ? SHA256.HashData([1, .. sibling, .. node])
                : SHA256.HashData([1, .. node, .. sibling]);
        }

        var block = part.GetProperty("block").GetString()!.Split('.');
        using var head = JsonDocument.Parse(Base64Url.DecodeFromChars(block[1]));
        return Bytes(head.RootElement, "root").AsSpan().SequenceEqual(node)
            && IsSigned($"{block[0]}.{block[1]}", Base64Url.DecodeFromChars(block[2]), nodeKey);
    }

    private static bool IsSigned(string text, byte[] signature, JsonElement key)
    {
        using var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") },
        });
        return ecdsa.VerifyData(Encoding.ASCII.GetBytes(text), signature, HashAlgorithmName.SHA256);
    }

    private static byte[] Bytes(JsonElement parent, string name) =>
        Base64Url.DecodeFromChars(parent.GetProperty(name).GetString());
}
