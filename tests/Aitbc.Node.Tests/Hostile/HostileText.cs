using System.Text;
using Aitbc.Primitives;

namespace Aitbc.Node.Tests.Hostile;

/// <summary>Words that clients should not send, drawn by a seed.</summary>
internal sealed class HostileText(SeededRandom random, string[] signed, string[] tokens, string account)
{
    private static readonly string[] Numbers =
    [
        "-1", "0", "1", "2", "100", "1000", "1001", "18446744073709551615", "18446744073709551616", "1e9", "NaN", "+1",
        "%00", "", "true", "0x10", "1%202", "[]", "null", "9".PadRight(60, '9'),
    ];

    private static readonly string[] Weird =
    [
        "", "null", "-1", "1e400", "0.1", "{}", "[]", "[[[]]]", "true", "\"\"", "\"\\ud800\"", "\"\\u0000\"",
        "\"aaaa\"", "18446744073709551616", "1E-5", "nul", "'x'", "\"w1\"", "\"s1\"", "/*c*/1", "{\"a\":1,\"a\":2}",
    ];

    private static readonly string[] Types =
    [
        "application/jose", "application/json", "application/json; charset=utf-8", "application/json; charset=utf-7",
        "application/json; charset=bogus", "application/json;charset=\"utf-16\"", "application/json; charset=",
        "application/jose; x=\"", "text/plain", "", ";", "application/octet-stream", "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded", "application/problem+json", "*/*", "application/JSON", "a/b;c=d;e",
    ];

    private static readonly string[] Routes =
    [
        "/", "/metrics", "/openapi/v1.json", "/health/live", "/health/ready", "/v1/chain", "/v1/genesis",
        "/v1/commands", "/v1/oversight", "/v1/accounts/{0}", "/v1/agents", "/v1/agents/{0}", "/v1/agents/{0}/lease",
        "/v1/services", "/v1/services/{0}", "/v1/workloads", "/v1/workloads/{0}", "/v1/workloads/{0}/receipt",
        "/v1/entries", "/v1/entries/{0}", "/v1/entries/{0}/proof", "/v1/blocks", "/v1/replica/genesis",
        "/v1/replica/snapshot", "/v1/replica/entries", "/v1/openings", "/v1/salts", "/v1/blobs/{0}", "/v1/faucet",
        "/v1/events", "/v1/{0}", "/{0}", "//{0}", "/v1/../{0}", "/openapi/{0}.json",
    ];

    private static readonly string[] Keys =
    [
        "from", "limit", "after", "capability", "maxPrice", "follow", "hash", "genesis", "host", "order", "token", "%",
        "FROM", "a[]", "",
    ];

    /// <summary>Whether something is to happen, so many times of a hundred.</summary>
    public bool Sometimes(int percent) => random.NextInt32(100) < percent;

    /// <summary>One of several.</summary>
    public T Of<T>(params T[] choices) => choices[random.NextInt32(choices.Length)];

    /// <summary>A place below a limit.</summary>
    public int Below(int limit) => random.NextInt32(limit);

    /// <summary>A number, or what is none.</summary>
    public string Number() => Of(Numbers);

    /// <summary>A media type, or what is none.</summary>
    public string Type() => Of(Types);

    /// <summary>A token, right, wrong or long.</summary>
    public string Token() => Below(4) switch
    {
        0 => Of(tokens),
        1 => Letters(64),
        2 => Letters(Below(9_000)),
        _ => Of("", "é", "a b", "Bearer", "0", "\"", "\u0001"),
    };

    /// <summary>A method that the resource takes.</summary>
    public static string MethodOf(string target) => target.AsSpan(0, Math.Min(target.Length, 12)) switch
    {
        "/v1/commands" or "/v1/oversigh" or "/v1/openings" or "/v1/salts" or "/v1/faucet" => "POST",
        ['/', 'v', '1', '/', 'b', 'l', 'o', 'b', 's', ..] => "PUT",
        _ => "GET",
    };

