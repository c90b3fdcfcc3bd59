using System.Text.Json;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Remote;
using Aitbc.Primitives;

namespace Aitbc.Cli.Guardians;

/// <summary>Reads what a node shows.</summary>
internal static class Shown
{
    private const int PageSize = 1_000;

    /// <summary>A member that is text.</summary>
    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    /// <summary>A member that may be left out.</summary>
    public static string? Maybe(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>An amount, for people.</summary>
    public static string Amount(this JsonElement json, string name) =>
        TokenAmount.Parse(json.Text(name)).ToDisplay();

    /// <summary>A time, for people.</summary>
    public static string Time(this JsonElement json, string name) =>
        $"{new Timestamp(json.GetProperty(name).GetInt64())}";

    /// <summary>The items of a list.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement json, string name) =>
        json.GetProperty(name).EnumerateArray();

    /// <summary>Texts of a list, in a row.</summary>
    public static string Texts(this JsonElement json, string name) => json.GetProperty(name).GetArrayLength() == 0
        ? "nobody"
        : string.Join(", ", json.Items(name).Select(one => one.GetString()));

    /// <summary>All pages of a list.</summary>
    /// <param name="client">The node.</param>
    /// <param name="path">The list, without a question.</param>
    /// <param name="query">What is asked of it; values may be null.</param>
    /// <param name="stop">Stops.</param>
    public static async Task<List<JsonElement>> AllAsync(
        GuardianClient client, string path, IEnumerable<(string Name, string? Value)> query, CancellationToken stop)
    {
        var asked = string.Concat(query.Where(one => one.Value is not null)
            .Select(one => $"&{one.Name}={Uri.EscapeDataString(one.Value!)}"));
        var all = new List<JsonElement>();
        var after = 0UL;
        while (true)
        {
            var page = await client.GetAsync($"{path}?limit={PageSize}&after={after}{asked}", stop)
                .ConfigureAwait(false) ?? throw new IOException($"The node has no {path}.");
            all.AddRange(page.Items("items"));
            if (!page.TryGetProperty("next", out var next))
            {
                return all;
            }

            after = next.GetUInt64();
        }
    }

    /// <summary>One thing, or a failure with the sentence.</summary>
    /// <exception cref="CommandFailure">The node has no such thing.</exception>
    public static async Task<JsonElement> OneAsync(
        GuardianClient client, string path, string code, string sentence, CancellationToken stop) =>
        await client.GetAsync(path, stop).ConfigureAwait(false) ?? throw new CommandFailure(code, sentence);
}
