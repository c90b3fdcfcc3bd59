using System.Buffers.Binary;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Verification;

/// <summary>
/// Who checks a result: drawn by the first beacon value after the seal, from all who offered to validate before the
/// award. The node knows the beacon and the client's salt, and learns the provider's seal too late to list whom the
/// draw would fall to; client and provider do not know the beacon. Tickets by stake and one seat an owner, so that many
/// identities are no more likely than their stake; the parties' owners are left out. Source: DESIGN.md section 5.
/// </summary>
internal static class Draw
{
    /// <summary>The capability by which a service offers to validate.</summary>
    public static readonly Label Capability = Label.Parse("validation");

    /// <summary>Most tickets of one agent: that many times the minimum stake count, more do not.</summary>
    public const int MaxTickets = 16;

    /// <summary>Who has more faults than paid jobs by more than this is not drawn: being drawn and silent costs a
    /// validator nothing else, so the cheapest stakes could keep others from being paid.</summary>
    public const ulong MaxFaultsAhead = 2;

    /// <summary>Most services that offer to validate at once, so that a draw's cost has a bound.</summary>
    public const int MaxOffered = 128;

    private static ReadOnlySpan<byte> Domain => "aitbc/validators/1\0"u8;

    /// <summary>One who may be drawn, with its best ticket.</summary>
    private readonly record struct Candidate(
        Digest Ticket, AccountNumber Owner, AccountNumber Validator, ServiceId Service);

    /// <summary>Whether an agent may offer to validate: once, for its capacity says how often at a time, and all places
    /// would be one agent's otherwise.</summary>
    public static bool HasRoomFor(LedgerState state, AccountNumber agent)
    {
        var count = 0;
        for (var at = state.Globals.FirstValidating; at != 0; at = state.Services[at - 1].NextValidating)
        {
            count++;
            if (state.Services[at - 1].Provider == agent)
            {
                return false;
            }
        }

        return count < MaxOffered;
    }

    /// <summary>Whether as many validators can be drawn for a client as it asks for, before there is a provider.
    /// </summary>
    public static bool HasEnough(LedgerState state, AccountNumber client, int asked)
    {
        Span<AccountNumber> owners = stackalloc AccountNumber[Seats.Length];
        var found = 0;
        for (var at = state.Globals.FirstValidating;
            at != 0 && found < asked;
            at = state.Services[at - 1].NextValidating)
        {
            ref readonly var service = ref state.Services[at - 1];
            var owner = state.OwnerOf(service.Provider);
            if (MayValidate(state, service, client, ulong.MaxValue, ulong.MaxValue)
                && owner != state.OwnerOf(client) && !owners[..found].Contains(owner))
            {
                owners[found++] = owner;
            }
        }

        return found >= asked;
    }

    /// <summary>Draws validators, in the order of their tickets.</summary>
    /// <param name="state">The state.</param>
    /// <param name="slot">The workload.</param>
    /// <param name="beacon">The first value after the seal.</param>
    /// <param name="drawn">Takes as many as the client asked for.</param>
    /// <returns>How many there are; fewer than asked where too few may be drawn.</returns>
    public static int Pick(
        LedgerState state, int slot, in Digest beacon, Span<(AccountNumber Validator, ServiceId Service)> drawn)
    {
        ref readonly var workload = ref state.Workloads[slot];
        ref readonly var validation = ref state.Validations[workload.Validation - 1];
        var root = RootOf(workload, validation, beacon);
        var provider = state.OwnerOf(state.Bids[workload.WinningBid].Bidder);
        var client = state.OwnerOf(workload.Client);
        Span<Candidate> best = stackalloc Candidate[Seats.Length];
        var count = 0;
        for (var at = state.Globals.FirstValidating; at != 0; at = state.Services[at - 1].NextValidating)
        {
            ref readonly var service = ref state.Services[at - 1];
            var owner = state.OwnerOf(service.Provider);
            if (owner != provider && owner != client
                && MayValidate(state, service, workload.Client, validation.LastService, validation.SealedAtSeq))
            {
                var ticket = BestTicket(state, root, service.Provider);
                count = Insert(best[..validation.Asked], count, new(ticket, owner, service.Provider, service.Id));
            }
        }

        for (var i = 0; i < count; i++)
        {
            drawn[i] = (best[i].Validator, best[i].Service);
        }

        return count;
    }

