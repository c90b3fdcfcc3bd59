using System.CommandLine;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Guardians;

/// <summary><c>--yes</c>: nothing is signed before a person has read what it is and said yes.</summary>
internal sealed class SignOption
{
    private readonly Option<bool> yes = new("--yes")
    {
        Description = "Sign without asking; for who has read it before.",
    };

    /// <summary>Adds it to a command.</summary>
    public void AddTo(Command command) => command.Add(yes);

    /// <summary>Asks, unless the command line has said yes.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="output">Where to ask.</param>
    /// <param name="session">Who would sign.</param>
    /// <param name="what">What is signed, as the end of a sentence.</param>
    /// <exception cref="CommandFailure">The answer is not yes.</exception>
    public void Confirm(ParseResult parsed, CommandOutput output, GuardianSession session, string what)
    {
        if (!parsed.GetValue(yes))
        {
            output.Confirm($"Sign as {session.Guardian}: {what}");
        }
    }
}
