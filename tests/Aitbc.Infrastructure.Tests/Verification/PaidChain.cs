using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Receipts;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Tests.Storage;
using Aitbc.Infrastructure.Verification;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Verification;

/// <summary>A signed chain with paid work, transfers, a restart and a new term, made once; tests copy it.</summary>
public sealed class PaidChain : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory temporary = new();
    private int copies;

    /// <summary>Where the chain was restored from, as the directory was then: its receipts are kept receipts.</summary>
    internal string Original => temporary.Combine("original");

    private string Source => temporary.Combine("source");

    public async Task InitializeAsync()
    {
        await using var work = await PaidWork.BeginAsync(Original);
        await work.PayAsync();
        await work.PayAsync(accept: false);
        for (var i = 1; i <= 6; i++)
        {
            await work.DoAsync(work.Client, new Transfer(work.Owner.Account, TokenAmount.FromTokens((ulong)i)));
        }

        await work.RestartAsync();
        await work.DoAsync(work.Owner, new Transfer(work.Client.Account, TokenAmount.OneToken));
        await work.CloseAsync();
        ChainBackup.Create(Original, temporary.Combine("backup"));
        ChainBackup.Restore(temporary.Combine("backup"), Source);
        await using var again = PaidWork.GoOn(Source, work);
        for (var i = 0; i < 9; i++)
        {
            await again.AdvanceAsync(10);
            await again.DoAsync(again.Client, new Transfer(again.Owner.Account, TokenAmount.OneToken));
        }

        var (genesis, digest) = (again.Directory.Genesis, again.Directory.GenesisDigest);
        await again.CloseAsync();
        Assert.Equal(2, ReceiptExporter.ExportOffline(new FileDisk(Source), genesis, digest));
        var clean = await VerifyAsync(Source);
        Assert.True(clean.Ok, string.Join("; ", clean.Problems));
        Assert.True(clean is { Blocks: > 5, Settled: 2, Snapshots: > 0 }, $"{clean}");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => temporary.Dispose();

    internal static Task<VerifyReport> VerifyAsync(string path, params IReadOnlyList<KeptHead> kept) =>
        ChainVerifier.RunAsync(path, [], kept, null, CancellationToken.None);

    /// <summary>A copy for one test.</summary>
    internal string Copy()
    {
        var target = temporary.Combine($"copy-{Interlocked.Increment(ref copies)}");
        foreach (var file in Directory.GetFiles(Source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(Source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return target;
    }

    /// <summary>The key that the operator has.</summary>
    internal static KeyPair NodeKey(string path)
    {
        using var chain = ChainDirectory.Open(path);
        return chain.Keys.Load(chain.Genesis.NodeKey.Thumbprint());
    }
}
