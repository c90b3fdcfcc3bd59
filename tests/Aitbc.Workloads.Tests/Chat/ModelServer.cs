using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Aitbc.Workloads.Tests.Chat;

/// <summary>A real HTTP server that speaks as an OpenAI-compatible endpoint does, or misbehaves as one may.</summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Func<int, string?> answer;
    private readonly Task serving;

    /// <param name="answer">The whole HTTP answer to the request of a number, from 1; null for silence.</param>
    public ModelServer(Func<int, string?> answer)
    {
        this.answer = answer;
        listener.Start();
        serving = ServeAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1");

    /// <summary>Whether it says nothing more after an answer, but stays.</summary>
    public bool KeepsOpen { get; init; }

    /// <summary>Heads and bodies of the requests, in order.</summary>
    public List<(string Head, string Body)> Requests { get; } = [];

    public static string Ok(string body) => Answer("200 OK", body);

    public static string Answer(string status, string body, string headers = "") =>
        $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n"
        + $"{headers}Connection: close\r\n\r\n{body}";

    public static string Completion(string content) => JsonSerializer.Serialize(new
    {
        id = "chatcmpl-1",
        @object = "chat.completion",
        created = 1,
        model = "small-model-2026",
        choices = new[]
        {
            new { index = 0, message = new { role = "assistant", content }, finish_reason = "stop" },
        },
        usage = new { prompt_tokens = 12, completion_tokens = 5, total_tokens = 17 },
    });

    public async ValueTask DisposeAsync()
    {
        // The loop ends by the token alone: a listener that is stopped under it throws something else.
        await stopping.CancelAsync();
        await serving;
        listener.Stop();
        stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                open.Add(AnswerAsync(await listener.AcceptTcpClientAsync(stopping.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task AnswerAsync(TcpClient accepted)
    {
        using var client = accepted;
        try
        {
            var stream = client.GetStream();
            int number;
            var request = await ReadAsync(stream);
            lock (Requests)
            {
                Requests.Add(request);
                number = Requests.Count;
            }

            var said = answer(number);
            if (said is { } text)
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(text), stopping.Token);
            }

            if (KeepsOpen || said is null)
            {
                await Task.Delay(Timeout.Infinite, stopping.Token);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The client has gone, or the test has ended.
        }
    }

    private async Task<(string Head, string Body)> ReadAsync(NetworkStream stream)
    {
        var text = "";
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                var length = text.Split("\r\n").First(
                    line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1];
                if (text.Length - end - 4 >= int.Parse(length))
                {
                    return (text[..end], text[(end + 4)..]);
                }
            }

            var read = await stream.ReadAsync(buffer, stopping.Token);
            text += read > 0 ? Encoding.Latin1.GetString(buffer, 0, read) : throw new IOException("Gone.");
        }
    }
}
