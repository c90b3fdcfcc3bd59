using System.Text.Json;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Wire;

namespace Aitbc.Infrastructure.Explanation;

/// <summary>
/// Says what one entry of a data directory's journal did and why. The state before it is rebuilt from the events before
/// it, so that the limits and values behind a refusal are those that the rules saw.
/// </summary>
/// <remarks>Changes and locks nothing, so a directory in use can be asked; it checks the hashes on the way, and whether
/// the journal keeps the rules, <c>verify</c> says. Stateless.</remarks>
public static class EntryExplainer
{
    /// <summary>Explains an entry.</summary>
    /// <param name="path">The data directory.</param>
    /// <param name="seq">The entry, from 1.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="FileNotFoundException">There is no chain.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such entry; the actual value is the last
    /// one.</exception>
    /// <exception cref="LedgerDamagedException">An entry up to this one is not what its hash binds.</exception>
    /// <exception cref="StorageDamagedException">The genesis file or the journal is damaged.</exception>
    public static EntryExplanation Explain(string path, ulong seq, CancellationToken cancellationToken)
    {
        if (!ChainDirectory.Exists(path))
        {
            throw new FileNotFoundException($"There is no chain in {path}: name its data directory with --data.");
        }

        var disk = new FileDisk(path);
        var genesis = ChainDirectory.ReadGenesis(disk, out var digest);
        var state = new LedgerState(genesis);
        new Protocol.Ledger(state).ApplyGenesis(digest, new EventBuffer());
        var previous = digest;
        EntryExplanation? explained = null;
        foreach (var frame in JournalFrames.Read(disk, new JournalOptions { Identity = digest }))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (explained is not null && frame.Kind == FrameKind.Block)
            {
                return explained with { Block = BlockOf(frame) };
            }

            if (frame.Kind == FrameKind.Entry && explained is null)
            {
                var entry = EntryFrame.Read((ulong)frame.Sequence, frame.Payload);
                explained = entry.Header.Seq == seq ? Explain(state, entry, previous) : null;
                previous = explained is null ? Follow(state, entry, previous) : previous;
            }
        }

