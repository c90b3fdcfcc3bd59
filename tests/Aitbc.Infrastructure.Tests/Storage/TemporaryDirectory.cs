using System.Globalization;

namespace Aitbc.Infrastructure.Tests.Storage;

/// <summary>A directory of a test, gone when the test is over.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private static int _count;

    public TemporaryDirectory()
    {
        var number = Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
        Root = Directory.CreateTempSubdirectory($"aitbc-test-{number}-").FullName;
    }

    public string Root { get; }

    public string Combine(string name) => Path.Combine(Root, name);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
