using System.Net;

namespace Aitbc.Node.Webhooks;

/// <summary>What may be a hook's address. Names are looked at again, by what they resolve to, at every connection.
/// </summary>
/// <remarks>Stateless.</remarks>
internal static class WebhookUrl
{
    /// <summary>Longest address, characters.</summary>
    public const int MaxLength = 2_048;

    /// <summary>Reads an address.</summary>
    /// <param name="text">The text.</param>
    /// <param name="allowsPrivate">Whether private networks, and plain HTTP in them, are allowed.</param>
    /// <param name="url">The address; null where it is refused.</param>
    /// <returns>Why it is refused, in a sentence without the address, for it may hold secrets; null where it is not.
    /// </returns>
    public static string? Refuse(string text, bool allowsPrivate, out Uri? url)
    {
        url = null;
        if (text.Length > MaxLength
            || !Uri.TryCreate(text, UriKind.Absolute, out var read)
            || read.Scheme is not ("http" or "https")
            || read.Host.Length == 0)
        {
            return $"A hook's address is an https address of at most {MaxLength} characters.";
        }

        if (read.UserInfo.Length > 0 || read.Fragment.Length > 0)
        {
            return "A hook's address holds no user, password or fragment: messages are signed instead.";
        }

        if (read.Scheme == "http" && !allowsPrivate)
        {
            return "Messages travel by https: plain http is for private networks only, with --allow-private.";
        }

        if (IPAddress.TryParse(read.DnsSafeHost, out var address)
            && !AddressScopes.Allows(address, allowsPrivate, read.Scheme == "https"))
        {
            return AddressScopes.Of(address) switch
            {
                AddressScope.Private => "This address is of a private network: give --allow-private if it is yours.",
                AddressScope.Public => "Messages travel by https: plain http is for private networks only.",
                _ => "Nobody receives messages at an address of this kind.",
            };
        }

        url = read;
        return null;
    }
}
