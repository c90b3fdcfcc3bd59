using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;

namespace Aitbc.Cli.Tests;

/// <summary>A node that is killed, again and again, while many pay and two clients read what happens: one as fast as it
/// comes, one so slowly that it is ever further behind.</summary>
public sealed class StreamKillTests : IDisposable
{
    private const int Payers = 3;
    private const int Kills = 3;
    private const int EventsOfALife = 400;
    private const int PaymentsOfAnEvent = 64;
    private const int BytesOfAQuickTurn = 8 * 1024;
    private const int BytesOfASlowTurn = 96;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string root = Directory.CreateTempSubdirectory("aitbc-streams-").FullName;
    private readonly KeyPair[] keys = [.. Enumerable.Range(0, Payers).Select(_ => KeyPair.Generate())];
    private readonly ChainId chain = new("aitbc:streams");

    public void Dispose()
    {
        Array.ForEach(keys, key => key.Dispose());
        Directory.Delete(root, recursive: true);
    }

    [NeedsFact("kill")]
    public async Task Clients_of_a_node_that_is_killed_under_load_end_with_exactly_its_journal()
    {
        Create();
        using var quick = new EventClient();
        using var slow = new EventClient();
        for (var life = 0; life < Kills; life++)
        {
            using var victim = Start();
            var url = await UrlOf(victim);
            var load = Task.WhenAll(keys.Select((_, i) => Task.Run(() => PayAsync(url, i))));
            await quick.OpenAsync(url);
            await slow.OpenAsync(url);
            for (var end = quick.Events.Count + EventsOfALife; quick.Events.Count < end;)
            {
                // A few bytes of the slow one for each turn of the quick one, and never because time has passed.
                Assert.True(await quick.ReadAsync(BytesOfAQuickTurn) && await slow.ReadAsync(BytesOfASlowTurn));
            }

            await ChildProcess.RunAsync("kill", ["-KILL", $"{victim.Id}"]);
            await victim.EndAsync();
            await Task.WhenAll(quick.ReadToEndAsync(), slow.ReadToEndAsync(), load);

            // Its share is what systems keep on the way to it.
            Assert.True(slow.Events.Count < quick.Events.Count * 3 / 4, $"{slow.Events.Count} is not slow.");
        }

        var last = 0UL;
        using (var node = Start())
        {
            var url = await UrlOf(node);
            using var http = new HttpClient();
            last = (await JsonAsync(http, new Uri(url, "/v1/chain"))).GetProperty("seq").GetUInt64();
            await Task.WhenAll(Array.ConvertAll([quick, slow], client => client.OpenAsync(url)));
            await Task.WhenAll(quick.ReadToAsync(last), slow.ReadToAsync(last)).WaitAsync(Patience);
            await ChildProcess.RunAsync("kill", ["-TERM", $"{node.Id}"]);
            Assert.Equal(0, (await node.EndAsync()).ExitCode);
        }

        Assert.True(last > Kills * EventsOfALife);
        await CompareAsync(last, quick.Events, slow.Events);
    }

    /// <summary>Holds what clients were told against what the journal has, entry by entry.</summary>
    private async Task CompareAsync(ulong last, params List<(ulong Id, string Data)>[] told)
    {
        using var directory = ChainDirectory.Open(root);
        await using var ledger = directory.OpenLedger();
        Assert.All(told, events => Assert.Equal(Enumerable.Range(1, (int)last).Select(i => (ulong)i),
            events.Select(one => one.Id)));
        using var entries = ledger.ReadFrom(1);
        for (var i = 0; i < (int)last; i++)
        {
            Assert.True(entries.TryRead(out var entry));
            foreach (var events in told)
            {
                var json = JsonDocument.Parse(events[i].Data).RootElement;
                Assert.Equal(entry.Header.Seq, json.GetProperty("seq").GetUInt64());
                Assert.Equal($"{entry.Hash}", json.GetProperty("hash").GetString());
                Assert.Equal(
                    Encoding.UTF8.GetString(entry.BodyBytes.Span), json.GetProperty("body").GetRawText());
            }
        }
    }

    private void Create()
    {
        var plan = new ChainPlan(
            chain,
            TokenAmount.FromTokens(1_000_000),
            new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
            1,
            new Parameters { PayloadsPerMinute = 60_000_000 });
        ChainDirectory.Create(root, plan, _ => [.. keys.Select((key, i) =>
            new GenesisAccount(key.PublicKey, TokenAmount.FromTokens(10_000), Council: i == 0))]).Dispose();
    }

    private ChildProcess Start() =>
        ChildProcess.Start(Executables.Aitbc, ["up", "--data", root, "--port", "0", "--json"]);

    private static async Task<Uri> UrlOf(ChildProcess child) =>
        new(JsonDocument.Parse((await child.ReadLineAsync())!).RootElement.GetProperty("url").GetString()!);

    /// <summary>Pays until the node is gone.</summary>
    private async Task PayAsync(Uri node, int payer)
    {
        using var http = new HttpClient { BaseAddress = node };
        try
        {
            var account = await JsonAsync(http, new Uri(node, $"/v1/accounts/{keys[payer].Id}"));
            var sequence = account.GetProperty("nextSequences")[0].GetUInt64();
            while (true)
            {
                var content = new ByteArrayContent(Sign(payer, sequence++));
                content.Headers.ContentType = new("application/jose");
                var answer = await http.PostAsync(new Uri(node, "/v1/commands"), content);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            // Killed.
        }
    }

    /// <summary>Payments to the next of the payers; many, so that what the slow client has not read fits no buffer.
    /// </summary>
    private byte[] Sign(int payer, ulong sequence)
    {
        var key = keys[payer];
        var bytes = new ArrayBufferWriter<byte>();
        PayloadCodec.Write(
            new ClientPayload
            {
                Chain = chain,
                From = (AccountId)key.Id,
                Lane = 0,
                Sequence = sequence,
                ValidUntil = new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())
                    + Duration.FromMinutes(10),
                Epoch = 0,
                Commands = [.. Enumerable.Repeat(
                    new Transfer((AccountId)keys[(payer + 1) % Payers].Id, TokenAmount.FromBaseUnits(1)),
                    PaymentsOfAnEvent)],
                Proof = ProofKind.Jws,
                Signer = key.Id,
                PayloadDigest = default,
            },
            bytes);
        return Jws.Sign(key, bytes.WrittenSpan).ToCompact();
    }

    private static async Task<JsonElement> JsonAsync(HttpClient http, Uri address) =>
        JsonDocument.Parse(await http.GetStringAsync(address)).RootElement;
}
