using Aitbc.Primitives;

namespace Aitbc.Testing;

/// <summary>Somebody who sends commands: a name for failing tests, an account, and the key it signs with now.</summary>
/// <param name="name">What failing tests call it.</param>
/// <param name="key">The account's first key.</param>
public sealed class Actor(string name, TestKey key)
{
    /// <summary>What failing tests call it.</summary>
    public string Name { get; } = name;

    /// <summary>The account: its first key's thumbprint.</summary>
    public AccountId Id { get; } = (AccountId)key.Id;

    /// <summary>The key it signs with; changes with rotation.</summary>
    public TestKey Key { get; set; } = key;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
