using System.CommandLine;
using Aitbc.Cli.Guardians;
using Aitbc.Cli.Output;
using Aitbc.Primitives;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc stop</c> and <c>aitbc release</c>: a guardian stops its agent, and agrees to let it go on; one of
/// the council does so with the market or with everything.</summary>
public static class StopCommand
{
    /// <summary>Builds the command that stops.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command CreateStop(OutputOptions output)
    {
        var (guardian, council) = (GuardianOptions.WithOrWithoutAgent(), new CouncilScope());
        var command = new ExampleCommand(
            "stop",
            "Stops an agent at once, as one of its guardians: nothing that it signed takes effect any more. As one of"
                + " the council, stops the market or everything.",
            "aitbc stop mine --data ./agents",
            "aitbc stop ACCOUNT --node https://node.example:7420 --token-file ./token --data ./agents --json",
            "aitbc stop --market --data ./node");
        guardian.AddTo(command);
        council.AddTo(command);
        command.SetAction((parsed, stop) => council.Of(parsed, guardian.NamesAgent(parsed)) is { } scope
            ? guardian.RunCouncilAsync(parsed, session => StopAsync(output.Open(parsed), session, scope, stop), stop)
            : guardian.RunAsync(parsed, session => StopAsync(output.Open(parsed), session, stop), stop));
        return command;
    }

    /// <summary>Builds the command that releases.</summary>
    /// <param name="output">The options that every command shares.</param>
    /// <returns>The command, to be added to the tree.</returns>
    public static Command CreateRelease(OutputOptions output)
    {
        var (guardian, council) = (GuardianOptions.WithOrWithoutAgent(), new CouncilScope());
        var command = new ExampleCommand(
            "release",
            "Agrees, as a guardian, to let a stopped agent go on; the last guardian needed releases it. As one of the"
                + " council, agrees to let the market or everything go on.",
            "aitbc release mine --data ./agents",
            "aitbc release ACCOUNT --as GUARDIAN --data ./agents --json",
            "aitbc release --market --data ./node");
        guardian.AddTo(command);
        council.AddTo(command);
        command.SetAction((parsed, stop) => council.Of(parsed, guardian.NamesAgent(parsed)) is { } scope
            ? guardian.RunCouncilAsync(parsed, session => ReleaseAsync(output.Open(parsed), session, scope, stop), stop)
            : guardian.RunAsync(parsed, session => ReleaseAsync(output.Open(parsed), session, stop), stop));
        return command;
    }

    private static async Task<int> StopAsync(CommandOutput output, GuardianSession session, CancellationToken stop)
    {
        var (result, after) = await session.SendAsync(new StopAgent(session.Agent.Agent), stop).ConfigureAwait(false);
        return output.Result(
            new AgentStopped(after.Agent, session.Guardian, result.Seq, after.IsStopped),
            people =>
            {
                people.Line($"{after.Agent} is stopped since entry {result.Seq}, by {session.Guardian}.");
                people.Line($"'aitbc release' lets it go on, once {Needed(after.Threshold)}.");
            });
    }

    private static async Task<int> StopAsync(
        CommandOutput output, CouncilSession session, StopScope scope, CancellationToken stop)
    {
        var (result, chain) = await session.SendAsync(new StopMarket(scope), stop).ConfigureAwait(false);
        return output.Result(
            new CouncilStopped(scope, session.Member, result.Seq, CouncilScope.IsStopped(chain, scope)),
            people =>
            {
                people.Line($"{CouncilScope.NameOf(scope)} is stopped since entry {result.Seq}, by {session.Member}.");
                people.Line($"'aitbc release --{(scope == StopScope.All ? "all" : "market")}' lets it go on, once"
                    + $" {session.Threshold} of the council agree.");
            });
    }

    private static async Task<int> ReleaseAsync(CommandOutput output, GuardianSession session, CancellationToken stop)
    {
        var (result, after) = await session.SendAsync(new ReleaseAgent(session.Agent.Agent), stop)
            .ConfigureAwait(false);
        return output.Result(
            new ReleaseAgreed(after.Agent, session.Guardian, result.Seq, !after.IsStopped),
            people => people.Line(after.IsStopped
                ? $"{session.Guardian} agrees in entry {result.Seq}; {after.Agent} stays stopped until"
                    + $" {Needed(after.Threshold)}."
                : $"{after.Agent} is released since entry {result.Seq}. What it signed before the stop stays"
                    + " dead."));
    }

    private static async Task<int> ReleaseAsync(
        CommandOutput output, CouncilSession session, StopScope scope, CancellationToken stop)
    {
        var (result, chain) = await session.SendAsync(new ReleaseMarket(scope), stop).ConfigureAwait(false);
        var isStopped = CouncilScope.IsStopped(chain, scope);
        var name = CouncilScope.NameOf(scope);
        return output.Result(
            new CouncilAgreed(scope, session.Member, result.Seq, !isStopped),
            people => people.Line(isStopped
                ? $"{session.Member} agrees in entry {result.Seq}. {name} stays stopped until {session.Threshold} of"
                    + " the council agree."
                : $"{name} is released since entry {result.Seq}. What was signed before the stop stays dead."));
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

    /// <summary>What machines get for a stop of the council.</summary>
    /// <param name="Scope">What is stopped.</param>
    /// <param name="Member">Who stopped it.</param>
    /// <param name="Seq">The entry.</param>
    /// <param name="Stopped">Whether it is stopped now; the council may have released it meanwhile.</param>
    private sealed record CouncilStopped(StopScope Scope, AccountId Member, ulong Seq, bool Stopped);

    /// <summary>What machines get for an agreement to a release of the council.</summary>
    /// <param name="Scope">What is released.</param>
    /// <param name="Member">Who agreed.</param>
    /// <param name="Seq">The entry.</param>
    /// <param name="Released">Whether it is released.</param>
    private sealed record CouncilAgreed(StopScope Scope, AccountId Member, ulong Seq, bool Released);
}
