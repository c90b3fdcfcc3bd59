using System.Text.Json;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Explanation;
using Aitbc.Protocol;

namespace Aitbc.Cli.Guardians;

/// <summary>What the ledger refuses a guardian, with what to do.</summary>
internal static class GuardianRefusals
{
    /// <summary>A refusal of the council as a failure of the command.</summary>
    public static CommandFailure Of(Outcome outcome, CouncilSession session) => Failure(outcome, outcome switch
    {
        Outcome.NothingToRelease =>
            $"It is not stopped, or {session.Member} has agreed to this release already: {session.Threshold} must"
                + " agree, and --as names another of the council.",
        _ => Other(outcome),
    });

    /// <summary>A refusal as a failure of the command.</summary>
    public static CommandFailure Of(Outcome outcome, GuardianSession session) => Failure(
        outcome,
        outcome switch
        {
            Outcome.NothingToRelease when session.Agent.IsStopped =>
                $"{session.Guardian} has agreed to this release already: name another guardian with --as;"
                    + $" {session.Agent.Threshold} must agree.",
            Outcome.NothingToRelease => $"{session.Agent.Agent} is not stopped: check which agent you mean.",
            Outcome.NotAuthorised =>
                $"{session.Guardian} may not decide this about {session.Agent.Agent}: name another with --as.",
            Outcome.AlreadySaid =>
                $"{session.Guardian} has said so already: name another guardian with --as;"
                    + $" {session.Agent.Threshold} must agree.",
            Outcome.NoSuchApproval or Outcome.NoSuchMotion or Outcome.NoSuchOverride =>
                "It has ended meanwhile: run 'list' to see what is open.",
            Outcome.TooManyOpen =>
                $"{session.Guardian} has as many motions, or denials, open on {session.Agent.Agent} as one person may:"
                    + " wait until one has ended, or name another with --as.",
            _ => Other(outcome),
        });

    private static CommandFailure Failure(Outcome outcome, string sentence) =>
        new(JsonNamingPolicy.SnakeCaseLower.ConvertName($"{outcome}"), sentence);

    private static string Other(Outcome outcome) => outcome is Outcome.Expired or Outcome.ValidTooFar
        ? "This machine's clock and the node's are minutes apart: mend that and run this again."
        : $"{OutcomeWords.Of(outcome).TrimEnd('.')}: mend that and run this again.";
}
