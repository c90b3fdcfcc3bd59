using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Receipts;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;

namespace Aitbc.Node.Api;

/// <summary>That an entry stands in a block: hash the leaf, go up the path, compare with the signed root.</summary>
/// <param name="Leaf">What the entry's hash binds.</param>
/// <param name="Hash">The entry's hash.</param>
/// <param name="Path">The steps up.</param>
/// <param name="Block">The block's header, a compact JWS of the node.</param>
public sealed record ProofView(LeafView Leaf, Digest Hash, IReadOnlyList<PathStep> Path, string Block)
{
    internal static ProofView Of(Inclusion found) => new(
        new LeafView(
            found.Leaf.Previous,
            found.Leaf.Header.Seq,
            found.Leaf.Header.Term,
            found.Leaf.Header.Time,
            found.Leaf.Body,
            found.Leaf.Proof == 0 ? null : (ProofKind)found.Leaf.Proof,
            found.Leaf.Outcome,
            found.Leaf.PayloadDigest,
            found.Leaf.ProofDigest,
            found.Leaf.EventsDigest,
            (byte)found.Leaf.Body,
            found.Leaf.Proof,
            (ushort)found.Leaf.Outcome),
        found.Entry.Hash,
        [.. found.Path.Select(step => new PathStep(step.Sibling, step.SiblingIsLeft))],
        found.Block.Compact);
}

/// <summary>What an entry's hash binds; see the protocol's page on entries and blocks for its bytes.</summary>
/// <param name="Previous">Hash of the entry before.</param>
/// <param name="Seq">Its place.</param>
/// <param name="Term">Its term.</param>
/// <param name="TimeMs">Its time, ms since 1970.</param>
/// <param name="Body">Payload or input.</param>
/// <param name="Proof">Kind of proof; left out for inputs.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="PayloadDigest">SHA-256 of the body.</param>
/// <param name="ProofDigest">SHA-256 of the proof.</param>
/// <param name="EventsDigest">SHA-256 of the events.</param>
/// <param name="BodyCode">The body as the number that is hashed.</param>
/// <param name="ProofCode">The kind of proof as the number that is hashed.</param>
/// <param name="OutcomeCode">The outcome as the number that is hashed.</param>
public sealed record LeafView(
    Digest Previous,
    ulong Seq,
    uint Term,
    Timestamp TimeMs,
    BodyKind Body,
    ProofKind? Proof,
    Outcome Outcome,
    Digest PayloadDigest,
    Digest ProofDigest,
    Digest EventsDigest,
    byte BodyCode,
    byte ProofCode,
    ushort OutcomeCode);
