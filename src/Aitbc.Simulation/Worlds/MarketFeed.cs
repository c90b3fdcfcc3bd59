using Aitbc.Agents.Runtime.Marketplace;
using Aitbc.Infrastructure.Ledger;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Simulation.Worlds;

/// <summary>One thing that happened on the market, for everybody.</summary>
/// <param name="Seq">The entry.</param>
/// <param name="Time">The entry's time.</param>
/// <param name="Posted">A workload was posted, or null.</param>
/// <param name="Awarded">A workload was awarded, or null.</param>
/// <param name="Ended">A workload ended, or null.</param>
internal sealed record MarketNews(
    ulong Seq, Timestamp Time, WorkloadPosted? Posted, WorkloadAwarded? Awarded, WorkloadEnded? Ended)
{
    /// <summary>The same as one account sees it.</summary>
    public MarketEvent SeenBy(AccountNumber? self)
    {
        if (Posted is { } posted)
        {
            return new PostedEvent(Seq, posted.Id, posted.Client == self, posted.SaltHash);
        }

        if (Awarded is { } awarded)
        {
            return new AwardedEvent(Seq, awarded.Workload, awarded.Provider == self, awarded.Price);
        }

        var ended = Ended!.Value;
        return new EndedEvent(
            Seq,
            ended.Workload,
            ended.Client == self,
            ended.Service.Value != 0 && ended.Provider == self,
            ended.Capability,
            ended.Units,
            ended.Ending,
            ended.Paid,
            ended.Result,
            ended.QualityPpm);
    }
}

/// <summary>Reads the market's events out of the journal, each once.</summary>
/// <remarks>One owner.</remarks>
internal sealed class MarketFeed(ILedger ledger, ulong afterSeq) : IDisposable
{
    private readonly IEntryCursor cursor = ledger.OpenCursor(afterSeq + 1);

    /// <summary>What has become durable since the last call, in order.</summary>
    public async Task<IReadOnlyList<MarketNews>> ReadAsync(CancellationToken cancellationToken)
    {
        List<MarketNews> news = [];
        while (await cursor.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry)
        {
            Take(entry, news);
        }

        return news;
    }

    /// <inheritdoc/>
    public void Dispose() => cursor.Dispose();

    private static void Take(DurableEntry entry, List<MarketNews> news)
    {
        var reader = new EventReader(entry.Events.Span);
        while (reader.MoveNext())
        {
            if (Of(entry, reader) is { } found)
            {
                news.Add(found);
            }
        }
    }

    private static MarketNews? Of(DurableEntry entry, in EventReader reader)
    {
        var (seq, time) = (entry.Header.Seq, entry.Header.Time);
        return reader.Kind switch
        {
            EventKind.WorkloadPosted => new MarketNews(seq, time, reader.As<WorkloadPosted>(), null, null),
            EventKind.WorkloadAwarded => new MarketNews(seq, time, null, reader.As<WorkloadAwarded>(), null),
            EventKind.WorkloadEnded => new MarketNews(seq, time, null, null, reader.As<WorkloadEnded>()),
            _ => null,
        };
    }
}
