using System.Net;
using System.Text.Json;
using Aitbc.Cli.Output;

namespace Aitbc.Cli.Configuration;

/// <summary>Where a node's settings come from: the command line, before the environment, before the file.</summary>
/// <param name="File">Path of the file; null for none.</param>
/// <param name="Environment">The variables of the process.</param>
/// <param name="CommandLine">What was given on the command line.</param>
internal sealed record ConfigSources(
    string? File,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyDictionary<NodeSetting, string> CommandLine);

/// <summary>Reads a node's settings, and says all that is wrong with them at once.</summary>
/// <remarks>Stateless.</remarks>
internal static class ConfigReader
{
    private const int MaxFileBytes = 1024 * 1024;

    /// <summary>Less would not hold the two journal files that are taken ahead.</summary>
    private const long LeastQuotaBytes = 256 * 1024 * 1024;

    /// <summary>Variables of ours that are no settings of a node: secrets, and what tests and tools use.</summary>
    private static readonly string[] OtherVariables =
        ["AITBC_CHAT_", "AITBC_PASSPHRASE", "AITBC_TOKEN", "AITBC_TRACE", "AITBC_TEST_"];

    private static readonly JsonDocumentOptions Lenient =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 4 };

    /// <summary>Reads the settings.</summary>
    /// <returns>The configuration, and what is wrong, each in a sentence; only without those it means anything.
    /// </returns>
    public static (NodeConfig Config, IReadOnlyList<string> Problems) Read(ConfigSources sources)
    {
        var problems = new List<string>();
        var config = new NodeConfig();
        foreach (var (setting, text, where) in ReadFile(sources.File, problems)
            .Concat(ReadEnvironment(sources.Environment, problems))
            .Concat(sources.CommandLine.Select(given => (given.Key, (string?)given.Value, given.Key.Option))))
        {
            if (text is not null && setting.Take(config, text) is { } changed)
            {
                config = changed;
            }
            else
            {
                problems.Add($"{where} must be {setting.Range}, not {text ?? "a value of another kind"}.");
            }
        }

        if (problems.Count == 0)
        {
            problems.AddRange(CheckTogether(config));
        }

        return (config, problems);
    }

    /// <summary>What no single setting shows.</summary>
    private static IEnumerable<string> CheckTogether(NodeConfig config)
    {
        if (config.Certificate.Length > 0 != config.CertificateKey.Length > 0)
        {
            yield return "certificate and certificateKey belong together: name both files, or none.";
        }

        foreach (var file in new[] { config.Certificate, config.CertificateKey }
            .Where(file => file.Length > 0 && !File.Exists(file)))
        {
            yield return $"There is no file {file}: name the certificate's files.";
        }

        if (config.QuotaBytes is > 0 and < LeastQuotaBytes)
        {
            yield return $"quotaBytes must be 0, for none, or at least {LeastQuotaBytes}, not {config.QuotaBytes}.";
        }

        if (config.SegmentBytes % 4_096 != 0)
        {
            yield return $"segmentBytes must be a multiple of 4096, not {config.SegmentBytes}.";
        }

        if (!IPAddress.IsLoopback(IPAddress.Parse(config.Address)) && config.Certificate.Length == 0)
        {
            yield return $"Listening on {config.Address} needs a certificate: name certificate and certificateKey, or"
                + " listen on 127.0.0.1.";
        }
    }

    private static List<(NodeSetting Setting, string? Text, string Where)> ReadFile(
        string? path, List<string> problems)
    {
        var found = new List<(NodeSetting, string?, string)>();
        if (path is null)
        {
            return found;
        }

        if (!File.Exists(path) || new FileInfo(path).Length > MaxFileBytes)
        {
            problems.Add($"There is no configuration file {path} of at most 1 MiB: run 'aitbc config' to get one.");
            return found;
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), Lenient);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                problems.Add($"{path} is no JSON object: run 'aitbc config' for an example.");
                return found;
            }

            foreach (var member in json.RootElement.EnumerateObject())
            {
                if (Find(setting => setting.Name, member.Name) is not { } setting)
                {
                    problems.Add(Unknown(path, member.Name, setting => setting.Name));
                }
                else if (found.Exists(one => one.Item1 == setting))
                {
                    problems.Add($"{path} names {member.Name} twice: keep one.");
                }
                else
                {
                    found.Add((setting, setting.TextOf(member.Value), $"{path}: {member.Name}"));
                }
            }
        }
        catch (JsonException wrong)
        {
            problems.Add($"{path} is no JSON (line {wrong.LineNumber + 1}): mend it, or run 'aitbc config'.");
        }

        return found;
    }

    private static List<(NodeSetting Setting, string? Text, string Where)> ReadEnvironment(
        IReadOnlyDictionary<string, string> variables, List<string> problems)
    {
        var found = new List<(NodeSetting, string?, string)>();
        foreach (var (name, value) in variables
            .Where(one => one.Key.StartsWith(NodeSetting.Prefix, StringComparison.Ordinal))
            .OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            if (Find(setting => setting.Variable, name) is { } setting)
            {
                found.Add((setting, value, name));
            }
            else if (!Array.Exists(OtherVariables, other => name.StartsWith(other, StringComparison.Ordinal)))
            {
                problems.Add(Unknown("The environment", name, setting => setting.Variable));
            }
        }

        return found;
    }

    private static NodeSetting? Find(Func<NodeSetting, string> nameOf, string name) =>
        NodeSettings.All.FirstOrDefault(setting => nameOf(setting) == name);

    private static string Unknown(string where, string name, Func<NodeSetting, string> nameOf) =>
        UsageSentence.Nearest(name, NodeSettings.All.Select(nameOf)) is { } near
            ? $"{where} has the unknown name {name}: did you mean {near}?"
            : $"{where} has the unknown name {name}: run 'aitbc config' for all that there are.";
}
