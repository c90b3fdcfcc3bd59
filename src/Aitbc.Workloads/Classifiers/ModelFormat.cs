using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Workloads.Csv;

namespace Aitbc.Workloads.Classifiers;

/// <summary>
/// The bytes of a model, version 1; all numbers little endian, nothing optional, nothing after the end:
/// <code>
/// magic       8 bytes "AITBCCLF"
/// version     u16 = 1
/// kind        u16: 0 softmax regression, 1 multilayer perceptron
/// features    u32, 1 to 4,095
/// hidden      u32, 0 for kind 0, else 1 to 1,024
/// classes     u32, 2 to 1,000
/// trained on  32 bytes, SHA-256 of the canonical text of the rows it learned from
/// class names a class: u8 length and UTF-8 token, u8 length and UTF-8 name; sorted, all different
/// scaling     a feature: f64 mean, f64 factor
/// parameters  f32 each: first layer's weights and offsets, second layer's weights and offsets
/// checksum    32 bytes, SHA-256 of all before it
/// </code>
/// </summary>
internal static class ModelFormat
{
    private const ushort Version = 1;
    private const int HeaderBytes = 56;
    private const int ScalingBytes = 2 * sizeof(double);

    private static ReadOnlySpan<byte> Magic => "AITBCCLF"u8;

