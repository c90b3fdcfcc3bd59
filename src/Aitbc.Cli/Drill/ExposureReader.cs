using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;
using Aitbc.Simulation.Audit;

namespace Aitbc.Cli.Drill;

/// <summary>
/// Sums from a journal what one agent put at risk, against each of its caps. It looks only at where money moved: out of
/// the agent's free balance to others or into its holds is a debit, out of its holds back into its free balance gives
/// back. It knows nothing of the rules, of their windows or of what they reserved.
/// </summary>
/// <param name="agent">Whose.</param>
/// <param name="limits">The caps.</param>
internal sealed class ExposureReader(AccountNumber agent, DrillLimits limits)
{
    private readonly IReadOnlyList<RollingCap> caps = limits.ToRollingCaps();
    private readonly RollingCap gas = limits.ToGasCap();
    private readonly Dictionary<(SubAccount Hold, ulong Subject), List<Debit>> held = [];
    private readonly Dictionary<(SubAccount Hold, ulong Subject), UInt128> actions = [];
    private UInt128 stake;
    private UInt128 mostStake;
    private UInt128 mostOfAction;

    /// <summary>Debits read.</summary>
    public long Debits { get; private set; }

    /// <summary>Times that value came back out of a hold.</summary>
    public long GivenBack { get; private set; }

    /// <summary>Takes the next entry of the journal.</summary>
    public void Take(AuditedEntry entry)
    {
        actions.Clear();
        var reader = new EventReader(entry.Events.Span);
        while (reader.MoveNext())
        {
            if (reader.Kind == EventKind.Moved)
            {
                Take(entry.Header.Time.UnixMs, reader.As<Moved>());
            }
            else if (reader.Kind == EventKind.CommandHandled && reader.As<CommandHandled>() is var handled
                && handled.From == agent && !handled.Gas.IsZero)
            {
                gas.Add(new Debit(entry.Header.Time.UnixMs, handled.Gas.BaseUnits));
            }
        }
    }

    /// <summary>Takes one movement.</summary>
    public void Take(long atMs, in Moved moved)
    {
        if (moved.From != agent)
        {
            return;
        }

        if (moved.ToSub == SubAccount.Stake || moved.FromSub == SubAccount.Stake)
        {
            stake = moved.ToSub == SubAccount.Stake ? stake + moved.Amount.BaseUnits : stake - moved.Amount.BaseUnits;
            mostStake = UInt128.Max(mostStake, stake);
            return;
        }

        var toHold = moved.To == agent && moved.ToSub is SubAccount.Escrow or SubAccount.Bond;
        if (moved.FromSub == SubAccount.Available && (moved.To != agent || toHold))
        {
            Debit(atMs, moved, toHold);
        }
        else if (moved.FromSub is SubAccount.Escrow or SubAccount.Bond && moved.To == agent
            && moved.ToSub == SubAccount.Available)
        {
            GiveBack(moved);
        }
    }

    /// <summary>How far each cap was used.</summary>
    public IReadOnlyList<CapResult> ToResults() =>
    [
        .. caps.Select(cap => cap.ToResult()),
        CapResult.Of("maxValuePerAction", limits.ValuePerAction, TokenAmount.FromBaseUnits(mostOfAction)),
        CapResult.Of("maxStake", limits.Stake, TokenAmount.FromBaseUnits(mostStake)),
        gas.ToResult(),
    ];

    private void Debit(long atMs, in Moved moved, bool toHold)
    {
        Debits++;
        var debit = new Debit(atMs, moved.Amount.BaseUnits);
        var key = (moved.ToSub, moved.Subject);
        var ofAction = debit.Left;
        if (toHold)
        {
            if (!held.TryGetValue(key, out var debits))
            {
                held[key] = debits = [];
            }

            debits.Add(debit);

            // A bid's two bonds, or a posting's price and fees, are one action.
            ofAction += actions.GetValueOrDefault(key);
            actions[key] = ofAction;
        }

        mostOfAction = UInt128.Max(mostOfAction, ofAction);
        foreach (var cap in caps)
        {
            if (cap.Counts(moved.Reason))
            {
                cap.Add(debit);
            }
        }
    }

    private void GiveBack(in Moved moved)
    {
        GivenBack++;
        var left = moved.Amount.BaseUnits;
        foreach (var debit in held.GetValueOrDefault((moved.FromSub, moved.Subject)) ?? [])
        {
            var part = UInt128.Min(left, debit.Left);
            debit.Left -= part;
            left -= part;
        }
    }
}
