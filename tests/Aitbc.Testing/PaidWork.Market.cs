using System.Text;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Testing;

/// <content>A workload from posting to pay.</content>
public sealed partial class PaidWork
{
    private const int BidWindowMs = 1_000;
    private const int OpenWindowMs = 1_000;
    private const int AcceptWindowMs = 30_000;

    /// <summary>A whole workload: posted, won by the provider, delivered, and paid.</summary>
    /// <param name="accept">Whether the client accepts; silent otherwise.</param>
    public async Task<WorkloadId> PayAsync(bool accept = true)
    {
        var id = await DeliverAsync().ConfigureAwait(false);
        await SettleAsync(id, accept).ConfigureAwait(false);
        return id;
    }

    /// <summary>A workload as far as its delivery.</summary>
    /// <param name="qualityPpm">Quality declared; 900,000 are promised.</param>
    public async Task<WorkloadId> DeliverAsync(uint qualityPpm = 950_000)
    {
        var id = await AwardAsync().ConfigureAwait(false);
        await DoAsync(Provider, new StartWork(id)).ConfigureAwait(false);
        var result = await BlobAsync(Provider, $"result {id}").ConfigureAwait(false);
        await DoAsync(Provider, new SubmitWork(id, result, qualityPpm)).ConfigureAwait(false);
        return id;
    }

    /// <summary>The client accepts, or is silent until its deadline.</summary>
    public async Task SettleAsync(WorkloadId id, bool accept)
    {
        if (accept)
        {
            await DoAsync(Client, new AcceptWork(id)).ConfigureAwait(false);
        }
        else
        {
            await AdvanceAsync(AcceptWindowMs).ConfigureAwait(false);
        }
    }

    /// <summary>A workload that the provider has won.</summary>
    public async Task<WorkloadId> AwardAsync()
    {
        var input = await BlobAsync(Client, $"input {++made}").ConfigureAwait(false);
        var salt = Digest.Sha256(Encoding.ASCII.GetBytes($"salt {made}"));
        await DoAsync(Client, new PostWorkload(
            LedgerFixture.Capability,
            input,
            input,
            TokenAmount.FromTokens(100),
            TokenAmount.FromTokens(10),
            Units: 10,
            MinQualityPpm: 900_000,
            Digest.Sha256(salt.AsSpan()),
            VerificationMode.None,
            BidWindowMs,
            OpenWindowMs,
            WorkWindowMs: 60_000,
            AcceptWindowMs)).ConfigureAwait(false);
        var id = new WorkloadId(Host.View.Read(state => state.Globals.LastWorkload));
        var opening = new BidOpening(
            Provider.Account, TokenAmount.FromTokens(40), Digest.Sha256("proposal"u8), Digest.Sha256("bid"u8));
        var commitment = BidCommitment.Of(id, Provider.Account, opening.Price, opening.ProposalHash, opening.Salt);
        await DoAsync(Provider, new PlaceBid(id, Service, commitment)).ConfigureAwait(false);
        await AdvanceAsync(BidWindowMs).ConfigureAwait(false);
        Require(await Host.OfferOpeningAsync(id, opening, CancellationToken.None).ConfigureAwait(false));
        Require(await Host.OfferSaltAsync(id, salt, CancellationToken.None).ConfigureAwait(false));
        await AdvanceAsync(OpenWindowMs).ConfigureAwait(false);
        return id;
    }

    /// <summary>A blob that is paid for and there.</summary>
    public async Task<Digest> BlobAsync(Person payer, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        var digest = Digest.Sha256(bytes);
        await DoAsync(payer, new DeclareBlob(digest, (ulong)bytes.Length, 30)).ConfigureAwait(false);
        Require(await Host.PutBlobAsync(payer.Account, bytes, CancellationToken.None).ConfigureAwait(false));
        return digest;
    }

    /// <summary>The provider takes a new key and gives up the old one.</summary>
    public async Task RotateAsync()
    {
        var fresh = Directory.Keys.Create();
        var old = Provider.Key;
        await DoAsync(
            Provider,
            new AddKey(fresh.PublicKey, Possession(fresh, Provider.Account)),
            new RevokeKey(old.Id)).ConfigureAwait(false);
        old.Dispose();
        Provider.Key = fresh;
    }

    private static void Require(Outcome outcome)
    {
        if (outcome != Outcome.Applied)
        {
            throw new InvalidOperationException($"The node answered {outcome}.");
        }
    }
}
