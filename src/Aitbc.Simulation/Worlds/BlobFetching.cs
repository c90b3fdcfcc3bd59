using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;

namespace Aitbc.Simulation.Worlds;

/// <summary>Blobs as one account may read them, for pure code that asks by digest and cannot wait.</summary>
internal static class BlobFetching
{
    /// <summary>Asks for an account; blobs that it may not read are not to be had, as those that are not there.
    /// </summary>
    public static Func<Digest, ReadOnlyMemory<byte>?> For(ILedger ledger, AccountId reader) => digest =>
    {
        // A job or a judgement is a function of bytes and has nothing to do while they come. Here no caller holds a
        // lock or a context that the answer would need.
        return ledger.GetBlobAsync(reader, digest, CancellationToken.None).GetAwaiter().GetResult().OrNull;
    };
}
