using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Receipts;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Receipts;

/// <summary>What the renderer keeps between blocks, and what it lets go.</summary>
public sealed class AgentKeysTests
{
    private static readonly PublicKey Key = NewKey();

    [Fact]
    public void Observe_RevokedKey_IsForgotten()
    {
        var keys = new AgentKeys();
        Take(keys, EventKind.AccountOpened, new AccountOpened(new AccountNumber(4), AccountKind.Agent, 0, 0, Key));
        Assert.Equal(Key, keys.Find(Key.Thumbprint()));

        Take(keys, EventKind.KeyRevoked, new KeyRevoked(new AccountNumber(4), Key.Thumbprint()));
        Assert.Null(keys.Find(Key.Thumbprint()));
    }

    [Fact]
    public void Observe_KeyOfTwoAgents_IsForgottenWithTheLast()
    {
        var keys = new AgentKeys();
        Take(keys, EventKind.KeyAdded, new KeyAdded(new AccountNumber(4), Key));
        Take(keys, EventKind.KeyAdded, new KeyAdded(new AccountNumber(5), Key));

        Take(keys, EventKind.KeyRevoked, new KeyRevoked(new AccountNumber(4), Key.Thumbprint()));
        Assert.Equal(Key, keys.Find(Key.Thumbprint()));
        Take(keys, EventKind.KeyRevoked, new KeyRevoked(new AccountNumber(5), Key.Thumbprint()));
        Assert.Null(keys.Find(Key.Thumbprint()));
    }

    [Fact]
    public void Observe_RevocationOfAKeyThatWasNeverKept_MakesNoKeyOfIt()
    {
        var keys = new AgentKeys();
        Take(keys, EventKind.KeyRevoked, new KeyRevoked(new AccountNumber(4), Key.Thumbprint()));

        Assert.Null(keys.Find(Key.Thumbprint()));
    }

    [Fact]
    public void Observe_FirstKeysOfPeople_AreNotKept()
    {
        var keys = new AgentKeys();
        Take(keys, EventKind.AccountOpened, new AccountOpened(new AccountNumber(4), AccountKind.Human, 0, 0, Key));

        Assert.Null(keys.Find(Key.Thumbprint()));
    }

    [Fact]
    public void Keep_EntryWhoseMemoryIsUsedAgain_HasItsOwn()
    {
        byte[] body = [1, 2, 3];
        var entry = new DurableEntry(
            new EntryHeader(1, 1, default),
            BodyKind.Payload,
            ProofKind.Jws,
            Outcome.Applied,
            Digest.Sha256("hash"u8),
            body,
            body,
            body,
            body);
        var block = new OpenBlock(default);
        block.Keep(entry, null);
        block.Add(entry);
        body.AsSpan().Clear();

        var kept = Assert.Single(block.Close("block"u8)).Entry;
        Assert.All(
            [kept.BodyBytes, kept.ProofHeader, kept.Signature, kept.Events],
            part => Assert.Equal([1, 2, 3], part.ToArray()));
    }

    private static void Take<T>(AgentKeys keys, EventKind kind, T value)
        where T : unmanaged
    {
        var reader = new EventReader(ForgedReceipt.EventOf(kind, value));
        Assert.True(reader.MoveNext());
        keys.Observe(in reader);
    }

    private static PublicKey NewKey()
    {
        using var pair = KeyPair.Generate();
        return pair.PublicKey;
    }
}
