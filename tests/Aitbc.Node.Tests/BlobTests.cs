using System.Net;
using Aitbc.Infrastructure.Remote;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol.Blobs;

namespace Aitbc.Node.Tests;

/// <summary>Blobs over HTTP: who proves what, and what is not taken.</summary>
public sealed class BlobTests : IAsyncLifetime
{
    private static readonly Digest Blob = Digest.Sha256("a secret"u8);
    private NodeFixture node = null!;

    private static Timestamp Now => new(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    public async Task InitializeAsync()
    {
        node = await NodeFixture.StartAsync();
        await node.SendAsync(node.Sign(2, new DeclareBlob(Blob, 8, 1)));
        var proof = Proof(2, ProofPurpose.Write, Blob.ToString());
        var put = await SendAsync(HttpMethod.Put, proof, "a secret"u8.ToArray());
        Assert.Equal((HttpStatusCode.OK, ""), put);
    }

    public async Task DisposeAsync() => await node.DisposeAsync();

    [Fact]
    public async Task A_reader_reads_by_a_proof_for_the_blob_or_for_all()
    {
        Assert.Equal((HttpStatusCode.OK, ""), await ReadAsync(Proof(2, ProofPurpose.Read, Blob.ToString())));
        Assert.Equal((HttpStatusCode.OK, ""), await ReadAsync(Proof(2, ProofPurpose.Read, AccountProof.Everything)));
        Assert.Equal((HttpStatusCode.Forbidden, "notAReader"), await ReadAsync(null));
        Assert.Equal(
            (HttpStatusCode.Forbidden, "notAReader"), await ReadAsync(Proof(1, ProofPurpose.Read, Blob.ToString())));
    }

    [Fact]
    public async Task An_operators_token_reads_no_blob_of_others()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/blobs/{Blob}");
        request.Headers.Authorization = new("Bearer", node.Server.Sessions.NewBearer(Access.Role.Operator));
        Assert.Equal(HttpStatusCode.Forbidden, (await node.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_proof_that_does_not_fit_is_refused()
    {
        var good = Template(2) with { Subject = Blob.ToString() };
        AccountProof[] wrong =
        [
            good with { Chain = new ChainId("aitbc:other") },
            good with { Account = node.Account(1) },
            good with { Purpose = ProofPurpose.Write },
            good with { Subject = Digest.Sha256("x"u8).ToString() },
            good with { Audience = node.Key(1).Id },
            good with { ValidUntil = Now - Duration.FromSeconds(1) },
            good with { ValidUntil = Now + Duration.FromMinutes(7) },
        ];
        foreach (var proof in wrong)
        {
            Assert.Equal((HttpStatusCode.Unauthorized, "badProof"), await ReadAsync(proof.Sign(node.Key(2))));
        }

        Assert.Equal((HttpStatusCode.Unauthorized, "badProof"), await ReadAsync(good.Sign(node.Key(1))));
        Assert.Equal((HttpStatusCode.Unauthorized, "badProof"), await ReadAsync("x"));
        Assert.Equal((HttpStatusCode.OK, ""), await ReadAsync(good.Sign(node.Key(2))));
    }

    [Fact]
    public async Task Bytes_are_taken_from_somebody_and_only_those_that_were_declared()
    {
        var proof = Proof(2, ProofPurpose.Write, Blob.ToString());
        Assert.Equal((HttpStatusCode.Unauthorized, "badProof"), await SendAsync(HttpMethod.Put, null, new byte[8]));
        Assert.Equal((HttpStatusCode.BadRequest, "otherDigest"), await SendAsync(HttpMethod.Put, proof, new byte[8]));
        Assert.Equal(
            (HttpStatusCode.RequestEntityTooLarge, "blobTooLarge"),
            await SendAsync(HttpMethod.Put, proof, new byte[9]));
        using var unknown = new HttpRequestMessage(HttpMethod.Get, $"/v1/blobs/{Digest.Sha256("no"u8)}");
        Assert.Equal(HttpStatusCode.NotFound, (await node.Client.SendAsync(unknown)).StatusCode);
    }

    private AccountProof Template(int person) => new(
        new ChainId("aitbc:test"),
        node.Account(person),
        ProofPurpose.Read,
        AccountProof.Everything,
        node.NodeKey.Thumbprint(),
        Now + Duration.FromMinutes(4));

    private string Proof(int person, ProofPurpose purpose, string subject) =>
        (Template(person) with { Purpose = purpose, Subject = subject }).Sign(node.Key(person));

    private Task<(HttpStatusCode, string)> ReadAsync(string? proof) => SendAsync(HttpMethod.Get, proof, null);

    private async Task<(HttpStatusCode, string)> SendAsync(HttpMethod method, string? proof, byte[]? body)
    {
        using var request = new HttpRequestMessage(method, $"/v1/blobs/{Blob}");
        request.Content = body is null ? null : new ByteArrayContent(body);
        if (proof is not null)
        {
            request.Headers.Add(AccountProof.Header, proof);
        }

        using var response = await node.Client.SendAsync(request);
        var code = response.IsSuccessStatusCode
            ? ""
            : (await NodeFixture.JsonOf(response)).GetProperty("code").GetString()!;
        return (response.StatusCode, code);
    }
}
