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
        [1, 10, 20, 5, 5, 5, 1, 1, 10, 5, 1, 2, 5, 1, 2, 2, 1, 2, 1, 0, 0, 0, 0, 2, 2, 2, 2, 5, 5, 2,
            1, 1, 1, 1, 1];

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

    /// <summary>For how long a command waits for approval before it is denied. Default 24 h.</summary>
    public Duration ApprovalWindow { get; init; } = Duration.FromDays(1);

    /// <summary>How long a loosened constitution, or another set of guardians, waits after it was proposed. Default
    /// 24 h.</summary>
    public Duration LooseningDelay { get; init; } = Duration.FromDays(1);

    /// <summary>For how long a motion gathers its guardians before it lapses; longer than
    /// <see cref="LooseningDelay"/>. Default 14 days.</summary>
    public Duration MotionWindow { get; init; } = Duration.FromDays(14);

    /// <summary>Gas of a command inside a payload that takes effect.</summary>
    public TokenAmount GasOf(CommandKind kind) => BaseGas.MulDivDown(GasMultiples[(int)kind], 1);

    /// <summary>Says all that is wrong with the figures, in plain sentences; empty where nothing is. What it lets pass
    /// leaves the range of no arithmetic, whatever a payload says.</summary>
    public IReadOnlyList<string> Validate()
    {
        const uint maxMultiple = 1_000_000;
        var maxGas = TokenAmount.FromBaseUnits(UInt128.One << 80);
        var maxRent = TokenAmount.FromBaseUnits(UInt128.One << 64);
        var problems = new List<string>();
        Check(GasMultiples.Count == CommandNames.Count,
            $"gasMultiples must have {CommandNames.Count} numbers, one a command type.");
        Check(GasMultiples.All(multiple => multiple <= maxMultiple), "each of gasMultiples must be at most 1,000,000.");
        Check(BaseGas <= maxGas, "baseGas must be at most 2^80 base units.");
        Check(PayloadsPerMinute is >= 1 and <= 60_000_000, "payloadsPerMinute must be 1 to 60,000,000.");
        Check(MinWindowMs >= 1 && MinWindowMs <= MaxWindowMs,
            "minWindowMs must be at least 1 and at most maxWindowMs.");
        Check(MinimumStake <= Genesis.MaxSupply && BidBond <= Genesis.MaxSupply,
            "minimumStake and bidBond must be at most 2^100 base units.");
        Check(MinJobBondShare <= Ratio.One, "minJobBondShare must be at most 1,000,000 ppm.");
        Check(InRange(MaxValidity, Duration.FromDays(366)), "maxValidity must be 1 ms to 366 days.");
        Check(InRange(Unbonding, Duration.FromDays(3_660)), "unbonding must be 1 ms to 3,660 days.");
        Check(InRange(ApprovalWindow, Duration.FromDays(30)), "approvalWindow must be 1 ms to 30 days.");
        Check(InRange(LooseningDelay, Duration.FromDays(30)), "looseningDelay must be 1 ms to 30 days.");
        Check(MotionWindow > LooseningDelay && InRange(MotionWindow, Duration.FromDays(366)),
            "motionWindow must be longer than looseningDelay and at most 366 days.");
        Check(MaxBidsPerWorkload is >= 1 and <= 256, "maxBidsPerWorkload must be 1 to 256.");
        Check(MaxOpenPerAccount >= 1, "maxOpenPerAccount must be at least 1.");
        Check(MaxBlobBytes is >= 1 and <= 1UL << 40, "maxBlobBytes must be 1 to 2^40.");
        Check(MaxBlobDays is >= 1 and <= 36_600, "maxBlobDays must be 1 to 36,600.");
        Check(BlobRentPerKiBDay <= maxRent, "blobRentPerKiBDay must be at most 2^64 base units.");
        return problems;

        void Check(bool holds, string problem)
        {
            if (!holds)
            {
                problems.Add(problem);
            }
        }

        static bool InRange(Duration value, Duration most) => value > Duration.Zero && value <= most;
    }
}
