using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Aitbc.Node.Tests.Hostile;

/// <summary>A connection to a node that is opened anew as often as it must be.</summary>
/// <remarks>One caller at a time.</remarks>
internal sealed class HostileConnection(int port) : IDisposable
{
    private readonly byte[] buffer = new byte[64 * 1024];
    private Socket? socket;
    private int start;
    private int end;

    /// <summary>Sends a request and reads what is due.</summary>
    /// <returns>The statuses that came.</returns>
    public async Task<List<int>> AskAsync(HostileRequest request, CancellationToken stop)
    {
        var statuses = new List<int>();
        var mine = socket ??= await OpenAsync(stop).ConfigureAwait(false);
        var sending = SendAsync(mine, request.Bytes, stop);
        if (request.Answers < 0)
        {
            await IgnoreAsync(sending).ConfigureAwait(false);
            await DrainAsync(mine, statuses, stop).ConfigureAwait(false);
            GiveUp();
            return statuses;
        }

        while (statuses.Count < request.Answers)
        {
            var (status, mayGoOn) = await ReadAnswerAsync(mine, request.IsHead, stop).ConfigureAwait(false);
            if (status == 100)
            {
                continue;
            }

            statuses.Add(status);
            if (!mayGoOn || !sending.IsCompletedSuccessfully)
            {
                GiveUp();
                await IgnoreAsync(sending).ConfigureAwait(false);
                return statuses;
            }
        }

        return statuses;
    }

    /// <summary>Closes it hard, as a client that dies.</summary>
    public void GiveUp()
    {
        if (socket is { } open)
        {
            open.LingerState = new LingerOption(true, 0);
            open.Dispose();
        }

        (socket, start, end) = (null, 0, 0);
    }

    /// <inheritdoc/>
    public void Dispose() => GiveUp();

    private async Task<Socket> OpenAsync(CancellationToken stop)
    {
        var opened = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await opened.ConnectAsync(IPAddress.Loopback, port, stop).ConfigureAwait(false);
        return opened;
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, stop).ConfigureAwait(false)..];
        }
    }

    private static async Task IgnoreAsync(Task sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The server closed before it had read all.
        }
    }

    /// <summary>Says that nothing more comes, then takes statuses wherever they stand, to the end.</summary>
    private async Task DrainAsync(Socket mine, List<int> statuses, CancellationToken stop)
    {
        mine.Shutdown(SocketShutdown.Send);
        var rest = new StringBuilder();
        while (await mine.ReceiveAsync(buffer, stop).ConfigureAwait(false) is var read and > 0)
        {
            rest.Append(Encoding.Latin1.GetString(buffer, 0, read));
            if (rest.Length > 1 << 20)
            {
                break;
            }
        }

        const string Mark = "HTTP/1.1 ";
        var all = rest.ToString();
        for (var at = all.IndexOf(Mark, StringComparison.Ordinal); at >= 0;
            at = all.IndexOf(Mark, at + 1, StringComparison.Ordinal))
        {
            if (int.TryParse(all.AsSpan(at + Mark.Length, 3), CultureInfo.InvariantCulture, out var status))
            {
                statuses.Add(status);
            }
        }
    }

    private async Task<(int Status, bool MayGoOn)> ReadAnswerAsync(Socket mine, bool isHead, CancellationToken stop)
    {
        int headEnd;
        while ((headEnd = buffer.AsSpan(start, end - start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            await FillAsync(mine, stop).ConfigureAwait(false);
        }

        var head = Encoding.Latin1.GetString(buffer, start, headEnd + 2);
        start += headEnd + 4;
        var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        var isOpen = !head.Contains("\r\nConnection: close", StringComparison.OrdinalIgnoreCase);
        if (isHead || status is 100 or 204 or 304)
        {
            return (status, isOpen);
        }

        const string Length = "\r\nContent-Length: ";
        var at = head.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            // A stream, or of unknown length: nobody waits for its end.
            return (status, false);
        }

        var left = int.Parse(head[(at + Length.Length)..].Split('\r')[0], CultureInfo.InvariantCulture);
        while (left > 0)
        {
            if (end == start)
            {
                await FillAsync(mine, stop).ConfigureAwait(false);
            }

            var taken = Math.Min(left, end - start);
            (start, left) = (start + taken, left - taken);
        }

        return (status, isOpen);
    }

    private async Task FillAsync(Socket mine, CancellationToken stop)
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
        var read = await mine.ReceiveAsync(buffer.AsMemory(end), stop).ConfigureAwait(false);
        end += read > 0 ? read : throw new IOException("closed");
    }
}
