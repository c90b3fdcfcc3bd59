using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Cli.Threats;

/// <summary>ASI07: messages between agents and node are changed, forged, repeated, taken elsewhere or kept for later.
/// </summary>
internal static class Messages
{
    /// <summary>The largest whole number that JSON's readers agree on.</summary>
    private const ulong Largest = (1UL << 53) - 1;

    public static async Task RunAsync(ThreatRun run)
    {
        var field = run.Field;
        await TryBitsAsync(run).ConfigureAwait(false);
        await TryHeadersAsync(run).ConfigureAwait(false);
        await TryTextAsync(run).ConfigureAwait(false);
        await TryPlacesAsync(run).ConfigureAwait(false);
        var honest = field.Sign(field.Merchant, GoalHijack.Pay(field.Attacker, 1));
        run.Allow(TokenAmount.OneToken);
        await run.WorksAsync(honest).ConfigureAwait(false);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(
                _ => run.ReplayAsync("have one payment made twice", honest)))
            .ConfigureAwait(false);
        await TryMalleatedAsync(run, honest).ConfigureAwait(false);
    }

    /// <summary>One bit of header, payload or signature.</summary>
    private static async Task TryBitsAsync(ThreatRun run)
    {
        var field = run.Field;
        var jws = field.Sign(field.Merchant, GoalHijack.Pay(field.Owner, 1));
        var parts = jws.Split('.');
        for (var part = 0; part < parts.Length; part++)
        {
            var bytes = Base64Url.DecodeFromChars(parts[part]);
            for (var i = 0; i < 60; i++)
            {
                var altered = (byte[])bytes.Clone();
                altered[i * bytes.Length / 60] ^= (byte)(1 << (i % 8));
                var text = (string[])parts.Clone();
                text[part] = Base64Url.EncodeToString(altered);
                await run.ReplayAsync("change a bit on the way", string.Join('.', text)).ConfigureAwait(false);
            }
        }

        // The attacker's name in the place of the receiver's, under the signature that was made for the other.
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1]));
        foreach (var (from, to) in new[]
                 {
                     ($"{field.Owner.Id}", $"{field.Attacker.Id}"), ($"{field.Merchant.Id}", $"{field.Attacker.Id}"),
                     ($"{TokenAmount.OneToken}", $"{TokenAmount.FromTokens(100)}"),
                 })
        {
            parts[1] = Base64Url.EncodeToString(
                Encoding.UTF8.GetBytes(payload.Replace(from, to, StringComparison.Ordinal)));
            await run.ReplayAsync("another receiver or amount on the way", string.Join('.', parts))
                .ConfigureAwait(false);
        }
    }

    /// <summary>Headers that have another library take no signature, or another one, for good.</summary>
    private static async Task TryHeadersAsync(ThreatRun run)
    {
        var field = run.Field;
        var signed = field.Sign(field.Merchant, GoalHijack.Pay(field.Attacker, 1)).Split('.');
        var kid = $"{field.Merchant.Key.Id}";
        string[] headers =
        [
            """{"alg":"none"}""", $$"""{"alg":"none","kid":"{{kid}}"}""", $$"""{"alg":"None","kid":"{{kid}}"}""",
            $$"""{"alg":"HS256","kid":"{{kid}}"}""", $$"""{"alg":"ES384","kid":"{{kid}}"}""",
            $$"""{"alg":"RS256","kid":"{{kid}}"}""", $$"""{"alg":"ES256","kid":"{{kid}}","crit":["b64"],"b64":false}""",
            $$"""{"alg":"ES256","kid":"{{kid}}","jku":"http://attacker.example/keys"}""",
            $$"""{"alg":"ES256","jwk":{{Jwk(field.Attacker)}}}""",
            $$"""{"alg":"ES256","kid":"{{kid}}","x5u":"http://attacker.example/cert"}""",
            $$"""{"alg":"ES256","kid":"{{kid}}","kid":"{{field.Attacker.Key.Id}}"}""",
            $$"""{"alg":"ES256","alg":"none","kid":"{{kid}}"}""", $$"""{"kid":"{{kid}}"}""", "{}", "", "null",
            $$"""{"alg":"ES256","kid":"../{{kid}}"}""", $$"""{"alg":"ES256","kid":"{{kid}}' OR '1'='1"}""",
        ];
        foreach (var header in headers)
        {
            var head = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header));
            var input = Encoding.ASCII.GetBytes($"{head}.{signed[1]}");
            string[] signatures =
            [
                "", signed[2], Base64Url.EncodeToString(new byte[64]),
                Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Jwk(field.Merchant)), input)),
            ];
            foreach (var signature in signatures)
            {
                await run.ReplayAsync("a header that asks for no real signature", $"{head}.{signed[1]}.{signature}")
                    .ConfigureAwait(false);
            }
        }
    }

    /// <summary>Payloads that two readers would read in two ways, rightly signed.</summary>
    private static async Task TryTextAsync(ThreatRun run)
    {
        var field = run.Field;
        var honest = Encoding.UTF8.GetString(
            field.Write(field.Merchant, new Writing(), GoalHijack.Pay(field.Attacker, 1)));
        string[] altered =
        [
            "\uFEFF" + honest,
            honest.Replace("\"amount\"", "\"\\u0061mount\"", StringComparison.Ordinal),
            honest.Replace("\"amount\":", "\"amount\":\"0\",\"amount\":", StringComparison.Ordinal),
            honest.Replace("\"from\":", "\"from\":\"x\",\"from\":", StringComparison.Ordinal),
            honest.Replace("\"amount\":\"", "\"amount\":\"0", StringComparison.Ordinal),
            honest.Replace("\"amount\":\"", "\"amount\":\"-", StringComparison.Ordinal),
            honest.Replace("\"amount\":\"", "\"amount\":\"+", StringComparison.Ordinal),
            honest.Replace($"\"{TokenAmount.OneToken}\"", "\"1e18\"", StringComparison.Ordinal),
            honest.Replace($"\"{TokenAmount.OneToken}\"", $"{TokenAmount.OneToken}", StringComparison.Ordinal),
            honest.Replace($"\"{TokenAmount.OneToken}\"", $"\"{new string('9', 60)}\"", StringComparison.Ordinal),
            honest[..^1] + ",\"extra\":1}", honest + honest, honest[..^1], $"[{honest}]", "", "{}", "null",
            string.Concat(Enumerable.Repeat("{\"a\":", 10_000)),
        ];
        foreach (var text in altered.Where(text => text != honest))
        {
            await run.TryAsync(
                    "a payload that can be read in two ways",
                    ThreatField.Sign(field.Merchant.Key, Encoding.UTF8.GetBytes(text)))
                .ConfigureAwait(false);
        }
    }

    /// <summary>Rightly signed, but for elsewhere, for another time, or out of turn.</summary>
    private static async Task TryPlacesAsync(ThreatRun run)
    {
        var field = run.Field;
        Writing[] places =
        [
            new() { Chain = new ChainId("aitbc:elsewhere") }, new() { Chain = new ChainId("sim:threats") },
            new() { ValidUntil = new Timestamp(ThreatField.Now.UnixMs - 1) }, new() { ValidUntil = new Timestamp(0) },
            new() { ValidUntil = ThreatField.Now + Duration.FromDays(2) }, new() { Ahead = 1 }, new() { Ahead = 1_000 },
            new() { Sequence = 0 }, new() { Sequence = Largest }, new() { Epoch = 1 },
            new() { Epoch = Largest },
        ];
        foreach (var place in places)
        {
            await run.ReplayAsync(
                    "a payload for elsewhere or for another time",
                    field.Sign(field.Merchant, place, GoalHijack.Pay(field.Attacker, 1)))
                .ConfigureAwait(false);
        }
    }

    /// <summary>With r and n - s a signature is another one, and still verifies.</summary>
    private static async Task TryMalleatedAsync(ThreatRun run, string honest)
    {
        var parts = honest.Split('.');
        var signature = Base64Url.DecodeFromChars(parts[2]);
        var order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        var s = new System.Numerics.BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true);
        var n = new System.Numerics.BigInteger(order, isUnsigned: true, isBigEndian: true);
        var other = (n - s).ToByteArray(isUnsigned: true, isBigEndian: true);
        signature.AsSpan(32).Clear();
        other.CopyTo(signature.AsSpan(64 - other.Length));
        parts[2] = Base64Url.EncodeToString(signature);
        for (var i = 0; i < 8; i++)
        {
            await run.ReplayAsync("have it made again under its other signature", string.Join('.', parts))
                .ConfigureAwait(false);
        }
    }

    private static string Jwk(Actor actor) => System.Text.Json.JsonSerializer.Serialize(actor.Key.PublicKey);
}
