using System.Diagnostics.Metrics;
using System.Text.Json;
using Aitbc.Node.Metrics;

namespace Aitbc.Node.Webhooks;

/// <summary>What the node measures of its hooks. The one label is a closed list; no hook has a series of its own.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class WebhookMeters
{
    private static readonly string[] Names =
        [.. Enum.GetValues<DeliveryOutcome>().Select(outcome => JsonNamingPolicy.CamelCase.ConvertName($"{outcome}"))];

    private readonly Counter<long> tries;

    /// <summary>Begins to measure.</summary>
    /// <param name="node">The node's figures.</param>
    public WebhookMeters(NodeMeters node) => tries = node.Meter.CreateCounter<long>(
        "aitbc.webhooks.deliveries", null, "Tries to deliver a message to a hook, by what became of them.");

    /// <summary>Measures hooks, too, as they stand.</summary>
    /// <param name="node">The node's figures.</param>
    /// <param name="hooks">Gives, of each, the entries that it has not read yet, and whether it fails.</param>
    public static void Watch(NodeMeters node, Func<IReadOnlyList<(ulong Lag, bool IsFailing)>> hooks)
    {
        node.Meter.CreateObservableGauge(
            "aitbc.webhooks.hooks", () => (long)hooks().Count, null, "Hooks that there are.");
        node.Meter.CreateObservableGauge(
            "aitbc.webhooks.failing",
            () => (long)hooks().Count(hook => hook.IsFailing),
            null,
            "Hooks whose last tries all failed; each keeps its place and is tried on.");
        node.Meter.CreateObservableGauge(
            "aitbc.webhooks.lag",
            () => (long)hooks().Select(hook => hook.Lag).DefaultIfEmpty().Max(),
            null,
            "Entries of the ledger that the hook which is furthest behind has not read yet.");
    }

    /// <summary>Counts a try.</summary>
    public void Count(DeliveryOutcome outcome) =>
        tries.Add(1, new KeyValuePair<string, object?>("outcome", Names[(int)outcome]));
}