        return explained ?? throw new ArgumentOutOfRangeException(
            nameof(seq), state.Globals.Seq, $"There is no entry {seq}.");
    }

    private static Digest Follow(LedgerState state, DurableEntry entry, in Digest previous)
    {
        var seq = entry.Header.Seq;
        if (seq != state.Globals.Seq + 1 || EntryHash.Of(entry.LeafAfter(previous)) != entry.Hash)
        {
            throw new LedgerDamagedException(seq, $"Entry {seq} is not what its hash binds.");
        }

        EventCatalog.Apply(state, entry.Header, entry.Events.Span);
        return entry.Hash;
    }

    private static EntryExplanation Explain(LedgerState state, DurableEntry entry, in Digest previous)
    {
        var names = new AccountNames(state);
        var body = Parse(entry);
        var payload = body as ClientPayload;
        var asked = payload is null
            ? [InputPart((SystemInput)body, names)]
            : payload.Commands.Select(command => CommandPart(command, names)).ToList();
        var refusal = entry.Outcome is Outcome.Applied or Outcome.Parked ? null : Refusal(state, entry, payload!);
        Follow(state, entry, previous);
        var (events, _, gas) = Events(entry, names, int.MaxValue);
        return new EntryExplanation(
            entry.Header.Seq,
            entry.Header.Term,
            entry.Header.Time,
            By(payload, names),
            payload?.From,
            payload?.Proof == ProofKind.Jws ? payload.Signer : null,
            asked,
            refusal is null ? OutcomeOf(payload, entry.Outcome) : $"Refused: {refusal.Rule}",
            refusal,
            gas,
            events,
            names.Named(),
            previous,
            entry.Hash,
            Digest.Sha256(entry.BodyBytes.Span),
            null);
    }

    internal static EntryBody Parse(DurableEntry entry)
    {
        var seq = entry.Header.Seq;
        if (entry.Body == BodyKind.Input)
        {
            return InputCodec.TryParse(entry.BodyBytes.Span, out var input) is { } wrong
                ? throw new LedgerDamagedException(seq, $"Entry {seq} holds no input of the node: {wrong}")
                : input;
        }

        return SignedPayload.TryFromParts(
            entry.Proof, entry.ProofHeader, entry.BodyBytes, entry.Signature, out var signed, out var problem)
            ? signed.Payload
            : throw new LedgerDamagedException(seq, $"Entry {seq} holds no payload: {problem}");
    }

    internal static ExplainedPart CommandPart(Command command, AccountNames names) =>
        new(CommandNames.NameOf(command.Kind), CommandWords.Of(command, names));

    internal static ExplainedPart InputPart(SystemInput input, AccountNames names) =>
        new(JsonNamingPolicy.CamelCase.ConvertName(input.Kind.ToString()), CommandWords.Of(input, names));

    internal static string By(ClientPayload? payload, AccountNames names)
    {
        if (payload is null)
        {
            return "The node itself";
        }

        var nonce = $"lane {payload.Lane}, sequence {payload.Sequence}";
        var how = payload.Proof == ProofKind.Jws
            ? (AccountId)payload.Signer == payload.From ? "signed with its first key" : $"signed with {payload.Signer}"
            : "signed by nobody, on a simulated chain";
        return $"Account {names.Of(payload.From)}, {how} ({nonce})";
    }

    internal static string OutcomeOf(ClientPayload? payload, Outcome outcome) => payload switch
    {
        not null when outcome == Outcome.Parked => "Waits for its guardians' approval",
        null => "Taken",
        { Commands.Length: 1 } => "Applied",
        _ => $"Applied, all {payload.Commands.Length} commands",
    };

    /// <summary>Tries the payload on the state before it, as far as the command at fault, to see the figures.</summary>
    private static ExplainedRefusal Refusal(LedgerState state, DurableEntry entry, ClientPayload payload)
    {
        var failedAt = FailedAt(entry);
        var command = payload.Commands[failedAt];
        using var trial = new DryRun(state, entry.Header.Time);
        var found = trial.Admit(payload);
        found = found == Outcome.Applied ? trial.Handle(out _) : found;

        if (found != entry.Outcome)
        {
            throw new LedgerDamagedException(
                entry.Header.Seq, $"Entry {entry.Header.Seq} says {entry.Outcome}, and the rules say {found}.");
        }

        var breach = trial.Breach(found, command);
        return new ExplainedRefusal(
            JsonNamingPolicy.CamelCase.ConvertName(found.ToString()),
            (int)found,
            failedAt + 1,
            RuleWords.Of(found),
            RefusalDetail.Of(state, payload.From, command, found, breach),
            breach?.Value,
            breach?.Limit);
    }

    private static int FailedAt(DurableEntry entry)
    {
        var reader = new EventReader(entry.Events.Span);
        while (reader.MoveNext())
        {
            if (reader.Kind == EventKind.CommandHandled)
            {
                return reader.As<CommandHandled>().FailedAt;
            }
        }

        throw new LedgerDamagedException(
            entry.Header.Seq, $"Entry {entry.Header.Seq} was refused, and has no event that says so.");
    }

    internal static (List<ExplainedPart> Events, int InAll, TokenAmount Gas) Events(
        DurableEntry entry, AccountNames names, int most)
    {
        var events = new List<ExplainedPart>();
        var count = 0;
        var gas = TokenAmount.Zero;
        var reader = new EventReader(entry.Events.Span);
        while (reader.MoveNext())
        {
            gas = reader.Kind == EventKind.CommandHandled ? reader.As<CommandHandled>().Gas : gas;
            if (count++ < most)
            {
                events.Add(new ExplainedPart(
                    EventJson.NameOf(reader.Kind), EventWords.Describe(reader.Kind, reader.Value, names.Note)));
            }
        }

        return (events, count, gas);
    }

    private static ExplainedBlock? BlockOf(in JournalFrame frame)
    {
        if (!Jws.TryParse(frame.Payload.Span, out var parts, out _)
            || !BlockHeader.TryParse(parts.Payload.Span, out var header))
        {
            var seq = (ulong)frame.Sequence;
            throw new LedgerDamagedException(seq, $"The block after entry {seq} is no signed head of a block.");
        }

        return new ExplainedBlock(header!.Height, header.FirstSeq, header.LastSeq, header.Root, parts.KeyId);
    }
}
