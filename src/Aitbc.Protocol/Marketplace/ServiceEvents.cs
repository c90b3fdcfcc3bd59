using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Marketplace;

/// <summary>A service was listed.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Provider">Who offers it.</param>
/// <param name="MaxCapacity">Most jobs at once.</param>
/// <param name="MinAccuracyPpm">Delivered below it is a fault.</param>
/// <param name="Epoch">Stop epoch of the payload.</param>
/// <param name="Name">Its name.</param>
/// <param name="Capability">What it does.</param>
/// <param name="ModelHash">Digest of its model, or zero.</param>
/// <param name="PricePerUnit">Asking price.</param>
/// <param name="InputSchema">Digest of the schema of its inputs, or zero.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct ServiceListed(
    ServiceId Id,
    AccountNumber Provider,
    uint MaxCapacity,
    uint MinAccuracyPpm,
    ulong Epoch,
    Label Name,
    Label Capability,
    Digest ModelHash,
    TokenAmount PricePerUnit,
    Digest InputSchema) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.ServiceListed;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var service = ref state.Services.Add(out var slot);
        service.Id = Id;
        service.Provider = Provider;
        service.MaxCapacity = MaxCapacity;
        service.MinAccuracyPpm = MinAccuracyPpm;
        service.Epoch = Epoch;
        service.Name = Name;
        service.Capability = Capability;
        service.ModelHash = ModelHash;
        service.PricePerUnit = PricePerUnit;
        service.InputSchema = InputSchema;
        state.GlobalTable.Write(0).LastService = Id.Value;
        state.Accounts.Write(Provider.Slot).OpenServices++;
        state.ServiceIndex.Add(Id.Value, slot);
        if (Capability == Verification.Draw.Capability)
        {
            ref var globals = ref state.GlobalTable.Write(0);
            service.NextValidating = globals.FirstValidating;
            globals.FirstValidating = slot + 1;
        }
    }
}

/// <summary>A service's terms changed.</summary>
/// <param name="Id">Which.</param>
/// <param name="MaxCapacity">Most jobs at once.</param>
/// <param name="MinAccuracyPpm">Delivered below it is a fault.</param>
/// <param name="Epoch">Stop epoch of the payload.</param>
/// <param name="Name">Its name.</param>
/// <param name="ModelHash">Digest of its model, or zero.</param>
/// <param name="PricePerUnit">Asking price.</param>
/// <param name="InputSchema">Digest of the schema of its inputs, or zero.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct ServiceUpdated(
    ServiceId Id,
    uint MaxCapacity,
    uint MinAccuracyPpm,
    ulong Epoch,
    Label Name,
    Digest ModelHash,
    TokenAmount PricePerUnit,
    Digest InputSchema) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.ServiceUpdated;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var service = ref state.Services.Write(state.FindService(Id));
        service.MaxCapacity = MaxCapacity;
        service.MinAccuracyPpm = MinAccuracyPpm;
        service.Epoch = Epoch;
        service.Name = Name;
        service.ModelHash = ModelHash;
        service.PricePerUnit = PricePerUnit;
        service.InputSchema = InputSchema;
    }
}

/// <summary>A service was taken off the market.</summary>
/// <param name="Id">Which.</param>
/// <param name="Provider">Whose.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct ServiceDelisted(ServiceId Id, AccountNumber Provider) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.ServiceDelisted;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        var slot = state.FindService(Id);
        if (state.Services[slot].Capability == Verification.Draw.Capability)
        {
            Unlink(state, slot);
        }

        state.Services.Free(slot);
        state.ServiceIndex.Remove(Id.Value);
        state.Accounts.Write(Provider.Slot).OpenServices--;
    }

    /// <summary>Takes a service out of the list of those that offer to validate.</summary>
    private static void Unlink(LedgerState state, int slot)
    {
        var next = state.Services[slot].NextValidating;
        var at = state.Globals.FirstValidating;
        if (at == slot + 1)
        {
            state.GlobalTable.Write(0).FirstValidating = next;
            return;
        }

        while (state.Services[at - 1].NextValidating != slot + 1)
        {
            at = state.Services[at - 1].NextValidating;
        }

        state.Services.Write(at - 1).NextValidating = next;
    }
}
