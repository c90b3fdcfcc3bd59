using System.Buffers;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Tests.Storage;
using Aitbc.Infrastructure.Verification;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Verification;

/// <summary>One bit of any file of a data directory, and verify says no and names the place.</summary>
public sealed class DirectoryDamageTests
{
    private const int EveryByteUpTo = 400;
    private const int Samples = 40;

    [Fact]
    public async Task Bit_FlippedAnywhere_IsFoundAndItsFileNamed()
    {
        using var temporary = new TemporaryDirectory();
        var path = temporary.Combine("chain");
        await FillAsync(path);
        var clean = await VerifyAsync(path);
        Assert.True(clean.Ok, string.Join("; ", clean.Problems));
        Assert.True(clean.Blobs > 0 && clean.Snapshots > 0 && clean.Signatures > 0 && clean.Blocks > 1, $"{clean}");

        var random = new SeededRandom(11);
        var missed = new List<string>();
        var files = Directory.GetFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        foreach (var file in files.Where(file => new FileInfo(file).Length > 0))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            foreach (var offset in Offsets(bytes.Length, random))
            {
                await FlipAsync(path, file, bytes, offset, random.NextInt32(8), missed);
            }

            await File.WriteAllBytesAsync(file, bytes);
        }

        Assert.True(missed.Count == 0, string.Join("\n", missed.Take(20)));
        Assert.True((await VerifyAsync(path)).Ok);
    }

    [Fact]
    public async Task LockFile_WithAByte_IsFound()
    {
        using var temporary = new TemporaryDirectory();
        var path = temporary.Combine("chain");
        await FillAsync(path);
        await File.AppendAllTextAsync(Path.Combine(path, DataDirectory.LockFile), "x");

        var report = await VerifyAsync(path);

        Assert.Equal(DataDirectory.LockFile, Assert.Single(report.Problems).Where);
    }

    [Fact]
    public async Task Chain_BegunWhereACrashLeftHalfAGenesis_IsWhole()
    {
        using var temporary = new TemporaryDirectory();
        var path = temporary.Combine("chain");
        Directory.CreateDirectory(path);
        await File.WriteAllTextAsync(Path.Combine(path, DataDirectory.GenesisFile + ".writing"), "{ \"chain");

        await FillAsync(path);

        var report = await VerifyAsync(path);
        Assert.True(report.Ok, string.Join("; ", report.Problems));
        Assert.Empty(report.Notices);
    }

    private static IEnumerable<int> Offsets(int length, SeededRandom random) => length <= EveryByteUpTo
        ? Enumerable.Range(0, length)
        : [0, 1, 7, 40, 100, length / 2, length - 1, .. Some(length, random)];

    private static IEnumerable<int> Some(int length, SeededRandom random) =>
        Enumerable.Range(0, Samples).Select(_ => random.NextInt32(length));

    private static async Task FlipAsync(
        string root, string file, byte[] bytes, int offset, int bit, List<string> missed)
    {
        var changed = (byte[])bytes.Clone();
        changed[offset] ^= (byte)(1 << bit);
        await File.WriteAllBytesAsync(file, changed);
        var name = Path.GetRelativePath(root, file).Replace('\\', '/');
        try
        {
            var report = await VerifyAsync(root);
            var isNamed = report.Problems.Any(problem => Names(problem.Where, name));
            if (report.Ok || !isNamed)
            {
                missed.Add($"{name}, byte {offset}, bit {bit}: {string.Join("; ", report.Problems)}");
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A test's boundary: whatever verify throws is a finding of this test.
            missed.Add($"{name}, byte {offset}, bit {bit} threw {error.GetType().Name}: {error.Message}");
        }
    }

    /// <summary>The file itself, or for a journal the entry or block in it.</summary>
    private static bool Names(string where, string file) =>
        where.Contains(file, StringComparison.Ordinal)
        || (file.StartsWith(DataDirectory.JournalDirectory, StringComparison.Ordinal)
            && (where.StartsWith("entry ", StringComparison.Ordinal)
                || where.StartsWith("block ", StringComparison.Ordinal)));

    private static Task<VerifyReport> VerifyAsync(string path) =>
        ChainVerifier.RunAsync(path, [], null, CancellationToken.None);

    /// <summary>A small chain with signed transfers, a blob, blocks, a snapshot and segments of all kinds.</summary>
    private static async Task FillAsync(string path)
    {
        var nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var plan = new ChainPlan(
            new ChainId("aitbc:damage"), TokenAmount.FromTokens(1_000_000), new Timestamp(nowMs), 1, new Parameters());
        using var chain = ChainDirectory.Create(path, plan, keys => [.. Enumerable.Range(0, 2).Select(i =>
        {
            using var key = keys.Create();
            return new GenesisAccount(key.PublicKey, TokenAmount.FromTokens(100_000), Council: i == 0);
        })]);
        using var sender = chain.Keys.Load(chain.Genesis.Accounts[0].Key.Thumbprint());
        var to = (AccountId)chain.Genesis.Accounts[1].Key.Thumbprint();
        var blob = new byte[300];
        new SeededRandom(3).NextBytes(blob);
        await using var host = chain.OpenLedger(options => options with
        {
            Inline = true, SegmentBytes = 8 * 1024, BlockEntries = 4,
        });
        for (var sequence = 1UL; sequence <= 12; sequence++)
        {
            Command command = sequence == 5
                ? new DeclareBlob(Digest.Sha256(blob), (ulong)blob.Length, 1)
                : new Transfer(to, TokenAmount.OneToken);
            var result = await host.SubmitAsync(Sign(chain, sender, sequence, nowMs, command), CancellationToken.None);
            Assert.Equal(Outcome.Applied, result.Outcome);
        }

        Assert.Equal(Outcome.Applied, await host.PutBlobAsync(default, blob, CancellationToken.None));
    }

    private static SignedPayload Sign(
        ChainDirectory chain, KeyPair key, ulong sequence, long nowMs, Command command)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        PayloadCodec.Write(
            new ClientPayload
            {
                Chain = chain.Genesis.Chain,
                From = (AccountId)key.Id,
                Lane = 0,
                Sequence = sequence,
                ValidUntil = new Timestamp(nowMs) + Duration.FromMinutes(30),
                Epoch = 0,
                Commands = [command],
                Proof = ProofKind.Jws,
                Signer = key.Id,
                PayloadDigest = default,
            },
            buffer);
        var compact = Jws.Sign(key, buffer.WrittenSpan).ToCompact();
        Assert.True(SignedPayload.TryFromJws(compact, out var signed, out var problem), problem);
        return signed;
    }
}
