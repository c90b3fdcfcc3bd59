using System.CommandLine;
using Aitbc.Cli.Guardians;
using Aitbc.Cli.Output;
using Aitbc.Primitives;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc stop</c> and <c>aitbc release</c>: a guardian stops its agent, and agrees to let it go on.
/// </summary>
public static class StopCommand
{
    /// <summary>Builds the command that stops.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command CreateStop(OutputOptions output)
    {
        var guardian = new GuardianOptions();
        var command = new ExampleCommand(
            "stop",
            "Stops an agent at once, as one of its guardians: nothing that it signed takes effect any more.",
            "aitbc stop mine --data ./agents",
            "aitbc stop ACCOUNT --node https://node.example:7420 --token-file ./token --data ./agents --json");
        guardian.AddTo(command);
        command.SetAction((parsed, stop) => guardian.RunAsync(
            parsed,
            async session =>
            {
                var (result, after) = await session.SendAsync(new StopAgent(session.Agent.Agent), stop)
                    .ConfigureAwait(false);
                return output.Open(parsed).Result(
                    new AgentStopped(after.Agent, session.Guardian, result.Seq, after.IsStopped),
                    people =>
                    {
                        people.Line($"{after.Agent} is stopped since entry {result.Seq}, by {session.Guardian}.");
                        people.Line($"'aitbc release' lets it go on, once {Needed(after.Threshold)}.");
                    });
            },
            stop));
        return command;
    }

    /// <summary>Builds the command that releases.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command CreateRelease(OutputOptions output)
    {
        var guardian = new GuardianOptions();
        var command = new ExampleCommand(
            "release",
            "Agrees, as a guardian, to let a stopped agent go on; the last guardian needed releases it.",
            "aitbc release mine --data ./agents",
            "aitbc release ACCOUNT --as GUARDIAN --data ./agents --json");
        guardian.AddTo(command);
        command.SetAction((parsed, stop) => guardian.RunAsync(
            parsed,
            async session =>
            {
                var (result, after) = await session.SendAsync(new ReleaseAgent(session.Agent.Agent), stop)
                    .ConfigureAwait(false);
                return output.Open(parsed).Result(
                    new ReleaseAgreed(after.Agent, session.Guardian, result.Seq, !after.IsStopped),
                    people => people.Line(after.IsStopped
                        ? $"{session.Guardian} agrees in entry {result.Seq}; {after.Agent} stays stopped until"
                            + $" {Needed(after.Threshold)}."
                        : $"{after.Agent} is released since entry {result.Seq}. What it signed before the stop stays"
                            + " dead."));
            },
            stop));
        return command;
    }

    private static string Needed(int threshold) =>
        threshold == 1 ? "one guardian agrees" : $"{threshold} guardians agree";

    /// <summary>What machines get for a stop.</summary>
    /// <param name="Agent">Which agent.</param>
    /// <param name="Guardian">Who stopped it.</param>
    /// <param name="Seq">The entry.</param>
    /// <param name="Stopped">Whether it is stopped now; another guardian may have released it meanwhile.</param>
    private sealed record AgentStopped(AccountId Agent, AccountId Guardian, ulong Seq, bool Stopped);

    /// <summary>What machines get for an agreement to a release.</summary>
    /// <param name="Agent">Which agent.</param>
    /// <param name="Guardian">Who agreed.</param>
    /// <param name="Seq">The entry.</param>
    /// <param name="Released">Whether it is released.</param>
    private sealed record ReleaseAgreed(AccountId Agent, AccountId Guardian, ulong Seq, bool Released);
}
