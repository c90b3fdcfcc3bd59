using Aitbc.Primitives;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Blobs;

/// <summary>Announces a blob and prepays its rent; the node takes its bytes from then on. While they have not come, a
/// declaration of more bytes takes the place of one of fewer.</summary>
/// <param name="Digest">SHA-256 of its bytes.</param>
/// <param name="SizeBytes">Most bytes it has, 1 to the chain's limit.</param>
/// <param name="Days">Days of rent, 1 to the chain's limit.</param>
public sealed record DeclareBlob(Digest Digest, ulong SizeBytes, uint Days) : Command(CommandKind.DeclareBlob)
{
    /// <summary>Most blobs that one names.</summary>
    public const int MaxNames = BlobNames.Length;

    /// <summary>Who may read it. Default: the parties of its workloads, and whoever gave its bytes.</summary>
    public BlobAccess Access { get; init; }

    /// <summary>Up to four blobs that its content refers to, such as a specification the model to use: who is given
    /// this one to read is given them too, as far as the giver may read them. Default: none.</summary>
    public IReadOnlyList<Digest> Names { get; init; } = [];
}
