using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

public sealed class BlobStoreTests
{
    private readonly FaultyDisk _disk = new(1);

    [Fact]
    public async Task Get_WhatWasPut_GivesItBackUnderItsDigest()
    {
        var store = Store();
        var content = Noise(300_000, 1);
        var digest = store.Put(content);
        using var stream = new MemoryStream(content);

        Assert.Equal(Digest.Sha256(content), digest);
        Assert.Equal(digest, await store.PutAsync(stream, CancellationToken.None));
        Assert.Equal(content, store.Get(digest));
        Assert.True(store.Exists(digest));
        Assert.Equal(300_000, store.UsedBytes);
        Assert.Equal([new BlobEntry(digest, 300_000)], store.List());
        var folder = Convert.ToHexStringLower(digest.AsSpan()[..1]);
        Assert.Equal(content, _disk.ReadAll($"blobs/{folder}/{digest}"));
        Assert.Equal(Digest.Sha256([]), store.Put([]));
    }

    [Fact]
    public async Task Put_OverALimit_IsRefusedAndLeavesNothing()
    {
        var store = new BlobStore(_disk, new BlobStoreOptions { MaxBlobBytes = 1_000, MaxTotalBytes = 1_500 });
        store.Put(Noise(1_000, 1));

        AssertRefused(BlobRefusal.TooLarge, 1_000, () => store.Put(Noise(1_001, 2)));
        AssertRefused(BlobRefusal.QuotaReached, 1_500, () => store.Put(Noise(501, 3)));
        using var large = new MemoryStream(Noise(1_001, 4));
        var error = await Assert.ThrowsAsync<BlobRefusedException>(() => store.PutAsync(large, CancellationToken.None));
        Assert.Equal(BlobRefusal.TooLarge, error.Refusal);
        Assert.Equal(1_000, store.UsedBytes);
        Assert.Single(store.List());
        Assert.Single(_disk.List("blobs"));
        store.Put(Noise(500, 5));
        Assert.Equal(1_500, store.UsedBytes);
    }

    [Fact]
    public void Put_OnAFullDisk_LeavesNothing()
    {
        var store = Store();
        _disk.Capacity = 500;

        Assert.Throws<DiskFullException>(() => store.Put(Noise(1_000, 1)));

        Assert.Equal((0, 0), (store.UsedBytes, _disk.UsedBytes));
    }

    [Fact]
    public void Get_AnyFlippedBit_IsRefusedNamingTheFile()
    {
        var store = Store();
        var digest = store.Put(Noise(50, 1));
        var path = $"blobs/{Convert.ToHexStringLower(digest.AsSpan()[..1])}/{digest}";
        for (var bit = 0; bit < 50 * 8; bit++)
        {
            _disk.FlipBit(path, bit / 8, bit % 8);
            Assert.Equal(path, Assert.Throws<StorageDamagedException>(() => store.Get(digest)).File);
            Assert.Equal(path, Assert.Single(BlobStore.Check(_disk)).File);
            _disk.FlipBit(path, bit / 8, bit % 8);
        }

        Assert.Empty(BlobStore.Check(_disk));
    }

    [Fact]
    public void Put_OverADamagedCopy_MendsIt()
    {
        var store = Store();
        var content = Noise(50, 1);
        var digest = store.Put(content);
        _disk.FlipBit($"blobs/{Convert.ToHexStringLower(digest.AsSpan()[..1])}/{digest}", 3, 3);

        store.Put(content);

        Assert.Equal(content, store.Get(digest));
        Assert.Equal(50, store.UsedBytes);
    }

    [Fact]
    public void Delete_ErasesAndGivesTheRoomBack()
    {
        var store = Store();
        var digest = store.Put(Noise(50, 1));

        Assert.True(store.Delete(digest));

        Assert.False(store.Delete(digest));
        Assert.False(store.Exists(digest));
        Assert.ThrowsAny<FileNotFoundException>(() => store.Get(digest));
        Assert.Equal((0, 0), (store.UsedBytes, _disk.UsedBytes));
    }

    [Fact]
    public void A_crash_at_any_operation_leaves_the_blob_whole_or_not_there()
    {
        for (var seed = 1ul; seed <= 40; seed++)
        {
            for (var operation = 1; operation < 8; operation++)
            {
                var disk = new FaultyDisk(seed);
                var store = new BlobStore(disk, new BlobStoreOptions());
                var first = store.Put(Noise(3_000, 1));
                var content = Noise(3_000, 2);
                disk.CrashAtOperation = disk.Operations + operation;
                var isConfirmed = false;
                try
                {
                    store.Put(content);
                    isConfirmed = true;
                }
                catch (DiskCrashedException)
                {
                    // That is what the test is about.
                }

                disk.CutPower();
                store = new BlobStore(disk, new BlobStoreOptions());
                Assert.Equal(3_000, store.Get(first).Length);
                Assert.True(store.Exists(Digest.Sha256(content)) || !isConfirmed, $"seed {seed}: a blob is lost");
                Assert.Empty(BlobStore.Check(disk));
                Assert.Equal(disk.UsedBytes, store.UsedBytes);
            }
        }
    }

