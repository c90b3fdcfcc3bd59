using System.Net;

namespace Aitbc.Workloads.Chat;

/// <summary>An answer that is larger than allowed: asking again would bring it again.</summary>
internal sealed class AnswerTooLargeException() : Exception("The answer is too large.");

/// <summary>Takes in whole answers, up to a size and within a time, so that a stranger's server can hold up neither a
/// thread nor memory.</summary>
internal sealed class BoundedHandler(ChatSettings settings, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (settings.Key is null)
        {
            request.Headers.Authorization = null;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.TryWithin);
        try
        {
            var answer = await base.SendAsync(request, limit.Token).ConfigureAwait(false);
            using var body = answer.Content;
            answer.Content = new ByteArrayContent(
                answer.StatusCode == HttpStatusCode.OK ? await ReadAsync(body, limit.Token).ConfigureAwait(false) : []);
            return answer;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The endpoint did not answer in time.");
        }
    }

    private async Task<byte[]> ReadAsync(HttpContent content, CancellationToken stop)
    {
        var body = await content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            var part = new byte[8 * 1024];
            using var whole = new MemoryStream();
            while (await body.ReadAsync(part, stop).ConfigureAwait(false) is var read and > 0)
            {
                whole.Write(part, 0, read);
                if (whole.Length > settings.MaxAnswerBytes)
                {
                    throw new AnswerTooLargeException();
                }
            }

            return whole.ToArray();
        }
    }
}
