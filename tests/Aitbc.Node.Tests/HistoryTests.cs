using System.Net;
using System.Text.Json;
using Aitbc.Infrastructure.Receipts;
using Aitbc.Node.History;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Node.Tests;

/// <summary>What a node says of the past, and that it is what the journal says.</summary>
public sealed class HistoryTests : IAsyncLifetime
{
    private HistoryFixture node = null!;

    public async Task InitializeAsync() => node = await HistoryFixture.BeginAsync();

    public async Task DisposeAsync() => await node.DisposeAsync();

    [Fact]
    public async Task Finished_workloads_are_listed_newest_first_in_pages_before_and_after_a_restart_of_the_node()
    {
        await node.Work.PayAsync();
        await node.Work.PayAsync(accept: false);
        await node.ServeAsync();
        await node.Work.PayAsync();
        var first = await node.GetAsync("/v1/workloads/finished?limit=2");
        Assert.Equal(["w3", "w2"], Ids(first));
        var second = await node.GetAsync($"/v1/workloads/finished?limit=2&after={first.GetProperty("next")}");
        Assert.Equal(["w1"], Ids(second));
        Assert.False(second.TryGetProperty("next", out _));
        Assert.Equal("clientSilent", first.GetProperty("items")[1].GetProperty("ending").GetString());
        Assert.Equal("100000000000000000000", first.GetProperty("items")[0].GetProperty("paid").GetString());

        await node.ServeAsync();
        Assert.Equal(["w3", "w2", "w1"], Ids(await node.GetAsync("/v1/workloads/finished")));
        Assert.Equal(3, Ids(await node.GetAsync($"/v1/workloads/finished?party={node.Work.Client.Account}")).Length);
        Assert.Equal(3, Ids(await node.GetAsync($"/v1/workloads/finished?party={node.Work.Provider.Account}")).Length);
        Assert.Empty(Ids(await node.GetAsync($"/v1/workloads/finished?party={node.Work.Owner.Account}")));
    }

    [Fact]
    public async Task A_workload_tells_each_step_in_order_and_nothing_of_another()
    {
        await node.ServeAsync();
        var other = await node.Work.PayAsync();
        var id = await node.Work.DeliverAsync();
        var open = await node.GetAsync($"/v1/workloads/{id}/history");
        Assert.False(open.TryGetProperty("finished", out _));
        await node.Work.SettleAsync(id, accept: true);
        var view = await node.GetAsync($"/v1/workloads/{id}/history");
        var steps = view.GetProperty("steps").EnumerateArray().ToArray();
        var types = steps.Select(step => step.GetProperty("type").GetString()).Where(type => type != "moved");
        Assert.Equal(
            [
                "workloadPosted", "bidPlaced", "biddingClosed", "bidOpened", "saltRevealed", "workloadAwarded",
                "workStarted", "workSubmitted", "workloadEnded",
            ],
            types);
        Assert.True(view.GetProperty("isWhole").GetBoolean());
        Assert.Equal("accepted", view.GetProperty("finished").GetProperty("ending").GetString());
        Assert.DoesNotContain(steps, step => step.GetProperty("words").GetString()!.Contains($"{other}"));
        Assert.Contains(steps, step => step.GetProperty("type").GetString() == "moved");
        Assert.All(
            steps.Zip(steps.Skip(1)),
            pair => Assert.True(SeqOf(pair.First) <= SeqOf(pair.Second)));
        Assert.Contains(
            view.GetProperty("accounts").EnumerateArray(),
            account => account.TryGetProperty("id", out var named)
                && named.GetString() == node.Work.Provider.Account.ToString());
    }

    [Fact]
    public async Task A_receipt_is_the_same_bytes_that_the_exporter_writes_and_verifies()
    {
        await node.ServeAsync();
        var id = await node.Work.PayAsync();
        await node.Work.PayAsync();
        var bytes = await (await node.SendAsync($"/v1/workloads/{id}/receipt")).Content.ReadAsByteArrayAsync();
        var report = ReceiptVerifier.Verify(bytes, node.Work.Host.Genesis.NodeKey.Thumbprint());
        Assert.Equal(ReceiptFault.None, report.Fault);
        using var exporter = new ReceiptExporter(node.Work.Directory.Disk, node.Work.Host);
        exporter.ExportNew();
        Assert.Equal(
            await File.ReadAllBytesAsync(Path.Combine(node.Work.Path, "receipts", $"{id}.json")), bytes);
    }

