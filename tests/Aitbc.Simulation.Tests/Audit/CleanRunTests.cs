using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;
using Aitbc.Simulation.Audit;
using Aitbc.Simulation.Tests.Worlds;
using Aitbc.Simulation.Worlds;
using Aitbc.Testing;

namespace Aitbc.Simulation.Tests.Audit;

/// <summary>Where all is as it must be, the auditor is silent.</summary>
public sealed class CleanRunTests
{
    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(23)]
    public void Invariant_I2_BalancesRecomputedFromTheEventsAreTheStatesAndNeverNegative(ulong seed)
    {
        var economy = new RandomEconomy(seed);
        var auditor = new Auditor(economy.Chain.Genesis);
        economy.Chain.Journalled += entry => auditor.Take(Audits.Of(entry));
        for (var i = 0; i < 10; i++)
        {
            economy.Run(600);
            Audits.AssertClean(auditor, economy.Chain.State, economy.Where);
        }

        Assert.True(auditor.Seq > 2_000, economy.Where);
    }

    /// <summary>Else the runs above would say nothing of verification.</summary>
    [Fact]
    public void The_random_economies_see_every_way_in_which_verification_ends()
    {
        var endings = new Dictionary<WorkloadEnding, int>();
        foreach (ulong seed in new ulong[] { 21, 22, 23, 24, 25, 26, 27, 28 })
        {
            var economy = new RandomEconomy(seed);
            economy.Chain.Journalled += entry =>
            {
                var reader = new EventReader(entry.Events);
                while (reader.MoveNext())
                {
                    if (reader.Kind == EventKind.WorkloadEnded
                        && reader.As<WorkloadEnded>() is { Mode: VerificationMode.KOfN } ended)
                    {
                        endings[ended.Ending] = endings.GetValueOrDefault(ended.Ending) + 1;
                    }
                }
            };
            economy.Run(20_000);
        }

        WorkloadEnding[] expected =
        [
            WorkloadEnding.Cancelled, WorkloadEnding.NoBids, WorkloadEnding.NoEligibleBid,
            WorkloadEnding.ProviderMissing, WorkloadEnding.BelowQuality, WorkloadEnding.Verified,
            WorkloadEnding.Refuted, WorkloadEnding.Unverified,
        ];
        var counts = string.Join(", ", endings.OrderBy(one => one.Key));
        Assert.True(expected.All(ending => endings.GetValueOrDefault(ending) > 0), counts);
        Assert.True(endings.GetValueOrDefault(WorkloadEnding.Verified) >= 3, counts);
    }

    [Theory]
    [InlineData(111)]
    public void The_auditor_finds_nothing_in_an_agents_long_run_at_its_daily_cap(ulong seed)
    {
        var chain = new LedgerFixture(seed);
        var agent = chain.NewAgent(chain.People[2], Constitutions.Wide with
        {
            MaxDailyVolume = TokenAmount.FromTokens(100),
            MaxValuePerAction = TokenAmount.FromTokens(40),
        });
        var random = new SeededRandom(seed);
        var paid = 0;
        for (var i = 0; i < 2_000; i++)
        {
            chain.Advance(new Duration(random.NextInt32(3 * 60 * 60 * 1000)));
            var amount = TokenAmount.FromTokens(1 + (ulong)random.NextInt32(40));
            paid += chain.Send(agent, new Transfer(chain.People[1].Id, amount)).Outcome == Outcome.Applied ? 1 : 0;
        }

        Assert.InRange(paid, 100, 1_900);
        Audits.AssertClean(Audits.Run(chain, Audits.EntriesOf(chain)), chain.State, $"seed {seed}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task The_auditor_finds_nothing_in_a_world_and_in_its_second_run(long seed)
    {
        using var lab = new Lab();
        for (var run = 0; run < 2; run++)
        {
            var options = run == 0 ? lab.New("a", seed) : lab.Again("a");
            await using var world = await World.OpenAsync(options, CancellationToken.None);
            await world.RunAsync(20, null, CancellationToken.None);

            var report = JournalAudit.Run(world.Ledger, CancellationToken.None);

            Assert.True(report.Count == 0, $"seed {seed}\n{string.Join('\n', report.Findings.Take(12))}");
            Assert.Equal(world.Ledger.View.Seq, report.Entries);
        }
    }
}
