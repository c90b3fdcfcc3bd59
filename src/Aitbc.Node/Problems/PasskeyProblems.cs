using Aitbc.Infrastructure.Ledger;
using Aitbc.Protocol.Identity;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Node.Problems;

/// <summary>Refused proofs of passkeys as problems: the code is <c>passkey</c> and the reason's name.</summary>
internal static class PasskeyProblems
{
    /// <summary>A proof that was refused.</summary>
    public static Problem Of(PasskeyProblem problem) => new(
        $"passkey{problem}",
        "The passkey's proof is refused; nothing was journalled.",
        IsUnreadable(problem) ? StatusCodes.Status400BadRequest : StatusCodes.Status401Unauthorized,
        problem.ToSentence());

    /// <summary>Why the ledger, which says only that a proof is bad, refused one whose form is right.</summary>
    /// <param name="ledger">The ledger, for what the key is.</param>
    /// <param name="signed">The payload that was refused.</param>
    public static Problem OfRefused(LedgerHost ledger, SignedPayload signed)
    {
        var payload = signed.Payload;
        var origin = ledger.View.Read(state => state.OriginOf(payload.From, payload.Signer));
        return Of(
            origin is null or { IsZero: true } ? PasskeyProblem.NotEnrolled
            : origin != payload.ProofOrigin ? PasskeyProblem.OtherOrigin
            : PasskeyProblem.WrongSignature);
    }

    private static bool IsUnreadable(PasskeyProblem problem) => problem is PasskeyProblem.ClientDataTooLong
        or PasskeyProblem.ClientDataMalformed or PasskeyProblem.AuthenticatorDataMalformed
        or PasskeyProblem.ExtensionsPresent or PasskeyProblem.WrongType;
}
