namespace Aitbc.Node.Webhooks;

/// <summary>One message as it is sent, the same at every try.</summary>
/// <param name="Id">The header <c>webhook-id</c>: names what happened, so that a receiver drops what it has already.
/// Has no full stop in it.</param>
/// <param name="Index">Place of what happened among its entry's events, from 0.</param>
/// <param name="Body">The JSON.</param>
/// <remarks>Immutable.</remarks>
internal sealed record WebhookMessage(string Id, int Index, ReadOnlyMemory<byte> Body);
