using System.CommandLine;
using System.Text.Json;
using Aitbc.Cli.Output;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Cli.Guardians;

/// <summary><c>--market</c> and <c>--all</c>: what one of the council stops or releases in place of an agent.</summary>
internal sealed class CouncilScope
{
    private readonly Option<bool> market = new("--market")
    {
        Description = "The market in place of an agent, as one of the council: nothing new is posted, bid or awarded.",
    };

    private readonly Option<bool> all = new("--all")
    {
        Description = "Everything in place of an agent, as one of the council: only guardians and council are heard.",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(market);
        command.Add(all);
    }

    /// <summary>What the command line names; null where it names an agent.</summary>
    /// <exception cref="CommandFailure">It names nothing, or more than one thing.</exception>
    public StopScope? Of(ParseResult parsed, bool namesAgent)
    {
        var (isMarket, isAll) = (parsed.GetValue(market), parsed.GetValue(all));
        var count = (namesAgent ? 1 : 0) + (isMarket ? 1 : 0) + (isAll ? 1 : 0);
        return count != 1
            ? throw new CommandFailure("usage", "That is not one thing to act on: name an agent, --market or --all.")
            : isAll ? StopScope.All : isMarket ? StopScope.Market : null;
    }

    /// <summary>A scope as the beginning of a sentence.</summary>
    public static string NameOf(StopScope scope) => scope == StopScope.All ? "Everything" : "The market";

    /// <summary>Whether a scope is stopped, as a node says of its chain.</summary>
    public static bool IsStopped(JsonElement chain, StopScope scope) =>
        chain.GetProperty(scope == StopScope.All ? "allStopped" : "marketStopped").GetBoolean();
}
