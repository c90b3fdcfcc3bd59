using System.Text;
using Aitbc.Primitives;
using Aitbc.Workloads.Classifiers;
using Aitbc.Workloads.Specs;

namespace Aitbc.Workloads.Tests.Specs;

public sealed class SpecTests
{
    private static readonly Digest s_blob = Digest.Sha256("blob"u8);
    private static readonly Digest s_other = Digest.Sha256("other"u8);

    [Fact]
    public void CurateSpec_CanonicalBytes_AreFrozen()
    {
        var expected =
            $$"""{"capability":"data.curate","version":1,"source":"{{s_blob}}","seed":1,"holdOutPpm":200000}""";
        Assert.Equal(expected, Encoding.UTF8.GetString(new CurateSpec(s_blob).ToBytes()));
    }

    [Fact]
    public void TrainSpec_CanonicalBytes_AreFrozen()
    {
        var start = $$"""{"capability":"classifier.train","version":1,"trainingSet":"{{s_blob}}","seed":1,""";
        var end = "\"epochs\":60,\"batchSize\":16,\"learningRatePpm\":10000,\"weightDecayPpm\":500000}";
        Assert.Equal(
            start + "\"holdOutPpm\":200000,\"model\":\"mlp\",\"hiddenSize\":64," + end,
            Encoding.UTF8.GetString(new TrainSpec(s_blob).ToBytes()));
        Assert.Equal(
            start + "\"holdOutPpm\":200000,\"model\":\"softmax\"," + end,
            Encoding.UTF8.GetString(new TrainSpec(s_blob) { Kind = ClassifierKind.Softmax }.ToBytes()));
    }

    [Fact]
    public void InferSpec_CanonicalBytes_AreFrozen()
    {
        var start = $$"""{"capability":"classifier.infer","version":1,"model":"{{s_blob}}",""";
        var expected = $"{start}\"rows\":\"{s_other}\",\"score\":true}}";
        Assert.Equal(expected, Encoding.UTF8.GetString(new InferSpec(s_blob, s_other).ToBytes()));
    }

    [Fact]
    public void TryRead_WhatWasWritten_GivesTheSameSpec()
    {
        var curate = new CurateSpec(s_blob) { Seed = 42, HoldOut = Ratio.FromPpm(333_333) };
        Assert.True(CurateSpec.TryRead(curate.ToBytes(), out var curateAgain, out _));
        Assert.Equal(curate, curateAgain);
        var train = new TrainSpec(s_blob)
        {
            Seed = (1L << 53) - 1, HoldOut = Ratio.FromPpm(100_000), HiddenSize = 7, Epochs = 3, BatchSize = 5,
            LearningRate = Ratio.FromPpm(11), WeightDecay = Ratio.FromPpm(0),
        };
        Assert.True(TrainSpec.TryRead(train.ToBytes(), out var trainAgain, out _));
        Assert.Equal(train, trainAgain);
        var infer = new InferSpec(s_blob, s_other) { Score = false };
        Assert.True(InferSpec.TryRead(infer.ToBytes(), out var inferAgain, out _));
        Assert.Equal(infer, inferAgain);
    }

    [Fact]
    public void TryRead_OnlyTheNeededMembersInAnyOrder_TakesTheDefaults()
    {
        var json = Jobs.Bytes($$""" {"trainingSet": "{{s_blob}}", "version":1, "capability":"classifier.train"} """);
        Assert.True(TrainSpec.TryRead(json, out var spec, out var error), error);
        Assert.Equal(new TrainSpec(s_blob), spec);
    }

