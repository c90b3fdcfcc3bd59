using System.Security.Cryptography;

namespace Aitbc.Infrastructure.Storage;

/// <summary>
/// Writes a <see cref="SealedFile"/> of any size as a stream, hashing as it goes. Nothing is there under the file's
/// name
/// until <see cref="Commit"/> has returned; disposed before that, it leaves nothing. One thread at a time.
/// </summary>
public sealed class SealedFileWriter : Stream
{
    private const int BufferBytes = 256 * 1024;

    private readonly IDisk _disk;
    private readonly string _path;
    private readonly string _temporary;
    private readonly IDiskFile _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly int _flushEveryBytes;
    private int _buffered;
    private int _unflushed;
    private long _fileLength;
    private long _payloadLength;
    private bool _isCommitted;
    private bool _isDisposed;

    /// <summary>Begins a file.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">Its name once it is whole.</param>
    /// <param name="kind">What it holds.</param>
    /// <param name="flushEveryBytes">Bytes after which what is written goes to the device, so that the flush at the end
    /// is short and nobody else's waits for it; default 0, only at the end.</param>
    public SealedFileWriter(IDisk disk, string path, SealedKind kind, int flushEveryBytes = 0)
    {
        _flushEveryBytes = flushEveryBytes;
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(kind);
        var line = kind.MagicLine();
        _disk = disk;
        _path = path;
        _temporary = path + SealedFile.WritingExtension;
        disk.Delete(_temporary);
        _file = disk.Create(_temporary);
        Append(line);
    }

    /// <summary>Always false.</summary>
    public override bool CanRead => false;

    /// <summary>Always false.</summary>
    public override bool CanSeek => false;

    /// <summary>Whether it is not yet committed.</summary>
    public override bool CanWrite => !_isCommitted && !_isDisposed;

    /// <summary>Bytes of payload written so far.</summary>
    public override long Length => _payloadLength;

    /// <summary>Bytes of payload written so far; cannot be set.</summary>
    public override long Position
    {
        get => _payloadLength;
        set => throw new NotSupportedException();
    }

    /// <summary>Seals the file, makes it durable and gives it its name.</summary>
    /// <exception cref="DiskFullException">No room; nothing is left of it.</exception>
    public void Commit()
    {
        ThrowIfClosed();
        Span<byte> trailer = stackalloc byte[SealedFile.TrailerBytes];
        SealedFile.WriteLength(trailer, _payloadLength);
        Append(trailer[..SealedFile.LengthBytes]);
        WriteBuffer();
        _hash.GetHashAndReset(trailer[SealedFile.LengthBytes..]);
        _file.Write(_fileLength, trailer[SealedFile.LengthBytes..]);
        _file.Flush();
        _file.Dispose();
        _disk.Rename(_temporary, _path);
        _isCommitted = true;
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ThrowIfClosed();
        Append(buffer);
        _payloadLength += buffer.Length;
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Does nothing: only <see cref="Commit"/> makes a sealed file durable.</summary>
    public override void Flush()
    {
        // A part of a sealed file is worth nothing.
    }

    /// <summary>Not supported.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _hash.Dispose();
            _file.Dispose();
            if (!_isCommitted)
            {
                _disk.Delete(_temporary);
            }
        }

        base.Dispose(disposing);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_buffered == BufferBytes)
            {
                WriteBuffer();
            }

            var count = Math.Min(bytes.Length, BufferBytes - _buffered);
            bytes[..count].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += count;
            bytes = bytes[count..];
        }
    }

    private void WriteBuffer()
    {
        var bytes = _buffer.AsSpan(0, _buffered);
        _hash.AppendData(bytes);
        _file.Write(_fileLength, bytes);
        _fileLength += _buffered;
        _unflushed += _buffered;
        _buffered = 0;
        if (_flushEveryBytes > 0 && _unflushed >= _flushEveryBytes)
        {
            _file.Flush();
            _unflushed = 0;
        }
    }

    private void ThrowIfClosed()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isCommitted)
        {
            throw new InvalidOperationException("the file is sealed");
        }
    }
}
