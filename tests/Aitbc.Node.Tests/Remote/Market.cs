using System.Text;
using Aitbc.Infrastructure.Identity;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;
using Aitbc.Testing;

namespace Aitbc.Node.Tests.Remote;

/// <summary>A provider and a client that deal with each other through any ledger.</summary>
internal sealed class Market(NodeFixture node, Func<ILedger> ledger)
{
    private const uint WindowMs = 2_000;

    private Identity? provider;

    /// <summary>The provider's account.</summary>
    public AccountId Provider => provider!.Account;

    /// <summary>The provider's key.</summary>
    public KeyPair ProviderKey => provider!.Key!;

    /// <summary>The client: the third person of genesis.</summary>
    public AccountId Client => node.Account(2);

    /// <summary>A payload of a person, parsed.</summary>
    public SignedPayload Sign(int from, params Command[] commands) => Parse(node.Sign(from, commands));

    /// <summary>Registers the provider, with its stake and its service.</summary>
    public async Task OpenAsync()
    {
        provider = Identity.Create(node.Keys);
        var charter = new AgentCharter(
            AgentKind.Inference,
            [LedgerFixture.Capability],
            Label.Parse("1.0"),
            Constitutions.Wide,
            [node.Account(3)],
            1,
            TokenAmount.FromTokens(900));
        await DoAsync(Sign(3, provider.RegisterAgent(ledger().Genesis.Chain, node.Account(3), charter)));
        await DoAsync(OfProvider(new DepositStake(TokenAmount.FromTokens(500))));
        await DoAsync(OfProvider(new ListService(new ServiceTerms(
            Label.Parse("digits"), LedgerFixture.Capability, TokenAmount.OneToken, 100, default, 0))));
    }

    /// <summary>A payload of the provider in its next place.</summary>
    public SignedPayload OfProvider(params Command[] commands)
    {
        var sequence = ledger().View.Read(state =>
            state.NextSequence(state.FindAccount(Provider)!.Value, 0));
        return Parse(node.Sign(Provider, ProviderKey, sequence, commands));
    }

    /// <summary>Declares a blob of a person and gives its bytes.</summary>
    public async Task<Digest> BlobAsync(
        string text, int owner = 2, BlobAccess access = BlobAccess.Parties, params Digest[] names)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        var digest = Digest.Sha256(bytes);
        await DoAsync(Sign(owner, new DeclareBlob(digest, (ulong)bytes.Length, 30) { Access = access, Names = names }));
        await PutAsync(node.Account(owner), text);
        return digest;
    }

    /// <summary>Gives bytes of a blob that is declared.</summary>
    public async Task PutAsync(AccountId from, string text) => Assert.Equal(
        Outcome.Applied, await ledger().PutBlobAsync(from, Encoding.ASCII.GetBytes(text), CancellationToken.None));

    /// <summary>What becomes of the question for a blob.</summary>
    public async Task<BlobFound> ReadAsync(AccountId reader, Digest digest) =>
        (await ledger().GetBlobAsync(reader, digest, CancellationToken.None)).Found;

    /// <summary>Posts a workload whose salt is the digest of a word.</summary>
    public async Task<WorkloadId> PostAsync(
        Digest input, Digest spec, string word, int client = 2, uint windowMs = WindowMs)
    {
        await DoAsync(Sign(client, new PostWorkload(
            LedgerFixture.Capability,
            input,
            spec,
            TokenAmount.FromTokens(10),
            TokenAmount.FromTokens(1),
            Units: 1,
            MinQualityPpm: 0,
            Digest.Sha256(SaltOf(word).AsSpan()),
            VerificationMode.None,
            windowMs,
            windowMs,
            60_000,
            60_000)));
        return new WorkloadId(ledger().View.Read(state => state.Globals.LastWorkload));
    }

    /// <summary>Places the provider's bid.</summary>
    public async Task<BidOpening> BidAsync(WorkloadId workload)
    {
        var opening = new BidOpening(
            Provider, TokenAmount.FromTokens(4), Digest.Sha256("proposal"u8), Digest.Sha256("bid"u8));
        var commitment = BidCommitment.Of(workload, Provider, opening.Price, opening.ProposalHash, opening.Salt);
        await DoAsync(OfProvider(new PlaceBid(workload, new ServiceId(1), commitment)));
        return opening;
    }

    /// <summary>A workload that the provider has won.</summary>
    public async Task<WorkloadId> AwardAsync(string text)
    {
        var input = await BlobAsync($"input {text}");
        return await AwardAsync(input, await BlobAsync($"spec {text}"), text);
    }

    /// <summary>A workload of a client that the provider has won.</summary>
    public async Task<WorkloadId> AwardAsync(Digest input, Digest spec, string text, int client = 2)
    {
        var workload = await PostAsync(input, spec, text, client);
        var opening = await BidAsync(workload);
        Assert.Equal(
            Outcome.Applied, await ledger().OfferOpeningAsync(workload, opening, CancellationToken.None));
        await UntilAsync(workload, WorkloadPhase.Awarded);
        return workload;
    }

    /// <summary>Waits until a workload stands in a phase.</summary>
    public async Task UntilAsync(WorkloadId workload, WorkloadPhase phase)
    {
        while (true)
        {
            var changed = ledger().View.ChangedAsync();
            if (ledger().View.Read(state => state.FindWorkload(workload) is var slot and >= 0
                && state.Workloads[slot].Phase == phase))
            {
                return;
            }

            await changed.WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    /// <summary>The salt of a word.</summary>
    public static Digest SaltOf(string word) => Digest.Sha256(Encoding.ASCII.GetBytes($"salt {word}"));

    /// <summary>Sends what must take effect.</summary>
    public async Task<SubmitResult> DoAsync(SignedPayload payload)
    {
        var result = await ledger().SubmitAsync(payload, CancellationToken.None);
        Assert.Equal(Outcome.Applied, result.Outcome);
        return result;
    }

    /// <summary>A compact JWS, parsed.</summary>
    public static SignedPayload Parse(string jws)
    {
        Assert.True(SignedPayload.TryFromJws(Encoding.ASCII.GetBytes(jws), out var signed, out var problem), problem);
        return signed;
    }
}