    public static byte[] Write(ClassifierModel model)
    {
        var writer = new ArrayBufferWriter<byte>(HeaderBytes + (model.ParameterCount * sizeof(float)));
        var header = writer.GetSpan(HeaderBytes)[..HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(header[10..], (ushort)model.Kind);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)model.FeatureCount);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], (uint)model.HiddenSize);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], (uint)model.Classes.Count);
        model.TrainedOn.CopyTo(header[24..]);
        writer.Advance(HeaderBytes);
        foreach (var label in model.Classes)
        {
            WriteText(writer, label.Token);
            WriteText(writer, label.Name);
        }

        for (var i = 0; i < model.FeatureCount; i++)
        {
            var pair = writer.GetSpan(ScalingBytes);
            BinaryPrimitives.WriteDoubleLittleEndian(pair, model.Scaling.Means[i]);
            BinaryPrimitives.WriteDoubleLittleEndian(pair[sizeof(double)..], model.Scaling.Factors[i]);
            writer.Advance(ScalingBytes);
        }

        foreach (var parameter in model.Parameters)
        {
            BinaryPrimitives.WriteSingleLittleEndian(writer.GetSpan(sizeof(float)), parameter);
            writer.Advance(sizeof(float));
        }

        writer.Write(Digest.Sha256(writer.WrittenSpan).AsSpan());
        return writer.WrittenSpan.ToArray();
    }

    public static bool TryRead(
        ReadOnlySpan<byte> blob,
        [NotNullWhen(true)] out ClassifierModel? model,
        [NotNullWhen(false)] out string? error)
    {
        model = null;
        error = ReadHeader(blob, out var shape);
        if (error is not null) return false;
        var body = blob[HeaderBytes..^Digest.Size];
        if (Digest.Sha256(blob[..^Digest.Size]) != Digest.From(blob[^Digest.Size..]))
        {
            error = "The model's checksum does not match: the blob is damaged.";
            return false;
        }

        if (!TryReadClasses(ref body, shape.Classes, out var classes))
        {
            error = "The model's class names are malformed, repeated or out of order.";
            return false;
        }

        if (body.Length != ((long)shape.Features * ScalingBytes) + (shape.Parameters * sizeof(float)))
        {
            error = "The model's length does not fit the sizes that it states.";
            return false;
        }

        if (!TryReadScaling(ref body, shape.Features, out var scaling))
        {
            error = "The model's feature scaling holds a number that is out of range.";
            return false;
        }

        if (!TryReadParameters(body, out var parameters))
        {
            error = "The model holds a weight that is not finite or out of range.";
            return false;
        }

        model = new ClassifierModel(shape, classes, scaling, parameters, Digest.From(blob.Slice(24, Digest.Size)));
        return true;
    }

    private static string? ReadHeader(ReadOnlySpan<byte> blob, out NetworkShape shape)
    {
        shape = default;
        if (blob.Length > ModelLimits.MaxBytes)
        {
            var limit = ShownValue.Of(ModelLimits.MaxBytes);
            return $"The model has {ShownValue.Of(blob.Length)} bytes; {limit} are allowed.";
        }

        if (!blob.StartsWith(Magic)) return "The blob is no model: it does not start with AITBCCLF.";
        if (blob.Length < HeaderBytes + Digest.Size) return "The model is truncated.";
        var version = BinaryPrimitives.ReadUInt16LittleEndian(blob[8..]);
        if (version != Version) return $"The model has format version {version}; {Version} is known here.";
        var kind = BinaryPrimitives.ReadUInt16LittleEndian(blob[10..]);
        var features = BinaryPrimitives.ReadUInt32LittleEndian(blob[12..]);
        var hidden = BinaryPrimitives.ReadUInt32LittleEndian(blob[16..]);
        var classes = BinaryPrimitives.ReadUInt32LittleEndian(blob[20..]);
        var isSoftmax = kind == (ushort)ClassifierKind.Softmax && hidden == 0;
        var isMlp = kind == (ushort)ClassifierKind.Mlp && hidden is >= 1 and <= ModelLimits.MaxHiddenSize;
        if (!isSoftmax && !isMlp) return $"The model's kind {kind} with {hidden} hidden units is unknown.";
        if (features is < 1 or >= CsvLimits.MaxColumns) return $"A model cannot have {features} features.";
        if (classes is < 2 or > CsvLimits.MaxClasses) return $"A model cannot have {classes} classes.";
        shape = new NetworkShape((int)features, (int)hidden, (int)classes);
        return shape.Parameters <= ModelLimits.MaxParameters
            ? null
            : $"A model cannot have {ShownValue.Of(shape.Parameters)} weights.";
    }

    private static bool TryReadClasses(ref ReadOnlySpan<byte> body, int count, out ClassLabel[] classes)
    {
        classes = new ClassLabel[count];
        for (var i = 0; i < count; i++)
        {
            if (!TryReadText(ref body, out var token) || !TryReadText(ref body, out var name)) return false;
            classes[i] = new ClassLabel(token, name);
        }

        var names = classes.Select(label => label.Name).Distinct(StringComparer.Ordinal).Count();
        return names == count && ClassLabels.AreSorted(classes);
    }

    private static bool TryReadText(ref ReadOnlySpan<byte> body, out string text)
    {
        text = "";
        if (body.IsEmpty || body.Length <= body[0]) return false;
        var bytes = body.Slice(1, body[0]);
        body = body[(1 + bytes.Length)..];
        if (ClassLabels.Check(bytes) is not null) return false;
        text = Encoding.UTF8.GetString(bytes);
        return true;
    }

    private static bool TryReadScaling(ref ReadOnlySpan<byte> body, int features, out FeatureScaling scaling)
    {
        var means = new double[features];
        var factors = new double[features];
        scaling = new FeatureScaling(means, factors);
        for (var i = 0; i < features; i++)
        {
            means[i] = BinaryPrimitives.ReadDoubleLittleEndian(body);
            factors[i] = BinaryPrimitives.ReadDoubleLittleEndian(body[sizeof(double)..]);
            body = body[ScalingBytes..];
            // Written so that a NaN fails too.
            if (!(Math.Abs(means[i]) <= CsvLimits.MaxMagnitude)) return false;
            if (!(factors[i] >= 0 && factors[i] <= FeatureScaling.MaxFactor)) return false;
        }

        return true;
    }

    private static bool TryReadParameters(ReadOnlySpan<byte> body, out float[] parameters)
    {
        parameters = new float[body.Length / sizeof(float)];
        for (var i = 0; i < parameters.Length; i++)
        {
            parameters[i] = BinaryPrimitives.ReadSingleLittleEndian(body[(i * sizeof(float))..]);
            if (!(Math.Abs(parameters[i]) <= ModelLimits.MaxWeight)) return false;
        }

        return true;
    }

    private static void WriteText(ArrayBufferWriter<byte> writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write([(byte)bytes.Length]);
        writer.Write(bytes);
    }
}