    [Fact]
    public async Task A_receipt_outlives_the_key_that_signed_as_long_as_the_history_reaches_back()
    {
        var id = await node.Work.PayAsync();
        await node.Work.RotateAsync();
        await node.Work.PayAsync();
        await node.ServeAsync();
        var bytes = await (await node.SendAsync($"/v1/workloads/{id}/receipt")).Content.ReadAsByteArrayAsync();
        Assert.Equal(ReceiptFault.None, ReceiptVerifier.Verify(bytes).Fault);
    }

    [Fact]
    public async Task A_receipt_whose_key_or_block_is_not_there_is_a_problem_that_says_so()
    {
        var paid = await node.Work.PayAsync();
        await node.ServeAsync();
        Assert.Equal("blockOpen", await CodeAsync($"/v1/workloads/{paid}/receipt", HttpStatusCode.Conflict));

        var posted = node.Work.Host.View.Seq;
        var again = await node.Work.PayAsync();
        await node.Work.RotateAsync();
        await node.Work.PayAsync();
        await node.ServeAsync(node.Work.Host.View.Seq - posted);
        Assert.Equal("keyUnknown", await CodeAsync($"/v1/workloads/{again}/receipt", HttpStatusCode.Conflict));
        Assert.Equal("notFound", await CodeAsync($"/v1/workloads/{paid}/receipt", HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task A_workload_that_was_not_paid_has_no_receipt()
    {
        await node.ServeAsync();
        var id = await node.Work.AwardAsync();
        await node.Work.AdvanceAsync(61_000);
        Assert.Equal("notFound", await CodeAsync($"/v1/workloads/{id}/receipt", HttpStatusCode.NotFound));
        var view = await node.GetAsync($"/v1/workloads/{id}/history");
        Assert.Equal("providerMissing", view.GetProperty("finished").GetProperty("ending").GetString());
    }

    [Fact]
    public async Task A_workload_older_than_the_history_is_a_problem_and_one_in_part_says_so()
    {
        var old = await node.Work.PayAsync();
        var part = await node.Work.DeliverAsync();
        await node.ServeAsync(historyEntries: 1);
        await node.Work.SettleAsync(part, accept: true);
        Assert.Equal("notFound", await CodeAsync($"/v1/workloads/{old}/history", HttpStatusCode.NotFound));
        Assert.False((await node.GetAsync($"/v1/workloads/{part}/history")).GetProperty("isWhole").GetBoolean());
    }

    [Fact]
    public async Task Money_is_what_the_accounts_hold_however_far_the_history_reaches_back()
    {
        await node.Work.PayAsync();
        await node.Work.AwardAsync();
        foreach (var depth in new ulong[] { 100_000, 7, 0 })
        {
            await node.ServeAsync(depth);
            await CheckMoneyAsync();
            await node.Work.DeliverAsync();
            await CheckMoneyAsync();
        }
    }

    [Fact]
    public async Task A_series_counts_workloads_prices_and_outcomes_and_notes_the_money()
    {
        await node.Work.PayAsync();
        await node.ServeAsync();
        await node.Work.PayAsync();
        var seen = (await node.GetAsync("/v1/series?widthMs=600000")).GetProperty("points").EnumerateArray().ToArray();
        Assert.Equal(2, seen.Sum(point => point.GetProperty("settled").GetInt32()));
        Assert.Equal(0, seen.Sum(point => point.GetProperty("verified").GetInt32()));
        var prices = seen.SelectMany(point => point.GetProperty("prices").EnumerateArray()).ToArray();
        Assert.Equal(2, prices.Sum(price => price.GetProperty("settled").GetInt32()));
        Assert.Equal(
            200 * (Int128)TokenAmount.OneToken.BaseUnits,
            prices.Aggregate(Int128.Zero, (sum, price) => sum + Int128.Parse(price.GetProperty("paid").GetString()!)));
        Assert.Equal(
            node.Work.Sent.Count,
            seen.Sum(point => point.GetProperty("outcomes").TryGetProperty("applied", out var count)
                ? count.GetInt32() : 0));
        var money = (await node.GetAsync("/v1/money")).GetProperty("money");
        Assert.Equal(money.ToString(), seen[^1].GetProperty("money").ToString());
    }

    [Fact]
    public void Each_ending_is_counted_once_and_what_validators_found_right_by_itself()
    {
        foreach (var ending in Enum.GetValues<WorkloadEnding>())
        {
            var series = new MarketSeries(10_000);
            var ended = default(WorkloadEnded) with { Ending = ending };
            series.Ended(new Timestamp(1), ended);
            series.Ended(new Timestamp(2), ended);
            var point = Assert.Single(series.Read(null));
            Assert.Equal(
                ending switch
                {
                    WorkloadEnding.Verified => (2, 2, 0),
                    WorkloadEnding.Accepted or WorkloadEnding.ClientSilent => (2, 0, 0),
                    _ => (0, 0, 2),
                },
                (point.Settled, point.Verified, point.Unpaid));
        }
    }

    [Fact]
    public async Task Entries_are_told_in_words_and_by_account()
    {
        await node.ServeAsync();
        await node.Work.PayAsync();
        var words = (await node.GetAsync("/v1/entries/words?limit=100")).EnumerateArray().ToArray();
        Assert.Equal(node.Work.Host.View.Seq, words[^1].GetProperty("seq").GetUInt64());
        Assert.Contains(
            words, one => one.GetProperty("asked")[0].GetProperty("words").GetString() == "Start the work on w1");
        var one = await node.GetAsync("/v1/entries/3/words");
        Assert.Equal(words[2].ToString(), one.ToString());

        var mine = (await node.GetAsync($"/v1/accounts/{node.Work.Client.Account}/entries?limit=2"))
            .EnumerateArray().Select(entry => entry.GetProperty("seq").GetUInt64()).ToArray();
        var before = (await node.GetAsync($"/v1/accounts/{node.Work.Client.Account}/entries?before={mine[1]}"))
            .EnumerateArray().Select(entry => entry.GetProperty("seq").GetUInt64()).ToArray();
        Assert.Equal(mine[0], node.Work.Host.View.Seq);
        Assert.True(mine[1] > before[0]);
        Assert.DoesNotContain(before, seq => mine.Contains(seq));
    }

    [Fact]
    public async Task A_proof_of_an_input_says_that_nobody_signed()
    {
        await node.ServeAsync();
        await node.Work.PayAsync();
        await node.Work.PayAsync();
        var input = (await node.GetAsync("/v1/entries?limit=20")).EnumerateArray()
            .First(entry => entry.GetProperty("kind").GetString() == "input").GetProperty("seq").GetUInt64();
        var leaf = (await node.GetAsync($"/v1/entries/{input}/proof")).GetProperty("leaf");
        Assert.False(leaf.TryGetProperty("proof", out _));
        Assert.Equal(0, leaf.GetProperty("proofCode").GetInt32());
        Assert.Equal(2, leaf.GetProperty("bodyCode").GetInt32());
    }

    [Theory]
    [InlineData("/v1/series?widthMs=1")]
    [InlineData("/v1/workloads/finished?limit=0")]
    [InlineData("/v1/workloads/finished?party=x")]
    [InlineData("/v1/entries/words?limit=101")]
    [InlineData("/v1/entries/words?from=0")]
    public async Task A_question_that_means_nothing_is_a_bad_request(string path)
    {
        await node.ServeAsync();
        Assert.Equal("badRequest", await CodeAsync(path, HttpStatusCode.BadRequest));
    }

    [Fact]
    public void A_ring_keeps_the_newest_touches_of_all_subjects_together()
    {
        var ring = new TouchRing(4);
        for (ulong seq = 1; seq <= 6; seq++)
        {
            ring.Add(seq % 2, seq);
            ring.Add(seq % 2, seq);
        }

        Assert.Equal([5, 3], ring.Find(1, ulong.MaxValue, 10));
        Assert.Equal([6], ring.Find(0, ulong.MaxValue, 1));
        Assert.Equal([4], ring.Find(0, 6, 10));
    }

    private static ulong SeqOf(JsonElement step) => step.GetProperty("seq").GetUInt64();

    private static string[] Ids(JsonElement page) =>
        [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];

    private async Task<string> CodeAsync(string path, HttpStatusCode status)
    {
        var response = await node.SendAsync(path);
        Assert.Equal(status, response.StatusCode);
        return (await NodeFixture.JsonOf(response)).GetProperty("code").GetString()!;
    }

    private async Task CheckMoneyAsync()
    {
        var told = await node.GetAsync("/v1/money");
        var money = told.GetProperty("money");
        var expected = node.Work.Host.View.Read(state => Enum.GetValues<SubAccount>().ToDictionary(
            sub => sub,
            sub => Enumerable.Range(1, state.Accounts.Count - 1).Aggregate(
                UInt128.Zero, (sum, slot) => sum + state.Accounts[slot].Balance(sub).BaseUnits)));
        foreach (var (sub, amount) in expected)
        {
            Assert.Equal($"{amount}", money.GetProperty(JsonNamingPolicy.CamelCase.ConvertName($"{sub}")).GetString());
        }

        var sum = money.EnumerateObject().Aggregate(
            UInt128.Zero, (all, one) => all + UInt128.Parse(one.Value.GetString()!));
        Assert.Equal(told.GetProperty("supply").GetString(), $"{sum}");
    }
}
