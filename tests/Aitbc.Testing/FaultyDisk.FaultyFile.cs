using Aitbc.Infrastructure.Storage;

namespace Aitbc.Testing;

public sealed partial class FaultyDisk
{
    private sealed class FaultyFile(
        FaultyDisk disk, string path, FaultyDiskContent content, int epoch, bool canWrite) : IDiskFile
    {
        private bool _isClosed;

        public string Path => path;

        public long Length
        {
            get
            {
                lock (disk._gate)
                {
                    ThrowIfUnusable();
                    return content.Length;
                }
            }
        }

        public void Preallocate(long length)
        {
            lock (disk._gate)
            {
                if (length > content.Length)
                {
                    Write(content.Length, new byte[length - content.Length]);
                }
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (disk._gate)
            {
                ThrowIfUnusable();
                if (!canWrite)
                {
                    throw new UnauthorizedAccessException(path);
                }

                var room = Math.Max(0, disk.Capacity - disk.UsedBytes);
                var fitting = (int)Math.Min(bytes.Length, Math.Max(0, content.Length + room - offset));
                try
                {
                    disk.Step(path, canFail: true);
                }
                finally
                {
                    // A write that is interrupted or fails has left who knows what.
                    content.Write((int)offset, bytes[..fitting]);
                }

                if (fitting < bytes.Length)
                {
                    throw new DiskFullException($"'{path}': {disk.Capacity} bytes are full");
                }
            }
        }

        public int Read(long offset, Span<byte> buffer)
        {
            lock (disk._gate)
            {
                ThrowIfUnusable();
                return content.Read((int)offset, buffer);
            }
        }

        public void Flush()
        {
            lock (disk._gate)
            {
                ThrowIfUnusable();
                try
                {
                    disk.Step(path, canFail: true);
                }
                catch (IOException error) when (error is not DiskCrashedException)
                {
                    // As Linux does: the pages count as clean from now on, though they never reached the medium.
                    content.ForgetUnflushed();
                    throw;
                }

                if (!disk.SwallowsFlushOf(path))
                {
                    content.Flush();
                }
            }
        }

        public void Dispose() => _isClosed = true;

        private void ThrowIfUnusable()
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            disk.ThrowIfDown();
            if (epoch != disk._epoch)
            {
                throw new DiskCrashedException();
            }
        }
    }
}
