using System.Buffers;
using System.Text.Json;
using Aitbc.Protocol.Constitution;

namespace Aitbc.Protocol.Wire;

/// <summary>Bytes to <see cref="ConstitutionTerms"/> and back: a constitution in a file of its own has the very form
/// that it has inside a command.</summary>
/// <remarks>Pure and thread-safe.</remarks>
public static class ConstitutionCodec
{
    /// <summary>Most bytes of a constitution: 64 KiB.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Reads a constitution. Whether it makes sense <see cref="ConstitutionProblems"/> says.</summary>
    /// <param name="utf8">Its bytes and nothing else.</param>
    /// <param name="terms">The constitution; null where there is a problem.</param>
    /// <returns>Null, or what is wrong.</returns>
    public static PayloadProblem? TryParse(ReadOnlySpan<byte> utf8, out ConstitutionTerms terms)
    {
        var problem = WireDiagnosis.Read(utf8, MaxBytes, 0, Read, out var read);
        terms = read!;
        return problem;
    }

    /// <summary>Writes a constitution in canonical form. What is written reads back the same.</summary>
    /// <param name="terms">The constitution.</param>
    /// <param name="output">Takes the bytes.</param>
    /// <exception cref="ArgumentException">A value in it has no form on the wire.</exception>
    public static void Write(ConstitutionTerms terms, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(terms);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        CommandWriter.WriteConstitution(json, terms);
        json.WriteEndObject();
    }

    private static ConstitutionTerms? Read(ref WireReader reader, in int unused)
    {
        var terms = CommandReader.ReadConstitution(ref reader);
        return reader.Failed ? null : terms;
    }
}
