using Aitbc.Infrastructure.Storage;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

/// <summary>A faulty disk that were too kind would prove nothing: it must lose what may be lost.</summary>
public sealed class FaultyDiskTests
{
    private const int Seeds = 200;

    [Fact]
    public void CutPower_Unflushed_SometimesLosesAllSometimesSectorsSometimesNothing()
    {
        var outcomes = new HashSet<string>();
        for (var seed = 1ul; seed <= Seeds; seed++)
        {
            var disk = new FaultyDisk(seed);
            disk.Put("a", new byte[4 * 512]);
            using (var file = disk.OpenWrite("a"))
            {
                file.Write(0, Enumerable.Repeat((byte)1, 4 * 512).ToArray());
            }

            disk.CutPower();
            var bytes = disk.ReadAll("a");
            outcomes.Add(string.Concat(bytes.Chunk(512).Select(static sector => sector.Sum(static b => b) switch
            {
                0 => '-',
                512 => 'X',
                _ => 't',
            })));
        }

        Assert.Contains("----", outcomes);
        Assert.Contains("XXXX", outcomes);
        Assert.Contains(outcomes, static outcome => outcome.Contains("-X", StringComparison.Ordinal));
        Assert.Contains(outcomes, static outcome => outcome.Contains('t', StringComparison.Ordinal));
    }

    [Fact]
    public void CutPower_Flushed_LosesNothing()
    {
        for (var seed = 1ul; seed <= Seeds; seed++)
        {
            var disk = new FaultyDisk(seed);
            using (var file = disk.Create("a"))
            {
                file.Write(0, new byte[] { 1, 2, 3 });
                file.Flush();
            }

            disk.SyncDirectory("");
            disk.CutPower();
            Assert.Equal([1, 2, 3], disk.ReadAll("a"));
        }
    }

    [Fact]
    public void CutPower_NameNotMadeDurable_IsSometimesLost()
    {
        var lost = 0;
        for (var seed = 1ul; seed <= Seeds; seed++)
        {
            var disk = new FaultyDisk(seed);
            disk.Create("a").Dispose();
            disk.CutPower();
            lost += disk.Exists("a") ? 0 : 1;
        }

        Assert.InRange(lost, 1, Seeds - 1);
    }

    [Fact]
    public void KillProcess_KeepsWhatWasWritten_UntilTheNextPowerCut()
    {
        var lost = 0;
        for (var seed = 1ul; seed <= Seeds; seed++)
        {
            var disk = new FaultyDisk(seed);
            disk.Put("a", new byte[1]);
            var file = disk.OpenWrite("a");
            file.Write(0, new byte[] { 7 });
            disk.KillProcess();
            Assert.Equal([7], disk.ReadAll("a"));
            Assert.Throws<DiskCrashedException>(() => file.Flush());
            disk.CutPower();
            lost += disk.ReadAll("a")[0] == 7 ? 0 : 1;
        }

        Assert.InRange(lost, 1, Seeds - 1);
    }

    [Fact]
    public void Flush_ThatFails_LosesTheWritesEvenIfTheNextOneSucceeds()
    {
        var disk = new FaultyDisk(1);
        disk.Put("a", new byte[1]);
        var file = disk.OpenWrite("a");
        file.Write(0, new byte[] { 7 });
        disk.FailAtOperation = disk.Operations + 1;
        Assert.Throws<IOException>(() => file.Flush());
        file.Flush();
        Assert.Equal([7], disk.ReadAll("a"));

        disk.CutPower();

        Assert.Equal([0], disk.ReadAll("a"));
    }

    [Fact]
    public void CrashAtOperation_TakesTheMachineDownUntilTheRestart()
    {
        var disk = new FaultyDisk(1) { CrashAtOperation = 1 };
        Assert.Throws<DiskCrashedException>(() => disk.Create("a"));
        Assert.Throws<DiskCrashedException>(() => disk.Exists("a"));

        disk.CutPower();

        Assert.False(disk.Exists("a"));
    }

    [Fact]
    public void AFullDisk_TakesWhatFits()
    {
        var disk = new FaultyDisk(1) { Capacity = 10 };
        using var file = disk.Create("a");

        Assert.Throws<DiskFullException>(() => file.Write(4, new byte[20]));
        Assert.Equal(10, file.Length);
    }
}
