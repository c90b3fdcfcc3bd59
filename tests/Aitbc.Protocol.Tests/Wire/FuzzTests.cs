using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.State;
using Aitbc.Protocol.Wire;
using Aitbc.Testing;
using Xunit;

namespace Aitbc.Protocol.Tests.Wire;

/// <summary>Whatever the bytes: a value or a problem, never an exception, never a change of the supply.</summary>
public sealed class FuzzTests
{
    private const ulong Seed = 20261120;
    private const int StepsPerEconomy = 8_000;

    /// <summary>The BCL's own strict reader is the second opinion on what is JSON.</summary>
    private static readonly JsonDocumentOptions Strict =
        new() { MaxDepth = PayloadCodec.MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Problems that damage at random does not make; the tables do.</summary>
    private static readonly PayloadProblemKind[] TooRare =
    [
        PayloadProblemKind.TooLarge, PayloadProblemKind.TooManyCommands, PayloadProblemKind.NotAnObject,
        PayloadProblemKind.NoCommands,
    ];

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
        var expected = Enum.GetValues<PayloadProblemKind>().Except(TooRare).Except(kinds);
        Assert.True(!expected.Any(), $"never seen: {string.Join(", ", expected)}");
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
        GenesisCodec.Write(new LedgerFixture().Genesis, output);
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

    /// <summary>A whole economy runs, and after each of its acts a damaged copy of the act is thrown at its chain, with
    /// a nonce that would be taken.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void BytesThatRead_MeetTheRulesWithoutAnExceptionAndLeaveTheSupplyWhole(ulong seed)
    {
        var economy = new RandomEconomy(seed);
        var chain = economy.Chain;
        var random = new SeededRandom(seed).Fork("wire");
        var mutator = new Mutator(random);
        EntryBody? last = null;
        chain.Attempted += (_, body, _) => last = body;
        var outcomes = new SortedDictionary<Outcome, int>();
        for (var i = 0; i < StepsPerEconomy; i++)
        {
            economy.Step();
            var sound = Encode(chain, last!);
            var bytes = mutator.Mutate(sound);
            var body = Guarded(bytes, i, () => Decode(last!, bytes));
            if (sound.Length == 0 || body is null)
            {
                continue;
            }

            var result = Guarded(bytes, i, () => chain.Submit(body));
            outcomes[result.Outcome] = outcomes.GetValueOrDefault(result.Outcome) + 1;
            Assert.True(Total(chain.State) == chain.Genesis.Supply, $"{economy.Where}: {Shown.Of(body)}");
        }

        // What only ever is turned away at the door would test the door alone.
        var counts = $"{economy.Where}: {string.Join(", ", outcomes)}";
        Assert.True(outcomes.GetValueOrDefault(Outcome.Applied) > StepsPerEconomy / 100, counts);
        Assert.True(outcomes.Count > 20, counts);
    }

    /// <summary>The body's bytes; none where the economy made one that has no form on the wire.</summary>
    private static byte[] Encode(LedgerFixture chain, EntryBody body)
    {
        try
        {
            return body is ClientPayload payload
                ? RoundTripTests.Bytes(Fresh(chain, payload))
                : RoundTripTests.Bytes((SystemInput)body);
        }
        catch (ArgumentException)
        {
            return [];
        }
    }

    private static EntryBody? Decode(EntryBody like, byte[] bytes)
    {
        if (like is not ClientPayload sent)
        {
            return InputCodec.TryParse(bytes, out var input) is null ? input : null;
        }

        return PayloadCodec.TryParse(bytes, sent.Proof, sent.Signer, out var payload) is null ? payload : null;
    }

    private static ClientPayload Fresh(LedgerFixture chain, ClientPayload payload) => new()
    {
        Chain = payload.Chain,
        From = payload.From,
        Lane = payload.Lane,
        Sequence = chain.State.FindAccount(payload.From) is { } number
            ? chain.State.NextSequence(number, payload.Lane)
            : 1,
        ValidUntil = chain.Now + Duration.FromMinutes(5),
        Epoch = payload.Epoch,
        Commands = payload.Commands,
        Proof = payload.Proof,
        Signer = payload.Signer,
        PayloadDigest = default,
    };

    private static TokenAmount Total(LedgerState state)
    {
        var sum = TokenAmount.Zero;
        for (var slot = 0; slot < state.Accounts.Count; slot++)
        {
            sum += state.Accounts[slot].Total;
        }

        return sum;
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
                SortHours(constitution);
                foreach (var rule in constitution["rules"]?.AsArray() ?? [])
                {
                    SortHours(rule!);
                }
            }
        }

        return root;
    }

    private static void SortHours(JsonNode node)
    {
        if (node["hoursUtc"] is JsonArray hours)
        {
            var sorted = hours.Select(hour => hour!.GetValue<int>()).Order();
            node["hoursUtc"] = new JsonArray([.. sorted.Select(hour => JsonValue.Create(hour))]);
        }
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
