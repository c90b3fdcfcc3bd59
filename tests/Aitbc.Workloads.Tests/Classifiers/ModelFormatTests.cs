using System.Buffers.Binary;
using System.Security.Cryptography;
using Aitbc.Workloads.Classifiers;
using Aitbc.Workloads.Csv;

namespace Aitbc.Workloads.Tests.Classifiers;

/// <summary>Hostile blobs carry a right checksum here: whoever forges a model can compute one too.</summary>
public sealed class ModelFormatTests
{
    private const int VersionAt = 8;
    private const int KindAt = 10;
    private const int FeaturesAt = 12;
    private const int HiddenAt = 16;
    private const int ClassesAt = 20;
    private const int NamesAt = 56;

    // Two features, two classes "a" and "b": the names take 8 bytes, the scaling 32.
    private const int MeanAt = NamesAt + 8;
    private const int FactorAt = MeanAt + 8;
    private const int WeightsAt = MeanAt + 32;

    private static readonly Lazy<byte[]> s_blob = new(() =>
        Jobs.Result(Jobs.Train(Jobs.Bytes("1,5,a\n2,5,a\n3,6,a\n11,7,b\n12,8,b\n13,7,b\n"))).Primary.Bytes.ToArray());

    [Theory]
    [InlineData("digits.csv", ClassifierKind.Mlp)]
    [InlineData("breast-cancer.csv", ClassifierKind.Softmax)]
    public void TryRead_WhatWasWritten_GivesTheSameModel(string file, ClassifierKind kind)
    {
        var blob = Jobs.Result(Jobs.Train(RepositoryData.Named(file), spec => spec with { Kind = kind, Epochs = 1 }))
            .Primary.Bytes.ToArray();
        Assert.True(ClassifierModel.TryRead(blob, out var model, out var error), error);
        Assert.Equal(kind, model.Kind);
        Assert.Equal(blob, model.ToBytes());
    }

    [Fact]
    public void TryRead_AnyByteFlipped_Refuses()
    {
        for (var i = 0; i < s_blob.Value.Length; i++)
        {
            var blob = s_blob.Value.ToArray();
            blob[i] ^= 0x10;
            Assert.False(ClassifierModel.TryRead(blob, out _, out var error), $"byte {i}");
            Assert.NotEmpty(error);
        }
    }

    [Fact]
    public void TryRead_CutAnywhereOrLengthened_Refuses()
    {
        for (var length = 0; length < s_blob.Value.Length; length++)
        {
            Assert.False(ClassifierModel.TryRead(s_blob.Value.AsSpan(0, length), out _, out _), $"length {length}");
            if (length > 64) AssertRefused(Signed(s_blob.Value[..length]));
        }

        AssertRefused([.. s_blob.Value, 0]);
        AssertRefused(Signed([.. s_blob.Value, 0]), "length");
    }

    [Fact]
    public void TryRead_MoreBytesThanAllowed_Refuses()
    {
        var blob = new byte[ModelLimits.MaxBytes + 1];
        s_blob.Value.CopyTo(blob, 0);
        AssertRefused(Signed(blob), "16,777,216 are allowed");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(1.1e6f)]
    [InlineData(-1.1e6f)]
    public void TryRead_WeightThatNoTrainingGives_Refuses(float weight)
    {
        AssertRefused(
            Change(blob => BinaryPrimitives.WriteSingleLittleEndian(blob.AsSpan(WeightsAt), weight)), "weight");
        AssertRefused(
            Change(blob => BinaryPrimitives.WriteSingleLittleEndian(blob.AsSpan(blob.Length - 36), weight)), "weight");
    }

    [Theory]
    [InlineData(MeanAt, double.NaN)]
    [InlineData(MeanAt, double.PositiveInfinity)]
    [InlineData(MeanAt, -1.1e100)]
    [InlineData(FactorAt, double.NaN)]
    [InlineData(FactorAt, double.PositiveInfinity)]
    [InlineData(FactorAt, 1.1e150)]
    [InlineData(FactorAt, -1.0)]
    public void TryRead_ScalingThatNoTrainingGives_Refuses(int at, double value) =>
        AssertRefused(Change(blob => BinaryPrimitives.WriteDoubleLittleEndian(blob.AsSpan(at), value)), "scaling");

