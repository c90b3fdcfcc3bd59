using System.Net;
using System.Text.Json;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol.Blocks;

namespace Aitbc.Node.Tests;

/// <summary>What can be read, and that it can be checked.</summary>
public sealed class ReadingTests(SharedNode shared) : IClassFixture<SharedNode>
{
    private readonly NodeFixture node = shared.Node;

    [Theory]
    [InlineData("/v1/accounts/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("/v1/accounts/x")]
    [InlineData("/v1/agents/x")]
    [InlineData("/v1/services/s99")]
    [InlineData("/v1/workloads/w99")]
    [InlineData("/v1/entries/999999")]
    [InlineData("/v1/entries/-1")]
    [InlineData("/v1/entries/0")]
    [InlineData("/v1/entries/99999999999999999999999999")]
    [InlineData("/v1/entries/x/proof")]
    [InlineData("/v1/nothing")]
    [InlineData("/nothing")]
    public async Task What_is_not_there_is_a_problem_that_says_so(string path)
    {
        var response = await node.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("notFound", (await NodeFixture.JsonOf(response)).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("/v1/agents?limit=0")]
    [InlineData("/v1/agents?limit=1001")]
    [InlineData("/v1/agents?limit=x")]
    [InlineData("/v1/services?capability=UPPER")]
    [InlineData("/v1/services?maxPrice=-1")]
    [InlineData("/v1/entries?from=0")]
    [InlineData("/v1/entries?from=100000")]
    [InlineData("/v1/blocks?from=0")]
    public async Task A_question_that_means_nothing_is_a_bad_request(string path)
    {
        var response = await node.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("badRequest", (await NodeFixture.JsonOf(response)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Entries_are_read_in_order_and_their_proof_leads_to_a_signed_root()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await node.SendAsync(node.Sign(1, node.Pay(2)))).StatusCode);
        }

        await node.RestartAsync();
        var entries = (await node.GetAsync("/v1/entries?limit=10")).EnumerateArray().ToArray();
        Assert.Equal(
            Enumerable.Range(1, 10).Select(seq => (ulong)seq),
            entries.Select(one => one.GetProperty("seq").GetUInt64()));
        foreach (var entry in entries)
        {
            await CheckProofAsync(entry);
        }
    }

    [Fact]
    public async Task Blocks_follow_one_another()
    {
        await node.SendAsync(node.Sign(1, node.Pay(2)));
        await node.RestartAsync();
        await node.SendAsync(node.Sign(1, node.Pay(2)));
        await node.RestartAsync();
        var blocks = (await node.GetAsync("/v1/blocks")).EnumerateArray().ToArray();
        Assert.True(blocks.Length >= 2);
        for (var i = 1; i < blocks.Length; i++)
        {
            var before = Jws.TryParse(Ascii(blocks[i - 1].GetProperty("jws")), out var parts, out _)
                ? Digest.Sha256(parts.Payload.Span)
                : default;
            Assert.Equal(before.ToString(), blocks[i].GetProperty("header").GetProperty("previous").GetString());
        }
    }

    [Fact]
    public async Task The_api_describes_itself_and_says_how_it_is()
    {
        Assert.Equal("ready", (await node.GetAsync("/health/ready")).GetProperty("status").GetString());
        Assert.Equal("live", (await node.GetAsync("/health/live")).GetProperty("status").GetString());
        var paths = (await node.GetAsync("/openapi/v1.json")).GetProperty("paths");
        string[] expected = ["/v1/commands", "/v1/oversight", "/v1/entries/{seq}/proof", "/v1/events", "/v1/services"];
        Assert.All(expected, path => Assert.True(paths.TryGetProperty(path, out _), path));
    }

    [Fact]
    public async Task A_document_says_how_every_value_looks()
    {
        var schemas = (await node.GetAsync("/openapi/v1.json")).GetProperty("components").GetProperty("schemas");
        Assert.All(schemas.EnumerateObject(), schema =>
            Assert.True(
                schema.Value.TryGetProperty("type", out _) || schema.Value.TryGetProperty("enum", out _), schema.Name));
    }

    [Fact]
    public async Task A_browser_finds_a_page_that_says_what_there_is()
    {
        var response = await node.Client.GetAsync("/");
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        var page = await response.Content.ReadAsStringAsync();
        foreach (System.Text.RegularExpressions.Match link in
            System.Text.RegularExpressions.Regex.Matches(page, "href=\"([^\"]+)\""))
        {
            using var target = await node.Client.GetAsync(
                link.Groups[1].Value, HttpCompletionOption.ResponseHeadersRead);
            Assert.True(target.IsSuccessStatusCode, link.Groups[1].Value);
        }
    }

    private static byte[] Ascii(JsonElement text) => System.Text.Encoding.ASCII.GetBytes(text.GetString()!);

    private async Task CheckProofAsync(JsonElement entry)
    {
        var proof = await node.GetAsync($"/v1/entries/{entry.GetProperty("seq").GetUInt64()}/proof");
        Assert.Equal(entry.GetProperty("hash").GetString(), proof.GetProperty("hash").GetString());
        var path = proof.GetProperty("path").EnumerateArray().Select(step => new MerkleStep(
            Digest.Parse(step.GetProperty("hash").GetString()!), step.GetProperty("left").GetBoolean())).ToList();
        var root = MerkleTree.RootFrom(Digest.Parse(proof.GetProperty("hash").GetString()!), path);

        Assert.True(Jws.TryParse(Ascii(proof.GetProperty("block")), out var parts, out _));
        Assert.True(BlockHeader.TryParse(parts.Payload.Span, out var header));
        Assert.Equal(header!.Root, root);
        using var verifier = new KeyVerifier();
        Assert.True(verifier.VerifyJws(node.NodeKey, parts.HeaderText.Span, parts.Payload.Span, parts.Signature.Span));
    }
}
