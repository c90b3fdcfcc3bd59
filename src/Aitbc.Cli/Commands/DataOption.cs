using System.CommandLine;

namespace Aitbc.Cli.Commands;

/// <summary>The option <c>--data</c>, which most commands share.</summary>
internal static class DataOption
{
    /// <summary>Default data directory.</summary>
    public const string Default = "./aitbc-data";

    /// <summary>Creates the option.</summary>
    public static Option<string> Create() => new("--data")
    {
        Description = $"The data directory. Default: {Default}.",
        HelpName = "DIR",
        DefaultValueFactory = _ => Default,
    };
}
