using System.Text.Json;
using Aitbc.Infrastructure.Storage;

namespace Aitbc.Node.Webhooks;

/// <summary>How far a hook is.</summary>
/// <param name="Seq">The entry to be looked at next.</param>
/// <param name="Index">Events of it that are done with: those before this index.</param>
/// <param name="Attempts">Tries that have failed since the last delivery.</param>
/// <param name="LastOutcome">What became of the last try; null before the first.</param>
/// <param name="LastAtMs">When that was, ms since 1970; 0 before the first.</param>
/// <remarks>Immutable.</remarks>
public sealed record WebhookPlace(ulong Seq, int Index, int Attempts, DeliveryOutcome? LastOutcome, long LastAtMs)
{
    /// <summary>Failed tries in a row from which on a hook is said to fail; with the pauses between them, some ten
    /// minutes.</summary>
    public const int FailingAttempts = 10;

    /// <summary>Whether somebody should look after it. It is tried on, and keeps its place.</summary>
    public bool IsFailing => Attempts >= FailingAttempts;
}

/// <summary>How far each hook is, one small file a hook, so that nothing is left out after a crash.</summary>
/// <remarks>Thread-safe with one writer a hook.</remarks>
public sealed class WebhookPlaces
{
    /// <summary>Directory below the data directory.</summary>
    public const string Directory = "webhooks";

    private const string Extension = ".sealed";
    private const int MaxFileBytes = 4_096;
    private static readonly SealedKind Kind = new("webhook-place", 1);

    private readonly IDisk disk;

    /// <summary>The places of a data directory.</summary>
    /// <param name="disk">Its disk.</param>
    public WebhookPlaces(IDisk disk) => this.disk = disk;

    /// <summary>How far a hook is.</summary>
    /// <param name="id">The hook's id.</param>
    /// <returns>Null where it has not begun, or its file is damaged: then it begins with what happened since it was
    /// made.</returns>
    public WebhookPlace? Load(string id)
    {
        try
        {
            return JsonSerializer.Deserialize<WebhookPlace>(
                SealedFile.Read(disk, PathOf(id), Kind, MaxFileBytes));
        }
        catch (Exception unusable) when (unusable
            is IOException or UnauthorizedAccessException or StorageDamagedException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps a hook's place; it is durable when this returns.</summary>
    /// <exception cref="IOException">The disk cannot take it.</exception>
    internal void Save(string id, WebhookPlace place)
    {
        disk.CreateDirectory(Directory);
        SealedFile.Write(disk, PathOf(id), Kind, JsonSerializer.SerializeToUtf8Bytes(place));
    }

    /// <summary>Forgets the places of all hooks but some.</summary>
    internal void KeepOnly(IReadOnlySet<string> ids)
    {
        foreach (var entry in disk.List(Directory)
            .Where(entry => entry.Name.EndsWith(Extension, StringComparison.Ordinal)
                && !ids.Contains(entry.Name[..^Extension.Length])))
        {
            disk.Delete($"{Directory}/{entry.Name}");
        }
    }

    private static string PathOf(string id) => $"{Directory}/{id}{Extension}";
}
