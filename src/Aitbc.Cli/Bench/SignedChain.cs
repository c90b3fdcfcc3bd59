using System.Buffers;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Wire;

namespace Aitbc.Cli.Bench;

/// <summary>A chain on disk whose accounts sign in truth: what the benchmarks of a node run on. The first account is a
/// guardian's.</summary>
/// <remarks>One thread; <see cref="SignAll"/> uses all cores itself.</remarks>
internal sealed class SignedChain : IDisposable
{
    private readonly KeyPair[] keys;
    private readonly ChainId chain = new("aitbc:bench");
    private readonly Timestamp validUntil;
    private readonly ulong[] sequences;

    private SignedChain(KeyPair[] keys, string directory)
    {
        (this.keys, Directory) = (keys, directory);
        sequences = new ulong[keys.Length];
        var now = new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        validUntil = now + Duration.FromHours(20);
        var plan = new ChainPlan(
            chain,
            TokenAmount.FromTokens(1_000_000_000),
            now,
            1,
            new Parameters { PayloadsPerMinute = 60_000_000, MaxValidity = Duration.FromDays(1) });
        ChainDirectory.Create(directory, plan, _ => [.. keys.Select((key, i) =>
            new GenesisAccount(key.PublicKey, TokenAmount.FromTokens(10_000), i == 0))]).Dispose();
    }

    /// <summary>The data directory.</summary>
    public string Directory { get; }

    /// <summary>How many accounts there are.</summary>
    public int Accounts => keys.Length;

    /// <summary>The times that the market was stopped or let go on: payloads name it.</summary>
    public ulong Epoch { get; set; }

    /// <summary>Makes one.</summary>
    public static SignedChain Create(string directory, int accounts) =>
        new([.. Enumerable.Range(0, accounts).Select(_ => KeyPair.Generate())], directory);

    /// <summary>An account's next payments to its neighbour, one payload each, signed.</summary>
    public JwsParts[][] SignAll(int perAccount)
    {
        var all = new JwsParts[keys.Length][];
        Parallel.For(0, keys.Length, account =>
        {
            var mine = new JwsParts[perAccount];
            var to = (AccountId)keys[(account + 1) % keys.Length].Id;
            for (var i = 0; i < perAccount; i++)
            {
                mine[i] = Sign(account, new Transfer(to, TokenAmount.FromBaseUnits(1)));
            }

            all[account] = mine;
        });
        return all;
    }

    /// <summary>The guardian's payments were only to fill places: it signs on from the first.</summary>
    public void SkipAll() => sequences[0] = 0;

    /// <summary>Signs in an account's next place.</summary>
    public JwsParts Sign(int account, Command command)
    {
        var key = keys[account];
        var bytes = new ArrayBufferWriter<byte>(512);
        PayloadCodec.Write(
            new ClientPayload
            {
                Chain = chain,
                From = (AccountId)key.Id,
                Lane = 0,
                Sequence = ++sequences[account],
                ValidUntil = validUntil,
                Epoch = Epoch,
                Commands = [command],
                Proof = ProofKind.Jws,
                Signer = key.Id,
                PayloadDigest = default,
            },
            bytes);
        return Jws.Sign(key, bytes.WrittenSpan);
    }

    /// <summary>Seconds of one core that verifying takes a signature, by the same calls that admission makes and with
    /// all cores at it, as they are when the node works.</summary>
    public double BareSeconds(JwsParts[][] signed)
    {
        using var verifier = new KeyVerifier();
        var (bad, spent) = (0, 0L);
        Parallel.For(0, keys.Length, account =>
        {
            var started = CpuClock.Now();
            var key = keys[account].PublicKey;
            foreach (var one in signed[account])
            {
                if (!verifier.VerifyJws(in key, one.HeaderText.Span, one.Payload.Span, one.Signature.Span))
                {
                    Interlocked.Increment(ref bad);
                }
            }

            Interlocked.Add(ref spent, (long)CpuClock.Since(started).TotalNanoseconds);
        });
        return bad == 0
            ? spent / 1e9 / signed.Sum(mine => mine.Length)
            : throw new InvalidOperationException($"{bad} signatures of the benchmark are wrong.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in keys)
        {
            key.Dispose();
        }
    }
}
