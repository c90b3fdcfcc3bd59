using System.Buffers;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;

namespace Aitbc.Safety;

/// <summary>A payload before it has bytes, and so before it has a digest.</summary>
internal readonly record struct PayloadDraft(
    ChainId Chain,
    ProposedAction Action,
    AgentSigner Signer,
    int Lane,
    ulong Sequence,
    Timestamp ValidUntil,
    ulong Epoch)
{
    /// <summary>Writes the bytes and binds the payload to their digest.</summary>
    /// <returns>False where a value has no form on the wire.</returns>
    public bool TryWrite(out ClientPayload payload, out byte[] bytes)
    {
        var output = new ArrayBufferWriter<byte>();
        payload = Build(default);
        try
        {
            PayloadCodec.Write(payload, output);
        }
        catch (ArgumentException)
        {
            bytes = [];
            return false;
        }

        bytes = output.WrittenSpan.ToArray();
        payload = Build(Digest.Sha256(bytes));
        return true;
    }

    private ClientPayload Build(Digest digest) => new()
    {
        Chain = Chain,
        From = Action.From,
        Lane = Lane,
        Sequence = Sequence,
        ValidUntil = ValidUntil,
        Epoch = Epoch,
        Commands = [.. Action.Commands],
        Proof = Signer.Proof,
        Signer = Signer.KeyId,
        PayloadDigest = digest,
    };
}
