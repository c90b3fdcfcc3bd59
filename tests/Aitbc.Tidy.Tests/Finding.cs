namespace Aitbc.Tidy.Tests;

/// <summary>A law that something breaks: where, and what is wrong there.</summary>
internal sealed record Finding(string Place, string What)
{
    public override string ToString() => $"{Place}: {What}";

    /// <summary>Fails the test with every finding, not the first only.</summary>
    public static void AssertNone(IEnumerable<Finding> findings)
    {
        string[] all = [.. findings.Select(finding => finding.ToString())];
        Assert.True(all.Length == 0, string.Join(Environment.NewLine, all));
    }

    /// <summary>Asserts that a sample that breaks one law once is reported once, in these words.</summary>
    public static void AssertOne(IEnumerable<Finding> findings, params string[] words)
    {
        string said = Assert.Single(findings).ToString();
        Assert.All(words, word => Assert.Contains(word, said));
    }
}
