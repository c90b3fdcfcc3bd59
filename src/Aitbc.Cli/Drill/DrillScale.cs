namespace Aitbc.Cli.Drill;

/// <summary>How much a drill does.</summary>
/// <param name="Quick">A small fraction: shows that it holds, not how fast.</param>
/// <param name="Seed">Decides what is random in it; the order in which processes come to act is nobody's.</param>
internal sealed record DrillScale(bool Quick, ulong Seed)
{
    /// <summary>The whole amount, or the small one.</summary>
    public int Of(int whole, int quick) => Quick ? quick : whole;

    /// <summary>The whole amount, or the small one.</summary>
    public ulong Of(ulong whole, ulong quick) => Quick ? quick : whole;
}
