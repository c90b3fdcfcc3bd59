using System.Reflection;
using System.Runtime.CompilerServices;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Tests.Invariants;

/// <summary>Records and events are hashed byte for byte, so a byte that nobody sets must not exist.</summary>
public sealed class LayoutInvariants
{
    [Fact]
    public void Invariant_I18_RecordsAndEventsHaveNoPadding()
    {
        var records = typeof(LedgerState)
            .GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(property => property.PropertyType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Table<>))
            .Select(type => type.GetGenericArguments()[0]);
        var types = records.Concat(EventCatalog.All.Select(pair => pair.Value)).Distinct().ToList();
        Assert.True(types.Count > 45);
        foreach (var type in types)
        {
            Assert.True(SizeOf(type) == SumOf(type), $"{type.Name}: {SizeOf(type)} bytes, fields have {SumOf(type)}");
        }
    }

    private static int SizeOf(Type type) => (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!
        .MakeGenericMethod(type).Invoke(null, null)!;

    private static int SumOf(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type == typeof(UInt128) || type == typeof(Int128))
        {
            return SizeOf(type);
        }

        var sum = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Sum(field => SumOf(field.FieldType));
        return sum * (type.GetCustomAttribute<InlineArrayAttribute>()?.Length ?? 1);
    }
}
