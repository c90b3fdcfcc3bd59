using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Aitbc.Protocol.Entries;

namespace Aitbc.Node.Tests.Hostile;

/// <summary>Runs alone, so that the process's memory is the test's.</summary>
[CollectionDefinition("memory", DisableParallelization = true)]
public sealed class MemoryCollection;

/// <summary>Clients that take a byte of their event stream whenever much else has happened: as one that reads a byte a
/// second does on a node that is busy.</summary>
[Collection("memory")]
public sealed class SlowReaderTests : IAsyncLifetime
{
    private const int Readers = 32;
    private const int Waves = 12;
    private const int PayloadsOfAWave = 64;
    private const int CommandsOfAPayload = 64;
    private const long MiB = 1024 * 1024;

    // What all readers together may make it grow by, a small part of what they do not read.
    private const long MaxGrowth = 48 * MiB;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly List<TcpClient> slow = [];
    private NodeFixture node = null!;

    public async Task InitializeAsync() => node = await NodeFixture.StartAsync();

    public async Task DisposeAsync()
    {
        slow.ForEach(client => client.Dispose());
        await node.DisposeAsync();
    }

    [Theory]
    [InlineData("/v1/events?after=0")]
    [InlineData("/v1/replica/entries?after=0")]
    public async Task Readers_of_a_byte_at_a_time_hold_up_nobody_and_grow_no_memory(string path)
    {
        for (var i = 0; i < Readers; i++)
        {
            slow.Add(await OpenSlowAsync(path));
        }

        using var quick = await OpenQuickAsync();
        await WaveAsync(quick);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var bytes = 0L;
        for (var wave = 1; wave < Waves; wave++)
        {
            bytes += await WaveAsync(quick);
            foreach (var client in slow)
            {
                Assert.NotEqual(-1, client.GetStream().ReadByte());
            }
        }

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(bytes * Readers > 4 * MaxGrowth, $"{bytes} bytes of events show nothing.");
        Assert.True(grown < MaxGrowth, $"{grown / MiB} MiB more, of {bytes * Readers / MiB} MiB not read.");

        // All are cut off in the middle of what they have not read, and the node ends in order.
        await node.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task Readers_that_are_behind_by_any_amount_hold_up_no_end()
    {
        using var quick = await OpenQuickAsync();
        await WaveAsync(quick);
        var last = node.Ledger.View.Seq;
        for (var behind = 0UL; behind < PayloadsOfAWave; behind += 2)
        {
            slow.Add(await OpenSlowAsync($"/v1/events?after={last - behind}"));
        }

        await node.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task A_reader_that_lags_further_than_is_kept_for_all_still_gets_every_entry_once()
    {
        var first = node.Ledger.View.Seq + 1;
        using var quick = await OpenQuickAsync();
        using var late = await OpenQuickAsync();
        for (var wave = 0; wave < Waves; wave++)
        {
            await WaveAsync(quick);
        }

        // More text than is held for all, so the first of it comes from the journal, the last from what is shared.
        var (seqs, bytes) = (new List<ulong>(), 0L);
        while (seqs.Count < Waves * PayloadsOfAWave)
        {
            var (seq, length) = await NextAsync(late);
            seqs.Add(seq);
            bytes += length;
        }

        Assert.True(bytes > Api.EventFeed.MaxBytes, $"{bytes} bytes are held at once.");
        Assert.Equal(Enumerable.Range(0, seqs.Count).Select(i => first + (ulong)i), seqs);
    }

    /// <summary>Has the node order much, and reads all of it with a stream that is quick.</summary>
    /// <returns>Bytes of its events.</returns>
    private async Task<long> WaveAsync(StreamReader quick)
    {
        var pay = Enumerable.Repeat<Command>(node.Pay(2), CommandsOfAPayload).ToArray();
        var signed = Enumerable.Range(0, PayloadsOfAWave).Select(_ => node.Sign(1, pay)).ToList();
        var last = node.Ledger.View.Seq + PayloadsOfAWave;
        var answer = await node.Client.PostAsync(
            "/v1/commands", new StringContent(JsonSerializer.Serialize(signed), Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.All(
            (await NodeFixture.JsonOf(answer)).EnumerateArray(),
            one => Assert.Equal("applied", one.GetProperty("outcome").GetString()));
        var bytes = 0L;
        while (true)
        {
            var (seq, length) = await NextAsync(quick).WaitAsync(Patience);
            bytes += length;
            if (seq == last)
            {
                return bytes;
            }
        }
    }

    private static async Task<(ulong Seq, int Length)> NextAsync(StreamReader stream)
    {
        while (true)
        {
            var line = await stream.ReadLineAsync() ?? throw new EndOfStreamException();
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                using var json = JsonDocument.Parse(line.AsMemory(6));
                return (json.RootElement.GetProperty("seq").GetUInt64(), line.Length);
            }
        }
    }

    private async Task<StreamReader> OpenQuickAsync()
    {
        var response = await node.Client.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    /// <summary>One whose system takes little ahead of it.</summary>
    private async Task<TcpClient> OpenSlowAsync(string path)
    {
        var client = new TcpClient { ReceiveBufferSize = 4 * 1024 };
        await client.ConnectAsync(IPAddress.Loopback, node.Server.Url.Port);
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        Assert.Equal('H', client.GetStream().ReadByte());
        return client;
    }
}
