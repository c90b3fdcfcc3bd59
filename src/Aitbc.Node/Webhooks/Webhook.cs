namespace Aitbc.Node.Webhooks;

/// <summary>A place that is told what needs a person.</summary>
/// <param name="Id">Names it, to test it or take it back: 12 hexadecimal digits, random.</param>
/// <param name="Url">Where messages go. Its path may be a secret of the receiver's: <see cref="Shown"/> leaves it out.
/// </param>
/// <param name="AllowsPrivate">Whether its address may be one of this machine or of a private network, and then plain
/// HTTP.</param>
/// <param name="CreatedAtMs">When it was made, ms since 1970; it is told what happened since.</param>
/// <param name="Secret">What its messages are signed with.</param>
/// <remarks>Immutable.</remarks>
public sealed record Webhook(string Id, Uri Url, bool AllowsPrivate, long CreatedAtMs, WebhookSecret Secret)
{
    /// <summary>Scheme, host and port: enough to know it by.</summary>
    public string Shown => Url.GetLeftPart(UriPartial.Authority);

    /// <summary>Its id; neither path nor secret.</summary>
    public override string ToString() => Id;
}
