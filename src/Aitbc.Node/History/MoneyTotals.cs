using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Node.History;

/// <summary>What all accounts hold together, by sub-account, with the treasury apart. A difference or a sum: six signed
/// counts of base units.</summary>
/// <remarks>Not thread-safe: its owner locks.</remarks>
internal sealed class MoneyTotals
{
    private const int Places = 6;
    private const int Treasury = 5;

    private readonly Int128[] totals = new Int128[Places];

    private MoneyTotals(Int128[] from) => from.CopyTo(totals, 0);

    /// <summary>Nothing anywhere.</summary>
    public MoneyTotals()
    {
    }

    /// <summary>The totals of a state; looks at every account once.</summary>
    public static MoneyTotals Of(LedgerState state)
    {
        var sum = new MoneyTotals();
        for (var slot = 0; slot < state.Accounts.Count; slot++)
        {
            ref readonly var account = ref state.Accounts[slot];
            for (var sub = SubAccount.Available; sub <= SubAccount.Unbonding; sub++)
            {
                sum.totals[PlaceOf(new AccountNumber((uint)slot), sub)] += (Int128)account.Balance(sub).BaseUnits;
            }
        }

        return sum;
    }

    /// <summary>Carries the totals on by one event.</summary>
    public void Take(in EventReader reader)
    {
        if (reader.Kind == EventKind.Moved)
        {
            var moved = reader.As<Moved>();
            totals[PlaceOf(moved.From, moved.FromSub)] -= (Int128)moved.Amount.BaseUnits;
            totals[PlaceOf(moved.To, moved.ToSub)] += (Int128)moved.Amount.BaseUnits;
        }
        else if (reader.Kind == EventKind.CommandHandled)
        {
            var handled = reader.As<CommandHandled>();
            totals[PlaceOf(handled.From, SubAccount.Available)] -= (Int128)handled.Gas.BaseUnits;
            totals[Treasury] += (Int128)handled.Gas.BaseUnits;
        }
    }

    /// <summary>A copy.</summary>
    public MoneyTotals Copy() => new(totals);

    /// <summary>These and others together.</summary>
    public MoneyTotals Plus(MoneyTotals other) => Join(other, +1);

    /// <summary>These without others.</summary>
    public MoneyTotals Minus(MoneyTotals other) => Join(other, -1);

    /// <summary>As an answer; only sums, never differences.</summary>
    public MoneyView ToView() => new(At(Treasury), At(0), At(1), At(2), At(3), At(4));

    private static int PlaceOf(AccountNumber account, SubAccount sub) =>
        account == AccountNumber.Treasury ? Treasury : (int)sub;

    private MoneyTotals Join(MoneyTotals other, int sign)
    {
        var joined = new MoneyTotals(totals);
        for (var i = 0; i < Places; i++)
        {
            joined.totals[i] += sign * other.totals[i];
        }

        return joined;
    }

    private TokenAmount At(int place) => TokenAmount.FromBaseUnits((UInt128)totals[place]);
}

/// <summary>What all accounts hold together, base units; the sum is the supply.</summary>
/// <param name="Treasury">The treasury's.</param>
/// <param name="Available">Free to use.</param>
/// <param name="Escrow">Reserved for workloads.</param>
/// <param name="Stake">Staked.</param>
/// <param name="Bond">Pledged on bids and jobs.</param>
/// <param name="Unbonding">On its way to be free.</param>
public sealed record MoneyView(
    TokenAmount Treasury,
    TokenAmount Available,
    TokenAmount Escrow,
    TokenAmount Stake,
    TokenAmount Bond,
    TokenAmount Unbonding);
