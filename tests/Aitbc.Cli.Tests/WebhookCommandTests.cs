using System.Text.Json;
using Aitbc.Cli.Configuration;
using Aitbc.Infrastructure.Storage;
using Aitbc.Node.Webhooks;

namespace Aitbc.Cli.Tests;

/// <summary><c>aitbc webhook</c>: a secret is shown once, addresses that nobody should call are refused.</summary>
public sealed class WebhookCommandTests : IDisposable
{
    private const string Url = "https://hooks.example/hidden-path";

    private readonly string directory = Directory.CreateTempSubdirectory("aitbc-webhook-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task A_secret_is_shown_once_and_a_hook_can_be_removed()
    {
        var made = await RunAsync("add", Url);
        var (id, secret) = (made.GetProperty("id").GetString()!, made.GetProperty("secret").GetString()!);
        Assert.Equal(32, Convert.FromBase64String(secret["whsec_".Length..]).Length);
        var listed = await InProcess.RunAsync("webhook", "list", "--data", directory, "--json");
        var item = JsonDocument.Parse(listed.Out).RootElement.GetProperty("items").EnumerateArray().Single();
        Assert.Equal(
            (id, "https://hooks.example", "not begun"),
            (item.GetProperty("id").GetString(), item.GetProperty("to").GetString(),
                item.GetProperty("state").GetString()));
        var table = await InProcess.RunAsync("webhook", "list", "--data", directory);
        Assert.Contains(id, table.Out, StringComparison.Ordinal);
        Assert.All([listed.Out, table.Out], text =>
        {
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain("hidden-path", text, StringComparison.Ordinal);
        });

        await RunAsync("remove", id);
        Assert.Empty((await RunAsync("list")).GetProperty("items").EnumerateArray());
        InProcess.AssertRefused(await InProcess.RunAsync("webhook", "remove", id, "--data", directory));
        InProcess.AssertRefused(await InProcess.RunAsync("webhook", "test", id, "--data", directory));
    }

    [Fact]
    public async Task What_a_hook_holds_is_for_its_owner_alone()
    {
        await RunAsync("add", Url);
        var file = Directory.EnumerateFiles(Path.Combine(directory, WebhookStore.Directory)).Single();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        Assert.Null(SealedFile.Check(
            new FileDisk(directory),
            $"{WebhookStore.Directory}/{Path.GetFileName(file)}",
            new SealedKind("webhook", 1)));
    }

    [Theory]
    [InlineData("http://hooks.example/s3cret")]
    [InlineData("https://127.0.0.1/s3cret")]
    [InlineData("https://169.254.169.254/s3cret")]
    [InlineData("https://user:s3cret@hooks.example/")]
    [InlineData("s3cret")]
    public async Task An_address_that_nobody_should_call_is_refused_without_being_repeated(string url)
    {
        var said = InProcess.AssertRefused(await InProcess.RunAsync("webhook", "add", url, "--data", directory));
        Assert.DoesNotContain("s3cret", said, StringComparison.Ordinal);
        Assert.Empty(new WebhookStore(directory, TimeProvider.System).List());
    }

    [Fact]
    public async Task There_are_only_so_many_hooks()
    {
        for (var i = 0; i < WebhookStore.MaxHooks; i++)
        {
            await RunAsync("add", Url);
        }

        var ended = await InProcess.RunAsync("webhook", "add", Url, "--data", directory);
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Equal(WebhookStore.MaxHooks, new WebhookStore(directory, TimeProvider.System).List().Count);
    }

    [Theory]
    [InlineData("https://aitbc.example", "https://aitbc.example/")]
    [InlineData("https://aitbc.example/node", "https://aitbc.example/node/")]
    [InlineData("", null)]
    public void The_public_address_ends_where_a_pages_path_begins(string text, string? url)
    {
        var setting = NodeSettings.All.Single(one => one.Name == "publicUrl");
        Assert.Equal(url, setting.Take(new NodeConfig(), text)!.ToNodeOptions().PublicUrl?.AbsoluteUri);
    }

    [Theory]
    [InlineData("https://user:password@aitbc.example")]
    [InlineData("https://aitbc.example/?token=1")]
    [InlineData("javascript:alert(1)")]
    [InlineData("aitbc.example")]
    public void A_public_address_holds_no_secret(string text) =>
        Assert.Null(NodeSettings.All.Single(one => one.Name == "publicUrl").Take(new NodeConfig(), text));

    private async Task<JsonElement> RunAsync(params string[] arguments)
    {
        var ended = await InProcess.RunAsync(["webhook", .. arguments, "--data", directory, "--json"]);
        Assert.Equal((0, string.Empty), (ended.ExitCode, ended.Error));
        return JsonDocument.Parse(ended.Out).RootElement;
    }
}
