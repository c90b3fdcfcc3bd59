using System.Runtime.CompilerServices;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Protocol.Blobs;

/// <summary>Who may read a blob.</summary>
public enum BlobAccess : byte
{
    /// <summary>Whoever gave its bytes, and the parties of its workloads.</summary>
    Parties = 0,

    /// <summary>Everybody, once its declarer has given the bytes.</summary>
    Public = 1,
}

/// <summary>Up to four blobs that another names.</summary>
[InlineArray(Length)]
public struct BlobNames
{
    /// <summary>Most blobs that one names.</summary>
    public const int Length = 4;

    private Digest first;
}

/// <summary>Somebody who may read a blob: gave its bytes, or was given it by a party of a workload.</summary>
public struct BlobReaderRecord
{
    /// <summary>Slot + 1 of the blob's next reader; 0 ends the list.</summary>
    public int NextReader;

    /// <summary>Who.</summary>
    public AccountNumber Account;
}

/// <summary>A blob the chain knows of: who pays for it, until when, whether its bytes have arrived, who reads it.
/// </summary>
public struct BlobRecord
{
    /// <summary>Slot + 1 of its newest reader; 0 is none.</summary>
    public int FirstReader;

    /// <summary>Who declared it and paid the rent.</summary>
    public AccountNumber DeclaredBy;

    /// <summary>1 once the node holds bytes of this digest.</summary>
    public byte Available;

    /// <summary>Who may read it beside its readers.</summary>
    public BlobAccess Access;

    /// <summary>Blobs that it names.</summary>
    public byte NameCount;

    /// <summary>Zero.</summary>
    public byte Unused;

    /// <summary>Zero.</summary>
    public uint Unused2;

    /// <summary>Counted, never reused: tells a due item's blob.</summary>
    public ulong Id;

    /// <summary>SHA-256 of its bytes.</summary>
    public Digest Digest;

    /// <summary>Bytes that rent is paid for; the blob has as many or fewer.</summary>
    public ulong SizeBytes;

    /// <summary>End of the prepaid rent, wall time, ms.</summary>
    public long PaidUntilMs;

    /// <summary>The capability for which a client who may read it posted it as a specification; empty before. Who
    /// offers that may read it, to bid.</summary>
    public Label OfferedAs;

    /// <summary>Blobs that its content refers to.</summary>
    public BlobNames Names;
}
