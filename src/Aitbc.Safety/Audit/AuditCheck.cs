using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;

namespace Aitbc.Safety.Audit;

/// <summary>Reads audit files and recomputes their chain. Stateless; safe from any thread on files nobody writes.
/// </summary>
public static class AuditCheck
{
    private const string HashMember = ",\"hash\":\"";
    private const string LineEnd = "\"}\n";
    private const int DigestText = 43;
    private const int SealLength = 9 + DigestText + 3;

    /// <summary>What one file holds.</summary>
    /// <param name="Tail">Where its whole lines end.</param>
    /// <param name="TornBytes">Bytes after them: the rest of a write that a power cut ended.</param>
    internal readonly record struct Reading(AuditTail Tail, long TornBytes);

    /// <summary>Checks one file: every line's hash, and that it goes on where the file before ended.</summary>
    /// <param name="disk">The data directory.</param>
    /// <param name="path">The file.</param>
    /// <returns>What is wrong with it and where; nothing where all is well.</returns>
    public static IEnumerable<StorageProblem> CheckFile(IDisk disk, string path)
    {
        ArgumentNullException.ThrowIfNull(disk);
        try
        {
            var earlier = FilesOf(disk, SeriesOf(path)).TakeWhile(name => name != path).ToList();
            var reading = ReadFile(disk, path, FindEnd(disk, earlier));
            return reading.TornBytes == 0
                ? []
                :
                [
                    new StorageProblem(
                        StorageProblemKind.Notice,
                        path,
                        reading.Tail.Bytes,
                        $"{reading.TornBytes} bytes after the last whole line, as a power cut leaves them"),
                ];
        }
        catch (StorageDamagedException damage)
        {
            return [new StorageProblem(StorageProblemKind.Damage, damage.File, damage.Offset, damage.Text)];
        }
    }

    /// <summary>The files of a series, oldest first.</summary>
    internal static IReadOnlyList<string> FilesOf(IDisk disk, AuditSeries series) =>
        [.. disk.List(series.Directory).Where(entry => !entry.IsDirectory)
            .Select(entry => $"{series.Directory}/{entry.Name}")];

    /// <summary>Where the audit ends: the last file is read, and those before it as far as it holds nothing.</summary>
    /// <exception cref="StorageDamagedException">A file read was changed.</exception>
    internal static AuditTail FindEnd(IDisk disk, IReadOnlyList<string> files)
    {
        for (var i = files.Count - 1; i >= 0; i--)
        {
            var tail = ReadFile(disk, files[i], null).Tail;
            if (tail.Lines > 0)
            {
                return i == files.Count - 1 ? tail : tail with { File = NumberOf(files[^1]), Bytes = 0 };
            }
        }

        return AuditTail.Start with { File = files.Count == 0 ? 0 : NumberOf(files[^1]) };
    }

