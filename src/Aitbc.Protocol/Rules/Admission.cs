using System.Runtime.CompilerServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Rules;

/// <summary>What admission found.</summary>
internal struct Admitted
{
    /// <summary>The sender.</summary>
    public AccountNumber From;

    /// <summary>Gas if the payload takes effect.</summary>
    public TokenAmount FullGas;

    /// <summary>Gas if it is refused.</summary>
    public TokenAmount BaseGas;

    /// <summary>For a payload sent again: what became of it the first time.</summary>
    public PastOutcome First;

    /// <summary>Whether the payload was sent before.</summary>
    public bool IsDuplicate;
}

/// <summary>
/// Checks that cost the sender nothing and leave no trace: who turns away here is not journalled. In order of
/// precedence; the first that refuses is named.
/// </summary>
internal static class Admission
{
    /// <summary>Nonce lanes an account has.</summary>
    public const int Lanes = 8;

    private const int PastOutcomeBits = 16;

    /// <summary>Admits a payload or says why not.</summary>
    public static Outcome Check(LedgerState state, in EntryHeader header, ClientPayload payload, out Admitted admitted)
    {
        admitted = default;
        if (payload.Commands.Length is < 1 or > ClientPayload.MaxCommands || MixesOversight(payload.Commands))
        {
            return Outcome.Malformed;
        }

        if (!ReferenceEquals(payload.Chain, state.Genesis.Chain) && !payload.Chain.Equals(state.Genesis.Chain))
        {
            return Outcome.WrongChain;
        }

        var slot = state.SlotOf(payload.From);
        if (slot < 0)
        {
            return Outcome.UnknownAccount;
        }

        admitted.From = new AccountNumber((uint)slot);
        ref readonly var account = ref state.Accounts[slot];
        var outcome = CheckProof(state, account, payload);
        if (outcome == Outcome.Applied)
        {
            outcome = CheckNonce(state, account, payload, ref admitted);
        }

        if (outcome != Outcome.Applied || admitted.IsDuplicate)
        {
            return outcome;
        }

        if (payload.ValidUntil < header.Time)
        {
            return Outcome.Expired;
        }

        if (payload.ValidUntil > header.Time + state.Parameters.MaxValidity)
        {
            return Outcome.ValidTooFar;
        }

        return CheckMeans(state, header, account, payload, ref admitted);
    }

    /// <summary>What a past outcome says.</summary>
    public static (ulong Seq, Outcome Outcome) Read(in PastOutcome past) =>
        (past.SeqAndOutcome >> PastOutcomeBits, (Outcome)(ushort)(past.SeqAndOutcome & ushort.MaxValue));