    [Fact]
    public async Task Puts_of_the_same_and_of_others_at_once_keep_the_count()
    {
        using var directory = new TemporaryDirectory();
        var disk = new FileDisk(directory.Root);
        var store = new BlobStore(disk, new BlobStoreOptions());
        var work = Enumerable.Range(0, 64).Select(i => Task.Run(() => store.Put(Noise(1_000 + (i % 8), 7)))).ToArray();
        await Task.WhenAll(work);

        Assert.Equal(8, store.List().Count());
        Assert.Equal(store.List().Sum(static blob => blob.Length), store.UsedBytes);
        Assert.Equal(disk.UsedBytes, store.UsedBytes);
    }

    [Fact]
    public async Task PutAsync_OfNewContent_KeepsItWhole()
    {
        var store = Store();
        var content = Noise(300_000, 9);
        using var stream = new MemoryStream(content);

        var digest = await store.PutAsync(stream, CancellationToken.None);

        Assert.Equal(Digest.Sha256(content), digest);
        Assert.Equal(content, store.Get(digest));
        Assert.Equal(300_000, store.UsedBytes);
        Assert.Equal(["blobs"], _disk.List("").Select(static entry => entry.Name));
        Assert.All(_disk.List("blobs"), static entry => Assert.True(entry.IsDirectory));
    }

    [Fact]
    public async Task PutAsync_ThatIsCancelled_LeavesNothing()
    {
        var store = Store();
        using var stream = new MemoryStream(Noise(300_000, 9));
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.PutAsync(stream, stop.Token));

        Assert.Equal((0, 0), (store.UsedBytes, _disk.UsedBytes));
    }

    [Fact]
    public void Put_OfWhatIsThereWhole_WritesNothing()
    {
        var store = Store();
        store.Put(Noise(1_000, 1));
        var before = _disk.Operations;

        store.Put(Noise(1_000, 1));

        Assert.Equal(before, _disk.Operations);
    }

    [Fact]
    public void Get_OfABlobWithTheContentOfAnother_IsRefused()
    {
        var store = Store();
        var (one, other) = (store.Put(Noise(50, 1)), store.Put(Noise(50, 2)));
        _disk.Put(PathOf(one), Noise(50, 2));

        Assert.Equal(PathOf(one), Assert.Throws<StorageDamagedException>(() => store.Get(one)).File);
        Assert.Equal(PathOf(one), Assert.Single(BlobStore.Check(_disk)).File);
        Assert.Equal(Noise(50, 2), store.Get(other));
        _disk.Put(PathOf(other), Noise(50, 2).AsSpan(0, 49));
        Assert.Throws<StorageDamagedException>(() => store.Get(other));
    }

    [Fact]
    public void List_NamesThatAreNoBlobs_AreLeftOutAndToldByCheck()
    {
        var store = Store();
        var digest = store.Put(Noise(50, 1));
        var folder = PathOf(digest)[..^(digest.ToString().Length + 1)];
        var elsewhere = folder == "blobs/00" ? "blobs/01" : "blobs/00";
        _disk.CreateDirectory(elsewhere);
        _disk.Put($"{elsewhere}/{digest}", Noise(50, 1));
        _disk.Put($"{folder}/{digest}x", Noise(50, 1));
        _disk.CreateDirectory(PathOf(Digest.Sha256("a directory"u8)));

        Assert.Equal([new BlobEntry(digest, 50)], store.List());
        Assert.Equal(50, Store().UsedBytes);
        Assert.Equal(3, BlobStore.Check(_disk).Count());
        Assert.All(BlobStore.Check(_disk), static problem => Assert.Equal(StorageProblemKind.Notice, problem.Kind));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void A_limit_that_is_none_is_refused(int maxBlob, long maxTotal) =>
        Assert.Throws<System.ComponentModel.DataAnnotations.ValidationException>(() => new BlobStore(
            _disk, new BlobStoreOptions { MaxBlobBytes = maxBlob, MaxTotalBytes = maxTotal }));

    [Fact]
    public void Check_StrangeFiles_AreNotices()
    {
        var digest = Store().Put(Noise(5, 1));
        _disk.Put("blobs/README", "x"u8);
        _disk.Put($"blobs/{(digest.AsSpan()[0] == 0 ? "01" : "00")}", "x"u8);

        Assert.All(BlobStore.Check(_disk), static problem => Assert.Equal(StorageProblemKind.Notice, problem.Kind));
        Assert.Equal(2, BlobStore.Check(_disk).Count());
    }

    private static void AssertRefused(BlobRefusal refusal, long limit, Action put)
    {
        var error = Assert.Throws<BlobRefusedException>(put);
        Assert.Equal((refusal, limit), (error.Refusal, error.Limit));
        var words = refusal == BlobRefusal.TooLarge ? "the blob is larger than " : "all blobs would be larger than ";
        Assert.Contains($"{words}{limit} bytes", error.Message, StringComparison.Ordinal);
    }

    private static string PathOf(Digest digest) =>
        $"blobs/{Convert.ToHexStringLower(digest.AsSpan()[..1])}/{digest}";

    private static byte[] Noise(int length, ulong seed)
    {
        var bytes = new byte[length];
        new SeededRandom(seed).NextBytes(bytes);
        return bytes;
    }

    private BlobStore Store() => new(_disk, new BlobStoreOptions());
}
