using Aitbc.Primitives;

namespace Aitbc.Simulation.Attacks;

/// <summary>What an attacker does to an agent it holds, or with agents of its own.</summary>
public enum AttackFamily
{
    /// <summary>A loop that spends on the usual things, much faster: within the hour.</summary>
    Burst,

    /// <summary>A few large payments to an account of the attacker.</summary>
    Drain,

    /// <summary>Payments to the attacker that start small and grow each day.</summary>
    Drift,

    /// <summary>Very many very small payments to the attacker, for three days.</summary>
    Salami,

    /// <summary>Value that goes round between agents of the attacker, to look like trade.</summary>
    WashTrade,

    /// <summary>A type of command with value that the agent never used.</summary>
    NewKind,

    /// <summary>A key of the attacker is added, then value leaves by payments of the usual size.</summary>
    Takeover,

    /// <summary>Several agents of one owner each pay a part.</summary>
    Split,

    /// <summary>An owner registers several agents, and each pays a part at once.</summary>
    Sybil,
}

/// <summary>A kind of attack.</summary>
/// <param name="Family">What is done.</param>
/// <param name="Intensity">What it would move in its strongest 24 h, as a share of the agent's daily cap.</param>
/// <param name="IsAware">Whether the attacker knows every limit of the monitor and stays below each one it can tell.
/// </param>
/// <remarks>Immutable.</remarks>
public readonly record struct AttackKind(AttackFamily Family, Ratio Intensity, bool IsAware)
{
    /// <summary>What must be found at this intensity and above: a tenth of a daily cap.</summary>
    public static Ratio Promised => Ratio.FromPpm(100_000);

    /// <summary>Shares of the cap that attacks are made with: below the promise, a little above it, and far above.
    /// </summary>
    public static IReadOnlyList<Ratio> Intensities { get; } =
        [Ratio.FromPpm(50_000), Ratio.FromPpm(150_000), Ratio.FromPpm(350_000), Ratio.FromPpm(800_000)];

    /// <summary>Every family, intensity and awareness.</summary>
    public static IReadOnlyList<AttackKind> All { get; } =
    [
        .. from family in Enum.GetValues<AttackFamily>()
           from intensity in Intensities
           from isAware in new[] { false, true }
           select new AttackKind(family, intensity, isAware),
    ];

    /// <summary>Whether it would pass a tenth of a daily cap.</summary>
    public bool IsPromised => Intensity > Promised;

    /// <summary>Such as "salami 15 % aware".</summary>
    public override string ToString() =>
        $"{Family} {Intensity.Ppm / 10_000} %{(IsAware ? " aware" : string.Empty)}";
}
