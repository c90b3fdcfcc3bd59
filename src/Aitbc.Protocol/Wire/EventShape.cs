using System.Reflection;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Protocol.Wire;

/// <summary>How one type of event is printed: its members in the order they are declared, found once by reflection.
/// </summary>
/// <remarks>Immutable, so any thread may use it.</remarks>
internal sealed class EventShape
{
    private readonly (string Name, PropertyInfo Property, Printer Print)[] members;
    private readonly Unpacker unpack;

    /// <summary>The shape of an event type.</summary>
    /// <exception cref="InvalidOperationException">It has a member of a type that cannot be printed.</exception>
    public EventShape(EventKind kind, Type type)
    {
        Name = Words.Camel(kind.ToString());
        unpack = typeof(EventShape)
            .GetMethod(nameof(Unpack), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(type)
            .CreateDelegate<Unpacker>();
        members = [.. type.GetProperties()
            .Where(property => !property.Name.StartsWith("Unused", StringComparison.Ordinal))
            .Select(property => (Words.Camel(property.Name), property, PrinterOf(type, property)))];
    }

    private delegate object Unpacker(ReadOnlySpan<byte> bytes);

    private delegate void Printer(in EventPrint print, string name, object value);

    /// <summary>The event's name on the wire.</summary>
    public string Name { get; }

    /// <summary>Prints one event as an object.</summary>
    /// <exception cref="InvalidDataException">The bytes are of another size.</exception>
    public void Write(Utf8JsonWriter json, ReadOnlySpan<byte> bytes, Func<AccountNumber, string?>? idOf)
    {
        var value = unpack(bytes);
        var print = new EventPrint(json, idOf, value);
        json.WriteStartObject();
        json.WriteString("type"u8, Name);
        foreach (var (name, property, printer) in members)
        {
            printer(print, name, property.GetValue(value)!);
        }

        json.WriteEndObject();
    }

    private static object Unpack<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged => EventBytes.Read<T>(bytes);

    private static Printer PrinterOf(Type type, PropertyInfo property) => (type.Name, property.Name) switch
    {
        (nameof(CommandHandled), nameof(CommandHandled.Outcome)) =>
            static (in print, name, value) => print.Word(name, EventBytes.OutcomeOf((uint)value)),
        (nameof(CommandHandled), nameof(CommandHandled.DigestPrefix)) =>
            static (in print, name, value) => print.Prefix(name, (ulong)value),
        (_, "Council" or "Forfeited" or "Agrees" or "Live" or "Enough") when property.PropertyType == typeof(byte) =>
            static (in print, name, value) => print.Json.WriteBoolean(name, (byte)value == 1),
        // An event that carries the id itself needs no resolver, and a second member of that name would be wrong.
        (_, var name) when property.PropertyType == typeof(AccountNumber)
            && type.GetProperty($"{name}Id") is not null =>
            static (in print, name, value) => print.Json.WriteNumber(name, ((AccountNumber)value).Value),
        _ => PrinterOf(property.PropertyType, property.Name),
    };

    private static Printer PrinterOf(Type type, string name) => type switch
    {
        _ when type == typeof(AccountNumber) =>
            static (in print, name, value) => print.Account(name, (AccountNumber)value),
        _ when type == typeof(AccountSet) =>
            static (in print, name, value) => print.Accounts(name, (AccountSet)value, print.Count("GuardianCount")),
        _ when type == typeof(Capabilities) =>
            static (in print, name, value) => print.Labels(name, (Capabilities)value, print.Count("CapabilityCount")),
        _ when type == typeof(BlobNames) =>
            static (in print, name, value) => print.Hashes(name, (BlobNames)value, print.Count("NameCount")),
        _ when type == typeof(ConstitutionRecord) =>
            static (in print, name, value) => print.Constitution(name, (ConstitutionRecord)value),
        _ when type == typeof(CommandKind) =>
            static (in print, name, value) => print.Json.WriteString(name, EventBytes.NameOf((CommandKind)value)),
        _ when type == typeof(RuleTerms) => static (in print, name, value) => print.Rule(name, (RuleTerms)value),
        _ when type == typeof(OverrideTerms) =>
            static (in print, name, value) => print.Override(name, (OverrideTerms)value),
        _ when type == typeof(Digest) => static (in print, name, value) => print.Hash(name, (Digest)value),
        _ when type == typeof(AccountId) => static (in print, name, value) => print.Id(name, (AccountId)value),
        _ when type == typeof(PublicKey) => static (in print, name, value) => print.Key(name, (PublicKey)value),
        _ when type.IsEnum => static (in print, name, value) => print.Word(name, (Enum)value),
        _ when type.IsAssignableTo(typeof(IConvertible)) && type.IsPrimitive =>
            static (in print, name, value) => print.Number(name, value),
        _ when type == typeof(TokenAmount) || type == typeof(Label) || type == typeof(KeyId)
            || type == typeof(WorkloadId) || type == typeof(ServiceId) || type == typeof(ApprovalId)
            || type == typeof(MotionId) || type == typeof(OverrideId) =>
            static (in print, name, value) => print.Json.WriteString(name, value.ToString()),
        _ => throw new InvalidOperationException($"The event member {name} is a {type.Name}, which has no form."),
    };
}
