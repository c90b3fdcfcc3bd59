using System.Numerics;
using System.Text;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Verification;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Verification;

/// <summary>
/// Journals with right checksums and wrong content, by somebody without the node's key: verify names the exact entry or
/// block, and says what is wrong with it.
/// </summary>
public sealed partial class ForgedJournalTests(PaidChain chain) : IClassFixture<PaidChain>
{
    private const string Events = "The rules give other events than the journal holds.";
    private const string Hash = "Its hash does not bind what stands here and the entry before.";
    private const string Signature = "The signature is not that of the key it names.";
    private const string Follow = "It does not follow the entry before it in number or time.";
    private const string Term = "Its term does not follow";
    private const string Header = "Its header is not what the entries give.";
    private const string Unsigned = "It is not signed by the node's key of the genesis.";

    /// <summary>What is changed in entries; each gives the entry that must be named.</summary>
    private static readonly Dictionary<string, (Func<ReframedJournal, ulong> Forge, string Words)> Entries = new()
    {
        ["event: an amount, hashes as they were"] = (j => ChangeEvents(j, Transfer(j)), Events),
        ["event: an amount, all hashes made anew"] = (j => Rehashed(j, ChangeEvents(j, Transfer(j))), Events),
        ["event: one left out"] = (
            j => Rehashed(j, Change(j, Transfer(j), entry => entry with { Events = entry.Events[..^8] })), Events),
        ["outcome: refused instead of applied"] = (
            j => Rehashed(j, Change(j, Transfer(j), e => e with { Outcome = Outcome.InsufficientFunds })),
            "The rules say Applied, the journal says InsufficientFunds."),
        ["hash: wrong, and all after it made to fit"] = (ChangeHash, Hash),
        ["payload: its bytes"] = (
            j => Rehashed(j, Body(j, Transfer(j), text => text.Replace("\"amount\":\"3", "\"amount\":\"4"))), Events),
        ["payload: its bytes, with the outcomes and events that the rules give"] = (
            j => Reapplied(j, Body(j, Transfer(j), text => text.Replace("\"amount\":\"3", "\"amount\":\"4"))),
            Signature),
        ["payload: no JSON"] = (
            j => Rehashed(j, Body(j, Transfer(j), text => text[..^1])), "Its body is refused:"),
        ["payload: of another chain"] = (
            j => Rehashed(j, Body(j, Transfer(j), text => text.Replace("\"test\"", "\"best\""))),
            "The rules say WrongChain"),
        ["signature: of another key under the same name"] = (
            j => Reapplied(j, Resign(j, Transfer(j), keepName: true)), Signature),
        ["signature: of another key under its own name"] = (
            j => Rehashed(j, Resign(j, Transfer(j), keepName: false)),
            "It is signed by a key that is not its sender's."),
        ["signature: one bit"] = (
            j => Reapplied(j, Change(j, Transfer(j), e => e with { Signature = Flip(e.Signature, 5) })), Signature),
        ["signature: its twin (r, n - s), hashes as they were"] = (j => Twin(j, Transfer(j)), Hash),
        ["signature: cut off"] = (
            j => Rehashed(j, Change(j, Transfer(j), e => e with { Signature = default })),
            "the signature is not of 64 bytes"),
        ["proof: none, as on simulated chains"] = (
            j => Rehashed(j, Change(j, Transfer(j), e => e with
            {
                Signature = default, ProofHeader = default, Proof = ProofKind.Simulated,
            })),
            "The rules say BadProof"),
        ["proof: a kind that nobody knows"] = (
            j => Rehashed(j, Change(j, Transfer(j), e => e with { Proof = (ProofKind)9 })), "Its body is refused:"),
        ["proof: a blank in its header"] = (
            j => Rehashed(j, Change(j, Transfer(j), e => e with
            {
                ProofHeader = Encoding.ASCII.GetBytes(
                    Encoding.ASCII.GetString(e.ProofHeader.Span).Replace(":", ": ", StringComparison.Ordinal)),
            })),
            "names no key"),
        ["time: back by a millisecond"] = (
            j => Rehashed(j, Time(j, Transfer(j), j.At(Transfer(j) - 1).Entry!.Header.Time - new Duration(1))), Follow),
        ["time: on by a year"] = (
            j => Rehashed(j, Time(j, Transfer(j), j.At(Transfer(j)).Entry!.Header.Time + Duration.FromDays(365))),
            "The rules say DueFirst"),
        ["time: at the end of all numbers"] = (
            j => Rehashed(j, Time(j, Transfer(j), new Timestamp((1L << 53) - 1))), "Its time lies after 9999-12-31"),
        ["term: higher without a beginning"] = (
            j => Rehashed(j, Change(j, Transfer(j), e => e with { Header = e.Header with { Term = 2 } })), Term),
        ["term: one is skipped"] = (
            j => Rehashed(j, Change(j, j.Find("termBegan"), e => e with { Header = e.Header with { Term = 3 } })),
            Term),
        ["term: back"] = (
            j => Rehashed(j, Change(
                j, j.Find("termBegan") + 1, e => e with { Header = e.Header with { Term = 1 } })), Term),
        ["entry: taken out, and the rest numbered anew"] = (
            j => Renumbered(j, Drop(j, Transfer(j))), "The rules say NonceGap"),
        ["entry: two exchanged"] = (j => Renumbered(j, Swap(j, Transfer(j))), "The rules say NonceGap"),
        ["entry: one a second time"] = (j => Renumbered(j, Repeat(j, Transfer(j))), "The rules say Applied"),
        ["entry: one sent before, again after the last block"] = (
            j => AppendAgain(j, j.Find("transfer", 8)), "The rules say Applied"),
        ["entry: lengths that do not add up"] = (
            j => Raw(j, Transfer(j), bytes => bytes[16]++), "has lengths or kinds that no entry has"),
        ["entry: neither payload nor input"] = (
            j => Raw(j, Transfer(j), bytes => bytes[6] = 3), "has lengths or kinds that no entry has"),
        ["beacon: another value"] = (
            j => Rehashed(j, Body(j, j.Find("beacon"), text => Turn(text, "\"value\":\""))),
            "The rules say InputRejected"),
        ["openings: another price"] = (
            j => Rehashed(j, Body(j, j.Find("bidOpenings"), text => Turn(text, "\"price\":\""))), "The rules say "),
        ["openings: withheld, which the award shows"] = (
            j => Renumbered(j, Drop(j, j.Find("bidOpenings"))) + 1, Events),
        ["tick: taken out"] = (j => Renumbered(j, Drop(j, j.Find("\"tick\""))), "The rules say DueFirst"),
        ["tick: before anything is due"] = (j => EarlyTick(j), Events),
        ["input: with a proof"] = (
            j => Rehashed(j, Change(j, j.Find("\"tick\""), e => e with { Proof = ProofKind.Jws })),
            "An input of the node carries a proof."),
        ["input: made into a payload"] = (
            j => Rehashed(j, Change(j, j.Find("\"tick\""), e => e with { Body = BodyKind.Payload })),
            "Its body is refused:"),
        ["term frame: which no ledger writes"] = (AddTermFrame, "a frame of kind Term, which no ledger writes."),
    };

