using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Receipts;

/// <summary>What checking a receipt found.</summary>
/// <param name="Fault">Why it is refused, or none.</param>
/// <param name="Problem">The same in one plain sentence; null where it holds.</param>
/// <param name="Receipt">What it says; null where it could not be read.</param>
/// <param name="NodeKey">Thumbprint of the node key that it names; null likewise.</param>
/// <param name="IsNodeKeyPinned">Whether that key was asked for.</param>
/// <param name="IsProviderSigned">Whether it carries the provider's own signature, and that was checked.</param>
/// <param name="Proven">What follows from it, in plain sentences; empty where it is refused.</param>
/// <param name="NotProven">What does not follow, though one might think so; likewise.</param>
public sealed record ReceiptReport(
    ReceiptFault Fault,
    string? Problem,
    Receipt? Receipt,
    KeyId? NodeKey,
    bool IsNodeKeyPinned,
    bool IsProviderSigned,
    IReadOnlyList<string> Proven,
    IReadOnlyList<string> NotProven)
{
    /// <summary>Whether it holds.</summary>
    public bool Ok => Fault == ReceiptFault.None;
}
