using System.Text.Json;
using Aitbc.Node.Access;

namespace Aitbc.Cli.Tests;

/// <summary><c>aitbc token</c>: a token is shown once, kept as its digest, and can be taken back.</summary>
public sealed class TokenCommandTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("aitbc-token-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task A_token_is_shown_once_and_only_its_digest_is_kept()
    {
        var made = await RunAsync("new", "--role", "agent");
        var (id, token) = (made.GetProperty("id").GetString()!, made.GetProperty("token").GetString()!);
        Assert.Equal(64, token.Length);
        var listed = (await RunAsync("list")).GetProperty("items").EnumerateArray().Single();
        Assert.Equal((id, "agent"), (listed.GetProperty("id").GetString(), listed.GetProperty("role").GetString()));
        Assert.All(
            Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories),
            file => Assert.DoesNotContain(token, File.ReadAllText(file), StringComparison.OrdinalIgnoreCase));

        await RunAsync("revoke", id);
        Assert.Empty((await RunAsync("list")).GetProperty("items").EnumerateArray());
        var again = await InProcess.RunAsync("token", "revoke", id, "--data", directory);
        InProcess.AssertRefused(again);
    }

    [Theory]
    [InlineData("../../x")]
    [InlineData("0123456789AB")]
    public void An_id_that_is_none_takes_nothing_back(string id) =>
        Assert.False(new TokenStore(directory, TimeProvider.System).Remove(id));

    [Fact]
    public async Task Beyond_this_machine_a_node_without_tokens_does_not_start()
    {
        var pem = Path.Combine(directory, "any.pem");
        await File.WriteAllTextAsync(pem, string.Empty);
        var ended = await InProcess.RunAsync(
            "up", "--data", Path.Combine(directory, "node"), "--address", "0.0.0.0", "--port", "0", "--certificate",
            pem, "--certificate-key", pem);
        Assert.Contains("aitbc token new", InProcess.AssertRefused(ended), StringComparison.Ordinal);
    }

    private async Task<JsonElement> RunAsync(params string[] arguments)
    {
        var ended = await InProcess.RunAsync(["token", .. arguments, "--data", directory, "--json"]);
        Assert.Equal((0, string.Empty), (ended.ExitCode, ended.Error));
        return JsonDocument.Parse(ended.Out).RootElement;
    }
}
