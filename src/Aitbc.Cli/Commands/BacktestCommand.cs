using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Aitbc.Cli.Guardians;
using Aitbc.Cli.Output;
using Aitbc.Infrastructure.Backtesting;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Storage;
using Aitbc.Node.Api;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Wire;

namespace Aitbc.Cli.Commands;

/// <summary><c>aitbc constitution backtest</c>: what another constitution would have changed.</summary>
internal static class BacktestCommand
{
    private const int MostShown = 40;

    /// <summary>A backtest reads the whole chain: minutes where that is long.</summary>
    private static readonly Duration AnswerWithin = Duration.FromMinutes(15);

    public static ExampleCommand Create(OutputOptions output)
    {
        var node = new NodeReach();
        var agent = new Option<string>("--agent")
        {
            Description = "The agent's account.", HelpName = "ACCOUNT", Required = true,
        };
        var policy = new Option<string>("--policy")
        {
            Description = "The constitution to try, in JSON.", HelpName = "FILE", Required = true,
        };
        var days = new Option<int>("--days")
        {
            Description = $"How far back from the last entry, 1 to {Backtest.MaxDays} days. Default: 30.",
            HelpName = "DAYS",
            DefaultValueFactory = _ => 30,
        };
        var data = new Option<string?>("--data")
        {
            Description = "Read this data directory, which may be in use, and ask no node.", HelpName = "DIR",
        };
        var command = new ExampleCommand(
            "backtest",
            "Says what a constitution would have refused, sent to approval or newly allowed of an agent's past.",
            "aitbc constitution backtest --agent ACCOUNT --policy policy.json --days 30",
            "aitbc constitution backtest --agent ACCOUNT --policy policy.json --data ./aitbc-data --json")
        {
            agent, policy, days, data,
        };
        node.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var people = output.Open(parsed);
            var ask = new Question(
                ConstitutionCommand.AccountOf(parsed.GetRequiredValue(agent)),
                ConstitutionCommand.Read(parsed.GetRequiredValue(policy)),
                Checked(parsed.GetValue(days)));
            if (parsed.GetValue(data) is { } path)
            {
                return Show(people, Local(path, ask, stop));
            }

            return await node.RunAsync(
                    parsed,
                    async client => Show(people, await ask.OfAsync(client, stop).ConfigureAwait(false)),
                    AnswerWithin)
                .ConfigureAwait(false);
        });
        return command;
    }

    private static int Checked(int days) => days is >= 1 and <= Backtest.MaxDays
        ? days
        : throw new CommandFailure("usage", $"--days cannot be {days}: name 1 to {Backtest.MaxDays}.");

    private static JsonElement Local(string path, Question ask, CancellationToken stop)
    {
        if (ConstitutionCodec.TryParse(ask.Policy, out var terms) is { } unread)
        {
            throw new CommandFailure("bad_constitution", $"The constitution cannot be read: {unread}");
        }

        try
        {
            var request = new BacktestRequest(ask.Agent, terms, Duration.FromHours(ask.Days * 24));
            return JsonSerializer.Deserialize<JsonElement>(
                MachineJson.Write(BacktestView.Of(Backtest.Run(path, request, stop))));
        }
        catch (FileNotFoundException missing)
        {
            throw new CommandFailure("no_chain", missing.Message, missing);
        }
        catch (ArgumentException wrong)
        {
            throw new CommandFailure("bad_constitution", wrong.Message, wrong);
        }
        catch (LedgerDamagedException damaged)
        {
            throw new CommandFailure("damaged", $"{damaged.Message} 'aitbc verify' says more.", damaged);
        }
    }

    private static int Show(CommandOutput output, JsonElement report) => output.Result(report, people =>
    {
        var (from, to) = (report.Time("fromMs"), report.Time("toMs"));
        var payloads = report.GetProperty("payloads").GetInt64();
        if (payloads == 0)
        {
            people.Line($"The agent sent nothing from {from} to {to}: there is nothing to try this on.");
            return;
        }

        people.Line($"From {from} to {to} the agent sent {payloads} payloads. This constitution would have");
        var (counts, values) = (report.GetProperty("counts"), report.GetProperty("values"));
        people.Line($"- refused {Part("refused")} that took effect or waited");
        people.Line($"- sent {Part("sentToApproval")} to a person that took effect without one");
        people.Line($"- newly allowed {Part("newlyAllowed")} that a constitution refused or had wait");
        var findings = report.Items("findings").ToList();
        if (findings.Count == 0)
        {
            return;
        }

        people.Table(
            ["Entry", "Time", "Change", "Value", "Why", "What"],
            findings.TakeLast(MostShown).Select(one => (string[])
            [
                one.GetProperty("seq").GetUInt64().ToString(CultureInfo.InvariantCulture),
                one.Time("timeMs"),
                Words(one.Text("change")),
                one.Amount("value"),
                Words(one.Text(one.Text("change") == "newlyAllowed" ? "was" : "would")),
                one.Text("action"),
            ]));
        if (findings.Count > MostShown)
        {
            people.Line($"These are the newest {MostShown}; --json gives {findings.Count}.");
        }

        string Part(string name) =>
            $"{counts.GetProperty(name).GetInt64()}, {values.Amount(name)},";
    });

    /// <summary>A name of the interface in words: "sentToApproval" is "sent to approval".</summary>
    private static string Words(string name) =>
        string.Concat(name.Select(one => char.IsUpper(one) ? $" {char.ToLowerInvariant(one)}" : $"{one}"));

    /// <summary>What is asked.</summary>
    /// <param name="Agent">Whose acts.</param>
    /// <param name="Policy">The constitution's file.</param>
    /// <param name="Days">How far back.</param>
    private sealed record Question(AccountId Agent, byte[] Policy, int Days)
    {
        public async Task<JsonElement> OfAsync(
            Infrastructure.Remote.GuardianClient client, CancellationToken stop) =>
            await client.AskAsync($"/v1/agents/{Agent}/backtest?days={Days}", Policy, stop).ConfigureAwait(false)
            ?? throw new CommandFailure("no_such_agent", $"The node has no agent {Agent}: check both.");
    }
}
