using System.Buffers;
using System.Net.Sockets;
using System.Text;
using Aitbc.Infrastructure.Wallet;

namespace Aitbc.Cli.Bench;

/// <summary>Requests that are bytes already, over connections that are kept: the load costs as little as it can, for it
/// shares the machine with what is measured.</summary>
internal static class HttpLoad
{
    private const string Host = "localhost";

    /// <summary>One JWS a request.</summary>
    public static byte[] Single(in JwsParts signed, string path = "/v1/commands") =>
        Post(path, "application/jose", signed.ToCompact());

    /// <summary>Many JWS a request.</summary>
    public static byte[] Batch(ReadOnlySpan<JwsParts> signed)
    {
        var body = new ArrayBufferWriter<byte>();
        body.Write("["u8);
        for (var i = 0; i < signed.Length; i++)
        {
            body.Write(i == 0 ? "\""u8 : ",\""u8);
            body.Write(signed[i].ToCompact());
            body.Write("\""u8);
        }

        body.Write("]"u8);
        return Post("/v1/commands", "application/json", body.WrittenSpan);
    }

    /// <summary>Sends requests over one connection, so many at once; counts the commands that took effect.</summary>
    /// <exception cref="InvalidOperationException">An answer is not 200.</exception>
    public static async Task<int> RunAsync(Uri url, byte[][] requests, int atOnce, CancellationToken stop)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(url.Host, url.Port, stop).ConfigureAwait(false);
        var reader = new AnswerReader(socket);
        var applied = 0;
        for (var at = 0; at < requests.Length; at += atOnce)
        {
            var wave = requests.AsSpan(at, Math.Min(atOnce, requests.Length - at)).ToArray();
            await SendAsync(socket, wave.Length == 1 ? wave[0] : [.. wave.SelectMany(one => one)], stop)
                .ConfigureAwait(false);
            for (var i = 0; i < wave.Length; i++)
            {
                var (status, body) = await reader.ReadAsync(stop).ConfigureAwait(false);
                if (status != 200)
                {
                    throw new InvalidOperationException(
                        $"The node answered {status}: {Encoding.UTF8.GetString(body.Span)}");
                }

                applied += body.Span.Count("\"outcome\":\"applied\""u8);
            }
        }

        return applied;
    }

    /// <summary>Sends all of it.</summary>
    public static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, stop).ConfigureAwait(false)..];
        }
    }

    /// <summary>Any request with a body.</summary>
    public static byte[] Post(string path, string type, ReadOnlySpan<byte> body)
    {
        var head = Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {Host}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n");
        return [.. head, .. body];
    }
}

/// <summary>Reads answers off a connection, one after the other.</summary>
internal sealed class AnswerReader(Socket socket)
{
    private byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;

    /// <summary>Reads one; its body is valid until the next.</summary>
    public async ValueTask<(int Status, ReadOnlyMemory<byte> Body)> ReadAsync(CancellationToken stop)
    {
        int headEnd;
        while ((headEnd = buffer.AsSpan(start, end - start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            await FillAsync(stop).ConfigureAwait(false);
        }

        var head = Encoding.ASCII.GetString(buffer, start, headEnd);
        var status = int.Parse(head.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);
        start += headEnd + 4;
        const string Length = "\r\nContent-Length: ";
        var at = head.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return (status, await ReadChunksAsync(stop).ConfigureAwait(false));
        }

        var text = head.AsSpan(at + Length.Length);
        var lineEnd = text.IndexOf('\r');
        var length = int.Parse(
            lineEnd < 0 ? text : text[..lineEnd], System.Globalization.CultureInfo.InvariantCulture);
        return (status, await TakeAsync(length, stop).ConfigureAwait(false));
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadChunksAsync(CancellationToken stop)
    {
        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            int lineEnd;
            while ((lineEnd = buffer.AsSpan(start, end - start).IndexOf("\r\n"u8)) < 0)
            {
                await FillAsync(stop).ConfigureAwait(false);
            }

            var size = Convert.ToInt32(Encoding.ASCII.GetString(buffer, start, lineEnd), 16);
            start += lineEnd + 2;
            var chunk = await TakeAsync(size + 2, stop).ConfigureAwait(false);
            if (size == 0)
            {
                return body.WrittenMemory;
            }

            body.Write(chunk.Span[..size]);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> TakeAsync(int length, CancellationToken stop)
    {
        while (end - start < length)
        {
            await FillAsync(stop).ConfigureAwait(false);
        }

        start += length;
        return buffer.AsMemory(start - length, length);
    }

    private async ValueTask FillAsync(CancellationToken stop)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, 2 * buffer.Length);
        }

        var read = await socket.ReceiveAsync(buffer.AsMemory(end), stop).ConfigureAwait(false);
        end += read > 0 ? read : throw new IOException("The node closed the connection.");
    }
}
