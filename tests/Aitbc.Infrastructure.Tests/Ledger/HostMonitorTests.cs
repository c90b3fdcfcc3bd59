using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.State;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Ledger;

/// <summary>The monitor at admission: its verdict stands on the journal before what it judges, and holds.</summary>
public sealed class HostMonitorTests
{
    private static readonly TokenAmount Much = TokenAmount.FromTokens(50);

    private readonly FaultyDisk disk = new(3);
    private readonly HostFixture fixture;
    private readonly TestKey agent = new(new SeededRandom(11));
    private ToldWatch? watch;
    private int asked;

    public HostMonitorTests() => fixture = new HostFixture(disk);

    [Fact]
    public async Task A_payload_that_it_finds_unusual_waits_whoever_signed_it()
    {
        await using var host = Open();
        Register(host);
        var before = HostFixture.BalanceOf(host, fixture.Account(2));
        var small = fixture.Payload(host, agent, 0, new Transfer(fixture.Account(2), TokenAmount.OneToken));
        Assert.Equal(Outcome.Applied, HostFixture.Submit(host, small).Outcome);
        var large = fixture.Payload(host, agent, 0, new Transfer(fixture.Account(2), Much));
        var result = HostFixture.Submit(host, large);
        Assert.Equal(Outcome.Parked, result.Outcome);
        Assert.Equal(before + TokenAmount.OneToken, HostFixture.BalanceOf(host, fixture.Account(2)));

        var verdict = HostFixture.EntryAt(host, result.Seq - 1);
        Assert.Equal(BodyKind.Input, verdict.Body);
        Assert.Equal(EventKind.MonitorJudged, KindOf(verdict));
        var grant = new GrantApproval(new ApprovalId(result.Seq), large.Bytes);
        Assert.Equal(Outcome.Applied, HostFixture.Submit(host, fixture.Payload(host, 1, 0, grant)).Outcome);
        Assert.Equal(
            before + TokenAmount.OneToken + Much, HostFixture.BalanceOf(host, fixture.Account(2)));
    }

    [Fact]
    public async Task It_is_asked_once_for_what_an_agent_sends_and_never_for_what_people_send()
    {
        await using var host = Open();
        Register(host);
        Assert.Equal(0, asked);
        var large = fixture.Payload(host, agent, 0, new Transfer(fixture.Account(2), Much));
        var first = HostFixture.Submit(host, large);
        var again = HostFixture.Submit(host, large);
        Assert.Equal((first.Outcome, first.Seq, true), (again.Outcome, again.Seq, again.IsDuplicate));
        Assert.Equal(1, asked);

        var ahead = fixture.Payload(host, agent, 99, new Transfer(fixture.Account(2), Much));
        var last = host.View.Seq;
        Assert.Equal(Outcome.NonceGap, HostFixture.Submit(host, ahead).Outcome);
        Assert.Equal((1, last), (asked, host.View.Seq));
    }

    [Fact]
    public async Task Verdicts_are_kept_before_their_entries_are_written_and_outcomes_noted_behind_them()
    {
        await using var host = Open();
        Register(host);
        var transfer = new Transfer(fixture.Account(2), TokenAmount.OneToken);
        var result = HostFixture.Submit(host, fixture.Payload(host, agent, 0, transfer));
        Assert.Equal(["begin", $"keep {result.Seq}", $"note {result.Seq} Applied"], watch!.Told);

        // The journal cannot be written: nothing happened, so nothing became of it.
        disk.FailAtOperation = disk.Operations + 1;
        Assert.ThrowsAny<IOException>(
            () => HostFixture.Submit(host, fixture.Payload(host, agent, 0, transfer)));
        Assert.Equal($"keep {result.Seq + 1}", watch.Told[^1]);
    }

    [Fact]
    public async Task A_verdict_that_cannot_be_kept_ends_the_ledger_before_anything_is_written()
    {
        var isFull = false;
        await using var host = fixture.Open(adjust: options => options with
        {
            Watch = new FailingWatch(() => isFull),
        });
        Register(host);
        var before = host.View.Seq;
        isFull = true;
        var transfer = new Transfer(fixture.Account(2), TokenAmount.OneToken);
        Assert.ThrowsAny<IOException>(
            () => HostFixture.Submit(host, fixture.Payload(host, agent, 0, transfer)));
        Assert.NotNull(host.Failure);
        disk.KillProcess();
        await using var later = fixture.Open();
        using var entries = later.ReadFrom(1);
        var payloads = 0;
        while (entries.TryRead(out var entry) && entry.Header.Seq <= before + 1)
        {
            payloads += entry.Body == BodyKind.Payload ? 1 : 0;
        }

        Assert.Equal(1, payloads);
    }

    [Fact]
    public async Task Who_replays_the_journal_obeys_the_same_verdicts()
    {
        Digest hash;
        await using (var host = Open())
        {
            Register(host);
            HostFixture.Submit(host, fixture.Payload(host, agent, 0, new Transfer(fixture.Account(2), Much)));
            hash = host.View.Read(state => state.ComputeHash());
        }

        // Without a monitor and from the first entry on: what it said is on the journal.
        foreach (var file in disk.List(SnapshotStore.DirectoryName))
        {
            disk.Remove($"{SnapshotStore.DirectoryName}/{file.Name}");
        }

        await using var later = fixture.Open();
        Assert.Equal(0UL, later.Recovered.SnapshotSeq);
        Assert.Equal(1, later.View.Read(state => state.Approvals.Live));
    }

    private LedgerHost Open() => fixture.Open(adjust: options => options with { Watch = watch = new ToldWatch(Judge) });

    /// <summary>Wants everything above 40 tokens approved.</summary>
    private MonitorVerdict? Judge(LedgerState state, ClientPayload payload)
    {
        asked++;
        var value = state.RiskOf(payload.Commands[0]).Value;
        var limit = TokenAmount.FromTokens(40);
        return value > limit
            ? new MonitorVerdict(
                payload.From, payload.PayloadDigest, MonitorVerdictKind.Park, Label.Parse("value"), value, limit)
            : null;
    }

    /// <summary>An agent of person 1, who guards it.</summary>
    private void Register(LedgerHost host)
    {
        var register = new RegisterAgent(
            agent.Public,
            null,
            AgentKind.Requester,
            [],
            Label.Parse("1"),
            Constitutions.Wide,
            [fixture.Account(1)],
            1,
            TokenAmount.FromTokens(1_000));
        Assert.Equal(Outcome.Applied, HostFixture.Submit(host, fixture.Payload(host, 1, 0, register)).Outcome);
    }

    private static EventKind KindOf(DurableEntry entry)
    {
        var reader = new EventReader(entry.Events.Span);
        Assert.True(reader.MoveNext());
        return reader.Kind;
    }

    /// <summary>Says nothing, and fails to keep it.</summary>
    private sealed class FailingWatch(Func<bool> fails) : AdmissionWatch
    {
        public override bool Judges => true;

        public override bool HasRoom => true;

        public override void Begin(WatchedLedger ledger)
        {
        }

        public override Judgement Judge(LedgerState state, ClientPayload payload, Timestamp at) => default;

        public override void Learn(
            LedgerState state, ClientPayload payload, Timestamp at, Outcome outcome, ReadOnlySpan<byte> events)
        {
        }

        public override void Keep(IReadOnlyList<JudgedPayload> judged)
        {
            if (fails())
            {
                throw new IOException("The disk is full.");
            }
        }

        public override void Note(IReadOnlyList<JudgedPayload> judged)
        {
        }

        public override void End(ulong lastSeq)
        {
        }

        public override void Dispose()
        {
        }
    }
}