    /// <summary>Hash of a line: SHA-256 of the hash of the line before and the line up to its own hash.</summary>
    internal static Digest HashOf(in Digest previous, ReadOnlySpan<byte> upToHash)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous.AsSpan());
        hash.AppendData(upToHash);
        Span<byte> digest = stackalloc byte[Digest.Size];
        hash.GetHashAndReset(digest);
        return Digest.From(digest);
    }

    /// <summary>A JSON object with its hash as last member, and a line end.</summary>
    internal static byte[] Seal(ReadOnlySpan<byte> json, in Digest hash)
    {
        var text = Encoding.ASCII.GetBytes($"{HashMember}{hash}{LineEnd}");
        var line = new byte[json.Length - 1 + text.Length];
        json[..^1].CopyTo(line);
        text.CopyTo(line.AsSpan(json.Length - 1));
        return line;
    }

    /// <summary>Reads one file whole.</summary>
    /// <param name="disk">The data directory.</param>
    /// <param name="name">The file.</param>
    /// <param name="before">Where the file before ended; null where that is taken from the file's own first line.
    /// </param>
    /// <param name="visit">Told each line; null for nobody.</param>
    /// <exception cref="StorageDamagedException">A line is not what was written.</exception>
    internal static Reading ReadFile(
        IDisk disk, string name, AuditTail? before, Action<AuditPlace, JsonElement>? visit = null)
    {
        using var file = disk.OpenRead(name);
        var bytes = new byte[file.Length];
        var rest = bytes.AsMemory(0, file.Read(0, bytes));
        var tail = (before ?? default) with { Bytes = 0 };
        var isFirst = true;
        while (rest.Span.IndexOf((byte)'\n') is var end and >= 0)
        {
            var line = new LineReader(name, tail.Bytes);
            tail = line.Read(rest[..(end + 1)], tail, isFirst, isFirst ? before : null, visit);
            isFirst = false;
            rest = rest[(end + 1)..];
        }

        if (IsWhole(rest.Span, isFirst && before is { } known ? known : tail))
        {
            throw new StorageDamagedException(name, bytes.Length - 1, "the end of the last line was changed");
        }

        // Begun, and a power cut took even its first line: the chain stands where it stood.
        return new Reading(isFirst ? tail with { File = NumberOf(name) } : tail, rest.Length);
    }

    private static AuditSeries SeriesOf(string path) =>
        AuditSeries.All.FirstOrDefault(one => path.StartsWith($"{one.Directory}/", StringComparison.Ordinal))
            ?? throw new StorageDamagedException(path, 0, "not in a directory of audit files");

    internal static int NumberOf(string name) =>
        name.Length > 10
        && int.TryParse(name.AsSpan()[^10..^4], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && name == SeriesOf(name).PathOf(number)
            ? number
            : throw new StorageDamagedException(name, 0, "not a name of an audit file");

    private static bool TryReadSeal(ReadOnlySpan<byte> seal, out Digest hash)
    {
        hash = default;
        return seal[..HashMember.Length].SequenceEqual(Encoding.ASCII.GetBytes(HashMember))
            && seal[^LineEnd.Length..].SequenceEqual(Encoding.ASCII.GetBytes(LineEnd))
            && Digest.TryParse(seal.Slice(HashMember.Length, DigestText), out hash);
    }

    /// <summary>Whether a rest without a line end is a whole line but for its end: then it was changed, not torn.
    /// </summary>
    private static bool IsWhole(ReadOnlySpan<byte> rest, in AuditTail tail)
    {
        var upTo = rest.Length - SealLength;
        return upTo > 0
            && rest.Slice(upTo, HashMember.Length).SequenceEqual(Encoding.ASCII.GetBytes(HashMember))
            && Digest.TryParse(rest.Slice(upTo + HashMember.Length, DigestText), out Digest stated)
            && HashOf(tail.Hash, rest[..upTo]) == stated;
    }

    /// <summary>Reads one line at its place.</summary>
    private readonly struct LineReader(string file, long offset)
    {
        public AuditTail Read(
            ReadOnlyMemory<byte> line,
            AuditTail tail,
            bool isFirst,
            AuditTail? before,
            Action<AuditPlace, JsonElement>? visit)
        {
            try
            {
                return Follow(line, tail, isFirst, before, visit);
            }
            catch (InvalidOperationException)
            {
                // A member's name that is JSON and still no text: half of a surrogate pair.
                throw Damage("not text");
            }
        }

        private AuditTail Follow(
            ReadOnlyMemory<byte> line,
            AuditTail tail,
            bool isFirst,
            AuditTail? before,
            Action<AuditPlace, JsonElement>? visit)
        {
            var sealAt = line.Length - SealLength;
            if (sealAt < 1 || !TryReadSeal(line.Span[sealAt..], out var stated))
            {
                throw Damage("not a line of an audit file");
            }

            using var document = Parse(line);
            var json = document.RootElement;
            var number = Number(json, "n");
            if (isFirst)
            {
                tail = First(json, number, before);
            }

            if (HashOf(tail.Hash, line.Span[..sealAt]) != stated)
            {
                throw Damage("the line's hash does not follow from the line before and its own bytes");
            }

            if (number != tail.Lines + 1)
            {
                throw Damage($"line {number} follows line {tail.Lines}");
            }

            visit?.Invoke(new AuditPlace(file, offset), json);
            return tail with { Lines = number, Hash = stated, Bytes = tail.Bytes + line.Length };
        }

        /// <summary>The first line of a file says where the file before ended.</summary>
        private AuditTail First(JsonElement json, ulong number, AuditTail? before)
        {
            var own = (int)Math.Min(Number(json, "file"), int.MaxValue);
            var afterBytes = (long)Number(json, "afterBytes");
            if (own != NumberOf(file) || !TryReadAfter(json, out var after))
            {
                throw Damage("the first line is not the beginning of this file");
            }

            return before is not { } end
                || (after == end.Hash && afterBytes == end.Bytes && own == end.File + 1 && number == end.Lines + 1)
                ? new AuditTail(own, number - 1, after, 0)
                : throw Damage($"it does not go on where {SeriesOf(file).PathOf(end.File)} ended");
        }

        /// <summary>Read as bytes: what was damaged need not be text at all.</summary>
        private static bool TryReadAfter(JsonElement json, out Digest after)
        {
            after = default;
            return json.TryGetProperty("after", out var member) && member.ValueKind == JsonValueKind.String
                && Digest.TryParse(JsonMarshal.GetRawUtf8Value(member)[1..^1], out after);
        }

        private JsonDocument Parse(ReadOnlyMemory<byte> line)
        {
            try
            {
                var document = JsonDocument.Parse(line);
                return document.RootElement.ValueKind == JsonValueKind.Object
                    ? document
                    : throw Damage("not an object");
            }
            catch (JsonException)
            {
                throw Damage("not JSON");
            }
        }

        private ulong Number(JsonElement json, string name) =>
            json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Number
            && member.TryGetUInt64(out var value) && value <= long.MaxValue
                ? value
                : throw Damage($"the member {name} is missing or no number");

        private StorageDamagedException Damage(string what) => new(file, offset, what);
    }
}

/// <summary>Where a line begins.</summary>
/// <param name="File">Its file.</param>
/// <param name="Offset">Bytes before it.</param>
internal readonly record struct AuditPlace(string File, long Offset)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File} at byte {Offset}");
}
