using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Identity;

/// <summary>An agent was registered on an account that was opened just before.</summary>
/// <param name="Account">Its account.</param>
/// <param name="Owner">Who owns it.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="GuardianCount">Guardians.</param>
/// <param name="GuardianThreshold">How many release it.</param>
/// <param name="CapabilityCount">Capabilities.</param>
/// <param name="Guardians">Who they are.</param>
/// <param name="Capabilities">What they are.</param>
/// <param name="Version">Version it states.</param>
/// <param name="Constitution">Its limits.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct AgentRegistered(
    AccountNumber Account,
    AccountNumber Owner,
    AgentKind Kind,
    byte GuardianCount,
    byte GuardianThreshold,
    byte CapabilityCount,
    AccountSet Guardians,
    Capabilities Capabilities,
    Label Version,
    ConstitutionRecord Constitution) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.AgentRegistered;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var agent = ref state.Agents.Add(out var slot);
        agent.Account = Account;
        agent.Owner = Owner;
        agent.Kind = Kind;
        agent.GuardianCount = GuardianCount;
        agent.GuardianThreshold = GuardianThreshold;
        agent.CapabilityCount = CapabilityCount;
        agent.Guardians = Guardians;
        agent.Capabilities = Capabilities;
        agent.Version = Version;
        agent.Constitution = Constitution;
        agent.ConstitutionChangedAtMs = 0;
        state.Accounts.Write(Account.Slot).Agent = slot + 1;
    }
}

/// <summary>A key was added.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Key">The key.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct KeyAdded(AccountNumber Account, PublicKey Key) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.KeyAdded;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var account = ref state.Accounts.Write(Account.Slot);
        ref var key = ref state.Keys.Add(out var slot);
        key.Account = Account;
        key.Key = Key;
        key.Id = Key.Thumbprint();
        key.NextKey = account.FirstKey;
        account.FirstKey = slot + 1;
        account.KeyCount++;
        if ((AccountId)key.Id == account.Id)
        {
            account.FirstKeySigns = 1;
        }

        KeyChange.Note(state, account);
    }
}

/// <summary>A key that was entered just before is a passkey, bound to one origin.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Key">Thumbprint.</param>
/// <param name="Origin">SHA-256 of the origin's text.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct PasskeyBound(AccountNumber Account, KeyId Key, Digest Origin) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.PasskeyBound;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var account = ref state.Accounts.Write(Account.Slot);
        state.Keys.Write(state.FindKey(account, Key)).Origin = Origin;
        if ((AccountId)Key == account.Id)
        {
            account.FirstKeySigns = 0;
        }
    }
}

/// <summary>A key was revoked.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Key">Thumbprint.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct KeyRevoked(AccountNumber Account, KeyId Key) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.KeyRevoked;

    void ILedgerEvent.ApplyTo(LedgerState state)
    {
        ref var account = ref state.Accounts.Write(Account.Slot);
        var slot = state.FindKey(account, Key);
        var next = state.Keys[slot].NextKey;
        if (account.FirstKey == slot + 1)
        {
            account.FirstKey = next;
        }
        else
        {
            var at = account.FirstKey - 1;
            while (state.Keys[at].NextKey != slot + 1)
            {
                at = state.Keys[at].NextKey - 1;
            }

            state.Keys.Write(at).NextKey = next;
        }

        state.Keys.Free(slot);
        account.KeyCount--;
        if ((AccountId)Key == account.Id)
        {
            account.FirstKeySigns = 0;
        }

        KeyChange.Note(state, account);
    }
}

/// <summary>An agent was retired, for ever.</summary>
/// <param name="Account">Which.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct AgentRetired(AccountNumber Account) : ILedgerEvent
{
    static EventKind ILedgerEvent.Kind => EventKind.AgentRetired;

    void ILedgerEvent.ApplyTo(LedgerState state) =>
        state.Agents.Write(state.Accounts[Account.Slot].Agent - 1).Retired = 1;
}

/// <summary>Notes when an agent's keys changed, for the hold on value that may follow.</summary>
internal static class KeyChange
{
    public static void Note(LedgerState state, in AccountRecord account)
    {
        if (account.Agent != 0)
        {
            state.Agents.Write(account.Agent - 1).KeysChangedAtMs = state.Globals.TimeMs;
        }
    }
}
