using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Blocks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Verification;

namespace Aitbc.Infrastructure.Receipts;

/// <summary>That the provider delivered this result, under a signature that the entry binds.</summary>
internal static class DeliveryChecks
{
    /// <summary>Checks payload, proof and signature.</summary>
    public static ReceiptProblem? Check(Receipt receipt)
    {
        var delivery = receipt.Delivery;
        var parsed = SignedPayload.TryFromParts(
            (ProofKind)delivery.Proof,
            delivery.ProtectedHeader.Bytes,
            delivery.Payload.Bytes,
            delivery.Signature?.Bytes ?? default,
            out var signed,
            out var wrong);
        if (!parsed)
        {
            return new ReceiptProblem(ReceiptFault.BadDelivery, $"The delivery is no payload: {wrong}");
        }

        return CheckContent(receipt, signed!.Payload)
            ?? CheckEntry(receipt, signed)
            ?? (delivery.Proof == ReceiptProof.Jws ? CheckSigned(delivery, signed) : CheckUnsigned(receipt));
    }

    private static ReceiptProblem? CheckContent(Receipt receipt, ClientPayload payload)
    {
        if (!payload.Chain.Equals(receipt.Chain))
        {
            return new ReceiptProblem(
                ReceiptFault.BadDelivery, $"The delivery is for chain {payload.Chain}, not for {receipt.Chain}.");
        }

        if (payload.From != receipt.Provider)
        {
            return new ReceiptProblem(
                ReceiptFault.NotTheProviders, $"The delivery was sent by {payload.From}, not by the provider.");
        }

        var submissions = payload.Commands.Select(command => command switch
        {
            SubmitWork work when work.Workload == receipt.Workload => (work.Result, work.QualityPpm),
            RevealWork work when work.Workload == receipt.Workload => (work.Result, work.QualityPpm),
            _ => ((Digest Result, uint QualityPpm)?)null,
        }).OfType<(Digest Result, uint QualityPpm)>().ToList();
        return submissions is [var only] && only == (receipt.Result, receipt.QualityPpm)
            ? null
            : new ReceiptProblem(
                ReceiptFault.NotThisResult,
                $"The delivery does not submit this result for {receipt.Workload} with this quality, once.");
    }

    private static ReceiptProblem? CheckEntry(Receipt receipt, SignedPayload signed)
    {
        var entry = receipt.Delivery.Entry;
        if (entry.Proof != (byte)receipt.Delivery.Proof || entry.ProofDigest != signed.ProofDigest)
        {
            return new ReceiptProblem(
                ReceiptFault.WrongProof, "The delivery's proof is not the one that its entry binds.");
        }

        return entry.Outcome == (ushort)Outcome.Applied && entry.Body == (byte)BodyKind.Payload
            ? null
            : new ReceiptProblem(ReceiptFault.WrongDelivery, "The delivery did not take effect.");
    }

    private static ReceiptProblem? CheckSigned(ReceiptDelivery delivery, SignedPayload signed)
    {
        if (delivery.Key is not { } key || key.Thumbprint() != signed.Payload.Signer)
        {
            return new ReceiptProblem(
                ReceiptFault.WrongKey, "The delivery's key is not the one that its signature's header names.");
        }

        return Jws.Verify(key, signed.ProofHeader.Span, signed.Bytes.Span, signed.Signature.Span)
            ? null
            : new ReceiptProblem(ReceiptFault.BadSignature, "The delivery's signature is not the provider's.");
    }

    private static ReceiptProblem? CheckUnsigned(Receipt receipt)
    {
        if (!receipt.Chain.IsSimulation)
        {
            return new ReceiptProblem(
                ReceiptFault.NotSigned, $"The delivery is not signed, and chain {receipt.Chain} is not a simulated"
                    + " one.");
        }

        return receipt.Delivery.Key is null && receipt.Delivery.Signature is null
            ? null
            : new ReceiptProblem(ReceiptFault.WrongKey, "The delivery is not signed, and yet carries a key or"
                + " signature.");
    }
}
