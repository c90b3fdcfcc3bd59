using System.Text.Json;
using Aitbc.Agents.Core.Memory;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;

namespace Aitbc.Simulation.Worlds;

/// <summary>One agent as its world keeps it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Account">Its account.</param>
/// <param name="Secret">From which its salts follow.</param>
/// <param name="Memory">What it remembers.</param>
public sealed record KeptAgent(string Name, AccountId Account, Digest Secret, AgentMemory Memory);

/// <summary>What a world keeps beside the ledger: only what cannot be read off it again.</summary>
/// <param name="Seed">The world's seed.</param>
/// <param name="Speed">How much faster than recorded the demand comes.</param>
/// <param name="Agents">Its agents.</param>
public sealed record KeptWorld(long Seed, long Speed, IReadOnlyList<KeptAgent> Agents);

/// <summary>A world's files in the data directory: its checkpoint, the data set and the demand it was begun with. Each
/// is
/// sealed, written whole and replaced in one step.</summary>
/// <remarks>One owner.</remarks>
/// <param name="disk">The data directory.</param>
public sealed class WorldFiles(IDisk disk)
{
    /// <summary>The directory below the data directory's root.</summary>
    public const string Directory = "world";

    internal const string StateFile = $"{Directory}/state.sealed";
    private const string DatasetFile = $"{Directory}/dataset.sealed";
    private const string DemandFile = $"{Directory}/demand.sealed";

    private static readonly SealedKind StateKind = new("world-state", 1);
    private static readonly SealedKind DatasetKind = new("world-dataset", 1);
    private static readonly SealedKind DemandKind = new("world-demand", 1);

    /// <summary>Whether a world was begun here.</summary>
    public bool Exists => disk.Exists(StateFile);

    /// <summary>Writes what a world is begun with; the checkpoint last, so that a world exists whole or not at all.
    /// </summary>
    /// <param name="dataset">The data set as it came.</param>
    /// <param name="demand">The demand as it came.</param>
    /// <param name="world">The first checkpoint.</param>
    /// <exception cref="IOException">The disk failed or is full.</exception>
    public void Begin(ReadOnlyMemory<byte> dataset, ReadOnlyMemory<byte> demand, KeptWorld world)
    {
        disk.CreateDirectory(Directory);
        SealedFile.Write(disk, DatasetFile, DatasetKind, dataset.Span);
        SealedFile.Write(disk, DemandFile, DemandKind, demand.Span);
        Save(world);
    }

    /// <summary>Replaces the checkpoint; it is on disk when this returns.</summary>
    /// <param name="world">The world.</param>
    /// <exception cref="IOException">The disk failed or is full; the checkpoint before stands.</exception>
    public void Save(KeptWorld world) =>
        SealedFile.Write(disk, StateFile, StateKind, JsonSerializer.SerializeToUtf8Bytes(world));

    /// <summary>The checkpoint.</summary>
    /// <exception cref="IOException">It is damaged; the place is named.</exception>
    public KeptWorld Load()
    {
        try
        {
            return JsonSerializer.Deserialize<KeptWorld>(SealedFile.Read(disk, StateFile, StateKind))!;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{StateFile}: written by another version: {error.Message}", error);
        }
    }

    /// <summary>The data set as it came.</summary>
    /// <exception cref="IOException">It is damaged; the place is named.</exception>
    public byte[] ReadDataset() => SealedFile.Read(disk, DatasetFile, DatasetKind);

    /// <summary>The demand as it came.</summary>
    /// <exception cref="IOException">It is damaged; the place is named.</exception>
    public byte[] ReadDemand() => SealedFile.Read(disk, DemandFile, DemandKind);
}
