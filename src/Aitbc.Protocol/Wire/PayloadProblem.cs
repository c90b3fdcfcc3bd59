using System.Globalization;

namespace Aitbc.Protocol.Wire;

/// <summary>What is wrong with bytes that were to be a payload, a system input or a genesis file. In order of
/// precedence as far as <see cref="TrailingData"/>; after that, the first fault in the order of bytes is named.
/// </summary>
public enum PayloadProblemKind : byte
{
    /// <summary>More bytes than are taken.</summary>
    TooLarge = 1,

    /// <summary>The bytes are not valid UTF-8.</summary>
    NotUtf8 = 2,

    /// <summary>The text is not JSON (RFC 8259): cut short, a comment, a comma too many, a byte order mark.</summary>
    NotJson = 3,

    /// <summary>Objects and arrays are nested deeper than is taken.</summary>
    TooDeep = 4,

    /// <summary>Something follows the one JSON value.</summary>
    TrailingData = 5,

    /// <summary>The value as a whole is not a JSON object.</summary>
    NotAnObject = 6,

    /// <summary>A member that is not known here. Names are case-sensitive and written without escapes.</summary>
    UnknownMember = 7,

    /// <summary>A member is given twice.</summary>
    DuplicateMember = 8,

    /// <summary>A member is missing.</summary>
    MissingMember = 9,

    /// <summary>A value is of another JSON type than is needed.</summary>
    WrongType = 10,

    /// <summary>A number is no plain integer or outside its range, or a list is too long.</summary>
    OutOfRange = 11,

    /// <summary>A string is not the one text form of what is needed.</summary>
    BadText = 12,

    /// <summary>The <c>type</c> (or the name of an action) is none that is known.</summary>
    UnknownCommand = 13,

    /// <summary>The list of commands is empty.</summary>
    NoCommands = 14,

    /// <summary>The list of commands is too long.</summary>
    TooManyCommands = 15,
}

/// <summary>Why bytes were refused, and where: nothing of them has been used.</summary>
/// <remarks>Immutable. Never holds more than a bounded, printable piece of what was sent.</remarks>
/// <param name="Kind">What is wrong.</param>
/// <param name="Path">The member it is about, such as <c>commands[3].to</c>; empty for the value as a whole.</param>
/// <param name="Offset">Bytes before the fault.</param>
/// <param name="Needed">What is needed there, as the end of a sentence ("must be ..."); may be empty.</param>
public sealed record PayloadProblem(PayloadProblemKind Kind, string Path, int Offset, string Needed)
{
    /// <summary>Whether an unknown type is one that the design names and nobody has built yet.</summary>
    public bool IsReserved { get; init; }

    /// <summary>One plain sentence for people.</summary>
    /// <returns>Such as "commands[0].amount (byte 212) must be base units as a string of digits.".</returns>
    public override string ToString()
    {
        var where = Path.Length == 0 ? "The value" : Path;
        return string.Create(CultureInfo.InvariantCulture, $"{Sentence(where)}");
    }

    private string Sentence(string where) => Kind switch
    {
        PayloadProblemKind.TooLarge => $"There are {Offset} bytes; {Needed}.",
        PayloadProblemKind.NotUtf8 => $"Byte {Offset} is not valid UTF-8.",
        PayloadProblemKind.NotJson => $"The text is not JSON at byte {Offset}.",
        PayloadProblemKind.TooDeep => $"At byte {Offset} objects and arrays are nested deeper than {Needed}.",
        PayloadProblemKind.TrailingData => $"Something follows the end of the JSON object, at byte {Offset}.",
        PayloadProblemKind.NotAnObject => "The value must be a JSON object.",
        PayloadProblemKind.UnknownMember => $"{where} (byte {Offset}) is not a known member.",
        PayloadProblemKind.DuplicateMember => $"{where} (byte {Offset}) is given twice.",
        PayloadProblemKind.MissingMember => $"{where} is missing from the object that ends at byte {Offset}.",
        PayloadProblemKind.UnknownCommand => IsReserved
            ? $"{where} (byte {Offset}) names something that is planned and not supported yet."
            : $"{where} (byte {Offset}) names nothing that is known.",
        PayloadProblemKind.NoCommands => $"{where} (byte {Offset}) is empty: 1 to {Needed} commands are needed.",
        PayloadProblemKind.TooManyCommands => $"{where} (byte {Offset}) is one more than the {Needed} that are taken.",
        _ => $"{where} (byte {Offset}) must be {Needed}.",
    };
}

/// <summary>What a problem means for whoever sent the bytes.</summary>
public static class PayloadProblemExtensions
{
    /// <summary>The outcome that a client is told: <see cref="Outcome.NotSupported"/> for a type that is planned,
    /// <see cref="Outcome.Malformed"/> for everything else. Both are free and leave no trace.</summary>
    public static Outcome ToOutcome(this PayloadProblem problem) =>
        problem is { Kind: PayloadProblemKind.UnknownCommand, IsReserved: true }
            ? Outcome.NotSupported
            : Outcome.Malformed;
}
