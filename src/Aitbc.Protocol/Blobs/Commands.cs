using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Blobs;

/// <summary>Announces a blob and prepays its rent; the node takes its bytes from then on. While they have not come, a
/// declaration of more bytes takes the place of one of fewer.</summary>
/// <param name="Digest">SHA-256 of its bytes.</param>
/// <param name="SizeBytes">Most bytes it has, 1 to the chain's limit.</param>
/// <param name="Days">Days of rent, 1 to the chain's limit.</param>
public sealed record DeclareBlob(Digest Digest, ulong SizeBytes, uint Days) : Command(CommandKind.DeclareBlob);