    /// <summary>A stop takes effect between payloads, never inside one: what stood behind it in its own batch would act
    /// after it. A grant stands alone: what it carries out is a batch of its own.</summary>
    private static bool MixesOversight(Command[] commands)
    {
        if (commands.Length > 1 && commands[0].Kind == CommandKind.GrantApproval)
        {
            return true;
        }

        var first = commands[0].Kind.IsOversight();
        for (var i = 1; i < commands.Length; i++)
        {
            if (commands[i].Kind.IsOversight() != first || commands[i].Kind == CommandKind.GrantApproval)
            {
                return true;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Outcome CheckProof(LedgerState state, in AccountRecord account, ClientPayload payload)
    {
        switch (payload.Proof)
        {
            case ProofKind.Jws or ProofKind.WebAuthn:
                break;
            case ProofKind.Simulated when state.Genesis.Chain.IsSimulation:
                break;
            default:
                return Outcome.BadProof;
        }

        // The usual case needs no look at the keys: the key that the account began with, and a JWS.
        return account.FirstKeySigns == 1 && (AccountId)payload.Signer == account.Id
            && payload.Proof != ProofKind.WebAuthn
            ? Outcome.Applied
            : CheckKey(state, account, payload);
    }

    /// <summary>The key must be there, and of the kind that makes such proofs: a passkey's are bound to the origin at
    /// which it was enrolled, and it makes no other.</summary>
    private static Outcome CheckKey(LedgerState state, in AccountRecord account, ClientPayload payload)
    {
        var slot = state.FindKey(account, payload.Signer);
        if (slot < 0)
        {
            return Outcome.KeyNotPresent;
        }

        ref readonly var key = ref state.Keys[slot];
        return payload.Proof switch
        {
            ProofKind.WebAuthn when key.Origin.IsZero || key.Origin != payload.ProofOrigin => Outcome.BadProof,
            ProofKind.Jws when !key.Origin.IsZero => Outcome.BadProof,
            _ => Outcome.Applied,
        };
    }

    private static Outcome CheckNonce(
        LedgerState state, in AccountRecord account, ClientPayload payload, ref Admitted admitted)
    {
        if (payload.Lane is < 0 or >= Lanes || payload.Sequence == 0)
        {
            return Outcome.LaneOutOfRange;
        }

        var lane = state.FindLane(account, payload.Lane);
        var next = lane < 0 ? 1 : state.Lanes[lane].NextSequence;
        if (payload.Sequence == next)
        {
            return Outcome.Applied;
        }

        if (payload.Sequence > next)
        {
            return Outcome.NonceGap;
        }

        if (next - payload.Sequence <= PastOutcomes.Length)
        {
            var past = state.Lanes[lane].Past[(int)(payload.Sequence % PastOutcomes.Length)];
            if (past.DigestPrefix == payload.PayloadDigest.Prefix)
            {
                admitted.IsDuplicate = true;
                admitted.First = past;
                return Outcome.Applied;
            }
        }

        return Outcome.NonceUsed;
    }

    /// <summary>Rate, gas and stops.</summary>
    private static Outcome CheckMeans(
        LedgerState state,
        in EntryHeader header,
        in AccountRecord account,
        ClientPayload payload,
        ref Admitted admitted)
    {
        var oversight = payload.Commands[0].Kind.IsOversight();
        var market = false;

        // Of what is free on its own, two together may be refused or do more: then nobody would pay for the entry. Of
        // stops neither can be.
        var isAlone = payload.Commands.Length == 1;
        var free = true;
        var gas = state.Parameters.BaseGas;
        foreach (var command in payload.Commands)
        {
            gas += state.GasOf(command.Kind);
            market |= command.Kind.IsMarket();
            free = free && (isAlone || IsStop(command))
                && OversightRules.IsFree(state, admitted.From, command, header.Time.UnixMs);
        }

        if (!free)
        {
            admitted.FullGas = gas;
            admitted.BaseGas = state.Parameters.BaseGas;
            var outcome = CheckGas(state, header, account, gas);
            if (outcome != Outcome.Applied)
            {
                return outcome;
            }
        }

        if (!oversight)
        {
            var outcome = CheckStops(state, account, market, payload.Epoch);
            if (outcome != Outcome.Applied)
            {
                return outcome;
            }
        }

        if (payload.Epoch > state.Globals.StopEpoch)
        {
            return Outcome.EpochAhead;
        }

        return account.Agent != 0 && state.Agents[account.Agent - 1].Retired == 1 ? Outcome.Retired : Outcome.Applied;
    }

    private static bool IsStop(Command command) => command.Kind is CommandKind.StopAgent or CommandKind.StopMarket;

    private static Outcome CheckGas(
        LedgerState state, in EntryHeader header, in AccountRecord account, TokenAmount gas)
    {
        if (!RateLimit.Allows(account, header.Time.UnixMs, state.Parameters))
        {
            return Outcome.RateLimited;
        }

        if (account.Available < gas)
        {
            return Outcome.NoGasMoney;
        }

        if (account.Agent == 0)
        {
            return Outcome.Applied;
        }

        ref readonly var agent = ref state.Agents[account.Agent - 1];
        var used = RollingLimits.Used(state, agent.Gas, header.Time.UnixMs);
        return used + gas > agent.Constitution.MaxGasPerDay ? Outcome.GasLimit : Outcome.Applied;
    }

    /// <summary>2: stops, and what was made before the last one.</summary>
    internal static Outcome CheckStops(LedgerState state, in AccountRecord account, bool market, ulong epoch)
    {
        ref readonly var globals = ref state.Globals;
        if (globals.AllStopped == 1
            || (market && globals.MarketIsStopped == 1)
            || (account.Agent != 0 && state.Agents[account.Agent - 1].Stopped == 1))
        {
            return Outcome.Stopped;
        }

        return epoch < state.FenceOf(account, market) ? Outcome.StaleEpoch : Outcome.Applied;
    }
}
