namespace Aitbc.Safety.Tests;

/// <summary>A gateway's limits at both sides of each of their bounds.</summary>
public sealed class GatewayOptionsTests
{
    public static TheoryData<string, bool, GatewayOptions> Edges => new()
    {
        { "none in flight", false, new GatewayOptions { MaxInFlightPerAccount = 0 } },
        { "one in flight", true, new GatewayOptions { MaxInFlightPerAccount = 1 } },
        { "a lane each", true, new GatewayOptions { MaxInFlightPerAccount = 8 } },
        { "more than lanes", false, new GatewayOptions { MaxInFlightPerAccount = 9 } },
        { "no attempt", false, new GatewayOptions { MaxAttempts = 0 } },
        { "one attempt", true, new GatewayOptions { MaxAttempts = 1 } },
        { "ten attempts", true, new GatewayOptions { MaxAttempts = 10 } },
        { "eleven attempts", false, new GatewayOptions { MaxAttempts = 11 } },
        { "resyncs below 0", false, new GatewayOptions { MaxResyncs = -1 } },
        { "no resync", true, new GatewayOptions { MaxResyncs = 0 } },
        { "five resyncs", true, new GatewayOptions { MaxResyncs = 5 } },
        { "six resyncs", false, new GatewayOptions { MaxResyncs = 6 } },
        { "99 ms", false, new GatewayOptions { ApprovalLifetime = new Duration(99) } },
        { "100 ms", true, new GatewayOptions { ApprovalLifetime = new Duration(100) } },
    };

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task A_gateway_takes_what_lies_inside_its_bounds_and_nothing_else(
        string edge, bool isSound, GatewayOptions options)
    {
        Exception? thrown = null;
        try
        {
            await using var world = new GatewayFixture(options);
        }
        catch (ArgumentException exception)
        {
            thrown = exception;
        }

        Assert.True(isSound == thrown is null, edge);
    }
}
