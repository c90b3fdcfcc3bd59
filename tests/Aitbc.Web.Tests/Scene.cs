using Aitbc.Primitives;

namespace Aitbc.Web.Tests;

/// <summary>A person in a window with an authenticator, and an account that began there with its passkey.</summary>
/// <param name="Node">The node.</param>
/// <param name="Visit">The window.</param>
/// <param name="Person">The account.</param>
public sealed record Scene(GuardedNode Node, Visit Visit, AccountId Person) : IAsyncDisposable
{
    /// <summary>Begins at the node that tests share, or at one of the test's own, which stays the test's to end.
    /// </summary>
    public static async Task<Scene> BeginAsync(Browser browser, GuardedNode? own = null)
    {
        var node = own ?? await browser.NodeAsync();
        var visit = await browser.VisitAsync();
        await visit.AddAuthenticatorAsync();
        return new Scene(node, visit, await visit.BeginAsync(node));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Visit.DisposeAsync();
}
