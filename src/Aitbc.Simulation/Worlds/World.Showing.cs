using Aitbc.Agents;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Simulation.Worlds;

/// <content>The world as people see it.</content>
public sealed partial class World
{
    private static MoneyView MoneyOf(MarketSnapshot market)
    {
        var sum = market.Totals.Aggregate(TokenAmount.Zero, (total, amount) => total + amount);
        return new MoneyView(
            market.Supply,
            market.Totals[(int)SubAccount.Available] - market.Treasury,
            market.Totals[(int)SubAccount.Escrow],
            market.Totals[(int)SubAccount.Stake],
            market.Totals[(int)SubAccount.Bond],
            market.Treasury,
            sum == market.Supply);
    }

    private WorldView ViewOf(MarketSnapshot market, Tally tally, Timestamp now, int goal)
    {
        var requester = agents.Select(agent => agent.Memory.Requester)
            .OfType<Agents.Core.Memory.RequesterMemory>().First();
        return new WorldView
        {
            Now = now,
            Seq = market.Seq,
            Goal = goal,
            Counts = tally.Counts,
            Agents = [.. agents.Select(agent => ViewOf(agent, market, now))],
            Workloads =
            [
                .. market.Workloads.Select(row => new WorkloadView(
                    row.Record.Id,
                    row.Record.Capability,
                    row.Record.Phase,
                    row.Record.Units,
                    row.Record.BidCount,
                    row.Record.MaxPrice,
                    row.Record.Price,
                    row.Provider is { } provider ? NameOf(market, provider) : "")),
            ],
            Prices = tally.Prices,
            Money = MoneyOf(market),
            News = tally.TakeNews(),
            Accuracy = requester.Best?.Accuracy,
            Models = requester.Models,
            RowsCompared = requester.RowsCompared,
            RowsRight = requester.RowsRight,
        };
    }

    private AgentView ViewOf(Agent agent, MarketSnapshot market, Timestamp now)
    {
        var account = market.Accounts.GetValueOrDefault(agent.Account);
        var record = account?.Record ?? default;
        var provider = agent.Memory.Provider;
        return new AgentView(
            agent.Name,
            agent.Conduct.Kind,
            record.Available,
            record.Escrow + record.Stake + record.Bond,
            agent.Conduct.Offers.Count > 0,
            provider?.Margin,
            provider?.Won ?? 0,
            provider?.Lost ?? 0,
            agent.Conduct.Offers.Count == 0 ? record.OpenWorkloads : workshop.CountOf(agent.Account, now),
            account?.Agent.JobsSettled ?? 0,
            account?.Agent.JobsFaulted ?? 0,
            agent.Memory.Refused);
    }

    private string NameOf(MarketSnapshot market, AccountNumber number)
    {
        foreach (var agent in agents)
        {
            if (market.Accounts.GetValueOrDefault(agent.Account)?.Number == number)
            {
                return agent.Name;
            }
        }

        return number == AccountNumber.Treasury ? "treasury" : $"{number}";
    }
}
