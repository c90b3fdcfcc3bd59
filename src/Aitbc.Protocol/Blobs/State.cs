using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Protocol.Blobs;

/// <summary>A blob the chain knows of: who pays for it, until when, and whether its bytes have arrived.</summary>
public struct BlobRecord
{
    /// <summary>Who declared it and paid the rent.</summary>
    public AccountNumber DeclaredBy;

    /// <summary>1 once the node holds bytes of this digest.</summary>
    public uint Available;

    /// <summary>Counted, never reused: tells a due item's blob.</summary>
    public ulong Id;

    /// <summary>SHA-256 of its bytes.</summary>
    public Digest Digest;

    /// <summary>Bytes that rent is paid for; the blob has as many or fewer.</summary>
    public ulong SizeBytes;

    /// <summary>End of the prepaid rent, wall time, ms.</summary>
    public long PaidUntilMs;
}