    /// <summary>Members of a hostile training spec, behind capability and version, and what must be said.</summary>
    public static TheoryData<string, string> HostileMembers => new()
    {
        { "", "trainingSet is missing" },
        { "\"trainingSet\":\"D\",\"extra\":1", "\"extra\" is unknown" },
        { "\"trainingSet\":\"D\",\"Seed\":1", "\"Seed\" is unknown" },
        { "\"trainingSet\":\"D\",\"\\ud800\":1", "name is no text" },
        { "\"trainingSet\":\"D\",\"trainingSet\":\"D\"", "no valid JSON" },
        { "\"trainingSet\":\"D\",\"seed\":1,\"s\\u0065ed\":2", "no valid JSON" },
        { "\"trainingSet\":\"short\"", "SHA-256 digest" },
        { "\"trainingSet\":\"\\ud800\"", "SHA-256 digest" },
        { "\"trainingSet\":5", "SHA-256 digest" },
        { "\"trainingSet\":null", "SHA-256 digest" },
        { "\"trainingSet\":\"D\",\"seed\":-1", "seed is \"-1\"" },
        { "\"trainingSet\":\"D\",\"seed\":9007199254740992", "whole numbers from 0 to 9007199254740991" },
        { "\"trainingSet\":\"D\",\"seed\":99999999999999999999999", "seed is" },
        { "\"trainingSet\":\"D\",\"seed\":1.5", "seed is \"1.5\"" },
        { "\"trainingSet\":\"D\",\"seed\":1e3", "seed is" },
        { "\"trainingSet\":\"D\",\"seed\":\"1\"", "seed is" },
        { "\"trainingSet\":\"D\",\"seed\":null", "seed is" },
        { "\"trainingSet\":\"D\",\"seed\":NaN", "no valid JSON" },
        { "\"trainingSet\":\"D\",\"holdOutPpm\":9999", "holdOutPpm" },
        { "\"trainingSet\":\"D\",\"holdOutPpm\":500001", "holdOutPpm" },
        { "\"trainingSet\":\"D\",\"model\":\"MLP\"", "allowed are softmax, mlp" },
        { "\"trainingSet\":\"D\",\"model\":\"softmax\",\"hiddenSize\":8", "no meaning for softmax" },
        { "\"trainingSet\":\"D\",\"hiddenSize\":0", "hiddenSize" },
        { "\"trainingSet\":\"D\",\"hiddenSize\":1025", "hiddenSize" },
        { "\"trainingSet\":\"D\",\"epochs\":0", "epochs" },
        { "\"trainingSet\":\"D\",\"epochs\":1001", "epochs" },
        { "\"trainingSet\":\"D\",\"batchSize\":0", "batchSize" },
        { "\"trainingSet\":\"D\",\"batchSize\":1025", "batchSize" },
        { "\"trainingSet\":\"D\",\"learningRatePpm\":0", "learningRatePpm" },
        { "\"trainingSet\":\"D\",\"learningRatePpm\":1000001", "learningRatePpm" },
        { "\"trainingSet\":\"D\",\"weightDecayPpm\":5000001", "weightDecayPpm" },
        { "\"trainingSet\":\"D\",\"seed\":[[[[[[1]]]]]]", "no valid JSON" },
        { "\"trainingSet\":\"D\",\"seed\":1,", "no valid JSON" },
        { "\"trainingSet\":\"D\"/*note*/", "no valid JSON" },
        { "\"trainingSet\":\"D\",\"\\u001b[2J\":1", "\"?[2J\" is unknown" },
    };

    [Theory]
    [MemberData(nameof(HostileMembers))]
    public void TryRead_HostileMember_IsNamed(string members, string piece)
    {
        var start = "{\"capability\":\"classifier.train\",\"version\":1";
        var json = start + (members.Length == 0 ? "" : "," + members) + "}";
        AssertRefused(json.Replace("\"D\"", $"\"{s_blob}\"", StringComparison.Ordinal), piece);
    }

    [Theory]
    [InlineData("", "no valid JSON")]
    [InlineData("null", "no JSON object")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{}", "version must be 1")]
    [InlineData("{\"capability\":\"data.curate\",\"version\":1,\"trainingSet\":\"D\"}", "capability must be")]
    [InlineData("{\"capability\":\"classifier.train\",\"version\":2,\"trainingSet\":\"D\"}", "version must be 1")]
    [InlineData("{\"capability\":\"classifier.train\",\"version\":\"1\",\"trainingSet\":\"D\"}", "version must be 1")]
    [InlineData("{\"capability\":\"classifier.train\",\"version\":1,\"trainingSet\":\"D\"}{}", "no valid JSON")]
    public void TryRead_HostileSpec_SaysWhatIsWrong(string json, string piece) =>
        AssertRefused(json.Replace("\"D\"", $"\"{s_blob}\"", StringComparison.Ordinal), piece);

    [Fact]
    public void TryRead_SeveralFaults_NamesThemAll()
    {
        Assert.False(CurateSpec.TryRead(
            Jobs.Bytes("{\"capability\":\"data.curate\",\"version\":1,\"seed\":-1,\"x\":0}"), out _, out var error));
        Assert.Contains("seed", error, StringComparison.Ordinal);
        Assert.Contains("\"x\"", error, StringComparison.Ordinal);
        Assert.Contains("source", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_MoreBytesThanAllowed_Refuses()
    {
        var spec = new TrainSpec(s_blob).ToBytes();
        var padded = new byte[16 * 1024];
        padded.AsSpan().Fill((byte)' ');
        spec.CopyTo(padded, 0);
        Assert.True(TrainSpec.TryRead(padded, out _, out _));
        AssertRefused(Encoding.UTF8.GetString(padded) + " ", "16,384 are allowed");
    }

    [Fact]
    public void TryRead_BytesThatAreNoUtf8_Refuses()
    {
        var spec = new TrainSpec(s_blob).ToBytes();
        spec[5] = 0xFF;
        Assert.False(TrainSpec.TryRead(spec, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void TryRead_InferSpecWithScoreThatIsNoFlag_Refuses()
    {
        var json = Encoding.UTF8.GetString(new InferSpec(s_blob, s_other).ToBytes());
        json = json.Replace("true", "1", StringComparison.Ordinal);
        Assert.False(InferSpec.TryRead(Jobs.Bytes(json), out _, out var error));
        Assert.Contains("score", error, StringComparison.Ordinal);
    }

    private static void AssertRefused(string json, string piece)
    {
        Assert.False(TrainSpec.TryRead(Jobs.Bytes(json), out var spec, out var error));
        Assert.Null(spec);
        Assert.Contains(piece, error, StringComparison.Ordinal);
        Assert.DoesNotContain(error, char.IsControl);
    }
}
