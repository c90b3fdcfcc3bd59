using System.Text;
using Aitbc.Infrastructure.Explanation;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Receipts;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Tests.Storage;
using Aitbc.Infrastructure.Tests.Verification;
using Aitbc.Infrastructure.Verification;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Ledger;

/// <summary>Payloads that passkeys prove, from admission to the journal and its verification.</summary>
public sealed class PasskeyLedgerTests : IAsyncLifetime, IDisposable
{
    private static readonly TestPasskey Passkey = new(new TestKey(new SeededRandom(11)));

    private readonly TemporaryDirectory temporary = new();
    private PaidWork work = null!;

    /// <summary>What a forger does to the entry of a transfer, the hashes made to fit; and what verify says.</summary>
    public static TheoryData<string, Func<DurableEntry, ChainId, DurableEntry>, string> Forgeries => new()
    {
        {
            "other payload", (e, _) => e with { BodyBytes = Replaced(e.BodyBytes, "\"3000", "\"4000") },
            "The passkey signed another challenge"
        },
        {
            "user not verified", (e, chain) => Again(e, chain, Passkey, new PasskeyShape { Flags = 0x01 }),
            "did not verify its user"
        },
        {
            "no user", (e, chain) => Again(e, chain, Passkey, new PasskeyShape { Flags = 0x04 }),
            "somebody was there"
        },
        {
            "page in a page", (e, chain) => Again(
                e, chain, Passkey, new PasskeyShape { Rest = ",\"crossOrigin\":true" }),
            "inside a page of another origin"
        },
        {
            "other origin", (e, chain) => Again(
                e, chain, new TestPasskey(Passkey.Key, "https://node.example:444"), PasskeyShape.Honest),
            "The rules say BadProof"
        },
        {
            "one bit of the signature", (e, _) => e with { Signature = Flipped(e.Signature) },
            "The signature is not that of the key it names."
        },
        {
            "signed by another passkey", (e, chain) => Again(
                e, chain, new TestPasskey(new TestKey(new SeededRandom(12))), PasskeyShape.Honest, keepName: true),
            "The signature is not that of the key it names."
        },
        {
            "another passkey under its own name", (e, chain) => Again(
                e, chain, new TestPasskey(new TestKey(new SeededRandom(12))), PasskeyShape.Honest),
            "It is signed by a key that is not its sender's."
        },
        { "said to be a JWS", (e, _) => e with { Proof = ProofKind.Jws }, "names no key" },
        {
            "said to be simulated", (e, _) => e with
            {
                Proof = ProofKind.Simulated, ProofHeader = default, Signature = default,
            },
            "The rules say BadProof"
        },
        {
            "another spelling", (e, _) => e with { ProofHeader = Replaced(e.ProofHeader, ":\"", ": \"") },
            "in its one spelling"
        },
    };

    public async Task InitializeAsync() => work = await PaidWork.BeginAsync(temporary.Combine("chain"));

