using System.Buffers.Text;
using System.Text.Json;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Explanation;
using Aitbc.Infrastructure.Remote;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;

namespace Aitbc.Cli.Guardians;

/// <summary>A payload that waits, read from its very bytes: a node that says something else of them is not believed.
/// </summary>
/// <param name="Id">The approval.</param>
/// <param name="Agent">Whose payload it is.</param>
/// <param name="Bytes">The bytes.</param>
/// <param name="Commands">What they ask for, in words.</param>
/// <param name="View">What the node says beside that.</param>
internal sealed record ApprovalText(
    ApprovalId Id, AccountId Agent, byte[] Bytes, IReadOnlyList<string> Commands, JsonElement View)
{
    /// <summary>Asks the node for one.</summary>
    /// <exception cref="CommandFailure">Nothing waits under that id, or the node contradicts itself.</exception>
    public static async Task<ApprovalText> ReadAsync(GuardianClient client, string id, CancellationToken stop)
    {
        if (!ApprovalId.TryParse(id, out var approval))
        {
            throw new CommandFailure("usage", $"{id} is no approval: name one such as a42; 'list' shows them.");
        }

        var view = await Shown.OneAsync(
            client,
            $"/v1/approvals/{approval}",
            "no_such_approval",
            $"Nothing waits as {approval} (it was decided, made void, has expired or never was): run 'aitbc approvals"
                + " list' to see what does.",
            stop).ConfigureAwait(false);
        var bytes = Base64Url.DecodeFromChars(view.Text("payload"));
        if (PayloadCodec.TryParse(bytes, ProofKind.Jws, default, out var payload) is not null
            || $"{payload.PayloadDigest}" != view.Text("payloadDigest") || $"{payload.From}" != view.Text("agent"))
        {
            throw new CommandFailure(
                "node", $"What the node says of {approval} is not what its bytes are: check which node you ask.");
        }

        var wording = new Wording(null);
        return new ApprovalText(
            approval, payload.From, bytes, [.. payload.Commands.Select(wording.Of)], view);
    }

    /// <summary>Shows it to a person.</summary>
    public void Show(CommandOutput people)
    {
        people.Line($"{Id} of the agent {Agent}, entry {View.GetProperty("seq")} of {View.Time("timeMs")}");
        people.Line($"  digest    {Digest.Sha256(Bytes)}");
        people.Line($"  expires   {View.Time("expiresAtMs")}: then it is denied");
        people.Line($"  needs     {View.GetProperty("needed")} guardians");
        people.Line($"  approved  by {View.Texts("approvedBy")}");
        people.Line($"  can still {View.Texts("waitingFor")}");
        people.Line($"  holds     {View.Amount("held")}");
        people.Line("  asks for");
        foreach (var words in Commands)
        {
            people.Line($"    - {words}");
        }

        var effect = View.GetProperty("effect");
        people.Line($"  effect    {effect.Text("sentence")}");
        var (before, after) = (effect.GetProperty("before"), effect.GetProperty("after"));
        people.Table(
            ["Of the agent", "Now", "Then"],
            [
                .. new[] { "available", "escrow", "stake", "bond" }.Select(name =>
                    (string[])[name, before.Amount(name), after.Amount(name)]),
                .. effect.Items("limits").SelectMany(Limits),
            ]);
    }

    /// <summary>The rows of a limit: what is left of it, in the words of its line.</summary>
    private static IEnumerable<string[]> Limits(JsonElement limit)
    {
        var (before, after) = (limit.GetProperty("before"), limit.GetProperty("after"));
        yield return [$"left of: {before.Text("words")}", Left(before), Left(after)];
    }

    private static string Left(JsonElement limit) => limit.GetProperty("countsActs").GetBoolean()
        ? limit.Text("left")
        : limit.Amount("left");
}
