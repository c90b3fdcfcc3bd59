using System.Security.Cryptography;
using System.Text.Json;
using Aitbc.Infrastructure.Storage;

namespace Aitbc.Node.Webhooks;

/// <summary>
/// The hooks of a node, one file a hook in the data directory, for their owner alone. Made and taken back while the
/// node runs, which notices within a second.
/// </summary>
/// <remarks>Thread-safe; other processes may add and remove meanwhile, for each hook has its own file.</remarks>
public sealed class WebhookStore
{
    /// <summary>Directory below the data directory.</summary>
    public const string Directory = $"{DataDirectory.KeysDirectory}/webhooks";

    /// <summary>Most hooks that are kept.</summary>
    public const int MaxHooks = 16;

    private const int IdBytes = 6;
    private const int MaxFileBytes = 16 * 1024;
    private const string Extension = ".sealed";
    private static readonly SealedKind Kind = new("webhook", 1);

    private readonly FileDisk disk;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private Dictionary<string, Webhook> byPath = [];

    /// <summary>The hooks of a data directory.</summary>
    /// <param name="dataPath">The data directory; it may be in use.</param>
    /// <param name="time">The clock.</param>
    public WebhookStore(string dataPath, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        disk = new FileDisk(dataPath);
        this.time = time;
        Places = new WebhookPlaces(disk);
    }

    /// <summary>How far each is.</summary>
    public WebhookPlaces Places { get; }

    /// <summary>Makes a hook; it is durable when this returns.</summary>
    /// <param name="url">Where its messages go.</param>
    /// <param name="allowsPrivate">Whether that may be in a private network.</param>
    /// <param name="problem">Why it was not made, in a sentence without the address; null where it was.</param>
    /// <returns>The hook; null where the address is refused.</returns>
    /// <exception cref="IOException">There are <see cref="MaxHooks"/> already, or the disk cannot take it.</exception>
    public Webhook? Add(string url, bool allowsPrivate, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(url);
        if ((problem = WebhookUrl.Refuse(url, allowsPrivate, out var read)) is not null)
        {
            return null;
        }

        if (List().Count >= MaxHooks)
        {
            throw new IOException($"There are {MaxHooks} hooks already: remove some first");
        }

        var hook = new Webhook(
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)),
            read!,
            allowsPrivate,
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            WebhookSecret.Create());
        disk.CreateDirectory(Directory);
        SealedFile.Write(disk, PathOf(hook.Id), Kind, JsonSerializer.SerializeToUtf8Bytes(Stored.Of(hook)));
        return hook;
    }

    /// <summary>Takes a hook back: a running node sends it nothing more within a second.</summary>
    /// <returns>False where there is none of this id.</returns>
    public bool Remove(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (id.Length != 2 * IdBytes || !id.All(char.IsAsciiHexDigitLower) || !disk.Exists(PathOf(id)))
        {
            return false;
        }

        disk.Delete(PathOf(id));
        return true;
    }

    /// <summary>All hooks, by id. A damaged file counts for nothing; <c>aitbc verify</c> names it.</summary>
    public IReadOnlyList<Webhook> List()
    {
        lock (gate)
        {
            var found = new Dictionary<string, Webhook>();
            foreach (var entry in disk.List(Directory)
                .Where(entry => entry.Name.EndsWith(Extension, StringComparison.Ordinal)).Take(MaxHooks))
            {
                var path = $"{Directory}/{entry.Name}";
                if ((byPath.GetValueOrDefault(path) ?? Read(path)) is { } hook)
                {
                    found[path] = hook;
                }
            }

            byPath = found;
            return [.. found.Values.OrderBy(hook => hook.Id, StringComparer.Ordinal)];
        }
    }

    private static string PathOf(string id) => $"{Directory}/{id}{Extension}";

    private Webhook? Read(string path)
    {
        try
        {
            var stored = JsonSerializer.Deserialize<Stored>(SealedFile.Read(disk, path, Kind, MaxFileBytes))!;
            return PathOf(stored.Id) == path ? stored.ToHook() : null;
        }
        catch (Exception unusable) when (unusable
            is IOException or UnauthorizedAccessException or StorageDamagedException or JsonException)
        {
            // Taken back meanwhile, half-written, or damaged: no hook then.
            return null;
        }
    }

    /// <summary>A hook as its file holds it; no record, for a record prints what it holds.</summary>
    private sealed class Stored
    {
        public required string Id { get; init; }

        public required string Url { get; init; }

        public required bool AllowsPrivate { get; init; }

        public required long CreatedAtMs { get; init; }

        public required string Secret { get; init; }

        public static Stored Of(Webhook hook) => new()
        {
            Id = hook.Id,
            Url = hook.Url.AbsoluteUri,
            AllowsPrivate = hook.AllowsPrivate,
            CreatedAtMs = hook.CreatedAtMs,
            Secret = hook.Secret.Reveal(),
        };

        public Webhook? ToHook() =>
            WebhookUrl.Refuse(Url, AllowsPrivate, out var url) is null && WebhookSecret.Parse(Secret) is { } secret
                ? new Webhook(Id, url!, AllowsPrivate, CreatedAtMs, secret)
                : null;
    }
}
