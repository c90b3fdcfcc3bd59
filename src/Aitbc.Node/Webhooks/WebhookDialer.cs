using System.Net;
using System.Net.Sockets;

namespace Aitbc.Node.Webhooks;

/// <summary>A hook's name leads to no address that its messages may go to.</summary>
internal sealed class WebhookTargetRefusedException() : IOException("No address of the hook may be called.");

/// <summary>
/// Connects to a hook's receiver. A name is resolved once a connection, each address is checked, and the connection
/// goes to a checked address itself: a name that resolves otherwise the next moment changes nothing.
/// </summary>
/// <param name="allowsPrivate">Whether the operator allowed private addresses for this hook.</param>
/// <param name="resolve">Gives a name's addresses.</param>
/// <param name="open">Connects to an address.</param>
/// <remarks>Thread-safe.</remarks>
internal sealed class WebhookDialer(
    bool allowsPrivate,
    Func<string, CancellationToken, Task<IPAddress[]>> resolve,
    Func<IPEndPoint, CancellationToken, Task<Stream>> open)
{
    private const int MaxAddresses = 8;

    /// <summary>The one that asks the system.</summary>
    public WebhookDialer(bool allowsPrivate)
        : this(allowsPrivate, Dns.GetHostAddressesAsync, OpenAsync)
    {
    }

    /// <summary>Connects.</summary>
    /// <param name="target">Name, or address, and port.</param>
    /// <param name="isTls">Whether the connection will be encrypted.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="WebhookTargetRefusedException">No address may be called.</exception>
    /// <exception cref="SocketException">None answers.</exception>
    public async ValueTask<Stream> DialAsync(DnsEndPoint target, bool isTls, CancellationToken stop)
    {
        var found = IPAddress.TryParse(target.Host, out var literal)
            ? [literal]
            : await resolve(target.Host, stop).ConfigureAwait(false);
        SocketException? unreachable = null;
        foreach (var address in found
            .Where(address => AddressScopes.Allows(address, allowsPrivate, isTls)).Take(MaxAddresses))
        {
            try
            {
                return await open(new IPEndPoint(address, target.Port), stop).ConfigureAwait(false);
            }
            catch (SocketException next)
            {
                unreachable = next;
            }
        }

        throw (Exception?)unreachable ?? new WebhookTargetRefusedException();
    }

    private static async Task<Stream> OpenAsync(IPEndPoint address, CancellationToken stop)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, stop).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
