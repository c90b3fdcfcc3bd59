using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Remote;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Wire;

namespace Aitbc.Cli.Tests;

/// <summary>Agents that chat: offered where an endpoint is set, and then paid for what it answered.</summary>
public sealed class ChatHostTests : IDisposable
{
    private const string Key = "sk-host-secret-98765";
    private const string Question =
        """{"capability":"chat","version":1,"messages":[{"role":"user","content":"Say hi."}]}""";

    private const string Answer =
        """{"model":"tiny","choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}""";

    private readonly string root = Directory.CreateTempSubdirectory("aitbc-chat-").FullName;
    private readonly List<ChildProcess> children = [];
    private readonly HttpListener model = new();
    private readonly int port = FreePort();

    public void Dispose()
    {
        children.ForEach(child => child.Dispose());
        model.Close();
        Directory.Delete(root, recursive: true);
    }

    [NeedsFact("kill")]
    public async Task Chat_is_offered_only_where_an_endpoint_is_set_and_its_answer_is_paid_for()
    {
        var node = Start(null, "up", "--data", At("node"), "--port", "0", "--json");
        var url = new Uri(JsonDocument.Parse((await node.ReadLineAsync())!).RootElement
            .GetProperty("url").GetString()!).GetLeftPart(UriPartial.Authority);
        string[] make =
        [
            "agent", "new", "--kind", "chat", "--name", "talker", "--node", url, "--token-file", Token, "--data",
            At("host"),
        ];
        string[] run = ["agent", "host", "--node", url, "--data", At("host"), "--lease-seconds", "2"];
        var unset = await ChildProcess.RunAsync(Executables.Aitbc, make, Settings(isSet: false));
        Assert.Equal(1, unset.ExitCode);
        Assert.Contains("The capability chat is not offered here: set AITBC_CHAT_ENDPOINT", unset.Error);
        var made = await ChildProcess.RunAsync(Executables.Aitbc, make, Settings(isSet: true));
        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        var idle = await ChildProcess.RunAsync(Executables.Aitbc, run, Settings(isSet: false));
        Assert.Contains("The capability chat is not offered here", idle.Error, StringComparison.Ordinal);

        model.Prefixes.Add($"http://127.0.0.1:{port}/");
        model.Start();
        var answering = AnswerAsync();
        var host = Start(Settings(isSet: true), run);
        Assert.Contains("runs 1 agents", await host.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal("The capability chat is answered by tiny at 127.0.0.1.", await host.ReadLineAsync());

        Assert.Equal(
            """{"model":"tiny","content":"hi","finishReason":"stop","promptTokens":null,"completionTokens":null}""",
            await BuyAsync(new Uri(url)));

        Assert.Equal($"Bearer {Key}", await answering);
        await ChildProcess.RunAsync("kill", ["-TERM", $"{host.Id}"]);
        var ended = await host.EndAsync();
        Assert.DoesNotContain(Key, ended.Out + ended.Error, StringComparison.Ordinal);
        await ChildProcess.RunAsync("kill", ["-TERM", $"{node.Id}"]);
        Assert.Equal(0, (await node.EndAsync()).ExitCode);
        Assert.Equal(0, (await Executables.RunAitbcAsync("verify", "--data", At("node"), "--json")).ExitCode);
        foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain(Key, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)));
        }
    }

    /// <summary>Posts a question again until somebody bids, and gives the answer that was delivered.</summary>
    private async Task<string> BuyAsync(Uri url)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var key = KeyPair.Generate();
        var self = (AccountId)key.Id;
        await using var ledger = await RemoteLedger.ConnectAsync(
            new RemoteLedgerOptions { Node = url, Token = await File.ReadAllTextAsync(Token) }, limit.Token);
        ledger.Enrol(self, key);
        Assert.Equal(Outcome.Applied, await ledger.FundAsync(key, TokenAmount.FromTokens(1_000), limit.Token));
        var bytes = Encoding.UTF8.GetBytes(Question);
        var spec = Digest.Sha256(bytes);
        await SendAsync(ledger, key, new DeclareBlob(spec, (ulong)bytes.Length, 1), limit.Token);
        Assert.Equal(Outcome.Applied, await ledger.PutBlobAsync(self, bytes, limit.Token));
        var service = await UntilAsync(ledger, state => state.Services.Live > 0 ? "listed" : null, limit.Token);
        Assert.Equal("listed", service);

        await SendAsync(
            ledger,
            key,
            new PostWorkload(
                Label.Parse("chat"), spec, spec, TokenAmount.FromTokens(10), TokenAmount.OneToken, 1, 0,
                Digest.Sha256([]), VerificationMode.None, 2_000, 500, 20_000, 20_000),
            limit.Token);
        var result = await UntilAsync(
            ledger,
            state => state.FindWorkload(new WorkloadId(1)) is var slot and >= 0 && !state.Workloads[slot].Result.IsZero
                ? state.Workloads[slot].Result.ToString()
                : null,
            limit.Token);
        await SendAsync(ledger, key, new AcceptWork(new WorkloadId(1)), limit.Token);
        Assert.True(Digest.TryParse(result.AsSpan(), out var digest));
        return Encoding.UTF8.GetString((await ledger.GetBlobAsync(self, digest, limit.Token)).Bytes.Span);
    }

    private static async Task SendAsync(RemoteLedger ledger, KeyPair key, Command command, CancellationToken stop)
    {
        var from = (AccountId)key.Id;
        var (sequence, epoch) = ledger.View.Read(state => (
            state.NextSequence(state.FindAccount(from)!.Value, 0), state.Globals.StopEpoch));
        var bytes = new ArrayBufferWriter<byte>();
        PayloadCodec.Write(
            new ClientPayload
            {
                Chain = ledger.Genesis.Chain,
                From = from,
                Lane = 0,
                Sequence = sequence,
                ValidUntil = new Timestamp(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()) + Duration.FromMinutes(1),
                Epoch = epoch,
                Commands = [command],
                Proof = ProofKind.Jws,
                Signer = key.Id,
                PayloadDigest = default,
            },
            bytes);
        Assert.True(SignedPayload.TryFromJws(
            Jws.Sign(key, bytes.WrittenSpan).ToCompact(), out var signed, out var problem), problem);
        Assert.Equal(Outcome.Applied, (await ledger.SubmitAsync(signed, stop)).Outcome);
    }

    private static async Task<string> UntilAsync(
        RemoteLedger ledger, Func<Protocol.State.LedgerState, string?> ask, CancellationToken stop)
    {
        while (true)
        {
            var changed = ledger.View.ChangedAsync();
            if (ledger.View.Read(ask) is { } answer)
            {
                return answer;
            }

            await changed.WaitAsync(stop);
        }
    }

    /// <summary>Answers one question; gives what authorised it.</summary>
    private async Task<string?> AnswerAsync()
    {
        var context = await model.GetContextAsync();
        context.Response.ContentType = "application/json";
        context.Response.Close(Encoding.UTF8.GetBytes(Answer), willBlock: false);
        return context.Request.Headers["Authorization"];
    }

    private Dictionary<string, string?> Settings(bool isSet) => new()
    {
        ["AITBC_CHAT_ENDPOINT"] = isSet ? $"http://127.0.0.1:{port}/v1" : null,
        ["AITBC_CHAT_MODEL"] = isSet ? "tiny" : null,
        ["AITBC_CHAT_KEY"] = isSet ? Key : null,
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string Token => Path.Combine(At("node"), "operator.token");

    private string At(string name) => Path.Combine(root, name);

    private ChildProcess Start(IReadOnlyDictionary<string, string?>? environment, params string[] arguments)
    {
        var child = ChildProcess.Start(Executables.Aitbc, arguments, environment);
        children.Add(child);
        return child;
    }
}
