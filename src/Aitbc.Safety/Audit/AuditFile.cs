using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;

namespace Aitbc.Safety.Audit;

/// <summary>
/// The gateway's append-only record of everything it signs, sends or refuses: one JSON object a line, each with the
/// hash of the line before in its own, on disk before the effect. Each start begins a new file, whose first line goes
/// on
/// from the last good line of the file before and says where that one ended.
/// </summary>
/// <remarks>
/// A write or flush error closes it for good: whoever appends gets the error, and the effect does not happen. Safe from
/// any thread. Logs may be lost; this may not (STYLE.md 15).
/// </remarks>
public sealed class AuditFile : IDisposable
{
    /// <summary>The directory below the data directory's root.</summary>
    public const string Directory = "audit";

    /// <summary>Bytes after which the next file begins: 64 MiB.</summary>
    public const long MaxFileBytes = 64L * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly IDisk disk;
    private readonly long maxFileBytes;
    private readonly ArrayBufferWriter<byte> buffer = new();
    private IDiskFile file;
    private AuditTail tail;
    private bool failed;

    private AuditFile(IDisk disk, long maxFileBytes, IDiskFile file, AuditTail tail) =>
        (this.disk, this.maxFileBytes, this.file, this.tail) = (disk, maxFileBytes, file, tail);

    /// <summary>Lines written, over all files, the first line of each file included.</summary>
    public ulong Lines
    {
        get
        {
            lock (gate)
            {
                return tail.Lines;
            }
        }
    }

    /// <summary>Begins a new file after what is there; the last file there is checked first.</summary>
    /// <param name="disk">The data directory.</param>
    /// <param name="now">The present time.</param>
    /// <exception cref="StorageDamagedException">The last file was changed; the place is named.</exception>
    /// <exception cref="IOException">The disk failed or is full.</exception>
    public static AuditFile Open(IDisk disk, Timestamp now) => Open(disk, now, MaxFileBytes);

    /// <summary>Appends the verdicts of a group as one line, and empties the group; they are on disk when this returns.
    /// </summary>
    /// <param name="verdicts">The group; where it is empty nothing is written.</param>
    /// <param name="now">The present time.</param>
    /// <exception cref="IOException">They are not, or an earlier line was not: no effect of the group must happen.
    /// </exception>
    public void Append(VerdictGroup verdicts, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        if (verdicts.Count > 0)
        {
            Append(now, json =>
            {
                json.WriteString("at"u8, now.ToString());
                json.WriteString("what"u8, "judged"u8);
                json.WriteNumber("count"u8, verdicts.Count);
                json.WritePropertyName("verdicts"u8);
                json.WriteRawValue(verdicts.Written, skipInputValidation: true);
            });
            verdicts.Clear();
        }
    }

    /// <summary>Stops writing.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            failed = true;
            file.Dispose();
        }
    }

    /// <summary>Likewise, with files of another size.</summary>
    internal static AuditFile Open(IDisk disk, Timestamp now, long maxFileBytes)
    {
        ArgumentNullException.ThrowIfNull(disk);
        disk.CreateDirectory(Directory);
        var end = AuditCheck.FindEnd(disk, AuditCheck.FilesOf(disk));
        var opened = new AuditFile(disk, maxFileBytes, null!, end);
        opened.BeginFile(now);
        return opened;
    }

    /// <summary>Appends a line; it is on disk when this returns.</summary>
    /// <exception cref="IOException">It is not, or an earlier one was not: the effect must not happen.</exception>
    internal void Append(AuditLine line) => Append(line.At, line.Write);

    internal static string NameOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Directory}/actions-{number:D6}.log");

    private void Append(Timestamp at, Action<Utf8JsonWriter> members)
    {
        lock (gate)
        {
            if (failed)
            {
                throw new IOException("The audit file failed before, so nothing more is signed; restart the host.");
            }

            if (tail.Bytes >= maxFileBytes)
            {
                file.Dispose();
                BeginFile(at);
            }

            Write(members);
        }
    }

    private void BeginFile(Timestamp now)
    {
        failed = true;
        var before = tail;
        var number = before.File + 1;
        file = disk.Create(NameOf(number));
        disk.SyncDirectory(Directory);
        tail = before with { File = number, Bytes = 0 };
        Write(json =>
        {
            json.WriteString("at"u8, now.ToString());
            json.WriteString("what"u8, "begun"u8);
            json.WriteNumber("file"u8, number);
            json.WriteString("after"u8, before.Hash.ToString());
            json.WriteNumber("afterBytes"u8, before.Bytes);
        });
    }

    private void Write(Action<Utf8JsonWriter> members)
    {
        failed = true;
        buffer.ResetWrittenCount();
        var number = tail.Lines + 1;
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("n"u8, number);
            members(json);
            json.WriteEndObject();
        }

        var hash = AuditCheck.HashOf(tail.Hash, buffer.WrittenSpan[..^1]);
        var line = AuditCheck.Seal(buffer.WrittenSpan, hash);
        file.Write(tail.Bytes, line);
        file.Flush();
        tail = tail with { Lines = number, Hash = hash, Bytes = tail.Bytes + line.Length };
        failed = false;
    }
}

/// <summary>Where the audit stands.</summary>
/// <param name="File">Number of the file.</param>
/// <param name="Lines">Lines over all files.</param>
/// <param name="Hash">Hash of the last line.</param>
/// <param name="Bytes">Bytes of whole lines in the file.</param>
internal readonly record struct AuditTail(int File, ulong Lines, Digest Hash, long Bytes)
{
    /// <summary>Before the first line; the hash is that of the domain.</summary>
    public static AuditTail Start { get; } = new(0, 0, Digest.Sha256("aitbc/audit/1"u8), 0);
}
