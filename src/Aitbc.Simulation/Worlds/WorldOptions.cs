using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;

namespace Aitbc.Simulation.Worlds;

/// <summary>What a world is begun or gone on with. Immutable.</summary>
public sealed record WorldOptions
{
    /// <summary>The data directory; made where it is missing.</summary>
    public required string Directory { get; init; }

    /// <summary>The data set to begin with; null takes what the directory has.</summary>
    public ReadOnlyMemory<byte>? Dataset { get; init; }

    /// <summary>The demand to begin with; null takes what the directory has.</summary>
    public ReadOnlyMemory<byte>? Demand { get; init; }

    /// <summary>How much faster than recorded the demand comes, 1 to 1,000,000; null takes what the directory has, or
    /// else as many times as brings some requests a second.</summary>
    public long? Speed { get; init; }

    /// <summary>Decides which rows are kept back, and in virtual time everything: 0 to 2^53 - 1; null takes what the
    /// directory has, or else 1.</summary>
    public long? Seed { get; init; }

    /// <summary>Quota of the data directory. Default: none but the disk's size.</summary>
    public DataDirectoryOptions? Quota { get; init; }

    /// <summary>Changes the ledger's options from their defaults; null for none.</summary>
    public Func<LedgerHostOptions, LedgerHostOptions>? Ledger { get; init; }

    /// <summary>Virtual time and no signatures; null takes what the directory has, or else the wall clock.</summary>
    public bool? IsVirtual { get; init; }
}

/// <summary>A world cannot be begun, gone on with or lived in as asked.</summary>
/// <param name="code">Stable word for machines.</param>
/// <param name="message">One plain sentence that says what to do.</param>
public sealed class WorldRefusedException(string code, string message) : Exception(message)
{
    /// <summary>Stable word for machines.</summary>
    public string Code { get; } = code;
}
