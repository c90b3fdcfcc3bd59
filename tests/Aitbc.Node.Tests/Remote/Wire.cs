using System.Net;
using Aitbc.Infrastructure.Remote;

namespace Aitbc.Node.Tests.Remote;

/// <summary>A network between client and node that a test may spoil.</summary>
internal sealed class Wire : DelegatingHandler
{
    public Wire()
        : base(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
    }

    /// <summary>Changes a frame on its way to the client; null leaves it out.</summary>
    public Func<ReplicaFrame, ReplicaFrame?>? Change { get; set; }

    /// <summary>Where requests really go; null where they say.</summary>
    public Uri? Elsewhere { get; set; }

    /// <summary>How many answers to commands get lost from now on.</summary>
    public int LoseAnswers { get; set; }

    /// <summary>Streams of entries that were opened.</summary>
    public int Streams { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.PathAndQuery;
        if (Elsewhere is { } other)
        {
            request.RequestUri = new Uri(other, path);
        }

        var response = await base.SendAsync(request, cancellationToken);
        if (path.StartsWith("/v1/commands", StringComparison.Ordinal) && LoseAnswers > 0)
        {
            LoseAnswers--;
            response.Dispose();
            throw new HttpRequestException("The answer was lost.");
        }

        if (path.StartsWith("/v1/replica/entries", StringComparison.Ordinal)
            && response.StatusCode == HttpStatusCode.OK)
        {
            Streams++;
            response.Content = new StreamContent(
                new SpoiltStream(await response.Content.ReadAsStreamAsync(cancellationToken), this));
        }

        return response;
    }

    private sealed class SpoiltStream(Stream inner, Wire wire) : Stream
    {
        private byte[] held = [];
        private int at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (at == held.Length)
            {
                if (await ReplicaFrame.ReadAsync(inner, cancellationToken) is not { } frame)
                {
                    return 0;
                }

                held = (wire.Change is { } change ? change(frame) : frame) is { } sent ? Bytes(sent) : [];
                at = 0;
            }

            var count = Math.Min(buffer.Length, held.Length - at);
            held.AsMemory(at, count).CopyTo(buffer);
            at += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }

        private static byte[] Bytes(ReplicaFrame frame)
        {
            var bytes = new byte[ReplicaFrame.HeadSize + frame.Payload.Length];
            frame.WriteHead(bytes);
            frame.Payload.Span.CopyTo(bytes.AsSpan(ReplicaFrame.HeadSize));
            return bytes;
        }
    }
}
