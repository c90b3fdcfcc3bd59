using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Simulation.Worlds;

namespace Aitbc.Simulation.Tests.Worlds;

/// <summary>Directories for worlds, gone when the test is over.</summary>
internal sealed class Lab : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("aitbc-world-").FullName;

    public string this[string name] => Path.Combine(root, name);

    public static byte[] Data(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Aitbc.slnx")))
        {
            folder = folder.Parent;
        }

        return File.ReadAllBytes(Path.Combine(folder!.FullName, "data", file));
    }

    public WorldOptions New(string name, long seed = 1, bool isVirtual = true, string dataset = "digits.csv") => new()
    {
        Directory = this[name],
        Dataset = Data(dataset),
        Demand = Data("llm-requests.csv"),
        Seed = seed,
        IsVirtual = isVirtual,
    };

    public WorldOptions Again(string name) => new() { Directory = this[name] };

    /// <summary>Lets a world live, and gives its end.</summary>
    public static async Task<WorldView> LiveAsync(WorldOptions options, int settle, Action<WorldView>? show = null)
    {
        await using var world = await World.OpenAsync(options, CancellationToken.None);
        return await world.RunAsync(settle, show, CancellationToken.None);
    }

    /// <summary>The hashes of all entries of a directory's journal.</summary>
    public Task<List<Digest>> HashesAsync(string name) => ScanAsync(name, entry => (Digest?)entry.Hash);

    /// <summary>Bids that lost their bond because they were not opened.</summary>
    public async Task<int> ForfeitedBidsAsync(string name) => (await ScanAsync(name, entry =>
    {
        var reader = new EventReader(entry.Events.Span);
        while (reader.MoveNext())
        {
            if (reader.Kind == EventKind.BidReleased && reader.As<BidReleased>().Forfeited == 1)
            {
                return (Digest?)entry.Hash;
            }
        }

        return null;
    })).Count;

    /// <summary>A directory as a crash at this moment would leave it.</summary>
    public void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(this[from], "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(this[to], Path.GetRelativePath(this[from], file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (Path.GetFileName(file) != DataDirectory.LockFile)
            {
                File.Copy(file, target);
            }
        }
    }

    private async Task<List<Digest>> ScanAsync(string name, Func<DurableEntry, Digest?> pick)
    {
        using var chain = ChainDirectory.Open(this[name]);
        var last = default(Timestamp);
        await using var ledger = chain.OpenLedger(options => options with
        {
            Inline = true,
            Time = new Time.VirtualClock(chain.Genesis.CreatedAt + Duration.FromDays(30)),
            BeforeClock = instant => last = instant,
        });
        using var cursor = ledger.ReadFrom(1);
        List<Digest> picked = [];
        while (cursor.TryRead(out var entry) && entry.Header.Time <= last)
        {
            if (pick(entry) is { } found)
            {
                picked.Add(found);
            }
        }

        return picked;
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