    /// <summary>Whether a service stands for validating: listed by the award, heard of at the seal, free and not
    /// fenced off by a stop now.</summary>
    private static bool MayValidate(
        LedgerState state, in ServiceRecord service, AccountNumber client, ulong lastService, ulong sealedAtSeq)
    {
        ref readonly var account = ref state.Accounts[service.Provider.Slot];
        ref readonly var agent = ref state.Agents[account.Agent - 1];
        return service.Id.Value <= lastService
            && service.CurrentLoad < service.MaxCapacity
            && service.Epoch >= state.FenceOf(account, market: true)
            && agent.WasLive(sealedAtSeq)
            && agent.JobsFaulted <= (ulong)agent.JobsSettled + MaxFaultsAhead
            && account.Stake >= state.Parameters.MinimumStake
            && ConstitutionRules.MayPay(
                state, state.Accounts[client.Slot], CommandKind.PostWorkload, service.Provider.Slot);
    }

    /// <summary>SHA-256 of domain, beacon, workload, the client's salt and the provider's seal.</summary>
    private static Digest RootOf(in WorkloadRecord workload, in ValidationRecord validation, in Digest beacon)
    {
        Span<byte> bytes = stackalloc byte[Domain.Length + 8 + (3 * Digest.Size)];
        Domain.CopyTo(bytes);
        var rest = bytes[Domain.Length..];
        beacon.CopyTo(rest);
        BinaryPrimitives.WriteUInt64BigEndian(rest[32..], workload.Id.Value);
        workload.Salt.CopyTo(rest[40..]);
        validation.Seal.CopyTo(rest[72..]);
        return Digest.Sha256(bytes);
    }

    /// <summary>The smallest of an agent's tickets: SHA-256 of root, agent and number, one for each minimum stake.
    /// </summary>
    private static Digest BestTicket(LedgerState state, in Digest root, AccountNumber validator)
    {
        ref readonly var account = ref state.Accounts[validator.Slot];
        var least = UInt128.Max(1, state.Parameters.MinimumStake.BaseUnits);
        var tickets = (int)UInt128.Clamp(account.Stake.BaseUnits / least, 1, MaxTickets);
        Span<byte> bytes = stackalloc byte[(2 * Digest.Size) + 1];
        root.CopyTo(bytes);
        account.Id.CopyTo(bytes[32..]);
        var best = default(Digest);
        for (var i = 0; i < tickets; i++)
        {
            bytes[64] = (byte)i;
            var ticket = Digest.Sha256(bytes);
            best = i == 0 || ticket.CompareTo(best) < 0 ? ticket : best;
        }

        return best;
    }

    /// <summary>Keeps the best tickets, in order, one an owner.</summary>
    private static int Insert(Span<Candidate> best, int count, in Candidate candidate)
    {
        for (var i = 0; i < count; i++)
        {
            if (best[i].Owner == candidate.Owner)
            {
                if (best[i].Ticket.CompareTo(candidate.Ticket) <= 0)
                {
                    return count;
                }

                best[(i + 1)..count].CopyTo(best[i..]);
                count--;
                break;
            }
        }

        var place = count;
        while (place > 0 && candidate.Ticket.CompareTo(best[place - 1].Ticket) < 0)
        {
            place--;
        }

        if (place == best.Length)
        {
            return count;
        }

        count = Math.Min(count + 1, best.Length);
        best[place..(count - 1)].CopyTo(best[(place + 1)..]);
        best[place] = candidate;
        return count;
    }
}
