using System.Runtime.CompilerServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Events;

/// <summary>One entry being applied: the state, and the events that carry it on as they are emitted.</summary>
/// <remarks>Reused between entries; not thread-safe.</remarks>
internal sealed class Step(LedgerState state)
{
    private EventBuffer events = new();

    /// <summary>The state as the events so far have left it.</summary>
    public LedgerState State { get; } = state;

    /// <summary>Bytes of events so far.</summary>
    public int Length => events.Length;

    /// <summary>Sends the following events there.</summary>
    public void WriteTo(EventBuffer buffer) => events = buffer;

    /// <summary>Takes the events back to an earlier length; the state's savepoint does the same for the state.
    /// </summary>
    public void TruncateTo(int earlier) => events.TruncateTo(earlier);

    /// <summary>Appends an event and carries the state on by it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Emit<T>(in T value)
        where T : unmanaged, ILedgerEvent
    {
        events.Append(value);
        value.ApplyTo(State);
    }

    /// <summary>Moves an amount that the rules have found to be there; zero moves nothing.</summary>
    public void Move(
        (AccountNumber Account, SubAccount Sub) from,
        (AccountNumber Account, SubAccount Sub) to,
        TokenAmount amount,
        MovePhase phase,
        MoveReason reason,
        ulong subject = 0)
    {
        if (!amount.IsZero)
        {
            Emit(new Moved(from.Account, to.Account, from.Sub, to.Sub, phase, reason, subject, amount));
        }
    }
}
