using System.Buffers;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Wire;

namespace Aitbc.Node.Hosting;

/// <summary>Opens accounts with tokens that have no value, from an account whose key lives at the node: how a stranger
/// begins on a chain that is one person's own.</summary>
/// <remarks>Thread-safe: one at a time.</remarks>
public sealed class Faucet : IDisposable
{
    /// <summary>Most tokens that one account begins with.</summary>
    public static readonly TokenAmount Most = TokenAmount.FromTokens(10_000);

    private const int Lane = 7;

    private readonly KeyPair sponsor;
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>A faucet.</summary>
    /// <param name="sponsor">Key of the account that pays; disposed with this.</param>
    public Faucet(KeyPair sponsor) => this.sponsor = sponsor;

    /// <summary>Who pays; a newcomer proves its key to this account.</summary>
    public AccountId Sponsor => (AccountId)sponsor.Id;

    /// <summary>The faucet of a chain whose people's keys lived here first: the one of them who has most.</summary>
    /// <param name="ledger">The chain.</param>
    /// <param name="keys">Keys that live here.</param>
    public static Faucet? Of(LedgerHost ledger, KeyStore keys)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(keys);
        var here = keys.List().ToHashSet();
        var richest = ledger.View.Read(state => ledger.Genesis.Accounts
            .Select(account => account.Key.Thumbprint())
            .Where(here.Contains)
            .OrderByDescending(key => state.Account(state.FindAccount((AccountId)key)!.Value).Available)
            .Cast<KeyId?>()
            .FirstOrDefault());
        return richest is { } found ? new Faucet(keys.Load(found)) : null;
    }

    /// <summary>Opens an account.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="opening">Its first key, with the key's proof, made for the sponsor, and how much it begins with: at
    /// most <see cref="Most"/>.</param>
    /// <param name="stop">Ends the waiting.</param>
    public async Task<SubmitResult> FundAsync(
        LedgerHost ledger, OpenAccount opening, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        await turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            var (sequence, epoch) = ledger.View.Read(state => (
                state.NextSequence(state.FindAccount(Sponsor)!.Value, Lane), state.Globals.StopEpoch));
            var bytes = new ArrayBufferWriter<byte>();
            PayloadCodec.Write(
                new ClientPayload
                {
                    Chain = ledger.Genesis.Chain,
                    From = Sponsor,
                    Lane = Lane,
                    Sequence = sequence,
                    ValidUntil = new Timestamp(ledger.Time.GetUtcNow().ToUnixTimeMilliseconds())
                        + Duration.FromMinutes(1),
                    Epoch = epoch,
                    Commands = [opening],
                    Proof = ProofKind.Jws,
                    Signer = sponsor.Id,
                    PayloadDigest = default,
                },
                bytes);
            return SignedPayload.TryFromJws(
                Jws.Sign(sponsor, bytes.WrittenSpan).ToCompact(), out var signed, out var problem)
                ? await ledger.SubmitAsync(signed, stop).ConfigureAwait(false)
                : throw new InvalidOperationException(problem);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        sponsor.Dispose();
        turn.Dispose();
    }
}
