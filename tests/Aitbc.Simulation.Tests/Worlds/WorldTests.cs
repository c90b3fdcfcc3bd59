using Aitbc.Protocol.Identity;
using Aitbc.Simulation.Worlds;

namespace Aitbc.Simulation.Tests.Worlds;

public sealed class WorldTests
{
    [Fact]
    public async Task One_seed_gives_one_journal_and_another_seed_another()
    {
        using var lab = new Lab();
        await Lab.LiveAsync(lab.New("a", seed: 5), 8);
        await Lab.LiveAsync(lab.New("b", seed: 5), 8);
        await Lab.LiveAsync(lab.New("c", seed: 6), 8);

        var first = await lab.HashesAsync("a");

        Assert.True(first.Count > 100);
        Assert.Equal(first, await lab.HashesAsync("b"));
        var other = await lab.HashesAsync("c");
        Assert.Empty(first.Intersect(other));
    }

    [Fact]
    public async Task Twenty_settled_workloads_teach_a_model_and_prices_and_keep_every_token()
    {
        using var lab = new Lab();
        var conserved = true;
        var end = await Lab.LiveAsync(lab.New("a"), 20, view => conserved &= view.Money.IsConserved);

        Assert.Equal(20, end.Counts.Settled);
        Assert.True(end.Accuracy > Ratio.FromPpm(900_000), $"{end.Accuracy}");
        Assert.True(end.RowsCompared > 100);
        Assert.True(end.RowsRight * 10 > end.RowsCompared * 9, $"{end.RowsRight} of {end.RowsCompared}");
        Assert.True(conserved);
        Assert.Equal(
            ["classifier.infer", "classifier.train", "data.curate"],
            end.Prices.Select(price => price.Capability.ToString()).Order());
        Assert.All(
            end.Agents.Where(agent => agent.Margin is not null), agent => Assert.NotEqual(0UL, agent.Won + agent.Lost));
        Assert.Empty(end.Workloads);
    }

