using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aitbc.Infrastructure.Receipts;

/// <summary>
/// The one form in which a receipt is written, and its strict reader: whatever is not byte for byte what the writer
/// would
/// write is refused, so no second spelling can hide anything.
/// </summary>
/// <remarks>Stateless, thread-safe.</remarks>
public static class ReceiptJson
{
    /// <summary>Most bytes of a receipt: 8 MiB. The largest journal entry, in base64url, fits.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private const int MaxDepth = 5;

    private static readonly JsonSerializerOptions Options = CreateOptions();

    /// <summary>Writes a receipt: members in the documented order, two spaces a level, line feeds, one at the end.
    /// </summary>
    /// <param name="receipt">The receipt.</param>
    /// <returns>ASCII bytes; the same for the same receipt, always.</returns>
    public static byte[] Render(Receipt receipt)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(receipt, Options);
        return [.. json, (byte)'\n'];
    }

    /// <summary>Reads a receipt; whether what it says holds, <see cref="ReceiptVerifier"/> asks.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="receipt">The receipt; null where there is a fault.</param>
    /// <param name="detail">What is wrong, as the end of a sentence; empty where nothing is.</param>
    /// <returns><see cref="ReceiptFault.None"/>, or one of the first four faults.</returns>
    public static ReceiptFault TryParse(ReadOnlySpan<byte> utf8, out Receipt? receipt, out string detail)
    {
        receipt = null;
        detail = string.Empty;
        if (utf8.Length > MaxBytes)
        {
            detail = $"it has {utf8.Length} bytes, and no receipt has more than {MaxBytes}";
            return ReceiptFault.TooLarge;
        }

        if (!TryDeserialize(utf8, out var read, out detail))
        {
            return ReceiptFault.Malformed;
        }

        if (read.Version != Receipt.CurrentVersion)
        {
            detail = $"it is of version {read.Version}, and only version {Receipt.CurrentVersion} is known here";
            return ReceiptFault.UnknownVersion;
        }

        var written = Render(read);
        var same = written.AsSpan().CommonPrefixLength(utf8);
        if (same != written.Length || same != utf8.Length)
        {
            detail = $"from byte {same} on it is not written as receipts are";
            return ReceiptFault.NotCanonical;
        }

        receipt = read;
        return ReceiptFault.None;
    }

    private static bool TryDeserialize(
        ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out Receipt? receipt, out string detail)
    {
        try
        {
            receipt = JsonSerializer.Deserialize<Receipt>(utf8, Options);
            detail = receipt is null ? "it is null" : string.Empty;
        }
        catch (JsonException wrong)
        {
            // The exception's own message may repeat what a stranger wrote; its place is ours to say.
            receipt = null;
            detail = $"line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1} is not what must stand there";
        }

        return receipt is not null;
    }

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.General)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            NumberHandling = JsonNumberHandling.Strict,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            AllowDuplicateProperties = false,
            MaxDepth = MaxDepth,
            WriteIndented = true,
            IndentSize = 2,
            NewLine = "\n",
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
