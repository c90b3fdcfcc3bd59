using System.Text.Json;
using Aitbc.Infrastructure.Explanation;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Protocol;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Node.Problems;

/// <summary>The ledger's refusals as problems: the outcome's name is the code.</summary>
internal static class OutcomeProblems
{
    private static readonly Dictionary<Outcome, string> Codes = Enum.GetValues<Outcome>()
        .ToDictionary(outcome => outcome, outcome => JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString()));

    /// <summary>A payload that cannot be read.</summary>
    public static Problem Malformed(string detail) => new(
        Codes[Outcome.Malformed], TitleOf(Outcome.Malformed), StatusCodes.Status400BadRequest, detail);

    /// <summary>A payload that was refused.</summary>
    public static Problem Of(in SubmitResult result) => new(
        Codes[result.Outcome],
        TitleOf(result.Outcome),
        StatusOf(result.Outcome),
        OutcomeWords.Of(result.Outcome))
    {
        Seq = result.Outcome.IsJournalled() ? result.Seq : null,
        FailedAt = result.Outcome.IsJournalled() ? result.FailedAt : null,
        IsDuplicate = result.IsDuplicate,
    };

    /// <summary>Something that was given beside the journal and not taken.</summary>
    public static Problem OfOffer(Outcome outcome) => new(
        Codes[outcome],
        "The node did not take it; nothing was journalled.",
        outcome is Outcome.TooManyOpen ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status409Conflict,
        OutcomeWords.Of(outcome));

    private static string TitleOf(Outcome outcome) => outcome.IsJournalled()
        ? "The rules refused the payload; its base gas and its nonce are used."
        : "The payload was not admitted; nothing was journalled.";

    private static int StatusOf(Outcome outcome) => outcome switch
    {
        _ when outcome.IsJournalled() => StatusCodes.Status409Conflict,
        Outcome.Malformed or Outcome.WrongChain or Outcome.LaneOutOfRange or Outcome.ValidTooFar =>
            StatusCodes.Status400BadRequest,
        Outcome.BadProof or Outcome.KeyNotPresent or Outcome.UnknownAccount => StatusCodes.Status401Unauthorized,
        Outcome.Stopped or Outcome.Retired => StatusCodes.Status403Forbidden,
        Outcome.RateLimited or Outcome.GasLimit => StatusCodes.Status429TooManyRequests,
        Outcome.NotSupported => StatusCodes.Status501NotImplemented,
        Outcome.DueFirst => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status409Conflict,
    };
}
