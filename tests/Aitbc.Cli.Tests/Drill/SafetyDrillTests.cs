using System.Diagnostics;
using System.Text.Json;

namespace Aitbc.Cli.Tests.Drill;

/// <summary>The drill as a stranger runs it: real processes, real kills, a real journal.</summary>
public sealed class SafetyDrillTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    [NeedsFact("kill")]
    public async Task The_quick_drill_finds_every_promise_kept_and_each_put_to_the_test()
    {
        var scratch = Directory.CreateTempSubdirectory("aitbc-safety-").FullName;
        try
        {
            using var process = Process.Start(new ProcessStartInfo(
                Executables.Aitbc, ["safety", "drill", "--quick", "--json", "--scratch", scratch])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            using var tooLong = new CancellationTokenSource(Patience);
            using var killed = tooLong.Token.Register(() => process.Kill(entireProcessTree: true));
            var said = process.StandardOutput.ReadToEndAsync();
            var progress = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"{await said}\n{progress}");
            var report = JsonDocument.Parse(await said).RootElement;
            Assert.Equal(
                (true, 0, 0, 0, 0),
                (report.GetProperty("passed").GetBoolean(), report.GetProperty("failed").GetArrayLength(),
                    report.GetProperty("overCap").GetInt64(), report.GetProperty("effectsAfterStop").GetInt64(),
                    report.GetProperty("consentSuccesses").GetInt32()));
            Assert.True(report.GetProperty("spentOfCap").GetDouble() >= 0.95, progress);
            foreach (var counted in new[] { "inFlightAtStop", "effectsPerSecondBefore", "consentAttempts" })
            {
                Assert.True(report.GetProperty(counted).GetInt64() > 0, counted);
            }

            foreach (var measured in new[] { "quietP99Ms", "recall", "precision", "falseAlarmsPer1000AgentDays" })
            {
                Assert.Equal(JsonValueKind.Number, report.GetProperty(measured).ValueKind);
            }

            Assert.Empty(Directory.EnumerateFileSystemEntries(scratch));
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }
}
