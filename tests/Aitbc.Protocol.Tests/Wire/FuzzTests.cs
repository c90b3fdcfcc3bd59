using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Wire;
using Xunit;

namespace Aitbc.Protocol.Tests.Wire;

/// <summary>Whatever the bytes: a value or a problem, never an exception, and never a change of what there is.</summary>
public sealed class FuzzTests
{
    private const ulong Seed = 20261120;

    /// <summary>The BCL's own strict reader is the second opinion on what is JSON.</summary>
    private static readonly JsonDocumentOptions Strict =
        new() { MaxDepth = PayloadCodec.MaxDepth, AllowDuplicateProperties = false };

    [Fact]
    public void Payloads_DamagedAtRandom_AreReadOrRefusedAndNeverThrow()
    {
        var random = new SeededRandom(Seed).Fork("payloads");
        var entries = new RandomEntries(random.Fork("entries"));
        var mutator = new Mutator(random.Fork("damage"));
        var (read, kinds) = (0, new HashSet<PayloadProblemKind>());
        for (var i = 0; i < 60_000; i++)
        {
            var bytes = mutator.Mutate(RoundTripTests.Bytes(entries.Payload(mostCommands: 2)));
            var problem = Guarded(
                bytes, i, () => PayloadCodec.TryParse(bytes, ProofKind.Simulated, default, out _));
            if (problem is null)
            {
                read++;
                Assert.Null(PayloadCodec.TryParse(bytes, ProofKind.Simulated, default, out var payload));
                AssertReadsTheSame(bytes, i, Shown.Of(payload), RoundTripTests.Bytes(payload), canonical =>
                {
                    Assert.Null(PayloadCodec.TryParse(canonical, ProofKind.Simulated, default, out var again));
                    return Shown.Of(again);
                });
                continue;
            }

            kinds.Add(problem.Kind);
            AssertSays(problem, bytes, i);
        }

        // A generator that only ever makes rubbish, or only ever sound payloads, would test nothing.
        Assert.InRange(read, 2_000, 30_000);
        Assert.Superset(
            Enum.GetValues<PayloadProblemKind>().Except(
                [PayloadProblemKind.TooLarge, PayloadProblemKind.TooManyCommands]).ToHashSet(),
            kinds);
    }

    [Fact]
    public void Inputs_DamagedAtRandom_AreReadOrRefusedAndNeverThrow()
    {
        var random = new SeededRandom(Seed).Fork("inputs");
        var entries = new RandomEntries(random.Fork("entries"));
        var mutator = new Mutator(random.Fork("damage"));
        var read = 0;
        for (var i = 0; i < 30_000; i++)
        {
            var bytes = mutator.Mutate(RoundTripTests.Bytes(entries.Input()));
            var problem = Guarded(bytes, i, () => InputCodec.TryParse(bytes, out _));
            if (problem is not null)
            {
                AssertSays(problem, bytes, i);
                continue;
            }

            read++;
            Assert.Null(InputCodec.TryParse(bytes, out var input));
            AssertReadsTheSame(bytes, i, Shown.Of(input), RoundTripTests.Bytes(input), canonical =>
            {
                Assert.Null(InputCodec.TryParse(canonical, out var again));
                return Shown.Of(again);
            });
        }

        Assert.InRange(read, 1_000, 20_000);
    }

    [Fact]
    public void GenesisFiles_DamagedAtRandom_AreReadOrRefusedAndNeverThrow()
    {
        var random = new SeededRandom(Seed).Fork("genesis");
        var mutator = new Mutator(random);
        var output = new ArrayBufferWriter<byte>();
        GenesisCodec.Write(WireWorld.GenesisOf("sim:wire"), output);
        var sound = output.WrittenSpan.ToArray();
        var read = 0;
        for (var i = 0; i < 12_000; i++)
        {
            var bytes = mutator.Mutate(sound);
            var problems = Guarded(bytes, i, () => GenesisCodec.TryParse(bytes, out _, out _));
            read += problems.Count == 0 ? 1 : 0;
            Assert.All(problems, problem => Assert.EndsWith(".", problem));
            Assert.All(problems, problem => Assert.InRange(problem.Length, 10, 600));
        }

        Assert.InRange(read, 100, 6_000);
    }

