using System.Text.Json;
using Aitbc.Cli.Output;
using Aitbc.Cli.Threats;
using Aitbc.Primitives;

namespace Aitbc.Cli.Tests;

/// <summary>The scripted attacks as anybody repeats them, and that they would be seen to succeed.</summary>
public sealed class AttacksCommandTests
{
    private const int Least = 50;

    [Fact]
    public async Task Every_scripted_attack_is_held_off_and_what_is_honest_goes_through()
    {
        var ended = await Executables.RunAitbcAsync("safety", "attacks", "--json");
        Assert.True(ended.ExitCode == ExitCode.Ok, ended.Out + ended.Error);
        var report = JsonDocument.Parse(ended.Out).RootElement;
        Assert.True(report.GetProperty("held").GetBoolean());
        Assert.Equal(0, report.GetProperty("successes").GetInt64());
        var threats = report.GetProperty("threats").EnumerateArray().ToList();
        Assert.Equal(
            Enumerable.Range(1, 10).Select(i => $"ASI{i:00}"),
            threats.Select(one => one.GetProperty("id").GetString()));
        Assert.All(threats, one =>
        {
            Assert.True(one.GetProperty("attempts").GetInt64() >= Least, one.GetRawText());
            Assert.True(one.GetProperty("honest").GetInt64() > 0, one.GetRawText());
            Assert.True(one.GetProperty("verified").GetBoolean(), one.GetRawText());
            Assert.Equal("0", one.GetProperty("stolen").GetString());
        });
    }

    [Fact]
    public async Task An_attack_that_succeeds_is_counted_and_so_is_what_it_took()
    {
        var path = Directory.CreateTempSubdirectory("aitbc-threat-").FullName;
        try
        {
            var result = await ThreatDrill.RunAsync(
                ("T1", "The owner gives its money away", async run =>
                {
                    var field = run.Field;
                    run.Allow(TokenAmount.OneToken);
                    await run.TryAsync("pay", field.Sign(field.Owner, GoalHijack.Pay(field.Attacker, 3)));
                    await run.WorksAsync(field.Sign(field.Merchant, GoalHijack.Pay(field.Owner, 1)));
                }),
                path,
                CancellationToken.None);
            Assert.Equal((1, 1, 1), (result.Attempts, result.Successes, result.Honest));
            Assert.Equal(TokenAmount.FromTokens(2), result.Stolen);
            Assert.Equal(["pay"], result.Breaches);
            Assert.Equal(2, result.Answers.GetValueOrDefault("applied") + result.Honest);
            Assert.True(result.Verified);
            Assert.False(result.Held);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public async Task What_was_refused_only_for_its_place_was_not_tried()
    {
        var path = Directory.CreateTempSubdirectory("aitbc-threat-").FullName;
        try
        {
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ThreatDrill.RunAsync(
                ("T2", "Out of order", run => run.TryAsync(
                    "pay",
                    run.Field.Sign(run.Field.Owner, new Writing { Ahead = 5 }, GoalHijack.Pay(run.Field.Attacker, 3)))),
                path,
                CancellationToken.None));
            Assert.Contains("nonceGap", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    [Theory]
    [InlineData(0, 0, 1, true)]
    [InlineData(9, 1, 1, true)]
    [InlineData(9, 0, 0, true)]
    [InlineData(9, 0, 1, false)]
    public void Nothing_tried_something_gained_a_dead_node_and_a_wrong_journal_are_no_defence(
        long attempts, long successes, long honest, bool verified)
    {
        var result = new ThreatResult(
            "T3", "x", attempts, successes, TokenAmount.Zero, honest, verified, new Dictionary<string, long>(), []);
        Assert.False(result.Held);
        Assert.True((result with { Attempts = 9, Successes = 0, Honest = 1, Verified = true }).Held);
        Assert.False((result with
        {
            Attempts = 9, Successes = 0, Honest = 1, Verified = true, Stolen = TokenAmount.FromBaseUnits(1),
        }).Held);
    }
}
