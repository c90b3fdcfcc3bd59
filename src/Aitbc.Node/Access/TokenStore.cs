using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aitbc.Infrastructure.Storage;

namespace Aitbc.Node.Access;

/// <summary>A token that outlives a run, without the token.</summary>
/// <param name="Id">Names it, to take it back: the first digits of its digest.</param>
/// <param name="Role">What it allows.</param>
/// <param name="Digest">SHA-256 of the token, hexadecimal.</param>
/// <param name="CreatedAtMs">When it was made, ms since 1970.</param>
public sealed record KeptToken(string Id, Role Role, string Digest, long CreatedAtMs);

/// <summary>
/// Bearer tokens that outlive a run, one file a token in the data directory, of each only the digest: who reads
/// the files, or a backup, has no token. Made and taken back while the node runs, which notices within a second.
/// </summary>
/// <remarks>Thread-safe; other processes may add and remove meanwhile, for each token has its own file.</remarks>
public sealed class TokenStore
{
    /// <summary>Directory below the data directory.</summary>
    public const string Directory = $"{DataDirectory.KeysDirectory}/tokens";

    /// <summary>Most tokens that are kept.</summary>
    public const int MaxTokens = 1_000;

    private const int IdDigits = 12;
    private const int MaxFileBytes = 4_096;
    private static readonly SealedKind Kind = new("token", 1);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly FileDisk disk;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private Dictionary<string, KeptToken> byPath = [];
    private Dictionary<string, Role> byDigest = [];
    private long? readAt;

    /// <summary>The tokens of a data directory.</summary>
    /// <param name="dataPath">The data directory; it may be in use.</param>
    /// <param name="time">The clock.</param>
    public TokenStore(string dataPath, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        disk = new FileDisk(dataPath);
        this.time = time;
    }

    /// <summary>Makes a token; its digest is durable when this returns.</summary>
    /// <param name="role">What it allows.</param>
    /// <returns>The token, which is kept nowhere, and what is kept.</returns>
    /// <exception cref="IOException">There are <see cref="MaxTokens"/> already, or the disk cannot take it.</exception>
    public (string Token, KeptToken Kept) Add(Role role)
    {
        if (List().Count >= MaxTokens)
        {
            throw new IOException($"There are {MaxTokens} tokens already: take some back first");
        }

        var token = Sessions.NewToken();
        var digest = Sessions.DigestOf(token);
        var kept = new KeptToken(
            digest[..IdDigits].ToLowerInvariant(), role, digest, time.GetUtcNow().ToUnixTimeMilliseconds());
        disk.CreateDirectory(Directory);
        SealedFile.Write(disk, PathOf(kept.Id), Kind, JsonSerializer.SerializeToUtf8Bytes(kept));
        return (token, kept);
    }

    /// <summary>Takes a token back: a running node refuses it within a second.</summary>
    /// <returns>False where there is none of this id.</returns>
    public bool Remove(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (id.Length != IdDigits || !id.All(char.IsAsciiHexDigitLower) || !disk.Exists(PathOf(id)))
        {
            return false;
        }

        disk.Delete(PathOf(id));
        return true;
    }

    /// <summary>All tokens, by id. A damaged file counts for nothing, and neither does a copy under another name;
    /// <c>aitbc verify</c> names what is damaged.</summary>
    public IReadOnlyList<KeptToken> List()
    {
        lock (gate)
        {
            Refresh();
            return [.. byPath.Values.OrderBy(token => token.Id, StringComparer.Ordinal)];
        }
    }

    /// <summary>What a token allows, by its digest.</summary>
    internal Role RoleOf(string digest)
    {
        lock (gate)
        {
            if (readAt is not { } at || time.GetElapsedTime(at) >= Fresh)
            {
                Refresh();
            }

            return byDigest.GetValueOrDefault(digest, Role.None);
        }
    }

    private static string PathOf(string id) => $"{Directory}/{id}.sealed";

    private void Refresh()
    {
        readAt = time.GetTimestamp();
        var found = new Dictionary<string, KeptToken>();
        foreach (var entry in disk.List(Directory).Take(MaxTokens))
        {
            var path = $"{Directory}/{entry.Name}";
            if ((byPath.GetValueOrDefault(path) ?? Read(path)) is { } token)
            {
                found[path] = token;
            }
        }

        byPath = found;
        byDigest = found.Values.ToDictionary(token => token.Digest, token => token.Role);
    }

    private KeptToken? Read(string path)
    {
        try
        {
            // Under another name it is a copy, which would outlive what it was copied from.
            var token = JsonSerializer.Deserialize<KeptToken>(SealedFile.Read(disk, path, Kind, MaxFileBytes));
            return token is not null && PathOf(token.Id) == path ? token : null;
        }
        catch (Exception unusable) when (unusable is IOException or StorageDamagedException or JsonException)
        {
            // Taken back meanwhile, half-written, or damaged: no token then.
            return null;
        }
    }
}
