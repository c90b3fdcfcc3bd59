using System.Text.Json.Nodes;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Verification;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Aitbc.Web.Tests;

/// <summary>A workload that drawn validators check, in a real browser, from the draw to the verdicts.</summary>
/// <remarks>The economy goes on here and nowhere else: no other test may need it held, or ended.</remarks>
[Collection(OneNode.Name)]
public sealed class VerificationPageTests(LivingNode node)
{
    [BrowserFact]
    public async Task A_checked_workload_shows_its_validators_and_their_verdicts_as_the_economy_goes_on()
    {
        await using (var visit = await node.VisitAsync())
        {
            await LookAtOpenAsync(node, visit);
            await LookAtPhasesAsync(node, visit);
            await LookOnAsync(node, visit);
        }

        await using var later = await node.VisitAsync();
        await LookAtFinishedAsync(node, later);
    }

    private static async Task LookOnAsync(LivingNode node, Visit visit)
    {
        await visit.OpenAsync($"{node.Url}");
        var seq = visit.Page.GetByTestId("seq");
        await Expect(seq).ToHaveTextAsync($"{node.Ledger.View.Seq:N0}");
        await Expect(visit.Page.GetByText("Live · entry")).ToBeVisibleAsync();
        var before = node.Ledger.View.Seq;
        await node.LiveOnAsync();
        Assert.True(node.Ledger.View.Seq > before);
        await Expect(seq).ToHaveTextAsync($"{node.Ledger.View.Seq:N0}");
    }

    private static async Task LookAtOpenAsync(LivingNode node, Visit visit)
    {
        var (phase, panel, states) = node.Ledger.View.Read(state =>
        {
            var workload = state.Workloads[state.FindWorkload(node.Checked)];
            var validation = state.Validations[workload.Validation - 1];
            return (workload.Phase, validation,
                Enumerable.Range(0, validation.Drawn).Select(i => validation.Seats[i].State).ToList());
        });
        Assert.Equal(panel.Asked, states.Count);
        await visit.OpenAsync(node.Resolve($"/workloads/{node.Checked}"));
        var card = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Checked by validators" });
        await Expect(card).ToContainTextAsync($"{panel.Needed} of {panel.Asked} validators with the same verdict");
        await Expect(card).ToContainTextAsync($"{phase}");
        await Expect(card).ToContainTextAsync("for each verdict that counts");
        var seats = card.GetByRole(AriaRole.Listitem);
        await Expect(seats).ToHaveCountAsync(panel.Asked);
        for (var i = 0; i < states.Count; i++)
        {
            await Expect(seats.Nth(i)).ToContainTextAsync(states[i] switch
            {
                SeatState.Drawn => phase == WorkloadPhase.Committing ? "Drawn, at work" : "Silent",
                SeatState.Agreed => "Found it right",
                SeatState.Disagreed => "Found it wrong",
                _ => "Committed",
            });
        }

        await Expect(visit.Page.Locator(".head .status.check")).ToHaveTextAsync($"{phase}");
        await visit.CheckLooksAsync("workload-checked");
        await visit.OpenAsync(node.Resolve("/workloads"));
        await Expect(visit.Page.Locator("tbody .status.check").First).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("main"))
            .ToContainTextAsync($"{panel.Needed} of {panel.Asked} validators");
    }

    /// <summary>The real answer of the node, as it is in other phases.</summary>
    private static async Task LookAtPhasesAsync(LivingNode node, Visit visit)
    {
        var phases = new (string Phase, string[] Seats, string[] Words)[]
        {
            ("sealed", [], ["Waiting for the draw", "Sealed"]),
            ("committing", ["committed", "drawn"], ["Committing", "Committed", "Drawn, at work"]),
            ("revealing", ["committed", "drawn"], ["Revealing", "Committed", "Silent"]),
            ("judging", ["agreed", "disagreed"], ["Judging", "Found it right", "Found it wrong"]),
        };
        foreach (var (phase, seats, words) in phases)
        {
            await visit.Page.RouteAsync($"**/v1/workloads/{node.Checked}", async route =>
            {
                var answer = await route.FetchAsync();
                var view = JsonNode.Parse(await answer.TextAsync())!;
                view["phase"] = phase;
                var drawn = view["validation"]!["seats"]!.AsArray();
                for (var i = 0; i < seats.Length; i++)
                {
                    drawn[i]!["state"] = seats[i];
                }

                if (seats.Length == 0)
                {
                    drawn.Clear();
                }

                await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = view.ToJsonString() });
            });
            await visit.OpenAsync(node.Resolve($"/workloads/{node.Checked}"));
            var card = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Checked by validators" });
            foreach (var word in words)
            {
                await Expect(card).ToContainTextAsync(word);
            }

            await visit.CheckLooksAsync($"workload-{phase}");
            await visit.Page.UnrouteAsync($"**/v1/workloads/{node.Checked}");
        }
    }

    private static async Task LookAtFinishedAsync(LivingNode node, Visit visit)
    {
        Assert.True(node.Ledger.View.Read(state => state.FindWorkload(node.Checked) < 0), "It has not ended.");
        await visit.OpenAsync(node.Resolve("/agents"));
        var text = await visit.Page.EvaluateAsync<string>(
            "async () => (await fetch('/v1/workloads/finished?limit=1000')).text()");
        var all = JsonNode.Parse(text)!["items"]!.AsArray().Where(one => one!["verdicts"] is not null).ToList();
        Assert.Contains(all, one => $"{one!["id"]}" == $"{node.Checked}");
        foreach (var (ending, badge, tone) in new[]
        {
            ("verified", "Paid: verified", "good"), ("refuted", "Refuted", "bad"),
        })
        {
            // The oldest, whose receipt's block is closed.
            var one = all.Last(one => $"{one!["ending"]}" == ending)!;
            await visit.OpenAsync(node.Resolve($"/workloads/{one["id"]}"));
            await Expect(visit.Page.Locator($".head .status.{tone}")).ToHaveTextAsync(badge);
            var card = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Checked by validators" });
            await Expect(card).ToContainTextAsync($"{one["verdicts"]!["needed"]} equal verdicts of 3 drawn");
            var tallies = card.Locator("dd .status");
            await Expect(tallies.Nth(0)).ToContainTextAsync($"{one["verdicts"]!["agreed"]} validator");
            await Expect(tallies.Nth(1)).ToContainTextAsync($"{one["verdicts"]!["disagreed"]} validator");
            await Expect(card.Locator($".amount[title='{one["verdicts"]!["fees"]} base units']")).ToBeVisibleAsync();
            await Expect(visit.Page.Locator(".steps li.check").First).ToBeVisibleAsync();
            await Expect(visit.Page.Locator($".steps li.{tone}")).ToContainTextAsync("Workload ended");
            await visit.CheckLooksAsync($"workload-{ending}");
        }
    }
}
