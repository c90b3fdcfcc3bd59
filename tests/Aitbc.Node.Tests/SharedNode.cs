namespace Aitbc.Node.Tests;

/// <summary>One node for the tests of a class that leave it as usable as they found it.</summary>
public sealed class SharedNode : IAsyncLifetime
{
    /// <summary>The node.</summary>
    public NodeFixture Node { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => Node = await NodeFixture.StartAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync() => await Node.DisposeAsync();
}
