using System.ComponentModel.DataAnnotations;

namespace Aitbc.Infrastructure.Storage;

/// <summary>Limits of a <see cref="BlobStore"/>. Immutable, thread-safe.</summary>
public sealed class BlobStoreOptions
{
    /// <summary>
    /// Largest blob in bytes; default 16 MiB. Blobs that are there already stay, whatever their size.
    /// </summary>
    [Range(1, 1024 * 1024 * 1024)]
    public int MaxBlobBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// All blobs together in bytes; default 64 GiB. The quota of the data directory may be reached before.
    /// </summary>
    [Range(1, long.MaxValue)]
    public long MaxTotalBytes { get; init; } = 64L * 1024 * 1024 * 1024;
}

/// <summary>Why a blob was not taken, in the order in which it is looked at.</summary>
public enum BlobRefusal
{
    /// <summary>It is larger than <see cref="BlobStoreOptions.MaxBlobBytes"/>.</summary>
    TooLarge = 1,

    /// <summary>With it all blobs would be larger than <see cref="BlobStoreOptions.MaxTotalBytes"/>.</summary>
    QuotaReached = 2,
}

/// <summary>A blob was not taken; nothing of it is left.</summary>
/// <param name="refusal">Why.</param>
/// <param name="limit">The limit it broke, in bytes.</param>
public sealed class BlobRefusedException(BlobRefusal refusal, long limit)
    : IOException(refusal == BlobRefusal.TooLarge
        ? $"the blob is larger than {limit} bytes"
        : $"with the blob all blobs would be larger than {limit} bytes")
{
    /// <summary>Why.</summary>
    public BlobRefusal Refusal { get; } = refusal;

    /// <summary>The limit it broke, in bytes.</summary>
    public long Limit { get; } = limit;
}