    [Fact]
    public void NoiseOfAnyKind_IsRefused()
    {
        var random = new SeededRandom(Seed).Fork("noise");
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = new byte[random.NextInt32(64)];
            random.NextBytes(bytes);
            Assert.NotNull(Guarded(bytes, i, () => PayloadCodec.TryParse(bytes, ProofKind.Jws, default, out _)));
            Assert.NotNull(Guarded(bytes, i, () => InputCodec.TryParse(bytes, out _)));
        }
    }

    [Fact]
    public void PayloadsThatRead_MeetTheRulesWithoutAnExceptionAndLeaveTheSupplyWhole()
    {
        var random = new SeededRandom(Seed).Fork("ledger");
        var world = new WireWorld();
        var sender = new LikelyPayloads(world, random.Fork("entries"));
        var mutator = new Mutator(random.Fork("damage"));
        var supply = world.Total();
        var outcomes = new Dictionary<Outcome, int>();
        var kinds = new HashSet<CommandKind>();
        for (var i = 0; i < 40_000; i++)
        {
            var bytes = RoundTripTests.Bytes(sender.Next());
            bytes = random.NextInt32(3) == 0 ? mutator.Mutate(bytes) : bytes;
            if (PayloadCodec.TryParse(bytes, ProofKind.Simulated, sender.Signer, out var payload) is not null)
            {
                continue;
            }

            var seq = world.Ledger.State.Globals.Seq;
            var (result, events) = Guarded(bytes, i, () => world.Apply(payload, random.NextInt32(2_000)));
            var at = $"seed {Seed}, round {i}, {result.Outcome}: {Encoding.UTF8.GetString(bytes)}";
            var isNew = result.Outcome.IsJournalled() && !result.IsDuplicate;
            Assert.True(isNew == events.Length > 0, at);
            Assert.True(supply == world.Total(), at);
            outcomes[result.Outcome] = outcomes.GetValueOrDefault(result.Outcome) + 1;
            kinds.UnionWith(result.Outcome == Outcome.Applied ? payload.Commands.Select(c => c.Kind) : []);
        }

        Assert.True(outcomes.GetValueOrDefault(Outcome.Applied) > 2_000, string.Join(", ", outcomes));
        Assert.True(outcomes.Count > 15, string.Join(", ", outcomes));
        Assert.True(kinds.Count > 10, string.Join(", ", kinds));
    }

    private static T Guarded<T>(byte[] bytes, int round, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception e)
        {
            var shown = Encoding.Latin1.GetString(bytes);
            throw new InvalidOperationException($"Seed {Seed}, round {round} threw {e.Message} on {shown}", e);
        }
    }

    private static void AssertSays(PayloadProblem problem, byte[] bytes, int round)
    {
        var where = $"seed {Seed}, round {round}: {problem} on {Encoding.Latin1.GetString(bytes)}";
        Assert.True(Enum.IsDefined(problem.Kind), where);
        Assert.True(problem.Offset >= 0 && problem.Offset <= bytes.Length, where);
        Assert.True(problem.ToString().Length is > 10 and < 1000 && problem.ToString().EndsWith('.'), where);
        Assert.True(problem.ToOutcome() is Outcome.Malformed or Outcome.NotSupported, where);
    }

    /// <summary>What the BCL reads. Hours are a set, so their order says nothing.</summary>
    private static JsonNode? Opinion(byte[] bytes)
    {
        var root = JsonNode.Parse(bytes, null, Strict);
        foreach (var command in root!["commands"]?.AsArray() ?? [])
        {
            if (command!["constitution"] is { } constitution)
            {
                var hours = constitution["hoursUtc"]!.AsArray().Select(hour => hour!.GetValue<int>()).Order();
                constitution["hoursUtc"] = new JsonArray([.. hours.Select(hour => JsonValue.Create(hour))]);
            }
        }

        return root;
    }

    private static void AssertReadsTheSame(
        byte[] bytes, int round, string shown, byte[] canonical, Func<byte[], string> readAgain)
    {
        var where = $"seed {Seed}, round {round}: {Encoding.Latin1.GetString(bytes)}";
        Assert.True(shown == readAgain(canonical), where);
        try
        {
            Assert.True(JsonNode.DeepEquals(Opinion(bytes), Opinion(canonical)), where);
        }
        catch (JsonException e)
        {
            Assert.Fail($"{where}: the BCL refuses it: {e.Message}");
        }
    }
}
