using Aitbc.Infrastructure.Storage;
using Aitbc.Node.Api;
using Aitbc.Node.Hosting;
using Aitbc.Node.Metrics;
using Aitbc.Node.Webhooks;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Oversight;
using Aitbc.Testing;

namespace Aitbc.Node.Tests.Webhooks;

/// <summary>A hook's delivery over the ledger of a real node, under a clock that a test moves.</summary>
internal sealed class HookRun : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly string root = Directory.CreateTempSubdirectory("aitbc-hooks-").FullName;
    private readonly NodeMeters meters = new(new EventStreams(new NodeOptions()));
    private readonly CapturedLog log = new();
    private CancellationTokenSource? stop;
    private WebhookSender? sender;
    private Task? task;

    private HookRun(NodeFixture node, Receiver receiver)
    {
        (Node, Receiver) = (node, receiver);
        Store = new WebhookStore(root, TimeProvider.System);
        Places = new WebhookPlaces(new FileDisk(root));
        Meters = new WebhookMeters(meters);
        Hook = Store.Add(Receiver.Url.AbsoluteUri, allowsPrivate: true, out _)!;
        Places.Save(Hook.Id, Next);
    }

    /// <summary>The place of who has seen all that there is.</summary>
    public WebhookPlace Next => new(Node.Ledger.View.Seq + 1, 0, 0, null, 0);

    public NodeFixture Node { get; }

    /// <summary>Where hooks and places lie.</summary>
    public string Root => root;

    public Receiver Receiver { get; set; }

    public SteppedTime Time { get; } = new(TimeProvider.System.GetUtcNow());

    public WebhookStore Store { get; }

    public WebhookPlaces Places { get; set; }

    public WebhookMeters Meters { get; }

    public Webhook Hook { get; set; }

    public WebhookDelivery Delivery { get; private set; } = null!;

    public IEnumerable<string> Log => log.Lines;

    /// <summary>A new hook that has seen all that the node's ledger holds.</summary>
    public static async Task<HookRun> BeginAsync(SharedNode shared) => new(shared.Node, await Receiver.StartAsync());

    /// <summary>Begins to deliver, as a node does that has started.</summary>
    public void Start()
    {
        stop = new CancellationTokenSource();
        sender = new WebhookSender(Hook, Time);
        var messages = new WebhookMessages(
            Node.Ledger.Genesis.Chain,
            Node.Ledger.GenesisDigest,
            number => Node.Ledger.View.Read(state => state.Account(number).Id),
            null);
        Delivery = new WebhookDelivery(Hook, Node.Ledger, Places, messages, sender, Meters, Time, log);
        task = Delivery.RunAsync(stop.Token);
    }

    /// <summary>Ends the delivery, wherever it is.</summary>
    public async Task StopAsync()
    {
        if (stop is not null)
        {
            await stop.CancelAsync();
            await task!.WaitAsync(Limit);
            sender!.Dispose();
            stop.Dispose();
            stop = null;
        }
    }

    /// <summary>Waits until the answer to what has arrived has come back.</summary>
    public Task AnsweredAsync() => Time.UntilWaitingAsync(left => left.Count == 0).WaitAsync(Limit);

    /// <summary>Waits until the hook rests after a failed try.</summary>
    /// <returns>For how long it will.</returns>
    public async Task<TimeSpan> RestAsync()
    {
        var rest = TimeSpan.Zero;
        await Time.UntilWaitingAsync(left =>
        {
            rest = left.Count == 1 ? left[0] : TimeSpan.Zero;
            return left.Count == 1 && left[0] != WebhookSender.Patience;
        }).WaitAsync(Limit);
        return rest;
    }

    /// <summary>Has something happen that people should know of, once for each stop.</summary>
    /// <returns>The entry.</returns>
    public async Task<ulong> HappenAsync(int times = 1)
    {
        var commands = Enumerable.Range(0, times).SelectMany(_ =>
            new Command[] { new StopMarket(StopScope.Market), new ReleaseMarket(StopScope.Market) });
        var response = await Node.SendAsync(Node.Sign(0, [.. commands]));
        var json = await NodeFixture.JsonOf(response);
        Assert.Equal("applied", json.GetProperty("outcome").GetString());
        return json.GetProperty("seq").GetUInt64();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Receiver.DisposeAsync();
        meters.Dispose();
        Directory.Delete(root, recursive: true);
    }
}
