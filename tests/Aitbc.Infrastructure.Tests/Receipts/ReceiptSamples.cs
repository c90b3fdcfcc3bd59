using Aitbc.Infrastructure.Receipts;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Tests.Storage;
using Aitbc.Primitives;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Receipts;

/// <summary>Receipts of real runs, made once for all tests of a class.</summary>
public sealed class ReceiptSamples : IAsyncLifetime
{
    private readonly TemporaryDirectory directory = new();

    /// <summary>Accepted by the client.</summary>
    public byte[] Accepted { get; private set; } = [];

    /// <summary>Paid because the client was silent; the delivery is in an earlier block than the settlement.</summary>
    public byte[] Silent { get; private set; } = [];

    /// <summary>Delivery and settlement in one block.</summary>
    public byte[] OneBlock { get; private set; } = [];

    /// <summary>Delivered under a key that came later and is no longer the provider's.</summary>
    public byte[] Rotated { get; private set; } = [];

    /// <summary>Of a simulated chain.</summary>
    public byte[] Simulated { get; private set; } = [];

    /// <summary>The node's key of the chain that is not simulated.</summary>
    public KeyId NodeKey { get; private set; }

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        var path = directory.Combine("real");
        await using (var work = await PaidWork.BeginAsync(path))
        {
            NodeKey = work.Host.Genesis.NodeKey.Thumbprint();
            var accepted = await work.PayAsync();
            var silent = await work.DeliverAsync();
            await work.AdvanceAsync(2_000);
            await work.SettleAsync(silent, accept: false);
            await work.RotateAsync();
            var rotated = await work.DeliverAsync();
            await work.RotateAsync();
            await work.AdvanceAsync(2_000);
            await work.SettleAsync(rotated, accept: true);
            Export(work);
            (Accepted, Silent, Rotated) = (Read(path, accepted), Read(path, silent), Read(path, rotated));
        }

        path = directory.Combine("one-block");
        await using (var work = await PaidWork.BeginAsync(path, blockEntries: 1_000))
        {
            var id = await work.DeliverAsync();
            await work.SettleAsync(id, accept: true);
            await work.AdvanceAsync(2_000);
            Export(work);
            OneBlock = Read(path, id);
        }

        path = directory.Combine("simulated");
        await using (var work = await PaidWork.BeginAsync(path, "sim:test"))
        {
            var id = await work.PayAsync();
            await work.AdvanceAsync(2_000);
            Export(work);
            Simulated = Read(path, id);
        }
    }

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        directory.Dispose();
        return Task.CompletedTask;
    }

    private static byte[] Read(string path, WorkloadId id) =>
        File.ReadAllBytes(Path.Combine(path, DataDirectory.ReceiptsDirectory, $"{id}.json"));

    private static void Export(PaidWork work)
    {
        work.AdvanceAsync(2_000).GetAwaiter().GetResult();
        using var exporter = new ReceiptExporter(work.Directory.Disk, work.Host);
        exporter.ExportNew();
    }
}
