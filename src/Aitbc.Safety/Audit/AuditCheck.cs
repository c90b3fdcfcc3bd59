using System.Globalization;
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

    /// <summary>Checks all files of a data directory: every line's hash, every file's link to the one before.</summary>
    /// <param name="disk">The data directory.</param>
    /// <returns>Lines found, and each problem in one sentence with its place; none where all is well.</returns>
    public static (ulong Lines, IReadOnlyList<string> Problems) Run(IDisk disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var problems = new List<string>();
        var tail = AuditTail.Start;
        var torn = 0L;
        foreach (var name in FilesOf(disk))
        {
            try
            {
                (tail, torn) = ReadFile(disk, name, tail);
            }
            catch (AuditDamagedException damage)
            {
                problems.Add(damage.Message);
                return (tail.Lines, problems);
            }
        }

        if (torn > 0)
        {
            problems.Add($"{AuditFile.NameOf(tail.File)}: {torn} bytes after the last whole line; a start of the host "
                + "leaves them behind.");
        }

        return (tail.Lines, problems);
    }

    /// <summary>The files, oldest first.</summary>
    internal static IReadOnlyList<string> FilesOf(IDisk disk) =>
        [.. disk.List(AuditFile.Directory).Where(entry => !entry.IsDirectory)
            .Select(entry => $"{AuditFile.Directory}/{entry.Name}")];

    /// <summary>Where the audit ends: the last file is checked, and those before it as far as it holds nothing.</summary>
    /// <exception cref="AuditDamagedException">A file read was changed.</exception>
    internal static AuditTail FindEnd(IDisk disk)
    {
        var files = FilesOf(disk);
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
    /// <exception cref="AuditDamagedException">A line is not what was written.</exception>
    internal static Reading ReadFile(IDisk disk, string name, AuditTail? before)
    {
        using var file = disk.OpenRead(name);
        var bytes = new byte[file.Length];
        var rest = bytes.AsMemory(0, file.Read(0, bytes));
        var tail = before ?? default;
        var line = 0;
        while (rest.Span.IndexOf((byte)'\n') is var end and >= 0)
        {
            line++;
            tail = ReadLine(name, line, rest[..(end + 1)], tail, before is null);
            rest = rest[(end + 1)..];
        }

        if (IsWhole(rest.Span, tail))
        {
            throw new AuditDamagedException($"{name}: the end of its last line was changed.");
        }

        if (line == 0)
        {
            // Begun, and a power cut took even its first line: the chain stands where it stood.
            tail = tail with { File = NumberOf(name), Bytes = 0 };
        }

        return new Reading(tail, rest.Length);
    }

    private static AuditTail ReadLine(string name, int line, ReadOnlyMemory<byte> bytes, AuditTail tail, bool trustFirst)
    {
        var place = $"{name}, line {line} (byte {(line == 1 ? 0 : tail.Bytes)})";
        var sealAt = bytes.Length - SealLength;
        if (sealAt < 1 || !TryReadSeal(bytes.Span[sealAt..], out var stated))
        {
            throw new AuditDamagedException($"{place}: not a line of this file.");
        }

        var json = Parse(place, bytes);
        var number = Number(place, json, "n");
        if (line == 1)
        {
            tail = First(place, json, number, tail, trustFirst);
        }

        if (HashOf(tail.Hash, bytes.Span[..sealAt]) != stated)
        {
            throw new AuditDamagedException($"{place}: its hash does not follow from the line before and its bytes.");
        }

        return number == tail.Lines + 1
            ? tail with { Lines = number, Hash = stated, Bytes = tail.Bytes + bytes.Length }
            : throw new AuditDamagedException($"{place}: line {number} follows line {tail.Lines}.");
    }

    /// <summary>The first line of a file says where the file before ended.</summary>
    private static AuditTail First(string place, JsonElement json, ulong number, AuditTail before, bool trust)
    {
        var fileNumber = (int)Number(place, json, "file");
        var afterBytes = (long)Number(place, json, "afterBytes");
        var text = json.TryGetProperty("after", out var member) ? member.GetString() : null;
        if (!place.StartsWith(AuditFile.NameOf(fileNumber), StringComparison.Ordinal)
            || text is null || !Digest.TryParse(text, out var after))
        {
            throw new AuditDamagedException($"{place}: the first line is not the beginning of this file.");
        }

        if (!trust && (after != before.Hash || afterBytes != before.Bytes || fileNumber != before.File + 1))
        {
            throw new AuditDamagedException($"{place}: it does not go on where {AuditFile.NameOf(before.File)} ended.");
        }

        return new AuditTail(fileNumber, number - 1, after, 0);
    }

    private static JsonElement Parse(string place, ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new AuditDamagedException($"{place}: not an object.");
        }
        catch (JsonException)
        {
            throw new AuditDamagedException($"{place}: not JSON.");
        }
    }

    private static ulong Number(string place, JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Number
        && member.TryGetUInt64(out var value) && value <= int.MaxValue
            ? value
            : throw new AuditDamagedException($"{place}: the member {name} is missing or no number.");

    private static int NumberOf(string name) =>
        name.Length > 10
        && int.TryParse(name.AsSpan()[^10..^4], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && name == AuditFile.NameOf(number)
            ? number
            : throw new AuditDamagedException($"{name}: not a name of an audit file.");

    private static bool TryReadSeal(ReadOnlySpan<byte> seal, out Digest hash)
    {
        hash = default;
        return seal[..HashMember.Length].SequenceEqual(Encoding.ASCII.GetBytes(HashMember))
            && seal[^LineEnd.Length..].SequenceEqual(Encoding.ASCII.GetBytes(LineEnd))
            && Digest.TryParse(seal.Slice(HashMember.Length, DigestText), out hash);
    }

    /// <summary>Whether a rest without a line end is a whole line but for its end: then it was changed, not torn.
    /// </summary>
    private static bool IsWhole(ReadOnlySpan<byte> rest, AuditTail tail)
    {
        var upTo = rest.LastIndexOf(Encoding.ASCII.GetBytes(HashMember));
        return upTo > 0 && rest.Length - upTo >= HashMember.Length + DigestText
            && Digest.TryParse(rest.Slice(upTo + HashMember.Length, DigestText), out Digest stated)
            && rest.Length - upTo == SealLength
            && HashOf(tail.Hash, rest[..upTo]) == stated;
    }
}