    /// <summary>What is changed in blocks; each gives the block's height and the entry before it.</summary>
    private static readonly Dictionary<string, (Func<ReframedJournal, int> Forge, string Words)> Heads = new()
    {
        ["root"] = (j => Rehead(j, 2, h => h with { Root = Digest.Sha256("x"u8) }, isNode: true), Header),
        ["first entry"] = (j => Rehead(j, 2, h => h with { FirstSeq = h.FirstSeq + 1 }, isNode: true), Header),
        ["last entry"] = (j => Rehead(j, 2, h => h with { LastSeq = h.LastSeq - 1 }, isNode: true), Header),
        ["height"] = (j => Rehead(j, 2, h => h with { Height = h.Height + 1 }, isNode: true), Header),
        ["previous"] = (j => Rehead(j, 2, h => h with { Previous = default }, isNode: true), Header),
        ["time"] = (j => Rehead(j, 2, h => h with { TimeMs = h.TimeMs + 1 }, isNode: true), Header),
        ["term"] = (j => Rehead(j, 2, h => h with { Term = h.Term + 1 }, isNode: true), Header),
        ["last entry's hash"] = (j => Rehead(j, 2, h => h with { LastEntry = default }, isNode: true), Header),
        ["chain"] = (j => Rehead(j, 2, h => h with { Chain = new ChainId("best") }, isNode: true), Header),
        ["another key's signature"] = (j => Rehead(j, 2, h => h, isNode: false), Unsigned),
        ["a bit of the signature"] = (j => Compact(j, 2, FlipSignature), Unsigned),
        ["no JWS"] = (j => Compact(j, 2, bytes => bytes[..^1]), "It is no JWS:"),
        ["no header"] = (SignNothing, "Its JWS carries no block header."),
        ["missing"] = (DropBlock, Header),
        ["twice"] = (RepeatBlock, Header),
        ["the twin of a signature in it, and all hashes made to fit"] = (
            j => BlockOf(j, Rehashed(j, Twin(j, Transfer(j)))), Header),
    };

    public static TheoryData<string> EntryForgeries => [.. Entries.Keys];

    public static TheoryData<string> BlockForgeries => [.. Heads.Keys];

