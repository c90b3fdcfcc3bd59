using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;

namespace Aitbc.Safety.Audit;

/// <summary>
/// An append-only record of what is done about safety, by the gateway or by the monitor: one JSON object a line, each
/// with the hash of the line before in its own, on disk before the effect. Each start begins a new file, whose first
/// line goes on from the last good line of the file before and says where that one ended.
/// </summary>
/// <remarks>
/// A write or flush error closes it for good: whoever appends gets the error, and the effect does not happen. Safe from
/// any thread. Logs may be lost; this may not (STYLE.md 15).
/// </remarks>
public sealed class AuditFile : IDisposable
{
    /// <summary>Bytes after which the next file begins: 64 MiB.</summary>
    public const long MaxFileBytes = 64L * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly IDisk disk;
    private readonly AuditSeries series;
    private readonly long maxFileBytes;
    private readonly ArrayBufferWriter<byte> buffer = new();
    private IDiskFile file;
    private AuditTail tail;
    private bool failed;
    private bool isUnflushed;

    private AuditFile(IDisk disk, AuditSeries series, long maxFileBytes, AuditTail tail) =>
        (this.disk, this.series, this.maxFileBytes, file, this.tail) = (disk, series, maxFileBytes, null!, tail);

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
    public static AuditFile Open(IDisk disk, Timestamp now) => Open(disk, now, AuditSeries.Actions, MaxFileBytes);

    /// <summary>Appends a group as one line, and empties the group.</summary>
    /// <param name="what">What the line is.</param>
    /// <param name="group">The group; where it is empty nothing is written.</param>
    /// <param name="now">The present time.</param>
    /// <param name="isFlushed">Whether it, and all before it, is on disk when this returns.</param>
    /// <exception cref="IOException">It is not, or an earlier line was not: no effect of the group must happen.
    /// </exception>
    public void Append(string what, VerdictGroup group, Timestamp now, bool isFlushed = true)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (group.Count > 0)
        {
            Append(
                now,
                json =>
                {
                    json.WriteString("at"u8, now.ToString());
                    json.WriteString("what"u8, what);
                    json.WriteNumber("count"u8, group.Count);
                    json.WritePropertyName("list"u8);
                    json.WriteRawValue(group.Written, skipInputValidation: true);
                },
                isFlushed);
            group.Clear();
        }
    }

    /// <summary>Stops writing.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            try
            {
                if (isUnflushed && !failed)
                {
                    file.Flush();
                }
            }
            catch (IOException)
            {
                // Whoever appended it was told that it was not on the disk yet.
            }

            failed = true;
            file.Dispose();
        }
    }

    /// <summary>Likewise, of another series or size.</summary>
    internal static AuditFile Open(IDisk disk, Timestamp now, AuditSeries series, long maxFileBytes)
    {
        ArgumentNullException.ThrowIfNull(disk);
        disk.CreateDirectory(series.Directory);
        var end = AuditCheck.FindEnd(disk, AuditCheck.FilesOf(disk, series));
        var opened = new AuditFile(disk, series, maxFileBytes, end);
        opened.BeginFile(now);
        return opened;
    }

    /// <summary>Appends a line; it is on disk when this returns.</summary>
    /// <exception cref="IOException">It is not, or an earlier one was not: the effect must not happen.</exception>
    internal void Append(AuditLine line) => Append(line.At, line.Write);

    /// <summary>Appends a line.</summary>
    /// <param name="at">The present time.</param>
    /// <param name="members">Writes it.</param>
    /// <param name="isFlushed">Whether it, and all before it, is on disk when this returns.</param>
    internal void Append(Timestamp at, Action<Utf8JsonWriter> members, bool isFlushed = true)
    {
        lock (gate)
        {
            if (failed)
            {
                throw new IOException("The audit file failed before, so nothing more is signed; restart the host.");
            }

            if (tail.Bytes >= maxFileBytes)
            {
                EndFile();
                BeginFile(at);
            }

            Write(members, isFlushed);
        }
    }

    /// <summary>What a file that follows names as its end must never be lost.</summary>
    private void EndFile()
    {
        failed = true;
        if (isUnflushed)
        {
            file.Flush();
        }

        file.Dispose();
    }

    private void BeginFile(Timestamp now)
    {
        failed = true;
        var before = tail;
        var number = before.File + 1;
        file = disk.Create(series.PathOf(number));
        disk.SyncDirectory(series.Directory);
        tail = before with { File = number, Bytes = 0 };
        Write(
            json =>
            {
                json.WriteString("at"u8, now.ToString());
                json.WriteString("what"u8, "begun"u8);
                json.WriteNumber("file"u8, number);
                json.WriteString("after"u8, before.Hash.ToString());
                json.WriteNumber("afterBytes"u8, before.Bytes);
            },
            isFlushed: true);
    }

    private void Write(Action<Utf8JsonWriter> members, bool isFlushed)
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
        if (isFlushed)
        {
            file.Flush();
        }

        isUnflushed = !isFlushed;
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
