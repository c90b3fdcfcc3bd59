using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol;

/// <summary>The chain's figures, fixed in genesis (governed later). Defaults are the seed's where it gives one.
/// </summary>
/// <remarks>Immutable.</remarks>
public sealed record Parameters
{
    /// <summary>Stake below which an agent takes no new exposure as a provider. Default 1000 AITBC (the seed's).
    /// </summary>
    public TokenAmount MinimumStake { get; init; } = TokenAmount.FromTokens(1000);

    /// <summary>Gas of a payload that is refused after admission, and floor of every other. Default 0.001 AITBC.
    /// </summary>
    public TokenAmount BaseGas { get; init; } = TokenAmount.FromBaseUnits(1_000_000_000_000_000);

    /// <summary>Gas of each command over the base, in multiples of <see cref="BaseGas"/>, by
    /// <see cref="CommandKind"/>; guardians' commands are free whatever stands here.</summary>
    public IReadOnlyList<uint> GasMultiples { get; init; } =
        [1, 10, 20, 5, 5, 5, 1, 1, 10, 5, 1, 2, 5, 1, 2, 2, 1, 2, 1, 0, 0, 0, 0];

    /// <summary>Payloads an account may have admitted a minute, as a steady rate with a burst of as many. Range 1 to
    /// 60,000,000. Default 6,000.</summary>
    public uint PayloadsPerMinute { get; init; } = 6_000;

    /// <summary>How far ahead <c>validUntil</c> may lie. Default 1 h.</summary>
    public Duration MaxValidity { get; init; } = Duration.FromHours(1);

    /// <summary>Time from unstaking to free. Default 7 days (the seed's).</summary>
    public Duration Unbonding { get; init; } = Duration.FromDays(7);

    /// <summary>What a bidder pledges to open its bid. Default 1 AITBC.</summary>
    public TokenAmount BidBond { get; init; } = TokenAmount.OneToken;

    /// <summary>Least job bond as a share of the maximum price. Default 10 %.</summary>
    public Ratio MinJobBondShare { get; init; } = Ratio.FromPpm(100_000);

    /// <summary>Shortest and longest phase of a workload. Default 100 ms.</summary>
    public uint MinWindowMs { get; init; } = 100;

    /// <summary>Longest phase of a workload. Default 7 days.</summary>
    public uint MaxWindowMs { get; init; } = 604_800_000;

    /// <summary>Most bids on one workload. Default 32.</summary>
    public ushort MaxBidsPerWorkload { get; init; } = 32;

    /// <summary>Most workloads, services, bids or unbondings (each) an account has open. Default 1,000.</summary>
    public ushort MaxOpenPerAccount { get; init; } = 1_000;

    /// <summary>Largest blob, bytes. Default 16 MiB.</summary>
    public ulong MaxBlobBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Longest prepaid rent, days. Default 365.</summary>
    public uint MaxBlobDays { get; init; } = 365;

    /// <summary>Rent of one KiB (begun) for one day. Default 10^-6 AITBC.</summary>
    public TokenAmount BlobRentPerKiBDay { get; init; } = TokenAmount.FromBaseUnits(1_000_000_000_000);

    /// <summary>Gas of a command inside a payload that takes effect.</summary>
    public TokenAmount GasOf(CommandKind kind) => BaseGas.MulDivDown(GasMultiples[(int)kind], 1);
}
