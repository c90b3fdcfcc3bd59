using Microsoft.Extensions.Hosting;

namespace Aitbc.Node.Hosting;

/// <summary>Looks every second whose lease has run out.</summary>
internal sealed class LeaseSweeper(AgentLeases leases) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            leases.Sweep();
        }
    }
}
