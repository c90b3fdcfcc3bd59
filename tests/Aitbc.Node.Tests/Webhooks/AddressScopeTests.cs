using System.Net;
using System.Net.Sockets;
using Aitbc.Node.Webhooks;

namespace Aitbc.Node.Tests.Webhooks;

/// <summary>Which addresses a hook may have, and that what is checked is what is connected to.</summary>
public sealed class AddressScopeTests
{
    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("169.253.255.255")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2a00:1450:4001:82b::200e")]
    public void Addresses_of_the_internet_are_called_by_https_alone(string text)
    {
        var address = IPAddress.Parse(text);
        Assert.Equal(AddressScope.Public, AddressScopes.Of(address));
        Assert.True(AddressScopes.Allows(address, allowsPrivate: false, isTls: true));
        Assert.False(AddressScopes.Allows(address, allowsPrivate: true, isTls: false));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.255")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    public void Private_addresses_are_called_only_where_that_is_allowed(string text)
    {
        var address = IPAddress.Parse(text);
        Assert.Equal(AddressScope.Private, AddressScopes.Of(address));
        Assert.False(AddressScopes.Allows(address, allowsPrivate: false, isTls: true));
        Assert.True(AddressScopes.Allows(address, allowsPrivate: true, isTls: false));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("::")]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:0.0.0.0")]
    [InlineData("::169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("3fff::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("100::1")]
    [InlineData("5f00::1")]
    [InlineData("168.63.129.16")]
    [InlineData("100.100.100.200")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fd20:ce::254")]
    [InlineData("192.0.0.1")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    public void Addresses_where_nobody_receives_messages_are_never_called(string text)
    {
        var address = IPAddress.Parse(text);
        Assert.Equal(AddressScope.Never, AddressScopes.Of(address));
        Assert.False(AddressScopes.Allows(address, allowsPrivate: true, isTls: true));
    }

    [Fact]
    public async Task A_name_that_resolves_otherwise_the_second_time_is_looked_up_once_and_called_where_it_was_checked()
    {
        var (lookups, called) = (0, new List<IPAddress>());
        var dialer = new WebhookDialer(
            allowsPrivate: false,
            (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(lookups++ == 0 ? "93.184.215.14" : "127.0.0.1")]),
            (address, _) =>
            {
                called.Add(address.Address);
                return Task.FromResult(Stream.Null);
            });
        var name = new DnsEndPoint("rebinding.example", 443);

        await dialer.DialAsync(name, isTls: true, CancellationToken.None);
        Assert.Equal(1, lookups);
        await Assert.ThrowsAsync<WebhookTargetRefusedException>(
            async () => await dialer.DialAsync(name, isTls: true, CancellationToken.None));
        Assert.Equal([IPAddress.Parse("93.184.215.14")], called);
    }

    [Fact]
    public async Task Of_several_addresses_only_those_allowed_are_called_and_the_next_where_one_is_away()
    {
        var called = new List<string>();
        var dialer = new WebhookDialer(
            allowsPrivate: false,
            (_, _) => Task.FromResult<IPAddress[]>(
                [.. new[] { "10.0.0.1", "8.8.8.8", "::1", "1.1.1.1" }.Select(IPAddress.Parse)]),
            (address, _) =>
            {
                called.Add($"{address.Address}");
                return called.Count == 1 ? throw new SocketException() : Task.FromResult(Stream.Null);
            });
        await dialer.DialAsync(new DnsEndPoint("many.example", 443), isTls: true, CancellationToken.None);
        Assert.Equal(["8.8.8.8", "1.1.1.1"], called);
    }

    [Theory]
    [InlineData("https://hooks.example/a?b=c", false, true)]
    [InlineData("https://hooks.example:8443/a", false, true)]
    [InlineData("http://hooks.example/a", false, false)]
    [InlineData("http://hooks.example/a", true, true)]
    [InlineData("http://8.8.8.8/a", true, false)]
    [InlineData("https://127.0.0.1/a", false, false)]
    [InlineData("https://2130706433/a", false, false)]
    [InlineData("https://0x7f.1/a", false, false)]
    [InlineData("https://[::1]/a", false, false)]
    [InlineData("https://[::ffff:169.254.169.254]/a", true, false)]
    [InlineData("https://169.254.169.254/latest/meta-data", true, false)]
    [InlineData("http://127.0.0.1:9000/a", true, true)]
    [InlineData("https://user:pa55@hooks.example/a", true, false)]
    [InlineData("https://hooks.example/a#b", false, false)]
    [InlineData("ftp://hooks.example/a", true, false)]
    [InlineData("file:///etc/passwd", true, false)]
    [InlineData("gopher://hooks.example/", true, false)]
    [InlineData("hooks.example", true, false)]
    [InlineData("", true, false)]
    public void An_address_that_cannot_be_a_hooks_is_refused_when_it_is_added(
        string text, bool allowsPrivate, bool isTaken)
    {
        var problem = WebhookUrl.Refuse(text, allowsPrivate, out var url);
        Assert.Equal((isTaken, isTaken), (problem is null, url is not null));
        Assert.DoesNotContain("pa55", problem ?? string.Empty, StringComparison.Ordinal);
    }
}
