using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Node.Tests.Remote;

/// <summary>What every ledger owes whoever uses it, wherever it is.</summary>
public abstract class LedgerConformance : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>The node that holds the chain.</summary>
    private protected NodeFixture Node { get; private set; } = null!;

    /// <summary>The ledger under test.</summary>
    private protected ILedger Ledger { get; private set; } = null!;

    private Market Market => new(Node, () => Ledger);

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        Node = await NodeFixture.StartAsync();
        Ledger = await OpenAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Ledger.DisposeAsync();
        await Node.DisposeAsync();
    }

    /// <summary>The ledger under test, on the node.</summary>
    private protected abstract Task<ILedger> OpenAsync();

    /// <summary>Lets the ledger show the node who is asking.</summary>
    private protected virtual void Know(AccountId account, Infrastructure.Wallet.KeyPair key)
    {
    }

    /// <summary>The ledger after the node has started again.</summary>
    private protected abstract ILedger AfterRestart(ILedger before);

    [Fact]
    public async Task What_was_answered_is_in_the_view_and_in_the_journal()
    {
        for (var i = 1; i <= 20; i++)
        {
            var before = BalanceOf(2);
            var result = await Ledger.SubmitAsync(Market.Sign(1, Node.Pay(2)), None);
            Assert.Equal(Outcome.Applied, result.Outcome);
            Assert.Equal(before + TokenAmount.FromBaseUnits(1), BalanceOf(2));
            using var cursor = Ledger.OpenCursor(result.Seq);
            var entry = await cursor.ReadAsync(None);
            Assert.Equal((result.Seq, result.EntryHash), (entry!.Header.Seq, entry.Hash));
        }
    }

    [Fact]
    public async Task Sent_twice_it_gets_its_first_outcome_again()
    {
        var payload = Market.Sign(1, Node.Pay(2));
        var first = await Ledger.SubmitAsync(payload, None);
        var again = await Ledger.SubmitAsync(payload, None);
        Assert.Equal((first.Outcome, first.Seq, false), (again.Outcome, again.Seq, first.IsDuplicate));
        Assert.True(again.IsDuplicate);
        Assert.Equal(TokenAmount.FromTokens(1_000) + TokenAmount.FromBaseUnits(1), BalanceOf(2));
    }

    [Fact]
    public async Task A_refusal_is_named_and_a_batch_is_all_or_nothing()
    {
        var before = BalanceOf(2);
        var tooMuch = new Transfer(Node.Account(2), TokenAmount.FromTokens(5_000));
        var refused = await Ledger.SubmitAsync(Market.Sign(1, Node.Pay(2), tooMuch), None);
        Assert.Equal((Outcome.InsufficientFunds, 1), (refused.Outcome, refused.FailedAt));
        Assert.Equal(before, BalanceOf(2));
        Assert.Equal(refused.Seq, Ledger.View.Seq);

        var gap = await Ledger.SubmitAsync(Market.Parse(Node.Sign(1, 99, Node.Pay(2))), None);
        Assert.Equal((Outcome.NonceGap, 0UL), (gap.Outcome, gap.Seq));
        var strange = await Ledger.SubmitAsync(
            Market.Parse(Node.Sign(Node.Account(1), Node.Key(3), 2, Node.Pay(2))), None);
        Assert.Equal(Outcome.KeyNotPresent, strange.Outcome);
    }

    [Fact]
    public async Task Many_are_taken_in_their_order_each_for_itself()
    {
        var payloads = Enumerable.Range(0, 150).Select(_ => Market.Sign(1, Node.Pay(2))).ToList();
        payloads.Insert(70, Market.Parse(Node.Sign(3, 7, Node.Pay(2))));
        var results = await Ledger.SubmitAllAsync(payloads, None);
        Assert.Equal(151, results.Count);
        Assert.Equal(Outcome.NonceGap, results[70].Outcome);
        var applied = results.Where((_, i) => i != 70).ToList();
        Assert.All(applied, result => Assert.Equal(Outcome.Applied, result.Outcome));
        Assert.Equal(applied.Select(result => result.Seq).Order(), applied.Select(result => result.Seq));
        Assert.Equal(applied[^1].Seq, Ledger.View.Seq);
        Assert.Empty(await Ledger.SubmitAllAsync([], None));
    }

    [Fact]
    public async Task Openings_and_salts_are_taken_where_they_are_what_was_committed_to()
    {
        var market = Market;
        await market.OpenAsync();
        var blob = await market.BlobAsync("input");
        // Time enough for all that is asked below before the windows are over, on a busy machine too.
        var workload = await market.PostAsync(blob, blob, "one", windowMs: 6_000);
        var opening = await market.BidAsync(workload);
        var salt = Market.SaltOf("one");

        Assert.Equal(Outcome.CommitmentMismatch, await Ledger.OfferSaltAsync(workload, opening.Salt, None));
        Assert.Equal(Outcome.Applied, await Ledger.OfferSaltAsync(workload, salt, None));
        Assert.Equal(Outcome.Applied, await Ledger.OfferOpeningAsync(workload, opening, None));
        var forged = opening with { Price = TokenAmount.FromTokens(9) };
        Assert.Equal(Outcome.CommitmentMismatch, await Ledger.OfferOpeningAsync(workload, forged, None));
        Assert.Equal(
            Outcome.NoSuchBid,
            await Ledger.OfferOpeningAsync(workload, opening with { Bidder = Node.Account(1) }, None));
        Assert.Equal(
            Outcome.NoSuchWorkload, await Ledger.OfferOpeningAsync(new WorkloadId(99), opening, None));

        await market.UntilAsync(workload, WorkloadPhase.Awarded);
        Assert.Equal(1, Ledger.View.Read(state => state.Workloads[state.FindWorkload(workload)].SaltRevealed));
    }

    [Fact]
    public async Task A_blob_is_taken_once_it_is_declared_and_given_back()
    {
        var bytes = Encoding.ASCII.GetBytes("some bytes");
        var digest = Digest.Sha256(bytes);
        var client = Node.Account(2);
        Assert.Equal(BlobFound.Absent, (await Ledger.GetBlobAsync(client, digest, None)).Found);
        Assert.Equal(Outcome.BlobMissing, await Ledger.PutBlobAsync(client, bytes, None));
        await Market.DoAsync(Market.Sign(2, new DeclareBlob(digest, (ulong)bytes.Length, 1)));
        Assert.Equal(BlobFound.Absent, (await Ledger.GetBlobAsync(client, digest, None)).Found);
        Assert.Equal(Outcome.Applied, await Ledger.PutBlobAsync(client, bytes, None));
        Assert.True(Ledger.View.Read(state => state.BlobIsAvailable(digest)));
        Assert.Equal(Outcome.Applied, await Ledger.PutBlobAsync(client, bytes, None));
        var answer = await Ledger.GetBlobAsync(client, digest, None);
        Assert.Equal(bytes, answer.OrNull!.Value.ToArray());
    }

    [Fact]
    public async Task A_blob_is_for_its_parties_from_the_award_on_and_stays_theirs()
    {
        var market = Market;
        await market.OpenAsync();
        Know(market.Provider, market.ProviderKey);
        var model = await market.BlobAsync("a model");
        var input = await market.BlobAsync("an input");
        var spec = await market.BlobAsync("a spec", names: model);
        Digest[] all = [model, input, spec];
        await ExpectAsync(market, market.Client, BlobFound.Found, all);
        await ExpectAsync(market, market.Provider, BlobFound.NotReader, all);

        var workload = await market.PostAsync(input, spec, "one");
        await ExpectAsync(market, market.Provider, BlobFound.Found, spec);
        await ExpectAsync(market, market.Provider, BlobFound.NotReader, input, model);
        await ExpectAsync(market, Node.Account(1), BlobFound.NotReader, all);
        var opening = await market.BidAsync(workload);
        Assert.Equal(Outcome.Applied, await Ledger.OfferOpeningAsync(workload, opening, None));
        await market.UntilAsync(workload, WorkloadPhase.Awarded);
        await ExpectAsync(market, market.Provider, BlobFound.Found, all);

        var (result, part) = (Digest.Sha256("a result"u8), Digest.Sha256("a part"u8));
        await market.DoAsync(market.OfProvider(
            new DeclareBlob(result, 8, 30) { Names = [part] }, new DeclareBlob(part, 6, 30)));
        await market.PutAsync(market.Provider, "a result");
        await market.PutAsync(market.Provider, "a part");
        await ExpectAsync(market, market.Client, BlobFound.NotReader, result, part);
        await market.DoAsync(market.OfProvider(new StartWork(workload)));
        await market.DoAsync(market.OfProvider(new SubmitWork(workload, result, 0)));
        await ExpectAsync(market, market.Client, BlobFound.Found, result, part);
        await market.DoAsync(market.Sign(2, new AcceptWork(workload)));
        await ExpectAsync(market, market.Client, BlobFound.Found, result, part);
        await ExpectAsync(market, market.Provider, BlobFound.Found, all);
        await ExpectAsync(market, Node.Account(1), BlobFound.NotReader, [.. all, result, part]);
    }

    [Fact]
    public async Task To_name_a_blob_of_others_gives_it_to_nobody()
    {
        var market = Market;
        await market.OpenAsync();
        Know(market.Provider, market.ProviderKey);
        var secret = await market.BlobAsync("a secret", owner: 2);
        var bait = await market.BlobAsync("a bait", owner: 1, names: secret);
        var workload = await market.AwardAsync(secret, bait, "theft", client: 1);
        await ExpectAsync(market, market.Provider, BlobFound.Found, bait);
        await ExpectAsync(market, market.Provider, BlobFound.NotReader, secret);

        await market.DoAsync(market.OfProvider(new StartWork(workload)));
        await market.DoAsync(market.OfProvider(new SubmitWork(workload, secret, 0)));
        await ExpectAsync(market, Node.Account(1), BlobFound.NotReader, secret);

        // Who has the bytes needs to be told nothing.
        await market.PutAsync(Node.Account(1), "a secret");
        await ExpectAsync(market, Node.Account(1), BlobFound.Found, secret);
    }

    [Fact]
    public async Task What_is_public_is_for_everybody_but_not_by_the_word_of_a_stranger()
    {
        var market = Market;
        var open = await market.BlobAsync("for all", owner: 2, BlobAccess.Public);
        await ExpectAsync(market, Node.Account(1), BlobFound.Found, open);
        await ExpectAsync(market, default, BlobFound.Found, open);

        var secret = Digest.Sha256("a secret"u8);
        await market.DoAsync(market.Sign(2, new DeclareBlob(secret, 8, 30)));
        await market.DoAsync(market.Sign(1, new DeclareBlob(secret, 9, 30) { Access = BlobAccess.Public }));
        await market.PutAsync(Node.Account(2), "a secret");
        await ExpectAsync(market, Node.Account(2), BlobFound.Found, secret);
        await ExpectAsync(market, Node.Account(1), BlobFound.NotReader, secret);
        await ExpectAsync(market, default, BlobFound.NotReader, secret);
    }

    [Fact]
    public async Task A_cursor_gives_every_entry_once_also_over_a_restart_of_the_node()
    {
        var seen = new List<ulong>();
        using (var cursor = Ledger.OpenCursor(1))
        {
            await Market.DoAsync(Market.Sign(1, Node.Pay(2)));
            await ReadAsync(cursor, seen);
            Assert.Null(await cursor.ReadAsync(None));
        }

        await Node.RestartAsync();
        Ledger = AfterRestart(Ledger);
        using (var cursor = Ledger.OpenCursor((ulong)seen.Count + 1))
        {
            for (var i = 0; i < 5; i++)
            {
                await Market.DoAsync(Market.Sign(1, Node.Pay(2)));
                await ReadAsync(cursor, seen);
            }
        }

        Assert.Equal(Enumerable.Range(1, seen.Count).Select(seq => (ulong)seq), seen);
        Assert.Equal(Ledger.View.Seq, (ulong)seen.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => Ledger.OpenCursor(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ledger.OpenCursor(Ledger.View.Seq + 2));
    }

    [Fact]
    public async Task What_is_cancelled_or_too_large_is_not_waited_for()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Ledger.SubmitAsync(Market.Sign(1, Node.Pay(2)), cancelled.Token));

        var large = Market.Parse(Node.Sign(3, 1, [.. Enumerable.Repeat(Node.Pay(2), 1_000)]));
        var count = (LedgerHost.MaxSubmissionBytes / large.Bytes.Length) + 1;
        await Assert.ThrowsAsync<ArgumentException>(
            () => Ledger.SubmitAllAsync([.. Enumerable.Repeat(large, count)], None));
    }

    [Fact]
    public async Task A_closed_ledger_takes_nothing()
    {
        var payload = Market.Sign(1, Node.Pay(2));
        await Ledger.DisposeAsync();
        await Assert.ThrowsAsync<AdmissionClosedException>(() => Ledger.SubmitAsync(payload, None));
    }

    [Fact]
    public async Task Its_state_is_what_the_events_make_of_the_genesis()
    {
        var market = Market;
        await market.OpenAsync();
        await market.AwardAsync("all");
        var state = new Protocol.State.LedgerState(Ledger.Genesis);
        new Protocol.Ledger(state).ApplyGenesis(Node.Ledger.GenesisDigest, new EventBuffer());
        using var cursor = Ledger.OpenCursor(1);
        var hash = Ledger.View.Read(held => (held.Globals.Seq, Hash: held.ComputeHash()));
        while (state.Globals.Seq < hash.Seq)
        {
            var entry = await cursor.ReadAsync(None);
            EventCatalog.Apply(state, entry!.Header, entry.Events.Span);
        }

        Assert.Equal(hash.Hash, state.ComputeHash());
    }

    private static async Task ExpectAsync(
        Market market, AccountId reader, BlobFound expected, params Digest[] digests)
    {
        foreach (var digest in digests)
        {
            Assert.Equal(expected, await market.ReadAsync(reader, digest));
        }
    }

    private static async Task ReadAsync(IEntryCursor cursor, List<ulong> seen)
    {
        while (await cursor.ReadAsync(None) is { } entry)
        {
            seen.Add(entry.Header.Seq);
        }
    }

    private TokenAmount BalanceOf(int index) => Ledger.View.Read(state =>
        state.Account(state.FindAccount(Node.Account(index))!.Value).Available);
}
