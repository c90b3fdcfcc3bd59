using Aitbc.Protocol.Accounts;
using Aitbc.Safety.Monitor;

namespace Aitbc.Safety.Tests.Monitor;

/// <summary>A monitor and agents with a past: 5 tokens an hour to one payee for six weeks, under a cap of 1,000
/// tokens a day.</summary>
internal sealed class Watched
{
    public const uint Agent = 1;
    public const uint Owner = 1_000;
    public const uint Payee = 50;
    private const long HourMs = 3_600_000;

    public Watched(MonitorOptions? options = null) => Monitor = new SafetyMonitor(options ?? new MonitorOptions());

    public SafetyMonitor Monitor { get; }

    public Timestamp Now { get; private set; } = new(1_780_000_000_000);

    public Watched Pass(long ms)
    {
        Now = new Timestamp(Now.UnixMs + ms);
        return this;
    }

    public Watched PassHours(long hours) => Pass(hours * HourMs);

    public ObservedAction Of(
        uint agent, ulong milliTokens, uint? to = Payee, CommandKind kind = CommandKind.Transfer, uint owner = Owner) =>
        new(
            new AccountNumber(agent),
            new AccountNumber(owner),
            kind,
            TokenAmount.FromBaseUnits((UInt128)milliTokens * 1_000_000_000_000_000UL),
            to is { } payee ? new AccountNumber(payee) : null,
            Now,
            TokenAmount.FromTokens(1_000));

    public MonitorFinding Do(
        uint agent, ulong milliTokens, uint? to = Payee, CommandKind kind = CommandKind.Transfer, uint owner = Owner) =>
        Monitor.Observe(Of(agent, milliTokens, to, kind, owner));

    /// <summary>Six usual weeks of some agents, by turns: after a month their payee is trusted.</summary>
    public Watched LiveSixWeeks(params uint[] agents)
    {
        for (var hour = 0; hour < 1_008; hour++)
        {
            foreach (var agent in agents)
            {
                Assert.True(Monitor.Learn(Of(agent, 5_000)));
            }

            PassHours(1);
        }

        return this;
    }

    public static void AssertFound(MonitorFinding finding, Detector detector, MonitorSubject subject)
    {
        Assert.Equal((detector, subject), (finding.Detector, finding.Subject));
        Assert.NotEqual(MonitorLevel.Pass, finding.Verdict);
        Assert.True(finding.Observed > finding.Limit, finding.Sentence);
    }
}
