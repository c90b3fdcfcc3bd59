using System.Net;
using System.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Node.Tests;

/// <summary>Commands over HTTP: what takes effect, and every way to be refused.</summary>
public sealed class CommandTests : IAsyncLifetime
{
    private NodeFixture node = null!;

    public async Task InitializeAsync() => node = await NodeFixture.StartAsync();

    public async Task DisposeAsync() => await node.DisposeAsync();

    [Fact]
    public async Task A_transfer_takes_effect_once_however_often_it_is_sent()
    {
        var jws = node.Sign(1, node.Pay(2, 5));
        var first = await node.SendAsync(jws);
        var second = await node.SendAsync(jws);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        var (one, two) = (await NodeFixture.JsonOf(first), await NodeFixture.JsonOf(second));
        Assert.Equal("applied", one.GetProperty("outcome").GetString());
        Assert.False(one.GetProperty("isDuplicate").GetBoolean());
        Assert.True(two.GetProperty("isDuplicate").GetBoolean());
        Assert.Equal(one.GetProperty("seq").GetUInt64(), two.GetProperty("seq").GetUInt64());
        var paid = await node.GetAsync($"/v1/accounts/{node.Account(2)}");
        Assert.Equal("1000000000000000000005", paid.GetProperty("available").GetString());
    }

    [Fact]
    public async Task What_the_rules_refuse_is_a_conflict_that_names_its_entry()
    {
        var jws = node.Sign(1, new Transfer(node.Account(2), TokenAmount.FromTokens(5_000)));
        var response = await node.SendAsync(jws);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = await NodeFixture.JsonOf(response);
        Assert.Equal("insufficientFunds", problem.GetProperty("code").GetString());
        Assert.Equal("urn:aitbc:problem:insufficientFunds", problem.GetProperty("type").GetString());
        Assert.Equal(409, problem.GetProperty("status").GetInt32());
        Assert.Equal(node.Ledger.View.Seq, problem.GetProperty("seq").GetUInt64());
    }

    [Fact]
    public async Task What_is_not_admitted_leaves_no_entry()
    {
        var good = node.Sign(1, node.Pay(2));
        var parts = good.Split('.');
        var other = node.Sign(2, node.Pay(3)).Split('.');
        var before = node.Ledger.View.Seq;
        (string Jws, HttpStatusCode Status, string Code)[] cases =
        [
            ("", HttpStatusCode.BadRequest, "malformed"),
            ("a.b.c", HttpStatusCode.BadRequest, "malformed"),
            ($"{parts[0]}.{parts[1]}.{other[2]}", HttpStatusCode.Unauthorized, "badProof"),
            (node.Sign(1, 7, node.Pay(2)), HttpStatusCode.Conflict, "nonceGap"),
        ];
        foreach (var (jws, status, code) in cases)
        {
            var response = await node.SendAsync(jws);
            var problem = await NodeFixture.JsonOf(response);
            Assert.Equal((status, code), (response.StatusCode, problem.GetProperty("code").GetString()));
        }

        Assert.Equal(before, node.Ledger.View.Seq);
    }

    [Fact]
    public async Task Several_payloads_in_one_request_stand_each_for_itself()
    {
        string[] all = [node.Sign(1, node.Pay(2)), "nonsense", node.Sign(1, node.Pay(3))];
        var response = await PostJsonAsync(JsonSerializer.Serialize(all));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answers = (await NodeFixture.JsonOf(response)).EnumerateArray().ToArray();
        Assert.Equal("applied", answers[0].GetProperty("outcome").GetString());
        Assert.Equal("malformed", answers[1].GetProperty("code").GetString());
        Assert.Equal(answers[0].GetProperty("seq").GetUInt64() + 1, answers[2].GetProperty("seq").GetUInt64());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[[\"a\"]]")]
    [InlineData("[\"a\"] 1")]
    [InlineData("[\"a\"")]
    [InlineData("")]
    [InlineData("[\"\\ud800\"]")]
    public async Task A_body_that_is_no_array_of_payloads_is_a_bad_request(string body)
    {
        var response = await PostJsonAsync(body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("badRequest", (await NodeFixture.JsonOf(response)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task More_payloads_than_a_request_takes_are_a_bad_request()
    {
        var response = await PostJsonAsync(JsonSerializer.Serialize(Enumerable.Repeat("a.b.c", 65)));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_body_of_another_kind_or_too_large_is_refused()
    {
        var other = await node.Client.PostAsync("/v1/commands", new StringContent("x", Encoding.UTF8, "text/plain"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, other.StatusCode);

        // So that the answer comes before the body: a client that still sends may find its connection closed.
        node.Client.DefaultRequestHeaders.ExpectContinue = true;
        var large = await node.SendAsync(new string('a', (1024 * 1024) + 1));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task A_stop_goes_its_own_way_and_nothing_else_does()
    {
        var payment = await node.SendAsync(node.Sign(1, node.Pay(2)), "/v1/oversight");
        Assert.Equal(HttpStatusCode.BadRequest, payment.StatusCode);

        await node.RestartAsync();
        var stop = await node.SendAsync(node.Sign(0, new StopMarket(StopScope.All)), "/v1/oversight");
        Assert.Equal(HttpStatusCode.OK, stop.StatusCode);
        Assert.True((await node.GetAsync("/v1/chain")).GetProperty("allStopped").GetBoolean());
        var held = await node.SendAsync(node.Sign(2, node.Pay(3)));
        Assert.Equal(HttpStatusCode.Forbidden, held.StatusCode);
        Assert.Equal("stopped", (await NodeFixture.JsonOf(held)).GetProperty("code").GetString());
    }

    private Task<HttpResponseMessage> PostJsonAsync(string body) =>
        node.Client.PostAsync("/v1/commands", new StringContent(body, Encoding.UTF8, "application/json"));
}