    public async Task DisposeAsync() => await work.DisposeAsync();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task A_guardian_stops_an_agent_with_a_passkey_once_however_often_it_is_sent()
    {
        await work.EnrolAsync(work.Owner, Passkey);
        var stop = work.Sign(work.Owner, Passkey, new StopAgent(work.Provider.Account));
        var first = await work.Host.SubmitAsync(stop, CancellationToken.None);
        Assert.Equal((Outcome.Applied, false), (first.Outcome, first.IsDuplicate));
        var second = await work.Host.SubmitAsync(stop, CancellationToken.None);
        Assert.Equal((Outcome.Applied, true, first.Seq), (second.Outcome, second.IsDuplicate, second.Seq));
        Assert.Equal(Outcome.Stopped, (await work.SendAsync(work.Provider, Pay(work.Client))).Outcome);

        using var entries = work.Host.ReadFrom(first.Seq);
        Assert.True(entries.TryRead(out var entry));
        var words = EntryWords.Of(entry, work.Host.View);
        Assert.Contains($"signed with the passkey {Passkey.Key.Id}", words.By, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assertion_proves_no_other_command_and_no_second_place()
    {
        await work.EnrolAsync(work.Owner, Passkey);
        var paid = work.Sign(work.Owner, Passkey, Pay(work.Client));
        var assertion = AssertionOf(paid);
        var other = work.Write(work.Owner, Pay(work.Client, 9_999));
        Assert.False(SignedPayload.TryFromPasskey(other, Passkey.Key.Id, assertion, out _, out var problem, out _));
        Assert.Equal(PasskeyProblem.ChallengeMismatch, problem);
        Assert.Equal(Outcome.Applied, (await work.Host.SubmitAsync(paid, CancellationToken.None)).Outcome);
        var next = work.Write(work.Owner, Pay(work.Client));
        Assert.False(SignedPayload.TryFromPasskey(next, Passkey.Key.Id, assertion, out _, out problem, out _));
        Assert.Equal(PasskeyProblem.ChallengeMismatch, problem);
    }

    [Fact]
    public async Task What_is_not_this_accounts_passkey_at_its_origin_is_not_admitted()
    {
        await work.EnrolAsync(work.Owner, Passkey);
        var elsewhere = new TestPasskey(Passkey.Key, "https://evil.example");
        var stranger = new TestPasskey(new TestKey(new SeededRandom(13)));
        var seq = work.Host.View.Seq;
        Assert.Equal(Outcome.BadProof, await SubmitAsync(work.Sign(work.Owner, elsewhere, Pay(work.Client))));
        Assert.Equal(Outcome.KeyNotPresent, await SubmitAsync(work.Sign(work.Owner, stranger, Pay(work.Client))));
        Assert.Equal(Outcome.KeyNotPresent, await SubmitAsync(work.Sign(work.Client, Passkey, Pay(work.Owner))));
        var good = work.Sign(work.Owner, Passkey, Pay(work.Client));
        Assert.True(SignedPayload.TryFromParts(
            ProofKind.WebAuthn, good.ProofHeader, good.Bytes, Flipped(good.Signature), out var bent, out _));
        Assert.Equal(Outcome.BadProof, await SubmitAsync(bent));
        Assert.Equal(seq, work.Host.View.Seq);
        Assert.Equal(Outcome.Applied, await SubmitAsync(good));
    }

    [Fact]
    public async Task A_passkey_goes_on_after_a_restart_and_its_journal_verifies()
    {
        await work.EnrolAsync(work.Owner, Passkey);
        Assert.Equal(Outcome.Applied, await SubmitAsync(work.Sign(work.Owner, Passkey, Pay(work.Client))));
        await work.RestartAsync();
        Assert.Equal(Outcome.Applied, await SubmitAsync(work.Sign(work.Owner, Passkey, Pay(work.Client))));
        await work.CloseAsync();
        var report = await VerifyAsync();
        Assert.True(report.Ok, string.Join("; ", report.Problems));
    }

    [Fact]
    public async Task A_receipt_of_work_that_a_passkey_accepted_is_good_offline()
    {
        await work.EnrolAsync(work.Client, Passkey);
        var id = await work.DeliverAsync();
        Assert.Equal(Outcome.Applied, await SubmitAsync(work.Sign(work.Client, Passkey, new AcceptWork(id))));
        var (path, genesis, digest) = (work.Path, work.Directory.Genesis, work.Directory.GenesisDigest);
        await work.CloseAsync();
        Assert.Equal(1, ReceiptExporter.ExportOffline(new FileDisk(path), genesis, digest));
        var file = Directory.GetFiles(Path.Combine(path, DataDirectory.ReceiptsDirectory), "w*.json").Single();
        var report = ReceiptVerifier.Verify(await File.ReadAllBytesAsync(file), genesis.NodeKey.Thumbprint());
        Assert.Equal(ReceiptFault.None, report.Fault);
        Assert.Equal((byte)ProofKind.WebAuthn, report.Receipt!.Settlement.Entry.Proof);
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_forged_passkey_proof_is_found_and_named(
        string what, Func<DurableEntry, ChainId, DurableEntry> forge, string words)
    {
        await work.EnrolAsync(work.Owner, Passkey);
        Assert.Equal(Outcome.Applied, await SubmitAsync(work.Sign(work.Owner, Passkey, Pay(work.Client, 3_000))));
        await work.CloseAsync();
        var journal = ReframedJournal.Read(work.Path);
        var seq = journal.Find("\"amount\":\"3000");
        journal.Change(seq, entry => forge(entry, journal.Genesis.Chain));
        journal.Rehash();
        journal.Write();
        var report = await VerifyAsync();
        Assert.False(report.Ok, what);
        var named = Assert.Single(report.Problems, problem => problem.Where == $"entry {seq}");
        Assert.Contains(words, named.What, StringComparison.Ordinal);
    }

    private static Transfer Pay(Person to, ulong baseUnits = 5) =>
        new(to.Account, TokenAmount.FromBaseUnits(baseUnits));

    private static PasskeyAssertion AssertionOf(SignedPayload signed)
    {
        Assert.True(PasskeyProof.TryRead(signed.ProofHeader.Span, signed.Signature.Span, out _, out var assertion));
        return assertion;
    }

    /// <summary>The entry's body proven once more, by whoever holds a passkey and sets its own flags.</summary>
    private static DurableEntry Again(
        DurableEntry entry, ChainId chain, TestPasskey passkey, PasskeyShape shape, bool keepName = false)
    {
        var answer = passkey.Answer(
            PasskeyAssertion.ChallengeOf(chain, Digest.Sha256(entry.BodyBytes.Span)), shape);
        return entry with
        {
            ProofHeader = PasskeyProof.WriteHeader(keepName ? Passkey.Key.Id : passkey.Key.Id, answer),
            Signature = PasskeyProof.BytesOf(answer.Signature),
        };
    }

    private static byte[] Replaced(ReadOnlyMemory<byte> bytes, string old, string fresh)
    {
        var text = Encoding.ASCII.GetString(bytes.Span);
        Assert.Contains(old, text, StringComparison.Ordinal);
        return Encoding.ASCII.GetBytes(text.Replace(old, fresh, StringComparison.Ordinal));
    }

    private static byte[] Flipped(ReadOnlyMemory<byte> bytes)
    {
        var flipped = bytes.ToArray();
        flipped[40] ^= 4;
        return flipped;
    }

    private async Task<Outcome> SubmitAsync(SignedPayload payload) =>
        (await work.Host.SubmitAsync(payload, CancellationToken.None)).Outcome;

    private Task<VerifyReport> VerifyAsync() =>
        ChainVerifier.RunAsync(work.Path, [], null, CancellationToken.None);
}
