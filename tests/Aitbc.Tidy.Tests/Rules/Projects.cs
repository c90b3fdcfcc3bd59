using System.Xml.Linq;

namespace Aitbc.Tidy.Tests.Rules;

/// <summary>Every project is in the solution and has tests.</summary>
internal static class Projects
{
    /// <summary>Compares the solution with the project files on disk, both ways.</summary>
    public static IEnumerable<Finding> CheckSolution(string solution, IReadOnlyCollection<string> projectPaths)
    {
        string[] listed = [.. XDocument.Parse(solution).Descendants("Project")
            .Select(project => project.Attribute("Path")!.Value.Replace('\\', '/'))];
        return projectPaths.Except(listed).Select(path => new Finding(path, "is not in Aitbc.slnx"))
            .Concat(listed.Except(projectPaths).Select(path => new Finding(path, "is in Aitbc.slnx but not on disk")));
    }

    /// <summary>Each project under src has a tests project of its name that refers to it.</summary>
    public static IEnumerable<Finding> CheckTests(
        IEnumerable<string> sourceProjects, IReadOnlyDictionary<string, string> testProjects)
    {
        foreach (string project in sourceProjects)
        {
            if (!testProjects.TryGetValue($"{project}.Tests", out string? text))
            {
                yield return new Finding(project, $"has no tests project tests/{project}.Tests");
            }
            else if (!Imports.References(text).Contains(project))
            {
                yield return new Finding($"{project}.Tests", $"does not refer to {project}");
            }
        }
    }
}
