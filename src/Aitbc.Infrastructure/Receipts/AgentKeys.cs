using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.State;

namespace Aitbc.Infrastructure.Receipts;

/// <summary>
/// The public keys that agents have at one place in the journal, by thumbprint, carried on by events. People's first
/// keys
/// are left out: only agents deliver.
/// </summary>
/// <remarks>Holds as many keys as agents have. Not thread-safe.</remarks>
internal sealed class AgentKeys
{
    private readonly Dictionary<KeyId, (PublicKey Key, int Holders)> keys = [];

    /// <summary>Finds a key that was revoked before the journal was read from; null where nothing can.</summary>
    public Func<KeyId, PublicKey?>? FindRevoked { get; init; }

    /// <summary>Takes the keys that agents have in a state.</summary>
    public void Seed(LedgerState state)
    {
        for (var slot = 0; slot < state.Agents.Count; slot++)
        {
            for (var at = state.Account(state.Agents[slot].Account).FirstKey; at != 0; at = state.Keys[at - 1].NextKey)
            {
                Add(state.Keys[at - 1].Key);
            }
        }
    }

    /// <summary>Takes one event.</summary>
    public void Observe(in EventReader reader)
    {
        if (reader.Kind == EventKind.KeyRevoked)
        {
            Remove(reader.As<KeyRevoked>().Key);
        }
        else
        {
            ObserveNew(in reader);
        }
    }

    /// <summary>Takes one event, but forgets no key.</summary>
    public void ObserveNew(in EventReader reader)
    {
        if (reader.Kind == EventKind.AccountOpened && reader.As<AccountOpened>() is { Kind: AccountKind.Agent } opened)
        {
            Add(opened.Key);
        }
        else if (reader.Kind == EventKind.KeyAdded)
        {
            Add(reader.As<KeyAdded>().Key);
        }
    }

    /// <summary>The key that signed an entry with a JWS.</summary>
    /// <exception cref="InvalidDataException">Its header names no key, or one that no agent had.</exception>
    public PublicKey SignerOf(DurableEntry entry)
    {
        if (JwsHeader.Read(entry.ProofHeader.Span, out var id) == JwsProblem.None)
        {
            if (keys.TryGetValue(id, out var found))
            {
                return found.Key;
            }

            if (FindRevoked?.Invoke(id) is { } revoked)
            {
                return revoked;
            }
        }

        throw new InvalidDataException($"Entry {entry.Header.Seq} is signed by a key that the journal does not show.");
    }

    /// <summary>A key by its thumbprint.</summary>
    public PublicKey? Find(KeyId id) => keys.TryGetValue(id, out var found) ? found.Key : null;

    /// <summary>Adds a key, once more where another agent has it too.</summary>
    private void Add(in PublicKey key)
    {
        var id = key.Thumbprint();
        keys[id] = (key, keys.GetValueOrDefault(id).Holders + 1);
    }

    private void Remove(KeyId id)
    {
        if (!keys.TryGetValue(id, out var found))
        {
            return;
        }

        if (found.Holders == 1)
        {
            keys.Remove(id);
        }
        else
        {
            keys[id] = (found.Key, found.Holders - 1);
        }
    }
}
