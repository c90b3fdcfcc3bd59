using System.Buffers;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.Wire;
using Aitbc.Testing;

namespace Aitbc.Infrastructure.Tests.Explanation;

/// <summary>Writes the journal of a random economy into a data directory, as a node would have.</summary>
internal static class EconomyJournal
{
    private const ulong LargestInteger = (1UL << 53) - 1;

    /// <summary>Writes genesis and journal.</summary>
    public static async Task WriteAsync(RandomEconomy economy, string path)
    {
        var disk = new FileDisk(path);
        var bytes = new ArrayBufferWriter<byte>();
        GenesisCodec.Write(economy.Chain.Genesis, bytes);
        await File.WriteAllBytesAsync(Path.Combine(path, DataDirectory.GenesisFile), bytes.WrittenSpan.ToArray());
        var digest = Digest.Sha256(bytes.WrittenSpan);
        var options = new JournalOptions { Identity = digest, SegmentBytes = 1 << 20, PrepareInBackground = false };
        await using var journal = Journal.Open(disk, options, out _);
        var batch = new JournalBatch();
        var hash = digest;
        foreach (var made in economy.Chain.Journal.Skip(1))
        {
            hash = Add(batch, made, hash);
            journal.Write(batch);
            batch.Clear();
        }
    }

    private static Digest Add(JournalBatch batch, JournalEntry made, in Digest previous)
    {
        var body = new ArrayBufferWriter<byte>();
        var header = Array.Empty<byte>();
        if (made.Body is ClientPayload payload)
        {
            var commands = payload.Commands.Select(command => Sendable(payload, command)).ToArray();
            PayloadCodec.Write(With(payload, commands), body);
            header = System.Text.Encoding.ASCII.GetBytes(payload.Signer.ToString());
        }
        else
        {
            InputCodec.Write((SystemInput)made.Body!, body);
        }

        var leaf = new EntryLeaf(
            previous,
            made.Header,
            made.Body is ClientPayload ? BodyKind.Payload : BodyKind.Input,
            made.Body is ClientPayload ? (byte)ProofKind.Simulated : (byte)0,
            made.Result.Outcome,
            Digest.Sha256(body.WrittenSpan),
            SignedPayload.DigestOf(header, default),
            Digest.Sha256(made.Events));
        var hash = EntryHash.Of(leaf);
        var size = EntryFrame.SizeOf(body.WrittenCount, header.Length, made.Events.Length);
        var frame = batch.BeginFrame(FrameKind.Entry, (long)made.Header.Seq, size);
        EntryFrame.Write(frame, leaf, hash, body.WrittenSpan, header, default, made.Events);
        batch.EndFrame(size);
        return hash;
    }

    /// <summary>The economy also tries what has no form on the wire; what is refused for the same reason stands in for
    /// it.</summary>
    private static Command Sendable(ClientPayload payload, Command command)
    {
        if (IsSendable(payload, command))
        {
            return command;
        }

        // One thing at a time: the first that is wrong is what the refusal names.
        if (command is RegisterAgent agent && agent with { AgentKind = AgentKind.Inference } is var named
            && IsSendable(payload, named))
        {
            return named;
        }

        return command switch
        {
            RegisterAgent it => it with
            {
                AgentKind = AgentKind.Inference,
                Constitution = Sendable(it.Constitution),
            },
            ChangeConstitution it => it with { Constitution = Sendable(it.Constitution) },
            SetOverride it => it with { Effect = OverrideEffect.Allow },
            StopMarket it => it with { Scope = StopScope.Market },
            ReleaseMarket it => it with { Scope = StopScope.Market },
            DeclareBlob it => it with { SizeBytes = LargestInteger },
            PostWorkload it => it with { Mode = VerificationMode.None, BidWindowMs = 0 },
            _ => throw new InvalidOperationException($"{command} has no form on the wire."),
        };
    }

    private static bool IsSendable(ClientPayload payload, Command command)
    {
        try
        {
            PayloadCodec.Write(With(payload, [command]), new ArrayBufferWriter<byte>());
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static ConstitutionTerms Sendable(ConstitutionTerms terms) => terms with
    {
        AllowedActions = [], Counterparties = [], KeyChangeHold = Duration.Zero, Rules = [],
    };

    private static ClientPayload With(ClientPayload payload, Command[] commands) => new()
    {
        Chain = payload.Chain,
        From = payload.From,
        Lane = payload.Lane,
        Sequence = payload.Sequence,
        ValidUntil = payload.ValidUntil,
        Epoch = payload.Epoch,
        Commands = commands,
        Proof = payload.Proof,
        Signer = payload.Signer,
        PayloadDigest = payload.PayloadDigest,
    };
}
