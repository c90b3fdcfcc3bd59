using System.Text.Json;

namespace Aitbc.Protocol.Wire;

/// <summary>
/// Reads JSON against closed lists of members, in one pass and without allocating. The first fault sticks: from then
/// on nothing is read, so callers ask once, at the end.
/// </summary>
/// <remarks>
/// No text of this protocol needs an escape, so none is taken: one value, one text. That the text is JSON at all is
/// the BCL reader's to say, which throws; <see cref="WireDiagnosis"/> turns that into a problem.
/// </remarks>
internal ref partial struct WireReader
{
    /// <summary>Deepest nesting taken.</summary>
    public const int MaxDepth = 8;

    /// <summary>Largest integer on the wire: 2^53 - 1, which every JSON reader holds exactly.</summary>
    public const ulong MaxInteger = (1UL << 53) - 1;

    private Utf8JsonReader json;

    /// <summary>Starts before the first byte.</summary>
    public WireReader(ReadOnlySpan<byte> utf8)
    {
        Source = utf8;
        json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
    }

    /// <summary>All that is read.</summary>
    public ReadOnlySpan<byte> Source { get; }

    /// <summary>The first fault; 0 is none.</summary>
    public PayloadProblemKind Fault { get; private set; }

    /// <summary>Where its token begins.</summary>
    public long FaultAt { get; private set; }

    /// <summary>What is needed there; for a missing member, its name.</summary>
    public string Needed { get; private set; } = string.Empty;

    /// <summary>Whether an unknown type is kept for later.</summary>
    public bool IsReserved { get; private set; }

    /// <summary>Whether there was a fault.</summary>
    public readonly bool Failed => Fault != 0;

    /// <summary>Begins the value as a whole, which must be an object.</summary>
    public void BeginRoot()
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            Fail(PayloadProblemKind.NotAnObject);
        }
    }

    /// <summary>Reads past the last byte, which throws where anything but white space is left.</summary>
    public void End()
    {
        if (!Failed)
        {
            json.Read();
        }
    }

    /// <summary>Begins an object.</summary>
    public bool BeginObject()
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            Fail(PayloadProblemKind.WrongType, "an object");
        }

        return !Failed;
    }

    /// <summary>Begins an array.</summary>
    public bool BeginArray()
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            Fail(PayloadProblemKind.WrongType, "an array");
        }

        return !Failed;
    }

    /// <summary>Goes to an array's next item; false at its end or after a fault.</summary>
    public bool NextItem()
    {
        if (Failed)
        {
            return false;
        }

        json.Read();
        return json.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>
    /// Goes to an object's next member and its value; false at the end or after a fault. Unknown, repeated and missing
    /// members are faults.
    /// </summary>
    /// <param name="members">The object's members.</param>
    /// <param name="seen">Bit i: member i has been seen; 0 at the start.</param>
    /// <param name="member">Its place in the list.</param>
    public bool Next(MemberSet members, ref ulong seen, out int member)
    {
        member = -1;
        if (Failed)
        {
            return false;
        }

        json.Read();
        if (json.TokenType == JsonTokenType.EndObject)
        {
            if (members.Missing(seen) is { } missing)
            {
                Fail(PayloadProblemKind.MissingMember, missing);
            }

            return false;
        }

        // As it was sent: a name with an escape has a backslash and equals none.
        member = members.Find(json.ValueSpan, seen);
        if (member < 0 || (seen >> member & 1) == 1)
        {
            Fail(member < 0 ? PayloadProblemKind.UnknownMember : PayloadProblemKind.DuplicateMember);
            return false;
        }

        seen |= 1UL << member;
        json.Read();
        return true;
    }

    /// <summary>
    /// Begins an object whose <c>type</c> says what else it holds. The type is found wherever it stands; where it is
    /// not the first member the object is read again from its start.
    /// </summary>
    /// <param name="types">The types there are.</param>
    /// <param name="type">The type found.</param>
    /// <param name="seen">To begin <see cref="Next"/> with: the type is the first of every list of members.</param>
    public bool BeginTyped<T>(WordTable<T> types, out T type, out ulong seen)
        where T : struct
    {
        type = default;
        seen = 0;
        if (!BeginObject())
        {
            return false;
        }

        var start = json;
        for (var first = true; ; first = false)
        {
            json.Read();
            if (json.TokenType == JsonTokenType.EndObject)
            {
                Fail(PayloadProblemKind.MissingMember, "type");
                return false;
            }

            var found = json.ValueSpan.SequenceEqual("type"u8);
            json.Read();
            if (found)
            {
                type = Type(types);
                seen = first ? 1UL : 0;
                json = first ? json : start;
                return !Failed;
            }

            json.Skip();
        }
    }

    /// <summary>Notes a fault at the present token, unless there was one before.</summary>
    public void Fail(PayloadProblemKind kind, string needed = "")
    {
        if (!Failed)
        {
            Fault = kind;
            FaultAt = json.TokenStartIndex;
            Needed = needed;
        }
    }
}
