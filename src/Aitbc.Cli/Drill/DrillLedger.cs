using System.Security.Cryptography;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Verification;
using Aitbc.Simulation.Audit;
using KeyPossession = Aitbc.Infrastructure.Wallet.KeyPossession;

namespace Aitbc.Cli.Drill;

/// <summary>A drill's chain opened in this process: before a node has it, to set it up, and after, to read its
/// journal.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class DrillLedger : IAsyncDisposable
{
    private readonly DrillChain chain;
    private readonly ChainDirectory directory;

    private DrillLedger(DrillChain chain, ChainDirectory directory, LedgerHost host) =>
        (this.chain, this.directory, Host) = (chain, directory, host);

    /// <summary>What services of the drill do, and workloads ask.</summary>
    public static Label Capability { get; } = Label.Parse("drill");

    /// <summary>The ledger.</summary>
    public LedgerHost Host { get; }

    /// <summary>The stop epoch, which payloads name.</summary>
    public ulong Epoch => Host.View.Read(state => state.Globals.StopEpoch);

    /// <summary>Opens it.</summary>
    /// <exception cref="AdmissionClosedException">The clock is behind the journal.</exception>
    public static DrillLedger Open(DrillChain chain)
    {
        var directory = ChainDirectory.Open(chain.Directory);
        try
        {
            return new DrillLedger(
                chain,
                directory,
                directory.OpenLedger(options => options with
                {
                    Inline = true,
                    Time = chain.Time,
                    SnapshotEntries = 0,
                    SnapshotInterval = Duration.Zero,
                }));
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>An account's place in order of opening.</summary>
    public AccountNumber NumberOf(KeyPair key) => NumberOf((AccountId)key.Id);

    /// <summary>An account's place in order of opening.</summary>
    public AccountNumber NumberOf(AccountId id) => Host.View.Read(state => state.FindAccount(id))
        ?? throw new InvalidOperationException("The drill names an account that is not there.");

    /// <summary>Signs in lane 0, in the next place.</summary>
    public byte[] Sign(KeyPair key, params Command[] commands) => DrillPayload.Sign(
        key,
        DrillChain.Id,
        new PayloadPlace(0, Host.View.Read(state => state.NextSequence(NumberOf(key), 0)), Epoch, chain.ValidUntil),
        commands);

    /// <summary>Submits what was signed.</summary>
    /// <exception cref="AdmissionClosedException">Nothing can be admitted now.</exception>
    public async Task<SubmitResult> SubmitAsync(byte[] signed, CancellationToken stop)
    {
        if (!SignedPayload.TryFromJws(signed, out var payload, out var problem))
        {
            throw new InvalidOperationException($"The drill signed what cannot be read: {problem}");
        }

        return await Host.SubmitAsync(payload, stop).ConfigureAwait(false);
    }

    /// <summary>Signs and submits.</summary>
    public Task<SubmitResult> TryAsync(KeyPair key, CancellationToken stop, params Command[] commands) =>
        SubmitAsync(Sign(key, commands), stop);

    /// <summary>The same, where it must take effect.</summary>
    /// <exception cref="InvalidOperationException">It did not.</exception>
    public async Task<SubmitResult> DoAsync(KeyPair key, CancellationToken stop, params Command[] commands)
    {
        var result = await TryAsync(key, stop, commands).ConfigureAwait(false);
        return result.Outcome == Outcome.Applied
            ? result
            : throw new InvalidOperationException($"The drill's own set-up was refused: {result.Outcome}.");
    }

    /// <summary>What registers an agent and gives it tokens.</summary>
    public static RegisterAgent Registration(
        KeyPair owner,
        KeyPair agent,
        ConstitutionTerms terms,
        IReadOnlyList<KeyPair> guardians,
        int threshold,
        ulong tokens = 100_000)
    {
        var proof = KeyPossession.Prove(agent, DrillChain.Id, (AccountId)owner.Id);
        return new RegisterAgent(
            agent.PublicKey,
            new Signature(Digest.From(proof.AsSpan(0, Digest.Size)), Digest.From(proof.AsSpan(Digest.Size))),
            AgentKind.Inference,
            [Capability],
            Label.Parse("1"),
            terms,
            [.. guardians.Select(guardian => (AccountId)guardian.Id)],
            threshold,
            TokenAmount.FromTokens(tokens));
    }

    /// <summary>A service of an agent's.</summary>
    public static ListService Service() => new(new ServiceTerms(
        Label.Parse("drill"), Capability, TokenAmount.OneToken, 1_000_000, default, 0));

    /// <summary>A workload that nobody needs: its escrow and bonds are what counts.</summary>
    /// <param name="blob">Its input and specification.</param>
    /// <param name="price">The most that its client pays.</param>
    /// <param name="bond">What a bidder pledges beside the bid bond.</param>
    /// <param name="bidWindow">For how long it takes bids.</param>
    public static PostWorkload Posting(Digest blob, TokenAmount price, TokenAmount bond, Duration bidWindow) => new(
        Capability,
        blob,
        blob,
        price,
        bond,
        Units: 1,
        MinQualityPpm: 0,
        SaltHash: Digest.Sha256(RandomNumberGenerator.GetBytes(Digest.Size)),
        VerificationMode.None,
        BidWindowMs: (uint)bidWindow.Ms,
        OpenWindowMs: 100,
        WorkWindowMs: 1_000,
        AcceptWindowMs: 1_000);

    /// <summary>A blob that is there, for workloads to name.</summary>
    public async Task<Digest> PutBlobAsync(KeyPair payer, CancellationToken stop)
    {
        byte[] bytes = [.. "An input of the safety drill."u8];
        var digest = Digest.Sha256(bytes);
        await DoAsync(payer, stop, new DeclareBlob(digest, (ulong)bytes.Length, 30)).ConfigureAwait(false);
        var outcome = await Host.PutBlobAsync((AccountId)payer.Id, bytes, stop).ConfigureAwait(false);
        return outcome == Outcome.Applied
            ? digest
            : throw new InvalidOperationException($"The drill's blob was refused: {outcome}.");
    }

    /// <summary>The id of the service that was listed last.</summary>
    public ServiceId LastService => new(Host.View.Read(state => state.Globals.LastService));

    /// <summary>The id of the workload that was posted last.</summary>
    public WorkloadId LastWorkload => new(Host.View.Read(state => state.Globals.LastWorkload));

    /// <summary>Every entry of the journal, from the first on.</summary>
    public IEnumerable<AuditedEntry> ReadJournal()
    {
        using var cursor = Host.ReadFrom(1);
        while (cursor.TryRead(out var entry))
        {
            yield return AuditedEntry.From(entry);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync().ConfigureAwait(false);
        directory.Dispose();
    }
}
