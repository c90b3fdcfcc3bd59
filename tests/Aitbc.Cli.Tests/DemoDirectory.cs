using System.Text.Json;

namespace Aitbc.Cli.Tests;

/// <summary>A small demonstration's data directory, made once: who changes it puts it back, or copies it.</summary>
public sealed class DemoDirectory : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("aitbc-shared-").FullName;
    private int _copies;

    /// <summary>The directory.</summary>
    public string Data => At("data");

    /// <summary>What the demonstration said at its end.</summary>
    public JsonElement Report { get; private set; }

    public async Task InitializeAsync()
    {
        Ended ended = await InProcess.RunAsync("demo", "--settle", "3", "--data", Data, "--json");
        Assert.True(ended.ExitCode == 0, ended.Error);
        Report = JsonDocument.Parse(ended.Out).RootElement;
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>A path beside the directory.</summary>
    internal string At(string name) => Path.Combine(_root, name);

    /// <summary>A path that nobody had before.</summary>
    internal string Fresh() => At($"fresh-{Interlocked.Increment(ref _copies)}");

    /// <summary>A copy.</summary>
    internal string Copy()
    {
        string target = Fresh();
        foreach (string file in Directory.GetFiles(Data, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(Data, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return target;
    }
}

/// <summary>Tests that share the directory, one after the other: some change a byte in it and put it back.</summary>
[CollectionDefinition(Name)]
public sealed class DemoDirectoryTests : ICollectionFixture<DemoDirectory>
{
    public const string Name = "demo directory";
}
