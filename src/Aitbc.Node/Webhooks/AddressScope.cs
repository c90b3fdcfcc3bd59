using System.Net;

namespace Aitbc.Node.Webhooks;

/// <summary>Whose an IP address is, as far as it matters for what may be called.</summary>
internal enum AddressScope
{
    /// <summary>Somebody's on the Internet.</summary>
    Public,

    /// <summary>This machine's, or of a private network: only where the operator allowed it for this hook.</summary>
    Private,

    /// <summary>Nobody's that could receive a message, or a cloud's metadata: never.</summary>
    Never,
}

/// <summary>Whose an address is. Source: IANA's registries of special-purpose addresses, IPv4 and IPv6.</summary>
/// <remarks>Thread-safe: immutable.</remarks>
internal static class AddressScopes
{
    /// <summary>The first range that holds an address decides. What no IPv6 range holds is never called: only
    /// 2000::/3 is given out.</summary>
    private static readonly (IPNetwork Range, AddressScope Scope)[] Ranges =
    [
        // Metadata of clouds that lies in ranges which are otherwise usable.
        Of("168.63.129.16/32", AddressScope.Never),
        Of("100.100.100.200/32", AddressScope.Never),
        Of("fd00:ec2::254/128", AddressScope.Never),
        Of("fd20:ce::254/128", AddressScope.Never),

        Of("10.0.0.0/8", AddressScope.Private),
        Of("100.64.0.0/10", AddressScope.Private),
        Of("127.0.0.0/8", AddressScope.Private),
        Of("172.16.0.0/12", AddressScope.Private),
        Of("192.168.0.0/16", AddressScope.Private),
        Of("0.0.0.0/8", AddressScope.Never),
        Of("169.254.0.0/16", AddressScope.Never),
        Of("192.0.0.0/24", AddressScope.Never),
        Of("192.0.2.0/24", AddressScope.Never),
        Of("192.88.99.0/24", AddressScope.Never),
        Of("198.18.0.0/15", AddressScope.Never),
        Of("198.51.100.0/24", AddressScope.Never),
        Of("203.0.113.0/24", AddressScope.Never),
        Of("224.0.0.0/3", AddressScope.Never),
        Of("0.0.0.0/0", AddressScope.Public),

        Of("::1/128", AddressScope.Private),
        Of("fc00::/7", AddressScope.Private),

        // Tunnels and protocols of their own: behind each may stand any IPv4 address.
        Of("2001::/23", AddressScope.Never),
        Of("2001:db8::/32", AddressScope.Never),
        Of("2002::/16", AddressScope.Never),
        Of("3fff::/20", AddressScope.Never),
        Of("2000::/3", AddressScope.Public),
    ];

    /// <summary>Whose an address is; one of IPv4 in IPv6's clothes counts as what it is.</summary>
    public static AddressScope Of(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var (range, scope) in Ranges)
        {
            if (range.BaseAddress.AddressFamily == plain.AddressFamily && range.Contains(plain))
            {
                return scope;
            }
        }

        return AddressScope.Never;
    }

    /// <summary>Whether a hook's messages may go to an address.</summary>
    /// <param name="address">The address that is connected to.</param>
    /// <param name="allowsPrivate">Whether the operator allowed private ones for this hook.</param>
    /// <param name="isTls">Whether nobody on the way can read; beyond private networks that must be.</param>
    public static bool Allows(IPAddress address, bool allowsPrivate, bool isTls) => Of(address) switch
    {
        AddressScope.Public => isTls,
        AddressScope.Private => allowsPrivate,
        _ => false,
    };

    private static (IPNetwork Range, AddressScope Scope) Of(string range, AddressScope scope) =>
        (IPNetwork.Parse(range), scope);
}
