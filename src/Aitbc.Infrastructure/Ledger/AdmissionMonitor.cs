using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.State;

namespace Aitbc.Infrastructure.Ledger;

/// <summary>Looks at an agent's payload that is about to be ordered, whoever signed it: so a thief's with the agent's
/// key too. Its verdict is journalled before the payload, and the rules obey it.</summary>
/// <param name="state">The state before the payload; only to be read.</param>
/// <param name="payload">The payload; it will be admitted, and has not been seen before.</param>
/// <param name="at">The time it will have.</param>
/// <returns>The verdict; null where there is nothing to say.</returns>
/// <remarks>Called on the sequencer's thread, so it must be quick and must not wait. An exception ends the ledger:
/// what nobody watches must not go on.</remarks>
public delegate MonitorVerdict? AdmissionMonitor(LedgerState state, ClientPayload payload, Timestamp at);
