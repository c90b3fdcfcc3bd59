using System.Globalization;
using Aitbc.Infrastructure.Threads;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Threads;

public sealed class PatientThreadsTests
{
    [Fact]
    public async Task RunAsync_Work_GivesItsResultOrItsException()
    {
        using var threads = new PatientThreads("patient", 2);
        Assert.Equal(7, await threads.RunAsync(() => 7));
        await Assert.ThrowsAsync<FormatException>(() => threads.RunAsync<int>(() => throw new FormatException("x")));
        Assert.Equal(8, await threads.RunAsync(() => 8));
    }

    [Fact]
    public async Task Work_stands_behind_others_in_the_systems_order()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var threads = new PatientThreads("patient", 1);
        Assert.Equal(PatientThreads.Niceness, await threads.RunAsync(OwnNiceness));
    }

    /// <summary>Source: proc(5), stat: the 19th field, counted from the one behind the name in brackets.</summary>
    private static int OwnNiceness()
    {
        var text = File.ReadAllText("/proc/thread-self/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return int.Parse(fields[16], CultureInfo.InvariantCulture);
    }
}
