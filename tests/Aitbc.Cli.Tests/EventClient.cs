using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Aitbc.Cli.Tests;

/// <summary>A client of a node's event stream as the standard has it: an event counts once it is whole, and a
/// connection that breaks is opened anew behind the last one. Source: WHATWG HTML, server-sent events.</summary>
internal sealed class EventClient : IDisposable
{
    private readonly HttpClient http;
    private readonly StringBuilder rest = new();
    private readonly byte[] buffer = new byte[16 * 1024];
    private Stream? stream;

    /// <summary>A client whose system takes little ahead of it.</summary>
    public EventClient() => http = new HttpClient(new SocketsHttpHandler
    {
        ConnectCallback = async (context, stop) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4 * 1024 };
            await socket.ConnectAsync(context.DnsEndPoint, stop);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>What it was told, in order: ids and texts.</summary>
    public List<(ulong Id, string Data)> Events { get; } = [];

    /// <summary>Opens the stream, or opens it anew.</summary>
    public async Task OpenAsync(Uri node)
    {
        rest.Clear();
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node, "/v1/events"));
        var last = Events.Count == 0 ? 0 : Events[^1].Id;
        request.Headers.Add("Last-Event-ID", last.ToString(CultureInfo.InvariantCulture));
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        stream = await response.Content.ReadAsStreamAsync();
    }

    /// <summary>Reads some bytes and no more.</summary>
    /// <returns>False where the connection has ended.</returns>
    public async Task<bool> ReadAsync(int most)
    {
        try
        {
            var read = await stream!.ReadAsync(buffer.AsMemory(0, Math.Min(most, buffer.Length)));
            rest.Append(Encoding.UTF8.GetString(buffer, 0, read));
            TakeWhole();
            return read > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Reads until an entry has come.</summary>
    public async Task ReadToAsync(ulong seq)
    {
        while (Events.Count == 0 || Events[^1].Id < seq)
        {
            Assert.True(await ReadAsync(buffer.Length), "The stream ended.");
        }
    }

    /// <summary>Reads until the connection has ended.</summary>
    public async Task ReadToEndAsync()
    {
        while (await ReadAsync(buffer.Length))
        {
            // What was on its way counts.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>Takes the events that an empty line ends.</summary>
    private void TakeWhole()
    {
        const string End = "\n\n";
        var text = rest.ToString();
        var from = 0;
        for (int end; (end = text.IndexOf(End, from, StringComparison.Ordinal)) >= 0; from = end + End.Length)
        {
            var lines = text[from..end].Split('\n');
            if (lines is [['i', 'd', ':', ' ', .. var id], ['d', 'a', 't', 'a', ':', ' ', .. var data]])
            {
                Events.Add((ulong.Parse(id, CultureInfo.InvariantCulture), data));
            }
            else
            {
                Assert.Equal([":"], lines);
            }
        }

        rest.Remove(0, from);
    }
}
