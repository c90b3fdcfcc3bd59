using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Blobs;

/// <summary>Announces a blob and prepays its rent; the node takes its bytes from then on.</summary>
/// <param name="Digest">SHA-256 of its bytes.</param>
/// <param name="SizeBytes">Bytes, 1 to the chain's limit.</param>
/// <param name="Days">Days of rent, 1 to the chain's limit.</param>
public sealed record DeclareBlob(Digest Digest, ulong SizeBytes, uint Days) : Command(CommandKind.DeclareBlob);
