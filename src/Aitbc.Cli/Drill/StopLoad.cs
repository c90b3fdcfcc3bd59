using System.Net;
using System.Net.Sockets;
using System.Text;
using Aitbc.Cli.Bench;

namespace Aitbc.Cli.Drill;

/// <summary>Agents that act as fast as a node answers, over some connections, each agent in its order; a payload that
/// is turned away is sent again when its agent's turn comes.</summary>
/// <param name="node">Where the node listens.</param>
/// <param name="agents">All of them.</param>
/// <param name="connections">Connections, each with one request in flight.</param>
internal sealed class StopLoad(Uri node, IReadOnlyList<LoadAgent> agents, int connections)
{
    private ulong epoch;
    private bool hasFailed;

    /// <summary>What became of what was sent.</summary>
    public LoadCount Count { get; } = new();

    /// <summary>The agents.</summary>
    public IReadOnlyList<LoadAgent> Agents { get; } = agents;

    /// <summary>From now on the agents sign in this epoch.</summary>
    public void Renew(ulong to) => Volatile.Write(ref epoch, to);

    /// <summary>Runs until it is ended.</summary>
    public Task RunAsync(CancellationToken end) => Task.WhenAll(Enumerable.Range(0, connections).Select(
        connection => Task.Run(() => RunAsync(connection, end), CancellationToken.None)));

    /// <summary>Sends one request and says what became of it.</summary>
    public static async Task<string> AskAsync(
        Socket socket, AnswerReader reader, byte[] request, CancellationToken stop)
    {
        await HttpLoad.SendAsync(socket, request, stop).ConfigureAwait(false);
        var (_, body) = await reader.ReadAsync(stop).ConfigureAwait(false);
        return CodeOf(body.Span);
    }

    /// <summary>A connection to the node.</summary>
    public static async Task<Socket> ConnectAsync(Uri node, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, node.Port, stop).ConfigureAwait(false);
        return socket;
    }

    private async Task RunAsync(int connection, CancellationToken end)
    {
        try
        {
            await SendAsync([.. Agents.Where((_, i) => i % connections == connection)], end).ConfigureAwait(false);
        }
        catch
        {
            // The others end too, so that it is seen.
            Volatile.Write(ref hasFailed, true);
            throw;
        }
    }

    private async Task SendAsync(LoadAgent[] mine, CancellationToken end)
    {
        using var socket = await ConnectAsync(node, CancellationToken.None).ConfigureAwait(false);
        var reader = new AnswerReader(socket);
        for (var turn = 0; !end.IsCancellationRequested && !Volatile.Read(ref hasFailed); turn++)
        {
            var agent = mine[turn % mine.Length];
            if (agent.Epoch != Volatile.Read(ref epoch))
            {
                agent.Renew(Volatile.Read(ref epoch));
            }

            var request = agent.Next();
            Count.Sent();
            var code = await AskAsync(socket, reader, request, CancellationToken.None).ConfigureAwait(false);
            Count.Answered(code);

            // What is not journalled leaves the place free: the same bytes are sent again at the next turn.
            if (code is not ("stopped" or "staleEpoch" or "rateLimited" or "busy"))
            {
                agent.Advance();
            }
        }
    }

    /// <summary>The outcome of an answer, or its problem's code, without reading all of it.</summary>
    private static string CodeOf(ReadOnlySpan<byte> body)
    {
        if (body.IndexOf("\"outcome\":\"applied\""u8) >= 0)
        {
            return "applied";
        }

        var at = body.IndexOf("\"code\":\""u8);
        var rest = at < 0 ? body : body[(at + 8)..];
        var end = rest.IndexOf((byte)'"');
        return Encoding.ASCII.GetString(end < 0 ? rest : rest[..end]);
    }
}
