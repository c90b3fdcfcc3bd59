using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Aitbc.Node.Access;
using Aitbc.Primitives;

namespace Aitbc.Node.Tests.Hostile;

/// <summary>Sends hostile requests from several clients at once and keeps what came back.</summary>
internal sealed class HostileRun(NodeFixture node, ulong seed)
{
    private const int Clients = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private int sent;

    /// <summary>Answers by status.</summary>
    public ConcurrentDictionary<int, int> Statuses { get; } = new();

    /// <summary>Requests that were never answered, or answered 500.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>Sends until so many were sent since the run began.</summary>
    public async Task RunToAsync(int count)
    {
        var signed = Enumerable.Range(0, 96).Select(i => node.Sign(1 + (i % 3), node.Pay(i % 4))).ToArray();
        string[] tokens =
        [
            node.Server.Sessions.NewBearer(Role.Reader), node.Server.Sessions.NewBearer(Role.Agent),
            node.Server.Sessions.NewBearer(Role.Operator), node.Server.Sessions.NewOneTime(),
        ];
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var random = new SeededRandom(seed).Fork($"client/{client}/{count}");
            var text = new HostileText(random, signed, tokens, node.Account(1).ToString());
            var requests = new HostileRequests(text, node.Server.Url.Port);
            using var connection = new HostileConnection(node.Server.Url.Port);
            while (Interlocked.Increment(ref sent) <= count)
            {
                await (text.Sometimes(3)
                    ? SendPolitelyAsync(text)
                    : SendAsync(connection, requests.Next())).ConfigureAwait(false);
            }
        })));
        Interlocked.Exchange(ref sent, count);
    }

    private async Task SendAsync(HostileConnection connection, HostileRequest request)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            foreach (var status in await connection.AskAsync(request, patience.Token).ConfigureAwait(false))
            {
                Note(status, request);
            }
        }
        catch (OperationCanceledException)
        {
            connection.GiveUp();
            Fault("no answer", request);
        }
        catch (Exception gone) when (gone is SocketException or IOException)
        {
            // The server may close a connection whose request it does not read to its end.
            connection.GiveUp();
            Statuses.AddOrUpdate(0, 1, static (_, before) => before + 1);
        }
    }

    /// <summary>Through a client that keeps HTTP's own rules.</summary>
    private async Task SendPolitelyAsync(HostileText text)
    {
        using var message = new HttpRequestMessage(
            text.Of(HttpMethod.Post, HttpMethod.Put, HttpMethod.Get),
            $"/v1/{text.Of("commands", "openings", "events")}");
        message.Headers.TryAddWithoutValidation("Last-Event-ID", text.Number());
        if (message.Method != HttpMethod.Get)
        {
            message.Content = new ByteArrayContent(text.Body());
            message.Content.Headers.TryAddWithoutValidation("Content-Type", text.Type());
        }

        try
        {
            using var answer = await node.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead)
                .WaitAsync(Patience).ConfigureAwait(false);
            Note((int)answer.StatusCode, new HostileRequest([], 1, false));
        }
        catch (Exception gone) when (gone is HttpRequestException or FormatException or InvalidOperationException)
        {
            Statuses.AddOrUpdate(0, 1, static (_, before) => before + 1);
        }
    }

    private void Note(int status, HostileRequest request)
    {
        Statuses.AddOrUpdate(status, 1, static (_, before) => before + 1);
        if (status is >= 500 and not (501 or 503 or 505))
        {
            Fault(status.ToString(CultureInfo.InvariantCulture), request);
        }
    }

    private void Fault(string what, HostileRequest request)
    {
        if (Faults.Count < 20)
        {
            var bytes = request.Bytes.AsSpan(0, Math.Min(600, request.Bytes.Length));
            Faults.Enqueue($"{what}: {Encoding.Latin1.GetString(bytes)}");
        }
    }
}
