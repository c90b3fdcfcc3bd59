using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Staking;
using KeyPossession = Aitbc.Infrastructure.Wallet.KeyPossession;

namespace Aitbc.Cli.Drill;

/// <summary>
/// One of several processes that hold the same agent's key and spend as much as they are let: at random, by every act
/// that puts value at risk, whole and split, again and again, at the same moment, too late. It ends when the agent's
/// gas for the day is spent.
/// </summary>
internal sealed class Spender : IDisposable
{
    private const int Lanes = 8;
    private const int Remembered = 32;
    private const int EndAfter = 12;

    /// <summary>By which an amount shrinks where it would pass a cap: so that the last of it is spent too.</summary>
    private const uint Shrink = 8;

    private static readonly TokenAmount Large = TokenAmount.FromTokens(50);
    private static readonly TokenAmount Small = TokenAmount.FromTokens(2);

    private readonly SpendPlan plan;
    private readonly KeyPair key;
    private readonly SpendClient client;
    private readonly SeededRandom random;
    private readonly int number;
    private readonly HashSet<CommandKind> exhausted = [];
    private readonly Dictionary<CommandKind, TokenAmount> scales = [];
    private readonly Queue<byte[]> sent = new();
    private readonly SortedDictionary<string, long> answers = new(StringComparer.Ordinal);
    private long signed;
    private long resent;
    private long concurrent;
    private long expired;
    private long duplicates;
    private int refusedGas;

    private Spender(SpendPlan plan, KeyPair key, int number)
    {
        (this.plan, this.key, this.number) = (plan, key, number);
        client = new SpendClient(plan.Node);
        random = new SeededRandom(plan.Seed).Fork($"process/{number}");
    }

