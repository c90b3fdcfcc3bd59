using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Rules;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Identity;

/// <summary>Accounts, agents and their keys.</summary>
internal static class IdentityRules
{
    /// <summary>Keys an account may hold.</summary>
    public const int MaxKeys = 4;

    /// <summary>Opens a person's account.</summary>
    public static Outcome Open(in Call call, OpenAccount command)
    {
        var outcome = CheckNewKey(call, command.Key, command.Possession, command.Passkey, out var origin);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        if (!call.CanPay(command.Deposit))
        {
            return Outcome.InsufficientFunds;
        }

        Bind(call, OpenWithDeposit(call, AccountKind.Human, command.Key, command.Deposit), command.Key, origin);
        return Outcome.Applied;
    }

    /// <summary>Registers an agent that the sender owns.</summary>
    public static Outcome Register(in Call call, RegisterAgent command)
    {
        var state = call.State;
        if (call.Sender.Kind != AccountKind.Human)
        {
            return Outcome.NotAuthorised;
        }

        if (!Building.Knows(state, command.Constitution))
        {
            return Outcome.NoSuchAccount;
        }

        var outcome = CheckNewKey(call, command.Key, command.Possession, null, out _);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        outcome = Building.Build(state, command.Constitution, out var constitution, out var rules);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        outcome = BuildGuardians(state, command.Guardians, command.GuardianThreshold, out var guardians);
        if (outcome != Outcome.Applied)
        {
            return outcome;
        }

        if (!call.CanPay(command.Deposit))
        {
            return Outcome.InsufficientFunds;
        }

        if (command.Capabilities.Count > Capabilities.Length || !Enum.IsDefined(command.AgentKind))
        {
            return Outcome.BadTerms;
        }

        var capabilities = default(Capabilities);
        for (var i = 0; i < command.Capabilities.Count; i++)
        {
            capabilities[i] = command.Capabilities[i];
        }

        var number = OpenWithDeposit(call, AccountKind.Agent, command.Key, command.Deposit);
        call.Step.Emit(new AgentRegistered(
            number,
            call.From,
            command.AgentKind,
            (byte)command.Guardians.Count,
            (byte)command.GuardianThreshold,
            (byte)command.Capabilities.Count,
            guardians,
            capabilities,
            command.Version,
            constitution));
        if (command.Constitution.Rules.Count > 0)
        {
            MotionRules.Write(
                call.Step, number, default, ((ReadOnlySpan<RuleTerms>)rules)[..command.Constitution.Rules.Count]);
            call.Step.Emit(new ConstitutionAdopted(number, call.From, default, constitution));
        }

        return Outcome.Applied;
    }

    /// <summary>Adds a key to the sender.</summary>
    public static Outcome Add(in Call call, AddKey command)
    {
        // A passkey's user is a person, and no agent waits for one.
        if (command.Passkey is not null && call.Sender.Kind != AccountKind.Human)
        {
            return Outcome.NotAuthorised;
        }

        if (!HoldsItself(call, call.From, command.Key, command.Possession, command.Passkey, out var origin))
        {
            return Outcome.BadPossession;
        }

        if (call.Sender.KeyCount >= MaxKeys || call.State.FindKey(call.Sender, command.Key.Thumbprint()) >= 0)
        {
            return Outcome.KeySetFull;
        }

        ChangeKeys(call, new KeyAdded(call.From, command.Key));
        Bind(call, call.From, command.Key, origin);
        return Outcome.Applied;
    }

    /// <summary>Takes a key from the sender.</summary>
    public static Outcome Revoke(in Call call, RevokeKey command) =>
        call.Sender.KeyCount <= 1 || call.State.FindKey(call.Sender, command.Key) < 0
            ? Outcome.NoSuchKey
            : ChangeKeys(call, new KeyRevoked(call.From, command.Key));

