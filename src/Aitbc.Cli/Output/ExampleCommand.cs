using System.CommandLine;

namespace Aitbc.Cli.Output;

/// <summary>A command whose help ends with at least one example that can be typed as it stands.</summary>
public sealed class ExampleCommand : Command
{
    /// <summary>Creates the command; add options, arguments and an action to it.</summary>
    /// <param name="name">What a person types.</param>
    /// <param name="description">One sentence: what it does.</param>
    /// <param name="example">A whole command line that begins with <c>aitbc</c>.</param>
    /// <param name="more">Further examples.</param>
    public ExampleCommand(string name, string description, string example, params string[] more)
        : base(name, description) => Examples = [example, .. more];

    /// <summary>Whole command lines that begin with <c>aitbc</c>.</summary>
    public IReadOnlyList<string> Examples { get; }
}
