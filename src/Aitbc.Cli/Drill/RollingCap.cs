using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Cli.Drill;

/// <summary>One debit that is held or spent: what of it is not given back.</summary>
/// <param name="atMs">When it was made.</param>
/// <param name="amount">Base units.</param>
internal sealed class Debit(long atMs, UInt128 amount)
{
    /// <summary>When it was made.</summary>
    public long AtMs { get; } = atMs;

    /// <summary>Base units that are not given back.</summary>
    public UInt128 Left { get; set; } = amount;
}

/// <summary>
/// A cap over a rolling window, summed exactly, debit by debit: at every instant at which something is spent, all that
/// was spent in the window up to it and not given back. No buckets, and nothing of the rules' own counters.
/// </summary>
/// <param name="name">What people call it.</param>
/// <param name="limit">Base units.</param>
/// <param name="window">How far back it counts.</param>
/// <param name="counts">Which debits count.</param>
internal sealed class RollingCap(string name, TokenAmount limit, Duration window, Func<MoveReason, bool> counts)
{
    private readonly Queue<Debit> inWindow = new();
    private UInt128 most;

    /// <summary>Whether a debit counts.</summary>
    public bool Counts(MoveReason reason) => counts(reason);

    /// <summary>Counts a debit; time never falls.</summary>
    public void Add(Debit debit)
    {
        inWindow.Enqueue(debit);
        while (inWindow.Peek().AtMs <= debit.AtMs - window.Ms)
        {
            inWindow.Dequeue();
        }

        var sum = UInt128.Zero;
        foreach (var one in inWindow)
        {
            sum += one.Left;
        }

        most = UInt128.Max(most, sum);
    }

    /// <summary>What came of it.</summary>
    public CapResult ToResult() => CapResult.Of(name, limit, TokenAmount.FromBaseUnits(most));
}

/// <summary>How far a cap was used at the worst instant.</summary>
/// <param name="Name">Which.</param>
/// <param name="Limit">Base units.</param>
/// <param name="Most">Base units in the worst window.</param>
/// <param name="Over">Base units over the limit; 0 where it held.</param>
/// <param name="Share">Most / limit.</param>
internal sealed record CapResult(string Name, TokenAmount Limit, TokenAmount Most, TokenAmount Over, double Share)
{
    /// <summary>Compares.</summary>
    public static CapResult Of(string name, TokenAmount limit, TokenAmount most) => new(
        name,
        limit,
        most,
        most > limit ? most - limit : TokenAmount.Zero,
        Math.Round((double)most.BaseUnits / (double)limit.BaseUnits, 6));
}
