using System.Net;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Remote;
using Aitbc.Primitives;
using Aitbc.Protocol;

namespace Aitbc.Node.Tests.Remote;

/// <summary>What a follower does not believe, and what it bears.</summary>
public sealed class RemoteTrustTests : IAsyncLifetime
{
    private readonly Wire wire = new();
    private NodeFixture node = null!;

    public async Task InitializeAsync() => node = await NodeFixture.StartAsync();

    public async Task DisposeAsync() => await node.DisposeAsync();

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(100)]
    [InlineData(-1)]
    public async Task An_entry_of_which_one_bit_is_other_ends_the_following(int at)
    {
        wire.Change = frame => frame is { Kind: ReplicaKind.Entry, Seq: 2 } ? Flipped(frame, at) : frame;
        await EndsAsync(Pay(2), seen: 1);
    }

    [Fact]
    public async Task An_entry_that_is_left_out_ends_the_following()
    {
        wire.Change = frame => frame is { Kind: ReplicaKind.Entry, Seq: 2 } ? null : frame;
        await EndsAsync(Pay(3), seen: 1);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(200)]
    [InlineData(-3)]
    public async Task A_block_that_the_node_did_not_sign_ends_the_following(int at)
    {
        wire.Change = frame => frame.Kind == ReplicaKind.Block ? Flipped(frame, at) : frame;
        await EndsAsync(Pay(1), seen: null);
    }

    [Fact]
    public async Task A_block_that_is_left_out_is_missed_at_the_next()
    {
        var left = 1;
        wire.Change = frame => frame.Kind == ReplicaKind.Block && left-- > 0 ? null : frame;
        await using var remote = await ConnectAsync();
        await Pay(1);
        await BlockAsync(1);
        await Pay(1);
        await FailedAsync(remote);
    }

    [Fact]
    public async Task Another_chain_at_the_same_address_is_noticed()
    {
        await using var remote = await ConnectAsync();
        await using var other = await NodeFixture.StartAsync();
        wire.Elsewhere = other.Server.Url;
        await node.RestartAsync();
        Assert.Equal("otherChain", Assert.IsType<NodeRefusedException>(await FailedAsync(remote)).Code);
        var known = remote.GenesisDigest;
        var refused = await Assert.ThrowsAsync<NodeRefusedException>(() => RemoteLedger.ConnectAsync(
            new RemoteLedgerOptions { Node = other.Server.Url, Genesis = known }, CancellationToken.None));
        Assert.Equal("otherChain", refused.Code);
    }

    [Fact]
    public async Task A_node_that_has_lost_entries_is_not_followed()
    {
        await Pay(2);
        await using var remote = await ConnectAsync();
        await SeenAsync(remote, node.Ledger.View.Seq);
        await node.LoseAsync();
        Assert.Equal("otherHistory", Assert.IsType<NodeRefusedException>(await FailedAsync(remote)).Code);
    }

    [Fact]
    public async Task A_connection_that_is_lost_is_made_anew_and_goes_on_where_it_was()
    {
        await using var remote = await ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await Pay(2);
            await SeenAsync(remote, node.Ledger.View.Seq);
            await node.RestartAsync();
        }

        await Pay(1);
        await SeenAsync(remote, node.Ledger.View.Seq);
        Assert.True(wire.Streams > 3);
        Assert.Equal(
            node.Ledger.View.Read(state => state.ComputeHash()), remote.View.Read(state => state.ComputeHash()));
    }

    [Fact]
    public async Task An_answer_that_is_lost_is_unknown_and_sent_again_is_its_first_outcome()
    {
        await using var remote = await ConnectAsync();
        var payload = Market.Parse(node.Sign(1, node.Pay(2)));
        wire.LoseAnswers = 1;
        await Assert.ThrowsAsync<IOException>(() => remote.SubmitAsync(payload, CancellationToken.None));
        var again = await remote.SubmitAsync(payload, CancellationToken.None);
        Assert.Equal((Outcome.Applied, true), (again.Outcome, again.IsDuplicate));
        Assert.Equal(again.Seq, remote.View.Seq);
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_said_and_a_token_that_is_none_is_refused()
    {
        await Assert.ThrowsAsync<IOException>(() => RemoteLedger.ConnectAsync(
            new RemoteLedgerOptions { Node = new Uri("http://localhost:1") }, CancellationToken.None));
        var refused = await Assert.ThrowsAsync<NodeRefusedException>(() => RemoteLedger.ConnectAsync(
            new RemoteLedgerOptions { Node = node.Server.Url, Token = "x" }, CancellationToken.None));
        Assert.Equal("unauthorised", refused.Code);
    }

    private static ReplicaFrame Flipped(ReplicaFrame frame, int at)
    {
        var bytes = frame.Payload.ToArray();
        bytes[at < 0 ? bytes.Length + at : at] ^= 1;
        return frame with { Payload = bytes };
    }

    private async Task EndsAsync(Task paid, ulong? seen)
    {
        await paid;
        await BlockAsync(1);
        await using var remote = await ConnectAsync();
        await FailedAsync(remote);
        Assert.Equal(seen ?? remote.View.Seq, remote.View.Seq);
        var closed = await Assert.ThrowsAsync<AdmissionClosedException>(
            () => remote.SubmitAsync(Market.Parse(node.Sign(1, node.Pay(2))), CancellationToken.None));
        Assert.Equal("failed", closed.Code);
    }

    private async Task Pay(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(node.Sign(1, node.Pay(2)))).StatusCode);
        }
    }

    /// <summary>Waits until so many blocks are closed.</summary>
    private async Task BlockAsync(ulong height)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (node.Ledger.Blocks < height)
        {
            await Task.Yield();
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task SeenAsync(RemoteLedger remote, ulong seq)
    {
        while (remote.View.Seq < seq)
        {
            var changed = remote.View.ChangedAsync();
            if (remote.View.Seq < seq)
            {
                await changed.WaitAsync(TimeSpan.FromSeconds(20));
            }
        }
    }

    private static async Task<Exception> FailedAsync(RemoteLedger remote)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (remote.Failure is null)
        {
            await Task.Yield();
            patience.Token.ThrowIfCancellationRequested();
        }

        return remote.Failure;
    }

    private Task<RemoteLedger> ConnectAsync() => RemoteLedger.ConnectAsync(
        new RemoteLedgerOptions
        {
            Node = node.Server.Url,
            FromGenesis = true,
            Handler = () => wire,
            FirstRetry = new Duration(20),
            MaxRetry = new Duration(100),
        },
        CancellationToken.None);
}