    /// <summary>Retires an agent of the sender's.</summary>
    public static Outcome Retire(in Call call, RetireAgent command)
    {
        var slot = call.State.SlotOf(command.Agent);
        if (slot < 0 || call.State.Accounts[slot].Agent == 0)
        {
            return Outcome.NoSuchAgent;
        }

        ref readonly var account = ref call.State.Accounts[slot];
        ref readonly var agent = ref call.State.Agents[account.Agent - 1];
        if (agent.Owner != call.From)
        {
            return Outcome.NotAuthorised;
        }

        if (agent.Retired == 1)
        {
            return Outcome.NoSuchAgent;
        }

        // The money of an agent that is held stays where it is until its guardians release it: whoever has the owner's
        // key would have it otherwise, just when something was found amiss.
        if (OversightRules.IsHeld(agent)
            || agent.ApprovalCount > 0
            || account.OpenBids + account.OpenServices + account.OpenWorkloads + account.OpenUnbondings > 0
            || account.Available != account.Total)
        {
            return Outcome.StillEngaged;
        }

        var number = new AccountNumber((uint)slot);
        call.Step.Move(
            (number, SubAccount.Available),
            (agent.Owner, SubAccount.Available),
            account.Available,
            MovePhase.Direct,
            MoveReason.Retirement);
        return Emit(call, new AgentRetired(number));
    }

    /// <summary>What was asked for under other keys is void.</summary>
    private static Outcome ChangeKeys<T>(in Call call, in T value)
        where T : unmanaged, Events.ILedgerEvent
    {
        call.Step.Emit(value);
        if (call.Sender.Agent != 0)
        {
            ApprovalRules.VoidAll(call.Step, call.Sender.Agent - 1, call.From);
        }

        return Outcome.Applied;
    }

    private static Outcome Emit<T>(in Call call, in T value)
        where T : unmanaged, Events.ILedgerEvent
    {
        call.Step.Emit(value);
        return Outcome.Applied;
    }

    private static AccountNumber OpenWithDeposit(
        in Call call, AccountKind kind, in PublicKey key, TokenAmount deposit)
    {
        var number = new AccountNumber((uint)call.State.Accounts.NextSlot);
        call.Step.Emit(new AccountOpened(number, kind, 0, 0, key));
        call.Step.Move(
            (call.From, SubAccount.Available),
            (number, SubAccount.Available),
            deposit,
            MovePhase.Direct,
            MoveReason.Deposit);
        return number;
    }

    private static Outcome CheckNewKey(
        in Call call, in PublicKey key, Signature? possession, PasskeyAssertion? passkey, out Digest origin)
    {
        origin = default;

        // By prefix, so that two ids that share it, which someone may search for, cannot meet in the index.
        if (call.State.AccountIndex.Find(((AccountId)key.Thumbprint()).Prefix) >= 0)
        {
            return Outcome.AccountExists;
        }

        return HoldsItself(call, call.From, key, possession, passkey, out origin)
            ? Outcome.Applied
            : Outcome.BadPossession;
    }

    /// <summary>Whether a new key is proven, by a signature or, a passkey, by an assertion; not by both.</summary>
    private static bool HoldsItself(
        in Call call,
        AccountNumber sponsor,
        in PublicKey key,
        Signature? possession,
        PasskeyAssertion? passkey,
        out Digest origin)
    {
        origin = default;
        if (!key.IsOnCurve() || (passkey is not null && possession is not null))
        {
            return false;
        }

        var chain = call.State.Genesis.Chain;
        var id = call.State.Accounts[sponsor.Slot].Id;
        if (passkey is not null)
        {
            return KeyPossession.Check(chain, id, key, passkey, out origin) == PasskeyProblem.None;
        }

        return possession is { } signature ? KeyPossession.Verify(chain, id, key, signature) : chain.IsSimulation;
    }

    /// <summary>Binds a key that was just entered to its origin, where it is a passkey.</summary>
    private static void Bind(in Call call, AccountNumber account, in PublicKey key, in Digest origin)
    {
        if (!origin.IsZero)
        {
            call.Step.Emit(new PasskeyBound(account, key.Thumbprint(), origin));
        }
    }

    /// <summary>A set of guardians, or why it cannot be one: 1 to 8 people, each once, and a threshold among them.
    /// </summary>
    public static Outcome BuildGuardians(
        LedgerState state, IReadOnlyList<AccountId> named, int threshold, out AccountSet guardians)
    {
        guardians = default;
        var count = named.Count;
        if (count is < 1 or > AccountSet.Length || threshold < 1 || threshold > count)
        {
            return Outcome.BadGuardians;
        }

        for (var i = 0; i < count; i++)
        {
            var slot = state.SlotOf(named[i]);
            if (slot < 0 || state.Accounts[slot].Kind != AccountKind.Human)
            {
                return Outcome.BadGuardians;
            }

            for (var j = 0; j < i; j++)
            {
                if (guardians[j].Slot == slot)
                {
                    return Outcome.BadGuardians;
                }
            }

            guardians[i] = new AccountNumber((uint)slot);
        }

        return Outcome.Applied;
    }
}
