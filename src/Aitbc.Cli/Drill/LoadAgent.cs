using System.Collections.Concurrent;
using Aitbc.Cli.Bench;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;

namespace Aitbc.Cli.Drill;

/// <summary>What agents under load act on.</summary>
/// <param name="Payees">Whom they pay.</param>
/// <param name="Workloads">What they bid on.</param>
/// <param name="Blob">What their own workloads name.</param>
internal sealed record LoadTargets(
    IReadOnlyList<AccountId> Payees, IReadOnlyList<WorkloadId> Workloads, Digest Blob);

/// <summary>An agent under load: its payloads, signed ahead, each in its place.</summary>
/// <param name="key">Its key.</param>
/// <param name="number">Its place among the agents.</param>
/// <param name="service">Its service.</param>
/// <param name="firstSequence">The place of its first payload.</param>
/// <param name="targets">What it acts on.</param>
/// <param name="validUntil">Until when its payloads count.</param>
/// <remarks>One connection's alone.</remarks>
internal sealed class LoadAgent(
    KeyPair key, int number, ServiceId service, ulong firstSequence, LoadTargets targets, Timestamp validUntil)
{
    private static readonly TokenAmount Price = TokenAmount.OneToken;

    private readonly SortedDictionary<ulong, byte[]> ahead = [];

    /// <summary>Its key.</summary>
    public KeyPair Key { get; } = key;

    /// <summary>The stop epoch that it signs in.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>The place of the payload that is next.</summary>
    public ulong Sequence { get; private set; } = firstSequence;

    /// <summary>Payloads that were signed before a stop and never took effect, by their place.</summary>
    public SortedDictionary<ulong, byte[]> Dead { get; } = [];

    /// <summary>Signs the next payloads.</summary>
    public void SignAhead(int count)
    {
        for (var place = Sequence; place < Sequence + (ulong)count; place++)
        {
            if (!ahead.ContainsKey(place))
            {
                ahead[place] = Sign(place);
            }
        }
    }

    /// <summary>The request with the payload that is next; the one behind it is signed by then, too, so that a stop
    /// always finds more than one.</summary>
    public byte[] Next()
    {
        if (!ahead.ContainsKey(Sequence + 1))
        {
            SignAhead(2);
        }

        return ahead[Sequence];
    }

    /// <summary>The payload was ordered: its place is used.</summary>
    public void Advance() => ahead.Remove(Sequence++);

    /// <summary>From now on it signs in another epoch; what it signed before is dead.</summary>
    public void Renew(ulong epoch)
    {
        Epoch = epoch;
        foreach (var (sequence, request) in ahead)
        {
            Dead[sequence] = request;
        }

        ahead.Clear();
    }

    private byte[] Sign(ulong sequence) => HttpLoad.Post(
        "/v1/commands",
        "application/jose",
        DrillPayload.Sign(
            Key, DrillChain.Id, new PayloadPlace(0, sequence, Epoch, validUntil), CommandOf(sequence)));

    /// <summary>Seven payments of ten, two workloads with escrow, one bid with bonds.</summary>
    private Command CommandOf(ulong sequence) => (((ulong)number + sequence) % 10) switch
    {
        0 or 1 => DrillLedger.Posting(targets.Blob, Price, Price, Duration.FromHours(1)),
        2 => new PlaceBid(
            targets.Workloads[(int)(sequence / 10 % (ulong)targets.Workloads.Count)],
            service,
            Digest.Sha256(Key.Id.AsSpan())),
        _ => new Transfer(targets.Payees[number % targets.Payees.Count], Price),
    };
}

/// <summary>What became of requests of the load.</summary>
internal sealed class LoadCount
{
    private readonly ConcurrentDictionary<string, long> answers = new(StringComparer.Ordinal);
    private long inFlight;

    /// <summary>Requests sent and not answered.</summary>
    public long InFlight => Volatile.Read(ref inFlight);

    /// <summary>Answers by what they said.</summary>
    public SortedDictionary<string, long> Answers => new(answers, StringComparer.Ordinal);

    /// <summary>One is about to be sent.</summary>
    public void Sent() => Interlocked.Increment(ref inFlight);

    /// <summary>One was answered.</summary>
    public void Answered(string code)
    {
        Interlocked.Decrement(ref inFlight);
        answers.AddOrUpdate(code, 1, static (_, count) => count + 1);
    }
}
