using Aitbc.Cli.Bench;

namespace Aitbc.Cli.Drill;

/// <summary>After a release: what agents signed before the stop is sent again, each time in its very place, by turns
/// with what they sign now.</summary>
/// <param name="node">Where the node listens.</param>
/// <param name="epoch">The epoch since the last stop.</param>
internal sealed class StopResend(Uri node, ulong epoch)
{
    private const int Turns = 2;

    /// <summary>Payloads sent again.</summary>
    public long Resent { get; private set; }

    /// <summary>How many of them were refused for their epoch.</summary>
    public long Stale { get; private set; }

    /// <summary>Payloads signed now that took effect.</summary>
    public long Applied { get; private set; }

    /// <summary>Runs it; the load has ended.</summary>
    public async Task RunAsync(IReadOnlyList<LoadAgent> agents, CancellationToken stop)
    {
        using var socket = await StopLoad.ConnectAsync(node, stop).ConfigureAwait(false);
        var reader = new AnswerReader(socket);
        foreach (var agent in agents)
        {
            agent.Next();
            agent.Renew(epoch);
            for (var turn = 0; turn < Turns; turn++)
            {
                if (agent.Dead.TryGetValue(agent.Sequence, out var dead))
                {
                    Resent++;
                    var said = await StopLoad.AskAsync(socket, reader, dead, stop).ConfigureAwait(false);
                    Stale += said == "staleEpoch" ? 1 : 0;
                    if (said == "applied")
                    {
                        agent.Advance();
                        continue;
                    }
                }

                var answer = await StopLoad.AskAsync(socket, reader, agent.Next(), stop).ConfigureAwait(false);
                Applied += answer == "applied" ? 1 : 0;
                agent.Advance();
            }
        }
    }
}
