using System.Buffers.Binary;
using System.Security.Cryptography;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Storage;

/// <summary>
/// Reads a <see cref="SealedFile"/> of any size as a stream. It hashes as it goes and hands out the last bytes of the
/// payload only when the whole file proved to be what was written. Before that its content is not proven: verify first,
/// where acting on changed bytes would do harm. One thread at a time.
/// </summary>
public sealed class SealedFileReader : Stream
{
    private const int BufferBytes = 256 * 1024;

    private readonly IDiskFile _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly long _payloadStart;
    private readonly long _payloadLength;
    private long _loaded;
    private int _from;
    private int _until;

    /// <summary>Opens a file and checks its magic line and length.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it must hold.</param>
    /// <exception cref="StorageDamagedException">
    /// Line or length are not what was written, or it is of another kind.
    /// </exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public SealedFileReader(IDisk disk, string path, SealedKind kind)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(kind);
        var line = kind.MagicLine();
        _file = disk.OpenRead(path);
        _payloadStart = line.Length;
        _payloadLength = _file.Length - line.Length - SealedFile.TrailerBytes;
        var found = _buffer.AsSpan(0, line.Length);
        if (_file.Read(0, found) < line.Length || !found.SequenceEqual(line))
        {
            _file.Dispose();
            throw new StorageDamagedException(
                path, 0, $"this is not a whole sealed file of kind {kind.Name}, version {kind.Version}");
        }

        Span<byte> length = stackalloc byte[SealedFile.LengthBytes];
        if (_payloadLength < 0
            || _file.Read(_payloadStart + _payloadLength, length) < length.Length
            || BinaryPrimitives.ReadUInt64LittleEndian(length) != (ulong)_payloadLength)
        {
            _file.Dispose();
            throw new StorageDamagedException(path, Math.Max(0, _payloadStart + _payloadLength), "the length is wrong");
        }

        _hash.AppendData(line);
        if (_payloadLength == 0)
        {
            VerifySeal();
        }
    }

    /// <summary>Always true.</summary>
    public override bool CanRead => true;

    /// <summary>Always false.</summary>
    public override bool CanSeek => false;

    /// <summary>Always false.</summary>
    public override bool CanWrite => false;

    /// <summary>Bytes of the payload.</summary>
    public override long Length => _payloadLength;

    /// <summary>Bytes of the payload handed out so far; cannot be set.</summary>
    public override long Position
    {
        get => _loaded - (_until - _from);
        set => throw new NotSupportedException();
    }

    /// <summary>Reads on to the end, dropping the content.</summary>
    /// <exception cref="StorageDamagedException">The file is not what was written.</exception>
    public void Verify()
    {
        while (_loaded < _payloadLength)
        {
            Load();
        }

        _from = _until;
    }

    /// <inheritdoc/>
    /// <exception cref="StorageDamagedException">
    /// The file is not what was written; told with its last bytes.
    /// </exception>
    public override int Read(Span<byte> buffer)
    {
        if (_from == _until && _loaded < _payloadLength)
        {
            Load();
        }

        var count = Math.Min(buffer.Length, _until - _from);
        _buffer.AsSpan(_from, count).CopyTo(buffer);
        _from += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Does nothing.</summary>
    public override void Flush()
    {
        // Nothing is written.
    }

    /// <summary>Not supported.</summary>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Load()
    {
        var wanted = (int)Math.Min(BufferBytes, _payloadLength - _loaded);
        var bytes = _buffer.AsSpan(0, wanted);
        if (_file.Read(_payloadStart + _loaded, bytes) < wanted)
        {
            throw new StorageDamagedException(_file.Path, _payloadStart + _loaded, "the file ends here");
        }

        _hash.AppendData(bytes);
        _loaded += wanted;
        if (_loaded == _payloadLength)
        {
            VerifySeal();
        }

        _from = 0;
        _until = wanted;
    }

    private void VerifySeal()
    {
        Span<byte> trailer = stackalloc byte[SealedFile.TrailerBytes];
        var at = _payloadStart + _payloadLength;
        var count = _file.Read(at, trailer);
        _hash.AppendData(trailer[..SealedFile.LengthBytes]);
        Span<byte> computed = stackalloc byte[Digest.Size];
        _hash.GetHashAndReset(computed);
        if (count < trailer.Length || !trailer[SealedFile.LengthBytes..].SequenceEqual(computed))
        {
            _from = _until;
            throw new StorageDamagedException(_file.Path, 0, "the file does not match the SHA-256 at its end");
        }
    }
}
