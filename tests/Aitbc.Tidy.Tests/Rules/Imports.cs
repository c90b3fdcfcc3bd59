using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Aitbc.Tidy.Tests.Rules;

/// <summary>Who may import whom. References point down only; what is not listed is not visible.</summary>
internal static partial class Imports
{
    /// <summary>The import table of the architecture, as data. A project's row must equal its project file.</summary>
    public static IReadOnlyDictionary<string, string[]> Table { get; } = new Dictionary<string, string[]>
    {
        ["Aitbc.Primitives"] = [],
        ["Aitbc.Protocol"] = ["Aitbc.Primitives"],
        ["Aitbc.Infrastructure"] = ["Aitbc.Primitives", "Aitbc.Protocol"],
        ["Aitbc.Safety"] = ["Aitbc.Primitives", "Aitbc.Protocol", "Aitbc.Infrastructure"],
        ["Aitbc.Workloads"] = ["Aitbc.Primitives", "Aitbc.Protocol"],
        // Never Infrastructure: an agent that could reach a key could sign.
        ["Aitbc.Agents"] = ["Aitbc.Primitives", "Aitbc.Protocol", "Aitbc.Safety", "Aitbc.Workloads"],
        ["Aitbc.Simulation"] =
        [
            "Aitbc.Primitives", "Aitbc.Protocol", "Aitbc.Infrastructure", "Aitbc.Safety", "Aitbc.Workloads",
            "Aitbc.Agents",
        ],
        ["Aitbc.Node"] =
        [
            "Aitbc.Primitives", "Aitbc.Protocol", "Aitbc.Infrastructure", "Aitbc.Safety", "Aitbc.Workloads",
        ],
        ["Aitbc.Cli"] =
        [
            "Aitbc.Primitives", "Aitbc.Protocol", "Aitbc.Infrastructure", "Aitbc.Safety", "Aitbc.Workloads",
            "Aitbc.Agents", "Aitbc.Simulation", "Aitbc.Node",
        ],
    };

    /// <summary>Compares the table with the project files, both ways.</summary>
    public static IEnumerable<Finding> Check(
        IReadOnlyDictionary<string, string[]> table, IReadOnlyDictionary<string, string> projects)
    {
        foreach (string project in table.Keys.Except(projects.Keys))
        {
            yield return new Finding(project, "stands in the import table but has no project file");
        }

        foreach ((string project, string text) in projects)
        {
            if (!table.TryGetValue(project, out string[]? allowed))
            {
                yield return new Finding(project, "has a project file but no row in the import table");
                continue;
            }

            string[] imported = [.. References(text)];
            foreach (string extra in imported.Except(allowed))
            {
                yield return new Finding(project, $"imports {extra}, which the import table does not allow");
            }

            foreach (string missing in allowed.Except(imported))
            {
                yield return new Finding(project, $"does not import {missing}, which the import table lists");
            }

            if (XDocument.Parse(text).Descendants("Reference").Any())
            {
                yield return new Finding(project, "refers to a file by Reference, past the import table");
            }
        }
    }

    /// <summary>
    /// Internals open only to the project's own tests: an internal constructor is what makes an approval impossible to
    /// forge, and friends of an assembly would get round it.
    /// </summary>
    public static IEnumerable<Finding> CheckFriends(
        IReadOnlyDictionary<string, string> projects, IEnumerable<SourceFile> files)
    {
        IEnumerable<(string Place, string Project, string Friend)> friends = projects
            .SelectMany(project => XDocument.Parse(project.Value).Descendants("InternalsVisibleTo")
                .Select(item => (project.Key, project.Key, item.Attribute("Include")?.Value ?? "")))
            .Concat(files.SelectMany(file => FriendAttribute().Matches(file.Text)
                .Select(match => (file.Path, file.Path.Split('/')[1], match.Groups[1].Value))));
        foreach ((string place, string project, string friend) in friends)
        {
            if (friend != $"{project}.Tests")
            {
                yield return new Finding(place, $"opens its internals to {friend}; only {project}.Tests may see them");
            }
        }
    }

    /// <summary>The names of the projects that a project file refers to.</summary>
    public static IEnumerable<string> References(string projectText) =>
        XDocument.Parse(projectText).Descendants("ProjectReference")
            .Select(item => item.Attribute("Include")!.Value.Replace('\\', '/'))
            .Select(Path.GetFileNameWithoutExtension)!;

    [GeneratedRegex("""InternalsVisibleTo(?:Attribute)?\(\s*"([^",]*)""")]
    private static partial Regex FriendAttribute();
}