    [Theory]
    [MemberData(nameof(EntryForgeries))]
    public async Task Entry_Forged_IsNamedFirstOfAllEntries(string forgery)
    {
        var path = chain.Copy();
        var journal = ReframedJournal.Read(path);
        var seq = Entries[forgery].Forge(journal);
        journal.Write();

        var report = await PaidChain.VerifyAsync(path);

        var first = report.Problems.First(problem => !problem.Where.StartsWith("journal/", StringComparison.Ordinal));
        Assert.Equal($"entry {seq}", first.Where);
        Assert.Contains(Entries[forgery].Words, first.What, StringComparison.Ordinal);
        Assert.False(report.Ok);
        Assert.All(report.Problems, problem => Assert.DoesNotContain("receipts/", problem.Where));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Entry_LeftOut_IsNamedWhereTheJournalJumps(bool onlyTheNumber)
    {
        var path = chain.Copy();
        var journal = ReframedJournal.Read(path);
        var seq = onlyTheNumber ? SkipNumber(journal) : Drop(journal, Transfer(journal)) + 1;
        journal.Write();

        var report = await PaidChain.VerifyAsync(path);

        var first = report.Problems[0];
        Assert.StartsWith("journal/", first.Where);
        Assert.Contains($"sequence {seq} cannot follow entry {seq - 2}", first.What, StringComparison.Ordinal);
        Assert.False(report.Ok);
    }

    [Theory]
    [MemberData(nameof(BlockForgeries))]
    public async Task Block_Forged_IsNamed(string forgery)
    {
        var path = chain.Copy();
        var journal = ReframedJournal.Read(path);
        var height = Heads[forgery].Forge(journal);
        journal.Write();

        var report = await PaidChain.VerifyAsync(path);

        var problem = Assert.Single(report.Problems);
        Assert.StartsWith($"block {height} (after entry ", problem.Where, StringComparison.Ordinal);
        Assert.Contains(Heads[forgery].Words, problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Journal_ReframedWithoutAChange_Verifies()
    {
        var path = chain.Copy();
        var journal = ReframedJournal.Read(path);
        journal.Renumber();
        journal.Reapply();
        journal.Write();

        var report = await PaidChain.VerifyAsync(path);
        Assert.True(report.Ok, string.Join("; ", report.Problems));
        Assert.Empty(report.Notices);
    }

    [Fact]
    public async Task Signatures_TwoBad_AreNamedInOrder()
    {
        var path = chain.Copy();
        var journal = ReframedJournal.Read(path);
        var (late, early) = (journal.Find("transfer", 9), journal.Find("transfer", 1));
        foreach (var seq in new[] { late, early })
        {
            Change(journal, seq, e => e with { Signature = Flip(e.Signature, 40) });
        }

        journal.Reapply();
        using (var key = PaidChain.NodeKey(path))
        {
            journal.Reblock(key);
        }

        journal.Write();

        var report = await PaidChain.VerifyAsync(path);

        // The receipts bind the old hashes and come after the entries.
        Assert.Equal(
            new[] { new VerifyProblem($"entry {early}", Signature), new VerifyProblem($"entry {late}", Signature) },
            report.Problems.Take(2));
    }

    [Fact]
    public async Task Input_AddedAfterTheLastBlock_IsSaidToBeUnsigned()
    {
        var path = chain.Copy();
        var journal = ReframedJournal.Read(path);
        journal.AppendInput(new Tick());
        journal.Reapply();
        journal.Write();

        var report = await PaidChain.VerifyAsync(path);

        var seq = journal.Frames[^1].Sequence;
        Assert.True(report.Ok, string.Join("; ", report.Problems));
        Assert.Equal($"entries {seq} to {seq}", Assert.Single(report.Notices).Where);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Snapshot_WithoutItsEntry_IsWrongOnlyWhereTheReplayGotToTheEnd(bool isForged)
    {
        var path = chain.Copy();
        var journal = ReframedJournal.Read(path);
        var last = journal.Blocks[^2].Sequence;
        journal.Frames.RemoveAll(frame => frame.Sequence > last);
        if (isForged)
        {
            ChangeEvents(journal, Transfer(journal));
        }

        journal.Write(keepSnapshots: true);

        var report = await PaidChain.VerifyAsync(path);

        var (found, other) = isForged ? (report.Notices, report.Problems) : (report.Problems, report.Notices);
        Assert.Contains(found, one => one.Where.StartsWith("snapshot ", StringComparison.Ordinal));
        Assert.DoesNotContain(other, one => one.Where.StartsWith("snapshot ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Genesis_Exchanged_IsFoundAtOnce(bool isReframed)
    {
        var path = chain.Copy();
        var file = Path.Combine(path, DataDirectory.GenesisFile);
        var text = await File.ReadAllTextAsync(file);
        var changed = text.Replace("\"payloadsPerMinute\": ", "\"payloadsPerMinute\": 1", StringComparison.Ordinal);
        Assert.NotEqual(text, changed);
        var journal = ReframedJournal.Read(path);
        await File.WriteAllTextAsync(file, changed);
        if (isReframed)
        {
            journal.ReadGenesis();
            journal.Rehash();
            journal.Write();
        }

        var report = await PaidChain.VerifyAsync(path);

        // Written anew under the other genesis, all is in order up to the first thing that the node signed.
        Assert.Contains(report.Problems, isReframed
            ? problem => problem.Where.StartsWith("block 1 (", StringComparison.Ordinal) && problem.What == Header
            : problem => problem.Where.StartsWith(DataDirectory.GenesisFile, StringComparison.Ordinal));
    }
}
