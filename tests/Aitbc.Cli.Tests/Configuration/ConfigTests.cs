using System.Text.Json;
using Aitbc.Cli.Configuration;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Safety.Admission;

namespace Aitbc.Cli.Tests.Configuration;

/// <summary>A node's settings: one list, three sources, every mistake named.</summary>
public sealed class ConfigTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("aitbc-config-").FullName;

    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string>();
        foreach (var setting in NodeSettings.All)
        {
            names.Add(setting.Name);
        }

        return names;
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void The_sample_holds_every_setting_with_its_meaning_and_its_default()
    {
        var sample = Path.Combine(Executables.Root, "eng", "aitbc.json");
        Assert.Equal(ConfigText.Write(new NodeConfig()), File.ReadAllText(sample));
        using var json = JsonDocument.Parse(
            File.ReadAllText(sample), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        Assert.Equal(
            NodeSettings.All.Select(setting => setting.Name),
            json.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal([], Read(sample).Problems);
        Assert.Equal(Shown(new NodeConfig()), Shown(Read(sample).Config));
    }

    [Fact]
    public void No_setting_of_the_configuration_is_left_out_of_the_list() =>
        Assert.Equal(
            typeof(NodeConfig).GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal),
            NodeSettings.All.Select(setting => char.ToUpperInvariant(setting.Name[0]) + setting.Name[1..])
                .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_setting_changes_itself_alone_and_what_the_node_runs_with(string name)
    {
        var setting = NodeSettings.All.Single(one => one.Name == name);
        var (before, after) = (new NodeConfig(), setting.Take(new NodeConfig(), OtherValueOf(setting))!);
        Assert.Equal(
            [name], NodeSettings.All.Where(one => one.Show(before) != one.Show(after)).Select(one => one.Name));
        if (name != "certificateKey")
        {
            Assert.NotEqual(Effect(before), Effect(after));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_number_is_taken_inside_its_range_only(string name)
    {
        if (NodeSettings.All.Single(one => one.Name == name) is not NumberSetting setting)
        {
            return;
        }

        Assert.All([setting.Least, setting.Most], value => Assert.NotNull(setting.Take(new NodeConfig(), $"{value}")));
        Assert.All(
            [$"{setting.Least - 1}", $"{setting.Most + 1}", "x", "1.5", string.Empty],
            text => Assert.Null(setting.Take(new NodeConfig(), text)));
    }

    [Fact]
    public void The_command_line_beats_the_environment_which_beats_the_file()
    {
        var file = Write("""{ "port": 1, "maxQueued": 1, "blockEntries": 1 }""");
        var (config, problems) = ConfigReader.Read(new ConfigSources(
            file,
            new Dictionary<string, string> { ["AITBC_PORT"] = "2", ["AITBC_MAX_QUEUED"] = "2", ["PATH"] = "x" },
            new Dictionary<NodeSetting, string> { [NodeSettings.Port] = "3" }));
        Assert.Equal([], problems);
        Assert.Equal((3, 2, 1), (config.Port, config.MaxQueued, config.BlockEntries));
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once_with_the_nearest_name()
    {
        var file = Write(
            """
            { "prot": 1, "maxQueued": "many", "nonsense": true, "port": 70000, "blockEntries": 1, "blockEntries": 2 }
            """);
        var (_, problems) = ConfigReader.Read(new ConfigSources(
            file,
            new Dictionary<string, string> { ["AITBC_PROT"] = "2", ["AITBC_PASSPHRASE"] = "secret" },
            new Dictionary<NodeSetting, string> { [NodeSettings.Port] = "-1" }));
        Assert.Equal(
            [
                $"{file} has the unknown name prot: did you mean port?",
                $"{file} has the unknown name nonsense: run 'aitbc config' for all that there are.",
                $"{file} names blockEntries twice: keep one.",
                "The environment has the unknown name AITBC_PROT: did you mean AITBC_PORT?",
                $"{file}: maxQueued must be payloads, 1 to 10000000, not a value of another kind.",
                $"{file}: port must be number, 0 to 65535, not 70000.",
                "--port must be number, 0 to 65535, not -1.",
            ],
            problems);
    }

    [Theory]
    [InlineData("{", "is no JSON (line 1)")]
    [InlineData("[]", "is no JSON object")]
    [InlineData("""{ "address": "0.0.0.0" }""", "needs a certificate")]
    [InlineData("""{ "certificate": "a.pem" }""", "belong together")]
    [InlineData("""{ "certificate": "a.pem", "certificateKey": "b.pem" }""", "There is no file a.pem")]
    [InlineData("""{ "segmentBytes": 8388609 }""", "a multiple of 4096")]
    [InlineData("""{ "quotaBytes": 268435455 }""", "at least 268435456")]
    [InlineData("""{ "hostNames": ["a b"] }""", "hostNames must be")]
    [InlineData("""{ "otlpEndpoint": "ftp://x" }""", "otlpEndpoint must be")]
    [InlineData("""{ "monitor": "on" }""", "monitor must be enforce, watch or off")]
    public void What_means_nothing_is_refused(string text, string says) =>
        Assert.Contains(says, Read(Write(text)).Problems[0], StringComparison.Ordinal);

    [Fact]
    public async Task A_node_does_not_start_on_a_configuration_that_is_wrong()
    {
        var ended = await InProcess.RunAsync("up", "--config", Write("""{ "prot": 1 }"""), "--data", directory);
        Assert.Contains("did you mean port?", ended.Error, StringComparison.Ordinal);
        Assert.Equal((1, string.Empty), (ended.ExitCode, ended.Out));
        Assert.False(Directory.Exists(Path.Combine(directory, "journal")));
    }

    private static string OtherValueOf(NodeSetting setting) => setting switch
    {
        NumberSetting number => $"{(setting.Show(new NodeConfig()) == $"{number.Most}" ? number.Least : number.Most)}",
        ListSetting => "node.example",
        { Name: "address" } => "::1",
        { Name: "monitor" } => "watch",
        { Name: "otlpEndpoint" or "publicUrl" } => "http://localhost:4318",
        _ => "other",
    };

    private static string Effect(NodeConfig config)
    {
        var ledger = config.Adjust(new LedgerHostOptions
        {
            Disk = null!,
            Genesis = null!,
            GenesisDigest = default,
            Signer = null!,
            Beacon = null!,
        });
        var node = (config with { CertificateKey = "key" }).ToNodeOptions();
        return $"{node} {string.Join(',', node.HostNames)} {ledger} {config.ToDirectoryOptions().MaxBytes}"
            + $" {((LedgerMonitor)ledger.Watch!).Mode}";
    }

    private static IEnumerable<string> Shown(NodeConfig config) =>
        NodeSettings.All.Select(setting => setting.Show(config));

    private static (NodeConfig Config, IReadOnlyList<string> Problems) Read(string file) =>
        ConfigReader.Read(new ConfigSources(
            file, new Dictionary<string, string>(), new Dictionary<NodeSetting, string>()));

    private string Write(string text)
    {
        var file = Path.Combine(directory, "aitbc.json");
        File.WriteAllText(file, text);
        return file;
    }
}
