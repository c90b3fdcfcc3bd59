using System.Buffers;
using System.Diagnostics;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Verification;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;

namespace Aitbc.Cli.Bench;

/// <summary>Entries verified a second, against the bare rate at which the same cores check the same
/// signatures.</summary>
internal static class VerifyBench
{
    private const int Accounts = 64;

    public static async Task<BenchResult> RunAsync(BenchScale scale, CancellationToken cancellationToken)
    {
        using var scratch = scale.Scratch("verify");
        var directory = Path.Combine(scratch.FullPath, "data");
        var keys = Enumerable.Range(0, Accounts).Select(_ => KeyPair.Generate()).ToArray();
        var nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var plan = new ChainPlan(
            new ChainId("aitbc:bench"),
            TokenAmount.FromTokens(1_000_000),
            new Timestamp(nowMs),
            1,
            new Parameters { PayloadsPerMinute = 60_000_000, MaxValidity = Duration.FromDays(1) });
        ChainDirectory.Create(directory, plan, _ => [.. keys.Select((key, i) =>
            new GenesisAccount(key.PublicKey, TokenAmount.FromTokens(10_000), i == 0))]).Dispose();
        var signed = Sign(keys, plan, scale.Of(240_000, 2_000), nowMs);
        await WriteAsync(directory, signed, cancellationToken).ConfigureAwait(false);
        var bare = BareRate(keys, signed);
        var started = Stopwatch.GetTimestamp();
        var report = await ChainVerifier.RunAsync(directory, [], null, cancellationToken).ConfigureAwait(false);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (!report.Ok || report.Signatures != (ulong)signed.Length)
        {
            throw new InvalidOperationException($"The benchmark's chain does not verify: {report.Problems[0]}.");
        }

        foreach (var key in keys)
        {
            key.Dispose();
        }

        var value = signed.Length / elapsed;
        return new BenchResult(
            "verify",
            Math.Round(value),
            "entries/s",
            Math.Round(0.8 * bare),
            value >= 0.8 * bare,
            new Dictionary<string, object>
            {
                ["entries"] = report.Entries,
                ["threads"] = Environment.ProcessorCount,
                ["includes"] = "the whole of aitbc verify: checksums, parse, rules, events, hashes, signatures, blocks,"
                    + " files",
                ["referenceIs"] = "bare ES256 verification of the same signatures on as many threads, keys imported",
            })
        {
            Reference = Math.Round(bare),
            Ratio = Math.Round(value / bare, 3),
            TargetRatio = 0.8,
        };
    }

    private static SignedPayload[] Sign(KeyPair[] keys, ChainPlan plan, int count, long nowMs)
    {
        var signed = new SignedPayload[count];
        Parallel.For(0, count, i =>
        {
            var key = keys[i % Accounts];
            var payload = new ClientPayload
            {
                Chain = plan.Chain,
                From = (AccountId)key.Id,
                Lane = 0,
                Sequence = (ulong)(i / Accounts) + 1,
                ValidUntil = new Timestamp(nowMs) + Duration.FromHours(20),
                Epoch = 0,
                Commands = [new Transfer((AccountId)keys[(i + 1) % Accounts].Id, TokenAmount.FromBaseUnits(1))],
                Proof = ProofKind.Jws,
                Signer = key.Id,
                PayloadDigest = default,
            };
            var bytes = new ArrayBufferWriter<byte>(512);
            PayloadCodec.Write(payload, bytes);
            var compact = Jws.Sign(key, bytes.WrittenSpan).ToCompact();
            signed[i] = SignedPayload.TryFromJws(compact, out var made, out var problem)
                ? made
                : throw new InvalidOperationException(problem);
        });
        return signed;
    }

    private static async Task WriteAsync(
        string directory, SignedPayload[] signed, CancellationToken cancellationToken)
    {
        using var chain = ChainDirectory.Open(directory);
        await using var host = chain.OpenLedger();
        foreach (var group in signed.Chunk(2_048))
        {
            var results = await host.SubmitAllAsync(group, cancellationToken).ConfigureAwait(false);
            if (results.Any(result => result.Outcome != Outcome.Applied))
            {
                throw new InvalidOperationException("A payload of the benchmark was refused.");
            }
        }
    }

    private static double BareRate(KeyPair[] keys, SignedPayload[] signed)
    {
        using var verifier = new KeyVerifier();
        var bad = 0;
        var started = Stopwatch.GetTimestamp();
        Parallel.For(0, signed.Length, i =>
        {
            var key = keys[i % Accounts].PublicKey;
            var payload = signed[i];
            if (!verifier.VerifyJws(
                in key, payload.ProofHeader.Span, payload.Bytes.Span, payload.Signature.Span))
            {
                Interlocked.Increment(ref bad);
            }
        });
        return bad == 0
            ? signed.Length / Stopwatch.GetElapsedTime(started).TotalSeconds
            : throw new InvalidOperationException($"{bad} signatures of the benchmark are wrong.");
    }
}
