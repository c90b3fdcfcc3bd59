namespace Aitbc.Node.Tests;

/// <summary>A fact that needs a program which this machine may not have; then it is left out, and says so.</summary>
internal sealed class NeedsFactAttribute : FactAttribute
{
    public NeedsFactAttribute(string program)
    {
        var places = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        if (!places.Any(place => File.Exists(Path.Combine(place, program))))
        {
            Skip = $"left out: {program} is not installed";
        }
    }
}
