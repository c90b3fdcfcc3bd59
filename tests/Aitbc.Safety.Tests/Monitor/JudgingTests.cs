using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Safety.Monitor;

namespace Aitbc.Safety.Tests.Monitor;

/// <summary>What is only judged leaves nothing behind: whether an action takes effect is for the ledger to say.
/// </summary>
public sealed class JudgingTests
{
    private static readonly CommandKind[] Kinds =
        [CommandKind.Transfer, CommandKind.PostWorkload, CommandKind.DepositStake, CommandKind.AddKey];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_monitor_that_was_asked_in_between_finds_and_remembers_what_one_that_was_not_does(ulong seed)
    {
        var random = new SeededRandom(seed);
        var (asked, other) = (new SafetyMonitor(new MonitorOptions()), new SafetyMonitor(new MonitorOptions()));
        SafetyMonitor[] both = [asked, other];
        var nowMs = 1_780_000_000_000L;
        var found = 0;
        for (var round = 0; round < 3_000; round++)
        {
            if (round > 20)
            {
                nowMs += Passing(random);
                var looked = Enumerable.Range(0, 1 + random.NextInt32(3)).Select(_ => Any(random, nowMs)).ToArray();
                asked.Judge([looked[0]]);
                asked.Judge([.. looked.Select(one => one with { Agent = looked[0].Agent, Owner = looked[0].Owner })]);
            }

            nowMs += Passing(random);
            var action = Any(random, nowMs);
            var findings = Array.ConvertAll(both, one => one.Observe(in action));
            Assert.Equal(findings[1], findings[0]);
            found += findings[0].Verdict == MonitorLevel.Pass ? 0 : 1;
            if (findings[0].Verdict != MonitorLevel.Pass && random.NextInt32(2) == 0)
            {
                Array.ForEach(both, one => Assert.True(one.Approve(in action)));
            }
        }

        // Time passes for all alike before what is remembered is compared.
        for (var agent = 0U; agent < 8; agent++)
        {
            var last = Any(random, nowMs) with { Agent = new AccountNumber(agent), Owner = new AccountNumber(100) };
            Array.ForEach(both, one => Assert.True(one.Learn(in last)));
            last = last with { Owner = new AccountNumber(101 + (agent % 2)) };
            Array.ForEach(both, one => Assert.True(one.Learn(in last)));
        }

        Assert.Equal(Remembered(other), Remembered(asked));
        Assert.InRange(found, 100, 2_900);
    }

    private static byte[] Remembered(SafetyMonitor monitor)
    {
        using var stream = new MemoryStream();
        monitor.Save(stream);
        return stream.ToArray();
    }

    /// <summary>Mostly moments, now and then hours and days.</summary>
    private static long Passing(SeededRandom random) => random.NextInt32(20) switch
    {
        0 => random.NextInt32(60) * 3_600_000L,
        < 4 => random.NextInt32(3) * 1_200_000L,
        _ => random.NextInt32(60_000),
    };

    /// <summary>Eight agents of three owners, which now and then change; they pay one another and strangers.</summary>
    private static ObservedAction Any(SeededRandom random, long nowMs)
    {
        var agent = (uint)random.NextInt32(8);
        var kind = Kinds[Math.Max(0, random.NextInt32(8) - 4)];
        return new ObservedAction(
            new AccountNumber(agent),
            new AccountNumber(100 + (random.NextInt32(20) == 0 ? (uint)random.NextInt32(3) : agent % 3)),
            kind,
            TokenAmount.FromTokens(random.NextUInt64(40)),
            kind == CommandKind.Transfer ? new AccountNumber((uint)random.NextInt32(16)) : null,
            new Timestamp(nowMs),
            TokenAmount.FromTokens(1_000),
            (uint)(1_000 * random.NextInt32(3)));
    }
}
