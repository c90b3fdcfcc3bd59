using Aitbc.Protocol.Rules;
using Aitbc.Protocol.Verification;

namespace Aitbc.Protocol.Marketplace;

/// <summary>Services: listed, changed and delisted by their owner only.</summary>
internal static class ServiceRules
{
    private const uint MaxCapacity = 1_000_000;
    private const uint Million = 1_000_000;

    /// <summary>Lists a service.</summary>
    public static Outcome List(in Call call, ListService command)
    {
        ref readonly var sender = ref call.Sender;
        if (sender.Agent == 0)
        {
            return Outcome.NotAuthorised;
        }

        if (sender.Stake < call.State.Parameters.MinimumStake)
        {
            return Outcome.InsufficientStake;
        }

        if (sender.OpenServices >= call.State.Parameters.MaxOpenPerAccount
            || (command.Terms.Capability == Draw.Capability && !Draw.HasRoomFor(call.State, call.From)))
        {
            return Outcome.TooManyOpen;
        }

        if (!IsSound(command.Terms))
        {
            return Outcome.BadTerms;
        }

        var terms = command.Terms;
        call.Step.Emit(new ServiceListed(
            new Primitives.ServiceId(call.State.Globals.LastService + 1),
            call.From,
            terms.MaxCapacity,
            terms.MinAccuracyPpm,
            call.Epoch,
            terms.Name,
            terms.Capability,
            terms.ModelHash,
            terms.PricePerUnit,
            terms.InputSchema));
        return Outcome.Applied;
    }

    /// <summary>Changes a service's terms.</summary>
    public static Outcome Update(in Call call, UpdateService command)
    {
        var slot = call.State.FindService(command.Service);
        if (slot < 0 || call.State.Services[slot].Provider != call.From)
        {
            return Outcome.NoSuchService;
        }

        var terms = command.Terms;
        if (!IsSound(terms) || terms.Capability != call.State.Services[slot].Capability)
        {
            return Outcome.BadTerms;
        }

        call.Step.Emit(new ServiceUpdated(
            command.Service,
            terms.MaxCapacity,
            terms.MinAccuracyPpm,
            call.Epoch,
            terms.Name,
            terms.ModelHash,
            terms.PricePerUnit,
            terms.InputSchema));
        return Outcome.Applied;
    }

    /// <summary>Takes a service off the market.</summary>
    public static Outcome Delist(in Call call, DelistService command)
    {
        var slot = call.State.FindService(command.Service);
        if (slot < 0 || call.State.Services[slot].Provider != call.From)
        {
            return Outcome.NoSuchService;
        }

        if (call.State.Services[slot].CurrentLoad > 0)
        {
            return Outcome.ServiceBusy;
        }

        call.Step.Emit(new ServiceDelisted(command.Service, call.From));
        return Outcome.Applied;
    }

    private static bool IsSound(ServiceTerms terms) =>
        terms.MaxCapacity is >= 1 and <= MaxCapacity
        && terms.MinAccuracyPpm <= Million
        && !terms.Name.IsEmpty
        && !terms.Capability.IsEmpty
        && terms.PricePerUnit <= Genesis.MaxSupply;
}
