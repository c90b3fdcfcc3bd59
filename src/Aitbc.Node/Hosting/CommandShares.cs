using System.Threading.RateLimiting;
using Aitbc.Node.Metrics;
using Aitbc.Node.Problems;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Node.Hosting;

/// <summary>
/// Shares of the processor for requests with commands: one for all, one that only guardians' stops use, so that no
/// flood of others delays them. A share is taken once the body is here and given back once its signatures are checked:
/// neither who sends slowly nor the disk keeps one from others. Bodies have a share of memory in the same way. While a
/// guardian's decision is made durable, commands stand aside for a moment.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class CommandShares : IDisposable
{
    /// <summary>Bytes of bodies that requests with commands may hold at once, from the first byte that comes to the
    /// answer.</summary>
    public const long MaxBodyBytes = 64 * 1024 * 1024;

    /// <summary>Bytes of each body that are not counted: what any connection may hold anyway.</summary>
    public const int FreeBodyBytes = 4 * 1024;

    private const int OversightAtOnce = 64;
    private const int OversightWaiting = 4_096;

    /// <summary>How long commands stand aside at most while a guardian waits for an answer, and how long they do not
    /// after that: so nobody who may only send keeps them from more than half of the time.</summary>
    private static readonly TimeSpan Aside = TimeSpan.FromMilliseconds(10);

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly ITimer ending;
    private TaskCompletionSource? aside;
    private long? endedAt;
    private int deciding;
    private long bodyBytes;

    public CommandShares(NodeOptions options, TimeProvider time)
    {
        this.time = time;
        Commands = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = options.MaxCommandsAtOnce,
            QueueLimit = options.MaxCommandsWaiting,
        });
        Oversight = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = OversightAtOnce,
            QueueLimit = OversightWaiting,
        });
        ending = time.CreateTimer(
            _ => EndAside(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The share of all.</summary>
    public RateLimiter Commands { get; }

    /// <summary>The share of guardians' stops.</summary>
    public RateLimiter Oversight { get; }

    /// <summary>Takes a place, at once or in turn.</summary>
    /// <returns>The place, to be disposed; it may not be acquired: then too many wait already.</returns>
    public static ValueTask<RateLimitLease> TakeAsync(RateLimiter share)
    {
        var lease = share.AttemptAcquire();
        return lease.IsAcquired ? ValueTask.FromResult(lease) : share.AcquireAsync();
    }

    /// <summary>A guardian's decision is on its way to the disk: until it is answered, or for a moment, commands that
    /// come meanwhile leave it the processor.</summary>
    public void BeginDecision()
    {
        lock (gate)
        {
            if (++deciding == 1 && aside is null && (endedAt is not { } ended || time.GetElapsedTime(ended) >= Aside))
            {
                aside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                ending.Change(Aside, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>It was answered.</summary>
    public void EndDecision()
    {
        bool isLast;
        lock (gate)
        {
            isLast = --deciding == 0;
        }

        if (isLast)
        {
            EndAside();
        }
    }

    /// <summary>Waits while a guardian is answered; usually not at all.</summary>
    public Task StandAsideAsync() => Volatile.Read(ref aside)?.Task ?? Task.CompletedTask;

    /// <summary>Takes memory for a body that has grown.</summary>
    /// <param name="taken">What the request has taken so far; carried on.</param>
    /// <param name="length">How long its body is by now, bytes.</param>
    /// <returns>False where all is taken; then nothing was.</returns>
    public bool TryHold(ref long taken, long length)
    {
        var more = Math.Max(0, length - FreeBodyBytes) - taken;
        if (more <= 0)
        {
            return true;
        }

        if (Interlocked.Add(ref bodyBytes, more) > MaxBodyBytes)
        {
            Interlocked.Add(ref bodyBytes, -more);
            return false;
        }

        taken += more;
        return true;
    }

    /// <summary>Gives memory back.</summary>
    public void Release(long taken)
    {
        if (taken > 0)
        {
            Interlocked.Add(ref bodyBytes, -taken);
        }
    }

    /// <summary>The answer where all of a share is taken.</summary>
    public static IResult Refuse(HttpContext context)
    {
        RequestMeter.Refused(context, RequestMeter.Rate);
        context.Response.Headers.RetryAfter = "1";
        return Problem.Busy("Too many commands wait already: try again in a second.").ToResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ending.Dispose();
        EndAside();
        Commands.Dispose();
        Oversight.Dispose();
    }

    private void EndAside()
    {
        TaskCompletionSource? over;
        lock (gate)
        {
            over = aside;
            (aside, endedAt) = (null, over is null ? endedAt : time.GetTimestamp());
        }

        over?.TrySetResult();
    }
}

/// <summary>Takes a share around an endpoint that has bound its body already.</summary>
internal sealed class CommandShareFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var shares = (CommandShares)context.HttpContext.RequestServices.GetService(typeof(CommandShares))!;
        using var lease = await CommandShares.TakeAsync(shares.Commands).ConfigureAwait(false);
        return lease.IsAcquired
            ? await next(context).ConfigureAwait(false)
            : CommandShares.Refuse(context.HttpContext);
    }
}
