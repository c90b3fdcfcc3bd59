using Aitbc.Infrastructure.Ledger;
using Aitbc.Infrastructure.Remote;
using Aitbc.Primitives;

namespace Aitbc.Simulation.Hosting;

/// <summary>Keeps one agent's lease at the node, and knows by its own clock until when it may act.</summary>
/// <remarks>Renewed by one task; read by any thread. What it holds is counted from before the question was sent, so a
/// slow answer makes it shorter, never longer.</remarks>
internal sealed class LeaseKeeper(
    RemoteLedger ledger, AccountId agent, string host, Duration ttl, TimeProvider time)
{
    private const int RenewalsPerTtl = 3;

    private long heldUntilMs;
    private long heldSinceMs = long.MaxValue;

    /// <summary>How long the agent may still act; not positive where another host does or the node is silent.</summary>
    public Duration Left => new(Math.Max(0, Volatile.Read(ref heldUntilMs) - NowMs));

    /// <summary>Whether it was held for a whole lease without a break: then whoever held it before, even at a node that
    /// has since forgotten its leases, has been told and has stopped.</summary>
    public bool IsSettled => Left.Ms > 0 && NowMs - Volatile.Read(ref heldSinceMs) >= ttl.Ms;

    /// <summary>The host that has it, where it is another.</summary>
    public string? Other { get; private set; }

    private long NowMs => time.GetTimestamp() / (time.TimestampFrequency / 1_000);

    /// <summary>Asks again and again until it is stopped; then gives the lease back.</summary>
    /// <param name="changed">Told after each answer.</param>
    /// <param name="stop">Stops.</param>
    public async Task RunAsync(Action changed, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var wait = await AskAsync(stop).ConfigureAwait(false);
                changed();
                await Task.Delay(TimeSpan.FromMilliseconds(wait.Ms), time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await ReleaseAsync().ConfigureAwait(false);
        }
    }

    private async Task<Duration> AskAsync(CancellationToken stop)
    {
        var sent = NowMs;
        try
        {
            var answer = await ledger.ClaimLeaseAsync(agent, host, ttl, stop).ConfigureAwait(false);
            Other = answer.IsHeld ? null : answer.Holder;
            if (!answer.IsHeld)
            {
                Volatile.Write(ref heldUntilMs, 0);
                return new Duration(Math.Clamp(answer.Left.Ms, 50, ttl.Ms / RenewalsPerTtl));
            }

            if (Volatile.Read(ref heldUntilMs) <= sent)
            {
                Volatile.Write(ref heldSinceMs, sent);
            }

            Volatile.Write(ref heldUntilMs, sent + ttl.Ms);
        }
        catch (Exception error) when (error is IOException or AdmissionClosedException)
        {
            // The node is silent: the lease runs out by itself, here as there.
        }

        return new Duration(ttl.Ms / RenewalsPerTtl);
    }

    private async Task ReleaseAsync()
    {
        if (Left.Ms == 0)
        {
            return;
        }

        Volatile.Write(ref heldUntilMs, 0);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(ttl.Ms), time);
        try
        {
            await ledger.ReleaseLeaseAsync(agent, host, limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // It runs out.
        }
    }
}
