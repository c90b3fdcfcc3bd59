using System.Diagnostics;

namespace Aitbc.Workloads.Tests.Classifiers;

/// <summary>Runs alone, so that the process's processor time is the training's.</summary>
[CollectionDefinition("speed", DisableParallelization = true)]
public sealed class SpeedCollection;

[Collection("speed")]
public sealed class TrainingSpeedTests
{
    [Theory]
    [InlineData("digits.csv")]
    [InlineData("breast-cancer.csv")]
    public void Run_RealData_TakesLessThanTwoSecondsOfOneCore(string file)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        Jobs.Result(Jobs.Train(RepositoryData.Named(file)));
        process.Refresh();
        var taken = process.TotalProcessorTime - before;
        Assert.True(taken < TimeSpan.FromSeconds(2), $"{taken.TotalMilliseconds} ms");
    }
}