    [Theory]
    [InlineData(FeaturesAt, 0u, "features")]
    [InlineData(FeaturesAt, 3u, "length")]
    [InlineData(FeaturesAt, 4_096u, "features")]
    [InlineData(FeaturesAt, uint.MaxValue, "features")]
    [InlineData(HiddenAt, 0u, "kind 1 with 0")]
    [InlineData(HiddenAt, 1_025u, "kind 1 with 1025")]
    [InlineData(HiddenAt, uint.MaxValue, "unknown")]
    [InlineData(ClassesAt, 0u, "classes")]
    [InlineData(ClassesAt, 1u, "classes")]
    [InlineData(ClassesAt, 3u, "class names")]
    [InlineData(ClassesAt, 1_001u, "classes")]
    [InlineData(ClassesAt, uint.MaxValue, "classes")]
    public void TryRead_SizesThatLie_Refuses(int at, uint value, string piece) =>
        AssertRefused(Change(blob => BinaryPrimitives.WriteUInt32LittleEndian(blob.AsSpan(at), value)), piece);

    [Fact]
    public void TryRead_MoreWeightsThanAllowed_RefusesBeforeAllocating()
    {
        var blob = Change(bytes =>
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(FeaturesAt), 4_095);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(HiddenAt), 1_024);
        });
        AssertRefused(blob, "4,196,354 weights");
    }

    [Theory]
    [InlineData(VersionAt, (ushort)2, "format version 2")]
    [InlineData(KindAt, (ushort)0, "kind 0 with 64")]
    [InlineData(KindAt, (ushort)2, "kind 2")]
    public void TryRead_VersionOrKindUnknown_Refuses(int at, ushort value, string piece) =>
        AssertRefused(Change(blob => BinaryPrimitives.WriteUInt16LittleEndian(blob.AsSpan(at), value)), piece);

    [Theory]
    [InlineData("b", "b", "a", "a")]
    [InlineData("a", "a", "a", "b")]
    [InlineData("a", "x", "b", "x")]
    [InlineData(",", "a", "b", "b")]
    [InlineData("\u001b", "a", "b", "b")]
    [InlineData("9", "9", "1", "1")]
    public void TryRead_ClassNamesOutOfOrderRepeatedOrUnfit_Refuses(string t0, string n0, string t1, string n1)
    {
        var names = new[] { t0, n0, t1, n1 }.SelectMany(text => new byte[] { 1, (byte)text[0] });
        AssertRefused(Change(blob => names.ToArray().CopyTo(blob, NamesAt)), "class names");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    public void TryRead_NameLengthThatLies_Refuses(byte length) =>
        AssertRefused(Change(blob => blob[NamesAt] = length), "class names");

    [Fact]
    public void TryRead_NameThatIsNoUtf8_Refuses() =>
        AssertRefused(Change(blob => blob[NamesAt + 1] = 0xFF), "class names");

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1, 2, 3 })]
    public void TryRead_BytesThatAreNoModel_Refuses(byte[] blob) => AssertRefused(blob, "no model");

    [Fact]
    public void Predict_RowsOfAnotherWidth_Throws()
    {
        Assert.True(ClassifierModel.TryRead(s_blob.Value, out var model, out _));
        Assert.True(CsvReader.TryRead("1,2,3\n"u8, CsvLabelColumn.Absent, out var rows, out _));
        Assert.Throws<ArgumentException>(() => model.Predict(rows, CancellationToken.None));
    }

    private static byte[] Change(Action<byte[]> change)
    {
        var blob = s_blob.Value.ToArray();
        change(blob);
        return Signed(blob);
    }

    private static byte[] Signed(byte[] blob)
    {
        var signed = blob.ToArray();
        SHA256.HashData(signed.AsSpan(0, signed.Length - 32), signed.AsSpan(signed.Length - 32));
        return signed;
    }

    private static void AssertRefused(byte[] blob, string piece = "")
    {
        Assert.False(ClassifierModel.TryRead(blob, out var model, out var error));
        Assert.Null(model);
        Assert.Contains(piece, error, StringComparison.Ordinal);
        Assert.DoesNotContain(error, char.IsControl);
    }
}
