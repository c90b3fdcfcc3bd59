using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Remote;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;

namespace Aitbc.Node.Tests.Remote;

/// <summary>The ledger of this process.</summary>
public sealed class LocalLedgerTests : LedgerConformance
{
    private protected override Task<ILedger> OpenAsync() => Task.FromResult<ILedger>(Node.Ledger);

    private protected override ILedger AfterRestart(ILedger before) => Node.Ledger;
}

/// <summary>The ledger of a node, replayed from its genesis.</summary>
public sealed class RemoteLedgerTests : LedgerConformance
{
    private protected override async Task<ILedger> OpenAsync()
    {
        var remote = await RemoteLedger.ConnectAsync(
            new RemoteLedgerOptions { Node = Node.Server.Url, FromGenesis = true }, CancellationToken.None);
        for (var i = 0; i < 4; i++)
        {
            remote.Enrol(Node.Account(i), Node.Key(i));
        }

        return remote;
    }

    private protected override void Know(AccountId account, KeyPair key) =>
        ((RemoteLedger)Ledger).Enrol(account, key);

    private protected override ILedger AfterRestart(ILedger before) => before;
}

/// <summary>The same from a snapshot, with a window too small for any entry: cursors ask the node.</summary>
public sealed class SnapshotLedgerTests : LedgerConformance
{
    private protected override async Task<ILedger> OpenAsync()
    {
        Assert.Equal(System.Net.HttpStatusCode.OK, (await Node.SendAsync(Node.Sign(0, Node.Pay(3)))).StatusCode);
        await Node.RestartAsync();
        var remote = await RemoteLedger.ConnectAsync(
            new RemoteLedgerOptions { Node = Node.Server.Url, WindowBytes = 1 }, CancellationToken.None);
        Assert.True(remote.View.Seq > 0);
        for (var i = 0; i < 4; i++)
        {
            remote.Enrol(Node.Account(i), Node.Key(i));
        }

        return remote;
    }

    private protected override void Know(AccountId account, KeyPair key) =>
        ((RemoteLedger)Ledger).Enrol(account, key);

    private protected override ILedger AfterRestart(ILedger before) => before;
}
