using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;

namespace Aitbc.Node.Hosting;

/// <summary>The chain of a node that nobody prepared one for: one person, who is its council and holds the tokens.
/// </summary>
public static class LocalChain
{
    /// <summary>The chain's name. Its tokens have no value.</summary>
    public const string Name = "aitbc:local";

    private static readonly TokenAmount Supply = TokenAmount.FromTokens(1_000_000_000);

    /// <summary>Opens a directory's chain, or begins this one where there is none.</summary>
    /// <param name="path">The data directory.</param>
    /// <param name="time">The clock.</param>
    /// <param name="options">The quota; default none.</param>
    /// <exception cref="IOException">Another process has the directory, or a file is damaged.</exception>
    public static ChainDirectory OpenOrBegin(
        string path, TimeProvider time, DataDirectoryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        if (ChainDirectory.Exists(path))
        {
            return ChainDirectory.Open(path, options);
        }

        var now = new Timestamp(time.GetUtcNow().ToUnixTimeMilliseconds());
        var plan = new ChainPlan(new ChainId(Name), Supply, now, 1, new Parameters());
        return ChainDirectory.Create(
            path,
            plan,
            keys =>
            {
                using var key = keys.Create();
                return [new GenesisAccount(key.PublicKey, Supply, Council: true)];
            },
            options: options);
    }
}
