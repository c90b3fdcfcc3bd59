using System.Runtime.InteropServices;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Simulation.Audit;

namespace Aitbc.Cli.Tests.Drill;

/// <summary>Entries of journals that no ledger would write: what a drill must find.</summary>
internal sealed class DrillEntries
{
    private const int Kinds = 16;

    private readonly List<byte> events = [];
    private ulong seq;

    public static AccountNumber Agent { get; } = new(7);

    public static AccountNumber Other { get; } = new(8);

    public DrillEntries With<T>(EventKind kind, T value)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));
        events.AddRange(BitConverter.GetBytes((uint)kind | ((uint)bytes.Length << Kinds)));
        events.AddRange(bytes);
        return this;
    }

    public DrillEntries Pays(ulong tokens) => With(EventKind.Moved, new Moved(
        Agent, Other, SubAccount.Available, SubAccount.Available, MovePhase.Direct, MoveReason.Transfer, 0,
        TokenAmount.FromTokens(tokens)));

    public DrillEntries Holds(ulong tokens, ulong workload) => With(EventKind.Moved, new Moved(
        Agent, Agent, SubAccount.Available, SubAccount.Escrow, MovePhase.Pending, MoveReason.Escrow, workload,
        TokenAmount.FromTokens(tokens)));

    public DrillEntries GetsBack(ulong tokens, ulong workload) => With(EventKind.Moved, new Moved(
        Agent, Agent, SubAccount.Escrow, SubAccount.Available, MovePhase.Voided, MoveReason.Refund, workload,
        TokenAmount.FromTokens(tokens)));

    public DrillEntries Gas(ulong tokens) => With(EventKind.CommandHandled, new CommandHandled(
        Agent, 0, 0, 0, 1, 0, TokenAmount.FromTokens(tokens)));

    /// <summary>The entry with the events so far, after some time.</summary>
    public AuditedEntry At(Duration since, ulong? epoch = null, params Command[] commands)
    {
        var entry = new AuditedEntry(
            new EntryHeader(++seq, 1, new Timestamp(1_790_000_000_000) + since),
            epoch is { } signedIn ? Payload(signedIn, commands) : new Tick(),
            Outcome.Applied,
            events.ToArray());
        events.Clear();
        return entry;
    }

    private static ClientPayload Payload(ulong epoch, Command[] commands) => new()
    {
        Chain = new ChainId("aitbc:drill"),
        From = default,
        Lane = 0,
        Sequence = 1,
        ValidUntil = default,
        Epoch = epoch,
        Commands = commands.Length > 0 ? commands : [new Transfer(default, TokenAmount.OneToken)],
        Proof = ProofKind.Jws,
        Signer = default,
        PayloadDigest = default,
    };
}
