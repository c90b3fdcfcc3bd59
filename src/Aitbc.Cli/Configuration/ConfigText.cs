using System.Text;

namespace Aitbc.Cli.Configuration;

/// <summary>A configuration file with every setting, its meaning and its default.</summary>
internal static class ConfigText
{
    private const int Width = 110;

    /// <summary>Writes it.</summary>
    public static string Write(NodeConfig config)
    {
        var text = new StringBuilder();
        text.Append("// Settings of an AITBC node: aitbc up --config aitbc.json. Every setting stands here with its\n")
            .Append("// default. The environment beats this file, the command line beats both.\n{\n");
        foreach (var setting in NodeSettings.All)
        {
            var comma = setting == NodeSettings.All[^1] ? string.Empty : ",";
            foreach (var line in Wrap($"{setting.Says} ({setting.Range}; {setting.Variable}, {setting.Option})"))
            {
                text.Append("  // ").Append(line).Append('\n');
            }

            text.Append("  \"").Append(setting.Name).Append("\": ").Append(setting.Show(config)).Append(comma)
                .Append(comma.Length > 0 ? "\n\n" : "\n");
        }

        return text.Append("}\n").ToString();
    }

    private static IEnumerable<string> Wrap(string text)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > Width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : string.Empty).Append(word);
        }

        yield return line.ToString();
    }
}
