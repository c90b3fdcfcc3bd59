using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Tests.Storage;
using Aitbc.Infrastructure.Verification;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Ledger;

/// <summary>What a restored backup knows, and that its new term is there for all to see.</summary>
public sealed class HostRestoreTests
{
    [Fact]
    public async Task Payload_SentBeforeTheBackup_GetsItsFirstOutcomeAfterTheRestore()
    {
        using var temporary = new TemporaryDirectory();
        await using var work = await PaidWork.BeginAsync(temporary.Combine("chain"));
        var paid = Transfer(work, 5);
        var first = await SubmitAsync(work, paid);
        var refused = Transfer(work, 100_000_000);
        var second = await SubmitAsync(work, refused);

        await using var again = await RestoreAsync(work, temporary);

        var balance = Balance(again);
        foreach (var (payload, result) in new[] { (paid, first), (refused, second) })
        {
            var repeated = await SubmitAsync(again, payload);
            Assert.True(repeated.IsDuplicate);
            Assert.Equal((result.Outcome, result.Seq), (repeated.Outcome, repeated.Seq));
        }

        Assert.Equal((Outcome.Applied, Outcome.InsufficientFunds), (first.Outcome, second.Outcome));
        Assert.Equal(balance, Balance(again));
    }

    [Fact]
    public async Task Payload_SentAfterTheBackup_IsUnknownAfterTheRestoreAndTakenAgainOnce()
    {
        using var temporary = new TemporaryDirectory();
        await using var work = await PaidWork.BeginAsync(temporary.Combine("chain"));
        await SubmitAsync(work, Transfer(work, 5));
        await work.CloseAsync();
        ChainBackup.Create(work.Path, temporary.Combine("backup"));
        await work.RestartAsync();
        var balance = Balance(work);
        var late = Transfer(work, 7);
        var lost = await SubmitAsync(work, late);

        await using var again = await RestoreAsync(work, temporary, isBackedUp: true);

        Assert.Equal(balance, Balance(again));
        var taken = await SubmitAsync(again, late);
        Assert.Equal((Outcome.Applied, false), (taken.Outcome, taken.IsDuplicate));
        Assert.NotEqual(lost.EntryHash, taken.EntryHash);
        Assert.Equal(balance + TokenAmount.FromTokens(7), Balance(again));
        Assert.True((await SubmitAsync(again, late)).IsDuplicate);
        Assert.Equal(balance + TokenAmount.FromTokens(7), Balance(again));
    }

    [Fact]
    public async Task Restore_OpenedFirst_BeginsOneNewTermThatStandsInTheJournal()
    {
        using var temporary = new TemporaryDirectory();
        await using var work = await PaidWork.BeginAsync(temporary.Combine("chain"));
        var last = work.Host.View.Seq;
        Assert.Equal(1u, work.Host.View.Read(state => state.Globals.Term));

        await using var again = await RestoreAsync(work, temporary);

        var began = HostFixture.EntryAt(again.Host, last + 1);
        Assert.Null(InputCodec.TryParse(began.BodyBytes.Span, out var input));
        Assert.IsType<TermBegan>(input);
        Assert.Equal(2u, began.Header.Term);
        Assert.Equal(2u, again.Host.View.Read(state => state.Globals.Term));
        await again.RestartAsync();
        Assert.Equal(2u, again.Host.View.Read(state => state.Globals.Term));
        Assert.Equal(2u, HostFixture.EntryAt(again.Host, again.Host.View.Seq).Header.Term);

        // The term's own mark is gone, and another restore begins another.
        await again.CloseAsync();
        Assert.True((await ChainVerifier.RunAsync(again.Path, [], null, CancellationToken.None)).Ok);
        ChainBackup.Create(again.Path, temporary.Combine("backup-2"));
        ChainBackup.Restore(temporary.Combine("backup-2"), temporary.Combine("restored-2"));
        await using var third = PaidWork.GoOn(temporary.Combine("restored-2"), again);
        Assert.Equal(3u, third.Host.View.Read(state => state.Globals.Term));
    }

    [Fact]
    public async Task Restore_NeverOpened_KeepsItsNewTermThroughABackup()
    {
        using var temporary = new TemporaryDirectory();
        await using var work = await PaidWork.BeginAsync(temporary.Combine("chain"));
        await work.CloseAsync();
        ChainBackup.Create(work.Path, temporary.Combine("backup"));
        ChainBackup.Restore(temporary.Combine("backup"), temporary.Combine("unopened"));
        ChainBackup.Create(temporary.Combine("unopened"), temporary.Combine("backup-2"));
        ChainBackup.Restore(temporary.Combine("backup-2"), temporary.Combine("opened"));

        await using var again = PaidWork.GoOn(temporary.Combine("opened"), work);

        Assert.Equal(2u, again.Host.View.Read(state => state.Globals.Term));
    }

    [Fact]
    public async Task Chain_HeldByAnotherProcess_IsRefusedAndByUsKeepsItOut()
    {
        using var temporary = new TemporaryDirectory();
        await using var work = await PaidWork.BeginAsync(temporary.Combine("chain"));
        using (var late = LockHolder.Start(work.Path))
        {
            Assert.Equal(LockHolder.Locked, await late.StandardOutput.ReadLineAsync());
            late.Kill();
        }

        await work.CloseAsync();
        using var child = LockHolder.Start(work.Path);
        Assert.Equal(LockHolder.Holding, await child.StandardOutput.ReadLineAsync());
        var journal = Directory.GetFiles(Path.Combine(work.Path, DataDirectory.JournalDirectory));
        var locked = Assert.Throws<DataDirectoryLockedException>(() => ChainDirectory.Open(work.Path));
        Assert.Contains(work.Path, locked.Message, StringComparison.Ordinal);
        Assert.Throws<DataDirectoryLockedException>(
            () => { ChainBackup.Create(work.Path, temporary.Combine("backup")); });
        Assert.Equal(journal, Directory.GetFiles(Path.Combine(work.Path, DataDirectory.JournalDirectory)));

        child.Kill();
        await child.WaitForExitAsync();
        await work.RestartAsync();
        Assert.Equal(Outcome.Applied, (await SubmitAsync(work, Transfer(work, 1))).Outcome);
    }

    private static SignedPayload Transfer(PaidWork work, ulong tokens) =>
        work.Sign(work.Client, new Transfer(work.Owner.Account, TokenAmount.FromTokens(tokens)));

    private static Task<SubmitResult> SubmitAsync(PaidWork work, SignedPayload payload) =>
        work.Host.SubmitAsync(payload, CancellationToken.None);

    private static TokenAmount Balance(PaidWork work) => HostFixture.BalanceOf(work.Host, work.Owner.Account);

    private static async Task<PaidWork> RestoreAsync(
        PaidWork work, TemporaryDirectory temporary, bool isBackedUp = false)
    {
        await work.CloseAsync();
        if (!isBackedUp)
        {
            ChainBackup.Create(work.Path, temporary.Combine("backup"));
        }

        ChainBackup.Restore(temporary.Combine("backup"), temporary.Combine("restored"));
        return PaidWork.GoOn(temporary.Combine("restored"), work);
    }
}
