using System.CommandLine;
using Aitbc.Cli.Commands;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Remote;
using Aitbc.Primitives;

namespace Aitbc.Cli.Guardians;

/// <summary>How a command names the node that it asks, and what it says where that does not answer.</summary>
internal sealed class NodeReach
{
    private readonly Option<string> node = new("--node")
    {
        Description = "The node's address. Default: http://localhost:7420.",
        HelpName = "URL",
        DefaultValueFactory = _ => "http://localhost:7420",
    };

    private readonly Option<string?> token;

    /// <summary>The options.</summary>
    /// <param name="role">The role that a token needs.</param>
    public NodeReach(string role = "reader") => token = new Option<string?>("--token-file")
    {
        Description = $"A file with a token of the node, role {role}. A node on this machine needs none.",
        HelpName = "FILE",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(node);
        command.Add(token);
    }

    /// <summary>The node's address.</summary>
    /// <exception cref="CommandFailure">It is none.</exception>
    public Uri UrlOf(ParseResult parsed)
    {
        var address = parsed.GetRequiredValue(node);
        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https")
            ? uri
            : throw new CommandFailure(
                "usage", $"{address} is no address of a node: name one such as http://localhost:7420.");
    }

    /// <summary>Asks the node.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="act">What is asked.</param>
    /// <param name="answerWithin">How long an answer may take; default as elsewhere.</param>
    /// <exception cref="CommandFailure">The node refuses or does not answer.</exception>
    public async Task<int> RunAsync(
        ParseResult parsed, Func<GuardianClient, Task<int>> act, Duration? answerWithin = null)
    {
        var uri = UrlOf(parsed);
        try
        {
            var options = new RemoteLedgerOptions
            {
                Node = uri,
                Token = OperatorToken.Read(parsed.GetValue(token)),
            };
            using var client = new GuardianClient(
                answerWithin is { } within ? options with { AnswerWithin = within } : options);
            return await act(client).ConfigureAwait(false);
        }
        catch (NodeRefusedException refused)
        {
            throw new CommandFailure(
                refused.Code, $"{refused.Message.TrimEnd('.')}: mend that and run this again.", refused);
        }
        catch (IOException lost)
        {
            throw new CommandFailure(
                "node", $"{lost.Message.TrimEnd('.')}: check {uri} and run this again.", lost);
        }
    }
}