    /// <summary>A path with a query, or most of one.</summary>
    public string Target()
    {
        var path = string.Format(null, CompositeFormat.Parse(Of(Routes)), Id());
        if (!Sometimes(45))
        {
            return path;
        }

        var count = Sometimes(2) ? 150 : 1 + Below(3);
        var query = Enumerable.Range(0, count).Select(
            _ => Sometimes(10) ? Letters(5) : $"{Of(Keys)}={(Sometimes(5) ? Of(tokens) : Number())}");
        return $"{path}?{string.Join(Of("&", "&", ";", "&&"), query)}";
    }

    /// <summary>Something that stands where an id should.</summary>
    public string Id() => Below(12) switch
    {
        0 => account,
        1 => Letters(43),
        2 => Of("w1", "s1", "w0", "w18446744073709551615", "w18446744073709551616", "s-1"),
        3 => Of("%00", "%2e%2e%2f", "%ff", "%c3%28", "%", "%zz", "..", "%F0%9F%98%80", "%e2%80%ae", "\\", "%0d%0aX:1"),
        4 => Letters(Below(4_200)),
        5 => "a//b/../c",
        6 => Of("{0}", "*", "<x>", "'--", "\"", "\u0001", "é", "\u00ff"),
        _ => Number(),
    };

    /// <summary>Letters and digits.</summary>
    public string Letters(int length)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return string.Create(length, random, static (text, drawn) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = Alphabet[drawn.NextInt32(Alphabet.Length)];
            }
        });
    }

    /// <summary>A body of some kind.</summary>
    public byte[] Body() => Below(10) switch
    {
        0 => [],
        1 => Bytes(Below(300)),
        2 => Encoding.ASCII.GetBytes(Of(signed)),
        3 => Changed(Encoding.ASCII.GetBytes(Of(signed))),
        4 => Encoding.UTF8.GetBytes(
            $"[{string.Join(',', Enumerable.Range(0, Below(70)).Select(_ => $"\"{Of(signed)}\""))}]"),
        5 => Encoding.ASCII.GetBytes(
            new string(Of('[', '{', '"', '\\', '9'), 1 + Below(Sometimes(3) ? 1_100_000 : 4_000))),
        6 => Encoding.UTF8.GetBytes(Of(Weird)),
        7 => Changed(Encoding.UTF8.GetBytes(Object())),
        _ => Encoding.UTF8.GetBytes(Object()),
    };

    /// <summary>Random bytes.</summary>
    public byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A JSON object as some resource takes it, with members that are not as they should be.</summary>
    private string Object()
    {
        string[] members = Of<string[]>(
            ["workload", "bidder", "price", "proposalHash", "salt"],
            ["workload", "salt"],
            ["host", "ttlMs"],
            ["key", "possession", "amount"]);
        var text = members.Where(_ => !Sometimes(5)).Select(name => $"\"{name}\":{Value(name)}");
        return "{" + string.Join(',', text) + (Sometimes(5) ? ",\"x\":1" : string.Empty) + "}";
    }

    private string Value(string name) => Sometimes(40)
        ? Of(Weird)
        : name switch
        {
            "workload" => "\"w1\"",
            "price" or "amount" => $"\"{Number()}\"",
            "ttlMs" => Of("1000", "30000", "0", "-5", "9007199254740993"),
            "key" => $"{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{Letters(43)}\",\"y\":\"{Letters(43)}\"}}",
            "possession" => $"\"{Letters(86)}\"",
            "host" => $"\"{Letters(Below(200))}\"",
            _ => $"\"{Letters(42)}A\"",
        };

    private byte[] Changed(byte[] bytes)
    {
        if (bytes.Length > 0)
        {
            bytes[Below(bytes.Length)] = (byte)Below(256);
        }

        return bytes;
    }
}
