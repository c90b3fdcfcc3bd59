using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;

namespace Aitbc.Cli.Drill;

/// <summary>A chain on disk with people and agents whose keys the drill holds: one of its own each time, so that a
/// drill never touches anybody's data.</summary>
/// <remarks>Holds secrets in memory; dispose it. Thread-safe but for disposing.</remarks>
internal sealed class DrillChain : IDisposable
{
    /// <summary>Members of the council; two of them release what one stopped.</summary>
    public const int Council = 3;

    /// <summary>How many of the council release.</summary>
    public const int CouncilThreshold = 2;

    /// <summary>What each person begins with.</summary>
    private const ulong TokensEach = 100_000_000;

    private DrillChain(string directory, KeyPair[] people, KeyPair[] agents, TimeProvider time)
    {
        (Directory, People, Agents, Time) = (directory, people, agents, time);
        var now = new Timestamp(time.GetUtcNow().ToUnixTimeMilliseconds());
        var plan = new ChainPlan(
            Id,
            TokenAmount.FromTokens(10_000_000_000),
            now,
            CouncilThreshold,
            new Parameters
            {
                // The account's rate limit is no part of the drill: it would only slow it.
                PayloadsPerMinute = 60_000_000,
                MinimumStake = TokenAmount.OneToken,
                MaxOpenPerAccount = ushort.MaxValue - 1,
                MaxBidsPerWorkload = 256,

                // Rent that is worth counting: half a token for one KiB and day.
                BlobRentPerKiBDay = TokenAmount.FromBaseUnits(500_000_000_000_000_000),
            });
        ChainDirectory.Create(directory, plan, _ => [.. people.Select((key, i) =>
            new GenesisAccount(key.PublicKey, TokenAmount.FromTokens(TokensEach), i < Council))]).Dispose();
    }

    /// <summary>The chain's name: a real one, on which every payload is signed.</summary>
    public static ChainId Id { get; } = new("aitbc:drill");

    /// <summary>The data directory.</summary>
    public string Directory { get; }

    /// <summary>The council first, then others.</summary>
    public IReadOnlyList<KeyPair> People { get; }

    /// <summary>Agents; they have accounts once they are registered.</summary>
    public IReadOnlyList<KeyPair> Agents { get; }

    /// <summary>The clock of whoever signs.</summary>
    public TimeProvider Time { get; }

    /// <summary>An instant up to which what is signed now is valid.</summary>
    public Timestamp ValidUntil =>
        new Timestamp(Time.GetUtcNow().ToUnixTimeMilliseconds()) + Duration.FromMinutes(30);

    /// <summary>Begins one.</summary>
    /// <param name="directory">Where; must hold none.</param>
    /// <param name="people">People, <see cref="Council"/> at least.</param>
    /// <param name="agents">Agents.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public static DrillChain Create(string directory, int people, int agents, TimeProvider? time = null) => new(
        directory,
        [.. Enumerable.Range(0, people).Select(_ => KeyPair.Generate())],
        [.. Enumerable.Range(0, agents).Select(_ => KeyPair.Generate())],
        time ?? TimeProvider.System);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in People.Concat(Agents))
        {
            key.Dispose();
        }
    }
}
