using System.CommandLine;
using System.Net.Http.Headers;
using Aitbc.Cli.Output;
using Aitbc.Node.Witness;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc witness</c>: keeps and co-signs another machine's signed heads, and says when they contradict.
/// </summary>
public static class WitnessCommand
{
    private const string DefaultData = "./aitbc-witness";
    private const string TokenVariable = "AITBC_TOKEN";
    private const int DefaultEverySeconds = 2;
    private const int DefaultGiveUpMinutes = 60;
    private const long MaxAnswerBytes = 64 * 1024 * 1024;

    /// <summary>Builds the command.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command Create(OutputOptions output)
    {
        var node = new Option<string>("--node")
        {
            Description = $"The node's address. Its token, where it wants one, is read from {TokenVariable}.",
            HelpName = "URL",
            Required = true,
        };
        var data = new Option<string>("--data")
        {
            Description = $"Where heads, co-signatures and proofs are kept. Default: {DefaultData}.",
            HelpName = "DIR",
            DefaultValueFactory = _ => DefaultData,
        };
        var every = NumberOf(
            "--every", $"Seconds between two looks. Default: {DefaultEverySeconds}.", DefaultEverySeconds);
        var giveUp = NumberOf(
            "--give-up",
            $"Minutes that the node may be away before this ends. Default: {DefaultGiveUpMinutes}.",
            DefaultGiveUpMinutes);
        var once = new Option<bool>("--once") { Description = "Ends once everything that is there is kept." };
        var command = new ExampleCommand(
            "witness",
            "Follows a node's signed heads, keeps and co-signs them, and ends with an error when they contradict.",
            "aitbc witness --node https://node.example:7420 --data ./witness",
            "aitbc witness --node http://localhost:7420 --once --json")
        {
            node, data, every, giveUp, once,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(node),
            parsed.GetRequiredValue(data),
            new WitnessOptions
            {
                Every = TimeSpan.FromSeconds(parsed.GetValue(every)),
                GiveUpAfter = TimeSpan.FromMinutes(parsed.GetValue(giveUp)),
                Once = parsed.GetValue(once),
            },
            output.Open(parsed),
            cancellationToken));
        return command;
    }

    private static Option<int> NumberOf(string name, string says, int value)
    {
        var option = new Option<int>(name) { Description = says, HelpName = "N", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.GetValueOrDefault<int>() is >= 1 and <= 100_000)
            {
                return;
            }

            result.AddError($"'{name}' is 1 to 100000");
        });
        return option;
    }

    private static async Task<int> RunAsync(
        string address, string data, WitnessOptions options, CommandOutput output, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var node) || node.Scheme is not ("http" or "https"))
        {
            throw new CommandFailure("bad_address", $"{address} is no http or https address: name the node's.");
        }

        using var client = new HttpClient
        {
            BaseAddress = new Uri(node.GetLeftPart(UriPartial.Authority)),
            MaxResponseContentBufferSize = MaxAnswerBytes,
            Timeout = TimeSpan.FromSeconds(30),
        };
        if (Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } token)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var files = WitnessFiles.Open(data);
        using var witness = new HeadWitness(client, files, TimeProvider.System);
        try
        {
            await witness.RunAsync(
                options with { Progress = (height, term) => output.Line($"{height} heads kept, term {term}.") },
                cancellationToken).ConfigureAwait(false);
        }
        catch (WitnessAlarmException alarm)
        {
            return output.Fail(
                $"{alarm.Finding}".ToLowerInvariant(),
                $"{alarm.Message.TrimEnd('.')}: keep {alarm.ProofFile}, and show it to those who rely on this node.");
        }
        catch (NodeAwayException away)
        {
            throw new CommandFailure(
                "away", $"{away.Message.TrimEnd('.')}: run this again once it is back; it goes on where it was.", away);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            output.Line("Stopping.");
        }

        output.Result(
            new Kept(
                witness.Height,
                Path.Combine(files.Directory, WitnessFiles.HeadsFile),
                $"{files.Key.Thumbprint()}"),
            people => people.Line($"{witness.Height} heads are kept in {files.Directory}."));
        return options.Once ? ExitCode.Ok : ExitCode.StoppedAsAsked;
    }

    private sealed record Kept(ulong Heads, string File, string WitnessKey);
}
