using System.Net;
using System.Text;
using System.Text.Json;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Verification;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Node.Hosting;
using Aitbc.Node.Witness;
using Aitbc.Primitives;
using Aitbc.Protocol.Blocks;

namespace Aitbc.Node.Tests.Witness;

/// <summary>A witness keeps what the node signed, and the node cannot take it back.</summary>
public sealed class WitnessTests : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("aitbc-witness-").FullName;
    private NodeFixture node = null!;

    private string Kept => Path.Combine(directory, "kept");

    public async Task InitializeAsync() => node = await NodeFixture.StartAsync();

    public async Task DisposeAsync()
    {
        await node.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Heads_are_kept_and_signed_in_order_and_a_witness_goes_on_where_it_was()
    {
        await CloseBlocksAsync(3);
        var first = await WatchAsync(node.Client);
        await CloseBlocksAsync(2);
        Assert.Equal(first + 2, await WatchAsync(node.Client));

        var heads = await File.ReadAllLinesAsync(Path.Combine(Kept, WitnessFiles.HeadsFile));
        var shown = (await node.GetAsync("/v1/blocks")).EnumerateArray()
            .Select(block => block.GetProperty("jws").GetString()!).ToArray();
        Assert.Equal(shown[..heads.Length], heads);
        using var files = WitnessFiles.Open(Kept);
        using var verifier = new KeyVerifier();
        var cosigned = await File.ReadAllLinesAsync(Path.Combine(Kept, WitnessFiles.CosignedFile));
        Assert.Equal(heads.Length, cosigned.Length);
        foreach (var (head, signature) in heads.Zip(cosigned))
        {
            Assert.True(Jws.TryParse(Encoding.ASCII.GetBytes(head), out var byNode, out _));
            Assert.True(Jws.TryParse(Encoding.ASCII.GetBytes(signature), out var byWitness, out _));
            Assert.True(byNode.Payload.Span.SequenceEqual(byWitness.Payload.Span));
            Assert.True(verifier.VerifyJws(
                files.Key, byWitness.HeaderText.Span, byWitness.Payload.Span, byWitness.Signature.Span));
        }
    }

    [Fact]
    public async Task A_line_that_a_crash_cut_short_is_asked_for_again_and_what_was_unsigned_is_signed()
    {
        await CloseBlocksAsync(3);
        var height = await WatchAsync(node.Client);
        await CutAsync(WitnessFiles.HeadsFile, 40);
        await CutAsync(WitnessFiles.CosignedFile, 400);
        Assert.Equal(height, await WatchAsync(node.Client));
        foreach (var file in new[] { WitnessFiles.HeadsFile, WitnessFiles.CosignedFile })
        {
            Assert.Equal(height, (ulong)File.ReadLines(Path.Combine(Kept, file)).Count());
        }
    }

    [Fact]
    public async Task What_a_witness_kept_verifies_the_journal()
    {
        await CloseBlocksAsync(2);
        var height = await WatchAsync(node.Client);
        await node.StopAsync();
        var report = await ChainVerifier.RunAsync(
            node.DataPath, [], KeptHeads.OfFile(Path.Combine(Kept, WitnessFiles.HeadsFile)), null,
            CancellationToken.None);
        Assert.Equal((true, (int)height), (report.Ok, report.Kept));
    }

    [Fact]
    public async Task A_node_restored_from_an_older_backup_is_found_out_with_its_new_term()
    {
        await CloseBlocksAsync(2);
        await node.StopAsync();
        var backup = Path.Combine(directory, "backup");
        ChainBackup.Create(node.DataPath, backup);
        await node.StartAgainAsync();
        await CloseBlocksAsync(3);
        await WatchAsync(node.Client);
        await node.StopAsync();

        var restored = Path.Combine(directory, "restored");
        ChainBackup.Restore(backup, restored);
        using var chain = ChainDirectory.Open(restored);
        await using var ledger = chain.OpenLedger(options => options with { BlockEntries = 1 });
        await using var server = await NodeServer.StartAsync(
            new NodeOptions { Port = 0 }, ledger, TimeProvider.System, _ => { }, CancellationToken.None);
        using var client = new HttpClient { BaseAddress = server.Url };
        var alarm = await Assert.ThrowsAsync<WitnessAlarmException>(() => WatchAsync(client));

        Assert.True(alarm.Finding is WitnessFinding.Shortened or WitnessFinding.Equivocation);
        Assert.Contains("it is in term 2, the kept one is of term 1", alarm.Message, StringComparison.Ordinal);
        using var proof = JsonDocument.Parse(await File.ReadAllTextAsync(alarm.ProofFile));
        Assert.Equal(alarm.Kept, proof.RootElement.GetProperty("kept").GetString());
    }

    [Fact]
    public async Task A_head_that_the_node_did_not_sign_is_reported_at_once()
    {
        await CloseBlocksAsync(2);
        using var stranger = KeyPair.Generate();
        await using var proxy = await LyingProxy.StartAsync(node, header => SignedBy(stranger, header));
        var alarm = await Assert.ThrowsAsync<WitnessAlarmException>(() => WatchAsync(proxy.Client));
        Assert.Equal(WitnessFinding.Forged, alarm.Finding);
        Assert.Equal(alarm.Shown, JsonDocument.Parse(await File.ReadAllTextAsync(alarm.ProofFile))
            .RootElement.GetProperty("shown").GetString());
        Assert.Equal(string.Empty, await File.ReadAllTextAsync(Path.Combine(Kept, WitnessFiles.HeadsFile)));
    }

    [Fact]
    public async Task A_head_under_a_signature_that_is_of_another_is_reported_at_once()
    {
        await CloseBlocksAsync(1);
        using var key = node.LoadNodeKey();
        await using var proxy = await LyingProxy.StartAsync(node, header =>
        {
            var (one, other) = (SignedBy(key, header), SignedBy(key, header with { TimeMs = header.TimeMs + 1 }));
            return $"{one[..one.LastIndexOf('.')]}{other[other.LastIndexOf('.')..]}";
        });
        var alarm = await Assert.ThrowsAsync<WitnessAlarmException>(() => WatchAsync(proxy.Client));
        Assert.Equal(WitnessFinding.Forged, alarm.Finding);
    }

    [Fact]
    public async Task Two_heads_of_one_height_by_the_nodes_own_key_are_proven()
    {
        await CloseBlocksAsync(2);
        await WatchAsync(node.Client);
        using var key = node.LoadNodeKey();
        await using var proxy = await LyingProxy.StartAsync(
            node, header => SignedBy(key, header with { Root = Digest.Sha256("other"u8) }));
        var alarm = await Assert.ThrowsAsync<WitnessAlarmException>(() => WatchAsync(proxy.Client));
        Assert.Equal((WitnessFinding.Equivocation, 1UL), (alarm.Finding, alarm.Height));
        Assert.NotEqual(alarm.Kept, alarm.Shown);
    }

    [Fact]
    public async Task A_head_that_does_not_go_on_from_the_last_is_not_kept()
    {
        await CloseBlocksAsync(2);
        using var key = node.LoadNodeKey();
        await using var proxy = await LyingProxy.StartAsync(
            node, header => SignedBy(key, header with { Previous = Digest.Sha256("other"u8) }));
        var alarm = await Assert.ThrowsAsync<WitnessAlarmException>(() => WatchAsync(proxy.Client));
        Assert.Equal(WitnessFinding.Rewritten, alarm.Finding);
    }

    [Fact]
    public async Task A_node_that_is_away_is_waited_for_and_not_for_ever()
    {
        await CloseBlocksAsync(1);
        await WatchAsync(node.Client);
        await using (var away = await LyingProxy.StartAsync(node, null, failures: 2))
        {
            Assert.True(await WatchAsync(away.Client) > 0);
            Assert.Equal(2, away.Failed);
        }

        await using var gone = await LyingProxy.StartAsync(node, null, failures: int.MaxValue);
        await Assert.ThrowsAsync<NodeAwayException>(() => WatchAsync(gone.Client, giveUpAfterMs: 50));
    }

    private static string SignedBy(KeyPair key, BlockHeader header) =>
        Encoding.ASCII.GetString(Jws.Sign(key, header.ToBytes()).ToCompact());

    /// <summary>Waits for a node that is away long enough for any machine, unless a test is about giving up.</summary>
    private async Task<ulong> WatchAsync(HttpClient client, int giveUpAfterMs = 60_000)
    {
        using var files = WitnessFiles.Open(Kept);
        using var witness = new HeadWitness(client, files, TimeProvider.System);
        await witness.RunAsync(
            new WitnessOptions
            {
                Once = true,
                Every = TimeSpan.FromMilliseconds(5),
                GiveUpAfter = TimeSpan.FromMilliseconds(giveUpAfterMs),
            },
            CancellationToken.None);
        return witness.Height;
    }

    /// <summary>A stop closes the open block.</summary>
    private async Task CloseBlocksAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(node.Sign(1, node.Pay(2)))).StatusCode);
            await node.RestartAsync();
        }
    }

    private async Task CutAsync(string file, int bytes)
    {
        await using var stream = new FileStream(Path.Combine(Kept, file), FileMode.Open, FileAccess.ReadWrite);
        stream.SetLength(stream.Length - bytes);
    }
}
