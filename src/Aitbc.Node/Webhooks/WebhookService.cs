using System.Collections.Concurrent;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Node.Hosting;
using Aitbc.Node.Metrics;
using Aitbc.Primitives;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Webhooks;

/// <summary>Keeps one delivery under way for each hook that there is: looks every second which came and which went.
/// </summary>
internal sealed partial class WebhookService : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Running> running = new();
    private readonly LedgerHost ledger;
    private readonly WebhookStore store;
    private readonly WebhookMessages messages;
    private readonly WebhookMeters meters;
    private readonly TimeProvider time;
    private readonly ILogger<WebhookService> log;

    public WebhookService(
        LedgerHost ledger,
        WebhookStore store,
        NodeOptions options,
        NodeMeters node,
        TimeProvider time,
        ILogger<WebhookService> log)
    {
        (this.ledger, this.store, this.time, this.log) = (ledger, store, time, log);
        messages = new WebhookMessages(
            ledger.Genesis.Chain,
            ledger.GenesisDigest,
            number => ledger.View.Read(
                state => number.Slot < state.Accounts.Count ? (AccountId?)state.Account(number).Id : null),
            options.PublicUrl);
        meters = new WebhookMeters(node);
        WebhookMeters.Watch(node, Measure);
    }

    /// <summary>Adds hooks to a node whose options say where they lie.</summary>
    public static void Add(IServiceCollection services, NodeOptions options, TimeProvider time)
    {
        if (options.WebhooksPath is { } path)
        {
            services.AddSingleton(new WebhookStore(path, time));
            services.AddHostedService<WebhookService>();
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            do
            {
                try
                {
                    await RefreshAsync(stoppingToken).ConfigureAwait(false);
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    // An error that left this task would end the node, which goes on without its hooks.
                    NotRead(log, error.GetType().Name);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        finally
        {
            foreach (var one in running.Values)
            {
                await one.EndAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task RefreshAsync(CancellationToken stop)
    {
        var hooks = store.List().ToDictionary(hook => hook.Id);
        foreach (var id in running.Keys.Where(id => !hooks.ContainsKey(id)))
        {
            if (running.TryRemove(id, out var gone))
            {
                await gone.EndAsync().ConfigureAwait(false);
            }
        }

        // After those that went have ended: their last act was to keep their place.
        store.Places.KeepOnly(hooks.Keys.ToHashSet());
        foreach (var hook in hooks.Values.Where(hook => !running.ContainsKey(hook.Id)))
        {
            running[hook.Id] = new Running(Deliver, hook, time, stop);
        }
    }

    private WebhookDelivery Deliver(Webhook hook, WebhookSender sender) =>
        new(hook, ledger, store.Places, messages, sender, meters, time, log);

    private List<(ulong Lag, bool IsFailing)> Measure()
    {
        var next = ledger.View.Seq + 1;
        return [.. running.Values.Select(one => one.Delivery.Place)
            .Select(place => (next > place.Seq ? next - place.Seq : 0, place.IsFailing))];
    }

    [LoggerMessage(33, LogLevel.Warning, "The hooks could not be read: {Error}.")]
    private static partial void NotRead(ILogger log, string error);

    /// <summary>One delivery under way.</summary>
    private sealed class Running
    {
        private readonly WebhookSender sender;
        private readonly CancellationTokenSource end;
        private readonly Task task;

        public Running(
            Func<Webhook, WebhookSender, WebhookDelivery> deliver,
            Webhook hook,
            TimeProvider time,
            CancellationToken stop)
        {
            sender = new WebhookSender(hook, time);
            end = CancellationTokenSource.CreateLinkedTokenSource(stop);
            Delivery = deliver(hook, sender);
            task = Delivery.RunAsync(end.Token);
        }

        public WebhookDelivery Delivery { get; }

        public async Task EndAsync()
        {
            await end.CancelAsync().ConfigureAwait(false);
            await task.ConfigureAwait(false);
            end.Dispose();
            sender.Dispose();
        }
    }
}