    [Fact]
    public async Task Faults_and_silence_are_seen_and_paid_for()
    {
        using var lab = new Lab();
        var end = await Lab.LiveAsync(lab.New("a", seed: 3), 40);

        Assert.True(end.Counts.Silent > 0);
        Assert.True(end.Counts.Faults > 0);
        Assert.True(end.Counts.Forfeited > TokenAmount.Zero);
        var providers = end.Agents.Where(agent => agent.Margin is not null).ToList();
        Assert.Equal(end.Counts.Faults, providers.Sum(agent => (int)agent.Faulted));
        Assert.Equal(end.Counts.Settled, providers.Sum(agent => (int)agent.Settled));
        Assert.All(
            end.Agents.Where(agent => agent.Faulted > 0),
            agent => Assert.Contains(agent.Name, new[] { "infer-3", "infer-4", "check-4" }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Fifty_workloads_show_verification_a_missed_deadline_and_a_wrong_result_caught(int seed)
    {
        using var lab = new Lab();
        var end = await Lab.LiveAsync(lab.New("a", seed: seed), 50);

        Assert.True(end.Counts.Verified > 5, $"{end.Counts}");
        Assert.True(end.Counts.Missed > 0, $"{end.Counts}");
        Assert.True(end.Counts.Refuted > 0, $"{end.Counts}");
        Assert.All(
            end.Agents.Where(agent => agent.Kind == AgentKind.Validation), agent => Assert.NotEqual(0u, agent.Settled));
        Assert.Contains(end.Agents, agent => agent is { Kind: AgentKind.Validation, Faulted: > 0 });
    }

    [Fact]
    public async Task Margins_and_prices_move_with_competition()
    {
        using var lab = new Lab();
        List<Ratio> margins = [];
        var end = await Lab.LiveAsync(
            lab.New("a"),
            40,
            view => margins.Add(view.Agents.Single(agent => agent.Name == "infer-1").Margin!.Value));

        Assert.True(margins.Distinct().Count() > 5);
        Assert.True(end.Agents.Count(agent => agent.Kind == AgentKind.Inference && agent.Won > 0) >= 2);
    }

    [Fact]
    public async Task A_world_that_was_stopped_goes_on()
    {
        using var lab = new Lab();
        var first = await Lab.LiveAsync(lab.New("a"), 4);
        await using var world = await World.OpenAsync(lab.Again("a"), CancellationToken.None);
        Assert.True(world is { IsResumed: true, IsVirtual: true, Seed: 1 });

        var second = await world.RunAsync(4, null, CancellationToken.None);

        Assert.Equal(4, second.Counts.Settled);
        Assert.True(second.Seq > first.Seq);
        Assert.True(second.RowsCompared > first.RowsCompared);
        var providers = second.Agents.Where(agent => agent.Margin is not null);
        Assert.Equal(8, providers.Sum(agent => (int)agent.Settled));
        Assert.True(second.Money.IsConserved);
    }

    [Fact]
    public async Task A_world_that_was_cancelled_in_the_middle_goes_on()
    {
        using var lab = new Lab();
        using var stop = new CancellationTokenSource();
        await using (var world = await World.OpenAsync(lab.New("a"), CancellationToken.None))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.RunAsync(
                20,
                view =>
                {
                    if (view.Counts.Settled >= 5 && view.Workloads.Count > 2)
                    {
                        stop.Cancel();
                    }
                },
                stop.Token));
        }

        var end = await Lab.LiveAsync(lab.Again("a"), 10);

        Assert.True(end.Counts.Settled >= 10);
        Assert.True(end.Money.IsConserved);
    }

    [Fact]
    public async Task Killed_at_any_step_a_world_goes_on_and_no_opening_is_lost()
    {
        using var lab = new Lab();
        List<int> steps = [];
        await Lab.LiveAsync(lab.New("a"), 6, _ =>
        {
            if (steps.Count % 9 == 4)
            {
                lab.Copy("a", $"killed-{steps.Count}");
            }

            steps.Add(steps.Count);
        });
        foreach (var step in steps.Where(step => step % 9 == 4))
        {
            var end = await Lab.LiveAsync(lab.Again($"killed-{step}"), 3);

            Assert.True(end.Counts.Settled >= 3, $"killed at step {step}");
            Assert.True(end.Money.IsConserved, $"killed at step {step}");
            Assert.Equal(0, await lab.ForfeitedBidsAsync($"killed-{step}"));
        }
    }

    [Theory]
    [InlineData("breast-cancer.csv")]
    public async Task Other_data_works_as_well(string dataset)
    {
        using var lab = new Lab();
        var end = await Lab.LiveAsync(lab.New("a", dataset: dataset), 4);

        Assert.True(end.Accuracy > Ratio.FromPpm(900_000), $"{end.Accuracy}");
        Assert.True(end.RowsRight * 10 > end.RowsCompared * 8);
    }

    [Fact]
    public async Task Under_the_wall_clock_every_payload_is_signed_for_real()
    {
        using var lab = new Lab();
        await using var world = await World.OpenAsync(lab.New("a", isVirtual: false), CancellationToken.None);
        var end = await world.RunAsync(3, null, CancellationToken.None);

        Assert.Equal(3, end.Counts.Settled);
        Assert.True(end.Accuracy > Ratio.FromPpm(900_000));
        Assert.False(world.IsVirtual);
        Assert.Equal("aitbc:demo", world.Ledger.Genesis.Chain.ToString());
        using var cursor = world.Ledger.ReadFrom(1);
        var signed = 0;
        while (cursor.TryRead(out var entry))
        {
            signed += entry.Signature.Length == 64 ? 1 : 0;
            Assert.True(entry.Proof is 0 or Protocol.Entries.ProofKind.Jws);
        }

        Assert.True(signed > 30);
    }
}
