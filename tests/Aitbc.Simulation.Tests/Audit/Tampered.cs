using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Simulation.Audit;
using Aitbc.Testing;

namespace Aitbc.Simulation.Tests.Audit;

/// <summary>The real entries of a chain, of which a test falsifies something, and what the auditor says.</summary>
internal sealed class Tampered
{
    private static readonly Dictionary<Type, EventKind> Kinds =
        EventCatalog.All.ToDictionary(pair => pair.Value, pair => pair.Key);

    private readonly LedgerFixture chain;
    private readonly List<AuditedEntry> entries;

    /// <summary>Takes a chain's entries, which must be right as they are.</summary>
    public Tampered(LedgerFixture chain)
    {
        this.chain = chain;
        entries = Audits.EntriesOf(chain);
        Audits.AssertClean(Audits.Run(chain, entries), chain.State, "before anything was falsified");
    }

    /// <summary>A number of tokens in base units, as findings name it.</summary>
    public static string Tokens(ulong count) => $"{TokenAmount.FromTokens(count).BaseUnits}";

    /// <summary>The last entry that has an event.</summary>
    public ulong SeqOf<T>(Func<T, bool>? which = null)
        where T : unmanaged => entries.Last(entry => Find(Split(entry), which) >= 0).Header.Seq;

    /// <summary>The last entry of a payload that has a command.</summary>
    public ulong SeqOfCommand<T>()
        where T : Command => entries.Last(entry =>
            entry.Body is ClientPayload payload && Array.Exists(payload.Commands, one => one is T)).Header.Seq;

    /// <summary>Changes an event of the last entry that has it.</summary>
    public ulong Change<T>(Func<T, T> change, Func<T, bool>? which = null)
        where T : unmanaged => Rewrite(which, (events, at) => events[at] = (events[at].Kind, Bytes(change(
            MemoryMarshal.Read<T>(events[at].Bytes)))));

    /// <summary>Drops an event.</summary>
    public ulong Drop<T>(Func<T, bool>? which = null)
        where T : unmanaged => Rewrite(which, (events, at) => events.RemoveAt(at));

    /// <summary>Doubles an event.</summary>
    public ulong Double<T>(Func<T, bool>? which = null)
        where T : unmanaged => Rewrite(which, (events, at) => events.Insert(at, events[at]));

    /// <summary>Puts an event in front of an entry's others.</summary>
    public void Insert<T>(ulong seq, in T value)
        where T : unmanaged
    {
        var events = Split(entries[(int)seq - 1]);
        events.Insert(0, (Kinds[typeof(T)], Bytes(value)));
        entries[(int)seq - 1] = entries[(int)seq - 1] with { Events = Join(events) };
    }

    /// <summary>Changes a whole entry.</summary>
    public void Change(ulong seq, Func<AuditedEntry, AuditedEntry> change) =>
        entries[(int)seq - 1] = change(entries[(int)seq - 1]);

    /// <summary>Lets an entry have come a millisecond before it did.</summary>
    public void Hasten(ulong seq) => Change(seq, entry => entry with
    {
        Header = entry.Header with { Time = new Timestamp(entry.Header.Time.UnixMs - 1) },
    });

    /// <summary>Changes the last payload that has a command; its events stay.</summary>
    public ulong ChangePayload<T>(Func<T, T>? change = null, AccountId? from = null, ulong? epoch = null)
        where T : Command
    {
        var seq = SeqOfCommand<T>();
        Change(seq, entry =>
        {
            var payload = (ClientPayload)entry.Body;
            return entry with
            {
                Body = new ClientPayload
                {
                    Chain = payload.Chain,
                    From = from ?? payload.From,
                    Lane = payload.Lane,
                    Sequence = payload.Sequence,
                    ValidUntil = payload.ValidUntil,
                    Epoch = epoch ?? payload.Epoch,
                    Commands = [.. payload.Commands.Select(
                        one => one is T command && change is not null ? change(command) : one)],
                    Proof = payload.Proof,
                    Signer = payload.Signer,
                    PayloadDigest = payload.PayloadDigest,
                },
            };
        });
        return seq;
    }

    /// <summary>Puts an entry right after another, as if it had been ordered there.</summary>
    /// <returns>Its new number.</returns>
    public ulong MoveAfter(ulong seq, ulong after)
    {
        var headers = entries.ConvertAll(entry => entry.Header);
        var moved = entries[(int)seq - 1];
        entries.RemoveAt((int)seq - 1);
        entries.Insert((int)after - 1, moved);
        for (var i = 0; i < entries.Count; i++)
        {
            entries[i] = entries[i] with { Header = headers[i] };
        }

        return after;
    }

    /// <summary>Leaves an entry out.</summary>
    public void Remove(ulong seq) => entries.RemoveAt((int)seq - 1);

    /// <summary>Journals a copy of an entry at the end.</summary>
    public ulong Repeat(ulong seq)
    {
        var last = entries[^1].Header;
        entries.Add(entries[(int)seq - 1] with { Header = last with { Seq = last.Seq + 1 } });
        return last.Seq + 1;
    }

    /// <summary>What the auditor finds, the comparison with the state included.</summary>
    public IReadOnlyList<AuditFinding> Findings() => Audits.Run(chain, entries).Compare(chain.State);

    /// <summary>Exactly this must be among the findings.</summary>
    public void AssertFinds(ulong seq, AuditCheck check, string what, string expected, string found)
    {
        var findings = Findings();
        var wanted = new AuditFinding(seq, check, what, expected, found);
        Assert.True(
            findings.Contains(wanted), $"Not found: {wanted} ({check})\nFound:\n{string.Join('\n', findings)}");
    }

    /// <summary>A finding of a check that speaks of something must be there.</summary>
    public void AssertFinds(AuditCheck check, string what)
    {
        var findings = Findings();
        Assert.True(
            findings.Any(one => one.Check == check && one.What.Contains(what, StringComparison.Ordinal)),
            $"Not found: {check}, {what}\nFound:\n{string.Join('\n', findings)}");
    }

    private ulong Rewrite<T>(Func<T, bool>? which, Action<List<(EventKind Kind, byte[] Bytes)>, int> change)
        where T : unmanaged
    {
        var seq = SeqOf(which);
        var events = Split(entries[(int)seq - 1]);
        change(events, Find(events, which));
        entries[(int)seq - 1] = entries[(int)seq - 1] with { Events = Join(events) };
        return seq;
    }

    private static int Find<T>(List<(EventKind Kind, byte[] Bytes)> events, Func<T, bool>? which)
        where T : unmanaged => events.FindIndex(one => one.Kind == Kinds[typeof(T)]
            && (which is null || which(MemoryMarshal.Read<T>(one.Bytes))));

    private static List<(EventKind Kind, byte[] Bytes)> Split(AuditedEntry entry)
    {
        List<(EventKind, byte[])> events = [];
        var reader = new EventReader(entry.Events.Span);
        while (reader.MoveNext())
        {
            events.Add((reader.Kind, reader.Value.ToArray()));
        }

        return events;
    }

    private static byte[] Join(List<(EventKind Kind, byte[] Bytes)> events) =>
    [
        .. events.SelectMany(one => (byte[])
            [.. BitConverter.GetBytes((uint)(ushort)one.Kind | ((uint)one.Bytes.Length << 16)), .. one.Bytes]),
    ];

    private static byte[] Bytes<T>(T value)
        where T : unmanaged
    {
        var bytes = new byte[Unsafe.SizeOf<T>()];
        MemoryMarshal.Write(bytes, value);
        return bytes;
    }
}
