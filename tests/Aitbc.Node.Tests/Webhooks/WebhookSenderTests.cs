using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Aitbc.Node.Webhooks;

namespace Aitbc.Node.Tests.Webhooks;

/// <summary>What goes over the wire: signed, to the one address that was checked, and nothing more.</summary>
public sealed class WebhookSenderTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly string directory = Directory.CreateTempSubdirectory("aitbc-sender-").FullName;
    private Receiver receiver = null!;

    public async Task InitializeAsync() => receiver = await Receiver.StartAsync();

    public async Task DisposeAsync()
    {
        await receiver.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void The_signature_is_that_of_the_specifications_own_library()
    {
        // Computed with standardwebhooks 1.1.1 from npm: new Webhook(secret).sign(id, date, body).
        var secret = WebhookSecret.Parse("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")!;
        Assert.Equal(
            "v1,1nwA2SUx8uNpaMrGs2JgkrY8yoLQWq9Nz7W4uduXwb0=",
            secret.Sign("5f0c_1_7_0", 1_764_547_200, "{\"type\":\"agent.stopped\"}"u8));
    }

    [Fact]
    public async Task A_receiver_can_check_every_byte_of_a_message()
    {
        var hook = Add(allowsPrivate: true);
        using var sender = new WebhookSender(hook, TimeProvider.System);
        var result = await sender.SendTestAsync(CancellationToken.None);
        var got = await receiver.NextAsync();

        Assert.Equal((DeliveryOutcome.Delivered, 200), (result.Outcome, result.Status));
        Assert.True(IsGenuine(hook, got, got.Body));
        Assert.False(IsGenuine(hook, got, got.Body + " "));
        Assert.False(IsGenuine(hook, got with { Id = "other" }, got.Body));
        Assert.False(IsGenuine(hook, got with { Timestamp = "1" }, got.Body));
        Assert.False(IsGenuine(Add(allowsPrivate: true), got, got.Body));
        Assert.Equal("application/json", got.Headers["content-type"]);
        Assert.Equal(
            ["content-length", "content-type", "host", "user-agent", "webhook-id", "webhook-signature",
                "webhook-timestamp"],
            got.Headers.Keys.Order(StringComparer.Ordinal));
    }

    [NeedsFact("python3")]
    public async Task The_snippet_of_the_runbook_takes_what_is_genuine_and_nothing_else()
    {
        var hook = Add(allowsPrivate: true);
        using var sender = new WebhookSender(hook, TimeProvider.System);
        await sender.SendTestAsync(CancellationToken.None);
        var got = await receiver.NextAsync();

        Assert.Equal("True", await AskSnippetAsync(hook, got.Id, got.Timestamp, got.Signature, got.Body));
        Assert.Equal("False", await AskSnippetAsync(hook, got.Id, got.Timestamp, got.Signature, got.Body + " "));
        Assert.Equal("False", await AskSnippetAsync(hook, got.Id + "0", got.Timestamp, got.Signature, got.Body));
        var old = "1764547200";
        Assert.Equal("False", await AskSnippetAsync(
            hook, got.Id, old, hook.Secret.Sign(got.Id, 1_764_547_200, Encoding.UTF8.GetBytes(got.Body)), got.Body));
    }

    [Fact]
    public async Task A_private_receiver_is_not_even_connected_to_unless_that_was_allowed()
    {
        foreach (var host in new[] { "localhost", "127.0.0.1", "127.1", "[::ffff:127.0.0.1]" })
        {
            var url = new UriBuilder(receiver.Url) { Scheme = "https", Host = host }.Uri;
            using var sender = new WebhookSender(
                Add(allowsPrivate: true) with { Url = url, AllowsPrivate = false }, TimeProvider.System);
            var result = await sender.SendTestAsync(CancellationToken.None);
            Assert.Equal((host, DeliveryOutcome.Refused), (host, result.Outcome));
        }

        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task Plain_http_goes_to_private_addresses_alone()
    {
        var hook = Add(allowsPrivate: true) with { Url = new Uri("http://hooks.example/") };
        foreach (var (address, outcome) in new[]
        {
            ("93.184.215.14", DeliveryOutcome.Refused), ("127.0.0.1", DeliveryOutcome.Delivered),
        })
        {
            var dialer = new WebhookDialer(
                allowsPrivate: true,
                (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]),
                async (_, stop) =>
                {
                    var client = new TcpClient();
                    await client.ConnectAsync(IPAddress.Loopback, receiver.Url.Port, stop);
                    return client.GetStream();
                });
            using var sender = new WebhookSender(hook, TimeProvider.System, dialer);
            Assert.Equal(outcome, (await sender.SendTestAsync(CancellationToken.None)).Outcome);
        }

        Assert.Equal(1, receiver.Waiting);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var inside = await Receiver.StartAsync();
        foreach (var status in new[] { 301, 302, 303, 307, 308 })
        {
            receiver.Answer = (_, context) =>
            {
                context.Response.StatusCode = status;
                context.Response.Headers.Location = inside.Url.AbsoluteUri;
                return Task.CompletedTask;
            };
            using var sender = new WebhookSender(Add(allowsPrivate: true), TimeProvider.System);
            var result = await sender.SendTestAsync(CancellationToken.None);
            Assert.Equal((DeliveryOutcome.Rejected, status), (result.Outcome, result.Status));
        }

        Assert.Equal(0, inside.Connections);
    }

    [Fact]
    public async Task What_a_receiver_answers_without_end_is_not_read()
    {
        var ended = new TaskCompletionSource();
        receiver.Answer = async (_, context) =>
        {
            var chunk = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(chunk);
            }

            ended.SetResult();
        };
        using var sender = new WebhookSender(Add(allowsPrivate: true), TimeProvider.System);
        var result = await sender.SendTestAsync(CancellationToken.None);
        Assert.Equal(DeliveryOutcome.Delivered, result.Outcome);
        await ended.Task.WaitAsync(Limit);
    }

    [Fact]
    public async Task A_cookie_of_the_receiver_is_not_sent_back()
    {
        receiver.Answer = (_, context) =>
        {
            context.Response.Cookies.Append("follow", "me");
            return Task.CompletedTask;
        };
        using var sender = new WebhookSender(Add(allowsPrivate: true), TimeProvider.System);
        await sender.SendTestAsync(CancellationToken.None);
        await sender.SendTestAsync(CancellationToken.None);
        await receiver.NextAsync();
        Assert.DoesNotContain("cookie", (await receiver.NextAsync()).Headers.Keys);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_not_trusted()
    {
        var url = new UriBuilder(receiver.Url) { Scheme = "https" }.Uri;
        using var sender = new WebhookSender(Add(allowsPrivate: true) with { Url = url }, TimeProvider.System);
        Assert.Equal(
            DeliveryOutcome.Unreachable, (await sender.SendTestAsync(CancellationToken.None)).Outcome);
        Assert.Equal(0, receiver.Waiting);
    }

    [Fact]
    public void A_secret_prints_as_nothing()
    {
        var hook = Add(allowsPrivate: true);
        var secret = hook.Secret.Reveal();
        var printed = $"{hook} {hook.Secret} {hook with { AllowsPrivate = false }}";
        Assert.DoesNotContain(secret, printed, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-path", printed, StringComparison.Ordinal);
        Assert.Equal(secret, new WebhookStore(directory, TimeProvider.System).List().Single().Secret.Reveal());
    }

    private Webhook Add(bool allowsPrivate) => new WebhookStore(directory, TimeProvider.System)
        .Add(receiver.Url.AbsoluteUri, allowsPrivate, out _)!;

    /// <summary>The check of the specification, written anew.</summary>
    private static bool IsGenuine(Webhook hook, Received got, string body)
    {
        var key = Convert.FromBase64String(hook.Secret.Reveal()["whsec_".Length..]);
        var expected = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{got.Id}.{got.Timestamp}.{body}"));
        return got.Signature == $"v1,{Convert.ToBase64String(expected)}";
    }

    private async Task<string> AskSnippetAsync(
        Webhook hook, string id, string timestamp, string signature, string body)
    {
        var runbook = await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "RUNBOOK.md"));
        var snippet = runbook.Split("```python\n")[1].Split("```")[0];
        var file = Path.Combine(directory, "check.py");
        await File.WriteAllTextAsync(
            file,
            snippet + "\nimport sys\nprint(is_genuine(sys.argv[1], {'webhook-id': sys.argv[2], 'webhook-timestamp':"
                + " sys.argv[3], 'webhook-signature': sys.argv[4]}, sys.argv[5].encode()))\n");
        using var python = Process.Start(new ProcessStartInfo(
            "python3", [file, hook.Secret.Reveal(), id, timestamp, signature, body])
        {
            RedirectStandardOutput = true,
        })!;
        var said = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        return said.Trim();
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Aitbc.slnx")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
