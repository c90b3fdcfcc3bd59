using System.Buffers;
using System.Text.Json;
using Aitbc.Primitives;

namespace Aitbc.Workloads.Specs;

/// <summary>Writes the canonical bytes of a spec: capability and version, then its members in a fixed order.</summary>
internal static class SpecWriter
{
    public static byte[] Write(Label capability, Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("capability", capability.ToString());
            json.WriteNumber("version", SpecReader.Version);
            members(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>What the specs have in common.</summary>
internal static class SpecLimits
{
    public const long DefaultSeed = 1;

    /// <summary>JSON readers elsewhere hold numbers as doubles, which are exact up to here.</summary>
    public const long MaxSeed = (1L << 53) - 1;

    private const uint MinHoldOutPpm = 10_000;
    private const uint MaxHoldOutPpm = 500_000;

    public static Ratio DefaultHoldOut => Ratio.FromPpm(200_000);

    public static long ReadSeed(SpecReader reader) => reader.Integer("seed", DefaultSeed, 0, MaxSeed);

    public static Ratio ReadHoldOut(SpecReader reader) => Ratio.FromPpm(
        (uint)reader.Integer("holdOutPpm", DefaultHoldOut.Ppm, MinHoldOutPpm, MaxHoldOutPpm));
}
