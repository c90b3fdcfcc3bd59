using System.Globalization;
using System.Text;

namespace Aitbc.Node.Tests.Hostile;

/// <summary>Bytes to send over a connection.</summary>
/// <param name="Bytes">The bytes.</param>
/// <param name="Answers">How many answers are due; -1 where nobody can say, and the connection is given up.</param>
/// <param name="IsHead">Whether answers have no body.</param>
internal sealed record HostileRequest(byte[] Bytes, int Answers, bool IsHead);

/// <summary>Requests as no good client sends them, and some as one does.</summary>
internal sealed class HostileRequests(HostileText text, int port)
{
    /// <summary>Draws one: most are well framed, so that they reach what lies behind the server.</summary>
    public HostileRequest Next()
    {
        if (text.Sometimes(12))
        {
            return new HostileRequest(Misframed(), -1, false);
        }

        if (text.Sometimes(4))
        {
            var some = Enumerable.Range(0, 2 + text.Below(6)).Select(_ => WellFramed("GET").Bytes);
            return new HostileRequest([.. some.SelectMany(one => one)], -1, false);
        }

        return WellFramed(null);
    }

    private HostileRequest WellFramed(string? only)
    {
        var target = text.Target();
        var method = only ?? (text.Sometimes(70)
            ? HostileText.MethodOf(target)
            : text.Of("GET", "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "X"));
        var body = method is "GET" or "HEAD" or "X" && !text.Sometimes(3) ? [] : text.Body();
        var head = new StringBuilder($"{method} {target} HTTP/1.1\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Host: {Host()}\r\n");
        AddHeaders(head, body.Length > 0);
        if (body.Length > 0 && text.Sometimes(15))
        {
            head.Append("Transfer-Encoding: chunked\r\n\r\n");
            return Framed(head, Chunked(body), method);
        }

        if (body.Length > 0 || method is "POST" or "PUT" or "PATCH" or "DELETE")
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        }

        return Framed(head.Append("\r\n"), body, method);
    }

    private static HostileRequest Framed(StringBuilder head, byte[] body, string method)
    {
        var bytes = Encoding.Latin1.GetBytes(head.ToString());
        return new HostileRequest([.. bytes, .. body], 1, method == "HEAD");
    }

    private string Host() => text.Sometimes(90)
        ? $"localhost:{port}"
        : text.Of(
            "evil.example", "localhost.evil.example", "127.0.0.2", "[::1]", "[::1", "localhost:99999", "", "a b", "é",
            "localhost,evil", "LOCALHOST", "localhost.", "0", "127.1");

    private void AddHeaders(StringBuilder head, bool hasBody)
    {
        if (hasBody && text.Sometimes(95))
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Type: {text.Type()}\r\n");
        }

        for (var count = text.Below(4); count > 0; count--)
        {
            var line = text.Below(15) switch
            {
                0 => $"Origin: {text.Of("http://evil.example", "null", "", $"http://localhost:{port}", "é")}",
                1 => $"Sec-Fetch-Site: {text.Of("cross-site", "same-site", "same-origin", "none", "x")}",
                2 or 3 => $"Authorization: {text.Of("Bearer ", "bearer ", "Basic ", "")}{text.Token()}",
                4 => $"Cookie: aitbc-session={text.Token()}{text.Of("", "; a=b", ";;;", "; aitbc-session=x", "=")}",
                5 or 6 => $"Last-Event-ID: {text.Number()}",
                7 => $"Accept: {text.Of("*/*", "text/event-stream", "application/xml;q=9", "", ",", "é")}",
                8 => $"Aitbc-Proof: {text.Of(text.Letters(100), "a.b.c", "", "..", text.Letters(43) + "..x")}",
                9 => $"Accept-Encoding: {text.Of("gzip", "br;q=x", "*", "identity;q=0")}",
                10 => $"Content-Encoding: {text.Of("gzip", "deflate", "x")}",
                11 => $"Range: bytes={text.Number()}-{text.Number()}",
                12 => $"Expect: {text.Of("100-continue", "200-ok")}",
                13 => $"X-HTTP-Method-Override: {text.Of("DELETE", "")}",
                _ => $"{text.Of("X-A", "Upgrade", "If-None-Match", "X-Forwarded-For")}: {text.Letters(20)}",
            };
            head.Append(line).Append("\r\n");
        }
    }

    private byte[] Chunked(byte[] body)
    {
        var bytes = new List<byte>();
        for (var at = 0; at < body.Length;)
        {
            var size = Math.Min(body.Length - at, 1 + text.Below(body.Length));
            bytes.AddRange(Encoding.ASCII.GetBytes($"{size:x}{text.Of("", ";x=y")}\r\n"));
            bytes.AddRange(body.AsSpan(at, size));
            bytes.AddRange("\r\n"u8);
            at += size;
        }

        bytes.AddRange("0\r\n\r\n"u8);
        return [.. bytes];
    }

    /// <summary>What is no request, or one whose lengths lie.</summary>
    private byte[] Misframed()
    {
        var post = $"POST {text.Of("/v1/commands", "/v1/oversight", "/v1/openings", "/v1/faucet")} HTTP/1.1\r\n"
            + $"Host: localhost:{port}\r\nContent-Type: {text.Type()}\r\n";
        var get = $"GET /v1/chain HTTP/1.1\r\nHost: localhost:{port}\r\n";
        var whole = text.Below(12) switch
        {
            0 => $"{post}Content-Length: "
                + $"{text.Of("-1", "+5", "0x5", "99999999999999999999", "5, 5", "é", "")}\r\n\r\nabc",
            1 => $"{post}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            2 => $"{post}Content-Length: {text.Of(10, 1_000_000, 1_048_577, 2_000_000_000)}\r\n\r\nabc",
            3 => $"{post}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n{text.Of("0\r\n\r\n", "abc")}",
            4 => $"{post}Transfer-Encoding: "
                + $"{text.Of("chunked, chunked", "gzip", "identity", "gzip, chunked")}\r\n\r\nx",
            5 => $"{post}Transfer-Encoding: chunked\r\n\r\n"
                + text.Of("zz\r\n", "-1\r\n", "ffffffffffffffff\r\nabc", "5\r\nabcdefgh\r\n0\r\n", "3\r\nabc", "0\r\n"),
            6 => get + string.Concat(Enumerable.Repeat("X-A: b\r\n", 150)) + "\r\n",
            7 => $"{get}X-A: {text.Letters(20_000)}\r\n\r\n",
            8 => $"{get}{text.Of("Host: b\r\n", " folded\r\n", "X\0A: b\r\n", ": x\r\n", "X A: b\r\n", "X-A\r\n")}\r\n",
            9 => text.Of(
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\r\n\r\n", "\0\0\0\0",
                "GET  / HTTP/1.1\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "OPTIONS * HTTP/1.1\r\n\r\n",
                "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "\u0016\u0003\u0001\u0002\0\u0001"),
            10 => $"GET /{text.Letters(5_000)} HTTP/1.1\r\n\r\n",
            _ => Encoding.Latin1.GetString(text.Bytes(text.Below(400))),
        };
        var bytes = Encoding.Latin1.GetBytes(whole);
        return text.Sometimes(25) ? bytes[..text.Below(bytes.Length + 1)] : bytes;
    }
}
