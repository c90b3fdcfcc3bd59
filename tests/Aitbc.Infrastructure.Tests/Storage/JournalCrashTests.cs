using Aitbc.Infrastructure.Storage;
using Aitbc.Primitives;
using Aitbc.Testing;
using Xunit;
using Xunit.Sdk;

namespace Aitbc.Infrastructure.Tests.Storage;

public sealed class JournalCrashTests
{
    private const int Runs = 3_000;
    private const int LivesPerRun = 6;

    [Fact]
    public void What_was_confirmed_survives_every_power_cut_in_order_and_once()
    {
        for (var seed = 1ul; seed <= Runs; seed++)
        {
            Live(new FaultyDisk(seed), seed);
        }
    }

    [Fact]
    public void Without_the_flush_of_frames_the_same_runs_fail() =>
        AssertFails(static seed => new FaultyDisk(seed) { SwallowsFlushOf = IsSegment });

    [Fact]
    public void Without_the_flush_of_a_segment_being_prepared_the_same_runs_fail() =>
        AssertFails(static seed => new FaultyDisk(seed) { SwallowsFlushOf = static path => !IsSegment(path) });

    [Fact]
    public void Without_the_flush_of_directories_the_same_runs_fail() =>
        AssertFails(static seed => new FaultyDisk(seed) { SwallowsDirectorySync = true });

    private static bool IsSegment(string path) => path.EndsWith(".seg", StringComparison.Ordinal);

    private static void AssertFails(Func<ulong, FaultyDisk> make)
    {
        var failures = 0;
        for (var seed = 1ul; seed <= 200; seed++)
        {
            try
            {
                Live(make(seed), seed);
            }
            catch (XunitException)
            {
                failures++;
            }
        }

        Assert.True(failures > 5, $"only {failures} of 200 runs noticed the missing flush");
    }

    /// <summary>Several lives of one journal, each ended by a power cut or a kill at some operation.</summary>
    private static void Live(FaultyDisk disk, ulong seed)
    {
        var random = new SeededRandom(seed);
        var model = new JournalModel();
        var options = JournalModel.Options(random.Chance(Ratio.FromPpm(500_000)) ? 8 * 1024 : 16 * 1024);
        try
        {
            for (var life = 0; life < LivesPerRun; life++)
            {
                disk.CrashAtOperation = disk.Operations + 1 + random.NextInt32(life % 2 == 0 ? 40 : 12);
                try
                {
                    LiveOnce(disk, options, model, random);
                }
                catch (DiskCrashedException)
                {
                    // The power went while opening.
                }
                catch (JournalFailedException error) when (error.InnerException is DiskCrashedException)
                {
                    // The power went while writing.
                }

                if (random.Chance(Ratio.FromPpm(200_000)))
                {
                    disk.KillProcess();
                }
                else
                {
                    disk.CutPower();
                }
            }

            AssertNoDamage(disk, options);
            var journal = Journal.Open(disk, options, out _);
            model.HoldAgainst(journal);
            Assert.DoesNotContain(Journal.Check(disk, options), static problem => true);
        }
        catch (Exception error) when (error is not XunitException)
        {
            throw new XunitException($"seed {seed}: {error}");
        }
        catch (XunitException error)
        {
            throw new XunitException($"seed {seed}: {error.Message}");
        }
    }

    private static void LiveOnce(FaultyDisk disk, JournalOptions options, JournalModel model, SeededRandom random)
    {
        AssertNoDamage(disk, options);
        var journal = Journal.Open(disk, options, out _);
        model.HoldAgainst(journal);
        var batch = new JournalBatch();
        while (true)
        {
            batch.Clear();
            model.Fill(batch, random, 1 + random.NextInt32(8), maxPayload: random.NextInt32(2) == 0 ? 100 : 700);
            journal.Write(batch);
            model.Confirm();
            if (random.Chance(Ratio.FromPpm(100_000)))
            {
                disk.KillProcess();
                return;
            }
        }
    }

    private static void AssertNoDamage(FaultyDisk disk, JournalOptions options) =>
        Assert.DoesNotContain(
            Journal.Check(disk, options), static problem => problem.Kind == StorageProblemKind.Damage);
}