    /// <summary>Spends until nothing is left.</summary>
    /// <param name="plan">What it is told.</param>
    /// <param name="number">Which of the processes it is.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<SpendTally> RunAsync(SpendPlan plan, int number, CancellationToken stop)
    {
        using var hostKey = HostKey.Open(Path.Combine(plan.Keys, HostKey.FileName));
        using var key = new KeyStore(plan.Keys, hostKey).Load(plan.Key);
        using var spender = new Spender(plan, key, number);
        while (spender.refusedGas < EndAfter)
        {
            await spender.ActAsync(stop).ConfigureAwait(false);
        }

        return spender.ToTally();
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private SpendTally ToTally() => new()
    {
        Signed = signed,
        Retries = client.Retries,
        Resent = resent,
        Concurrent = concurrent,
        Expired = expired,
        Duplicates = duplicates,
        Answers = answers,
    };

    private async Task ActAsync(CancellationToken stop)
    {
        var commands = Next();
        var lane = random.NextInt32(4) == 0 ? random.NextInt32(Lanes) : number % Lanes;
        var sequence = await client.NextSequenceAsync(plan.Key, lane, stop).ConfigureAwait(false);
        var isLate = random.NextInt32(16) == 0;
        var now = new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        var until = isLate ? now - Duration.FromMilliseconds(1) : now + Duration.FromMinutes(20);
        var payload = DrillPayload.Sign(
            key, DrillChain.Id, new PayloadPlace(lane, sequence, 0, until), commands);
        signed++;
        expired += isLate ? 1 : 0;
        var isTriple = random.NextInt32(8) == 0;
        concurrent += isTriple ? 1 : 0;
        var said = await Task.WhenAll(Enumerable.Range(0, isTriple ? 3 : 1)
            .Select(_ => client.SendAsync(payload, stop))).ConfigureAwait(false);
        Array.ForEach(said, Count);
        var answer = Array.Find(said, one => !one.IsDuplicate);
        Learn(commands[0].Kind, answer.Code ?? said[0].Code);
        await AgainAsync(payload, stop).ConfigureAwait(false);
    }

    /// <summary>Some of what was sent before is sent once more.</summary>
    private async Task AgainAsync(byte[] payload, CancellationToken stop)
    {
        sent.Enqueue(payload);
        if (sent.Count > Remembered)
        {
            sent.Dequeue();
        }

        if (random.NextInt32(4) == 0)
        {
            resent++;
            Count(await client.SendAsync(sent.ElementAt(random.NextInt32(sent.Count)), stop).ConfigureAwait(false));
        }
    }

    private void Count(SpendAnswer answer)
    {
        answers[answer.Code] = answers.GetValueOrDefault(answer.Code) + 1;
        duplicates += answer.IsDuplicate ? 1 : 0;
    }

    /// <summary>Where a cap is in the way, it goes on with less.</summary>
    private void Learn(CommandKind kind, string code)
    {
        refusedGas = code == "gasLimit" ? refusedGas + 1 : code is "nonceUsed" or "expired" ? refusedGas : 0;
        if (code is "volumeLimit" or "windowLimit" or "stakeLimit")
        {
            scales[kind] = TokenAmount.Max(
                ScaleOf(kind).MulDivDown(1, Shrink), TokenAmount.FromBaseUnits(UInt128.One));
            _ = ScaleOf(kind) < TokenAmount.OneToken && exhausted.Add(kind);
        }
        else if (code == "applied" && scales.TryGetValue(kind, out var scale))
        {
            scales[kind] = TokenAmount.Min(scale + scale, Large);
        }
    }

    /// <summary>What no rule binds stays small until the rules of the others are used up: each cap is to be met.
    /// </summary>
    private TokenAmount ScaleOf(CommandKind kind) => scales.TryGetValue(kind, out var scale) ? scale
        : kind is CommandKind.DeclareBlob or CommandKind.OpenAccount && !RulesAreUsedUp ? Small
        : Large;

    private bool RulesAreUsedUp =>
        exhausted.Contains(CommandKind.Transfer) && exhausted.Contains(CommandKind.PostWorkload);

    private TokenAmount Amount(CommandKind kind) => random.NextInt32(16) switch
    {
        0 when ScaleOf(kind) == Large => plan.ValuePerAction,
        1 => plan.ValuePerAction + TokenAmount.FromBaseUnits(UInt128.One),
        _ => ScaleOf(kind).MulDivUp(1 + random.NextUInt64(1_000), 1_000),
    };

    /// <summary>Each begins with the largest act there is; and once the rules of the others are used up, every second
    /// act is one that only the daily volume binds.</summary>
    private Command[] Next() => signed == 0 ? [Transfer(plan.ValuePerAction)]
        : RulesAreUsedUp && random.NextInt32(2) == 0 ? [random.NextInt32(2) == 0 ? Blob() : Sponsor()]
        : AnyAct();

    private Command[] AnyAct() => random.NextInt32(20) switch
    {
        < 7 => [Transfer(Amount(CommandKind.Transfer))],
        < 10 => Split(),
        < 13 => [Post()],
        < 14 => [new PlaceBid(Pick(plan.Workloads), plan.Service, Digest.Sha256(key.Id.AsSpan()))],
        14 => [new CancelWorkload(new WorkloadId(1 + random.NextUInt64(4UL * (ulong)plan.Workloads.Count)))],
        15 => [Blob()],
        16 => [Sponsor()],
        17 or 18 => [new DepositStake(Amount(CommandKind.DepositStake))],
        _ => [new WithdrawStake(TokenAmount.FromTokens(1 + random.NextUInt64(3)))],
    };

    private Transfer Transfer(TokenAmount amount) => new(Pick(plan.Payees), amount);

    /// <summary>One amount in parts, in one payload: all or nothing.</summary>
    private Command[] Split()
    {
        var parts = 2 + random.NextInt32(15);
        var part = Amount(CommandKind.Transfer).MulDivUp(1, (ulong)parts);
        return [.. Enumerable.Range(0, parts).Select(_ => Transfer(part))];
    }

    /// <summary>Some find no bidder within a moment, and their escrow comes back to be spent again.</summary>
    private PostWorkload Post()
    {
        var price = Amount(CommandKind.PostWorkload);
        var window = random.NextInt32(2) == 0 ? Duration.FromMilliseconds(200) : Duration.FromHours(1);
        return DrillLedger.Posting(plan.Blob, price, price, window);
    }

    /// <summary>Rent is a half token for each KiB and day.</summary>
    private DeclareBlob Blob()
    {
        var halves = (uint)(Amount(CommandKind.DeclareBlob).MulDivUp(2, 1).BaseUnits / TokenAmount.OneToken.BaseUnits);
        Span<byte> name = stackalloc byte[Digest.Size];
        random.NextBytes(name);
        return new DeclareBlob(Digest.From(name), 1 + random.NextUInt64(1_024), Math.Clamp(halves, 1, 365));
    }

    private OpenAccount Sponsor()
    {
        using var fresh = KeyPair.Generate();
        var proof = KeyPossession.Prove(fresh, DrillChain.Id, (AccountId)key.Id);
        return new OpenAccount(
            fresh.PublicKey,
            new Signature(Digest.From(proof.AsSpan(0, Digest.Size)), Digest.From(proof.AsSpan(Digest.Size))),
            Amount(CommandKind.OpenAccount));
    }

    private T Pick<T>(IReadOnlyList<T> all) => all[random.NextInt32(all.Count)];
}
