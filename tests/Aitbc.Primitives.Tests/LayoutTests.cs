using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Aitbc.Primitives.Tests;

/// <summary>What every value type of the assembly promises: read-only, unmanaged, without padding.</summary>
/// <remarks>Padding would be undefined bytes in whatever hashes or compares tables of these values as memory.</remarks>
public sealed class LayoutTests
{
    public static TheoryData<Type> Structs => [.. ExportedStructs()];

    [Fact]
    public void Structs_AreThoseTheCommonPageNames()
    {
        string[] expected =
        [
            nameof(AccountId), nameof(ApprovalId), nameof(Digest), nameof(Duration), nameof(KeyId), nameof(Label),
            nameof(MotionId), nameof(OverrideId), nameof(PublicKey), nameof(Ratio), nameof(ServiceId),
            nameof(Timestamp), nameof(TokenAmount), nameof(TokenDelta), nameof(WorkloadId),
        ];

        Assert.Equal(expected, ExportedStructs().Select(t => t.Name).Order());
    }

    [Theory]
    [MemberData(nameof(Structs))]
    public void EveryStruct_IsReadOnlyUnmanagedAndUnpadded(Type type)
    {
        Assert.True(IsReadOnly(type), $"{type.Name} is not readonly.");
        Assert.True(IsUnmanaged(type), $"{type.Name} is not unmanaged.");
        Assert.True(SizeOf(type) == SumOfLeaves(type), $"{type.Name} has padding.");
        Assert.True(type.GetCustomAttribute<JsonConverterAttribute>() is not null, $"{type.Name} has no converter.");
    }

    [Fact]
    public void TheCheckItself_TellsPaddingReferencesAndMutability()
    {
        Assert.NotEqual(SizeOf(typeof(Padded)), SumOfLeaves(typeof(Padded)));
        Assert.False(IsUnmanaged(typeof(Managed)));
        Assert.False(IsReadOnly(typeof(Padded)));
    }

    [Fact]
    public void Sizes_AreFrozen()
    {
        Assert.Equal(16, Unsafe.SizeOf<TokenAmount>());
        Assert.Equal(16, Unsafe.SizeOf<TokenDelta>());
        Assert.Equal(4, Unsafe.SizeOf<Ratio>());
        Assert.Equal(8, Unsafe.SizeOf<Timestamp>());
        Assert.Equal(8, Unsafe.SizeOf<Duration>());
        Assert.Equal(32, Unsafe.SizeOf<Digest>());
        Assert.Equal(32, Unsafe.SizeOf<KeyId>());
        Assert.Equal(32, Unsafe.SizeOf<AccountId>());
        Assert.Equal(64, Unsafe.SizeOf<PublicKey>());
        Assert.Equal(8, Unsafe.SizeOf<WorkloadId>());
        Assert.Equal(8, Unsafe.SizeOf<ServiceId>());
        Assert.Equal(32, Unsafe.SizeOf<Label>());
    }

    [Fact]
    public void Classes_AreSealedOrStatic() =>
        Assert.All(
            typeof(TokenAmount).Assembly.GetTypes()
                .Where(t => t.IsClass && !t.IsDefined(typeof(CompilerGeneratedAttribute))),
            t => Assert.True(t.IsSealed, $"{t.Name} is open."));

    private static IEnumerable<Type> ExportedStructs() =>
        typeof(TokenAmount).Assembly.GetExportedTypes().Where(t => t.IsValueType && !t.IsEnum);

    private static bool IsReadOnly(Type type) =>
        type.IsDefined(typeof(IsReadOnlyAttribute))
        && type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public).All(f => f.IsInitOnly);

    private static bool IsUnmanaged(Type type) => !(bool)Call(nameof(ContainsReferences), type);

    private static int SizeOf(Type type) => (int)Call(nameof(Size), type);

    private static int SumOfLeaves(Type type) =>
        type.IsPrimitive || type == typeof(UInt128) || type == typeof(Int128)
            ? SizeOf(type)
            : type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
                .Sum(f => SumOfLeaves(f.FieldType));

    private static object Call(string name, Type type) =>
        typeof(LayoutTests).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(type).Invoke(null, null)!;

    private static bool ContainsReferences<T>() => RuntimeHelpers.IsReferenceOrContainsReferences<T>();

    private static int Size<T>() => Unsafe.SizeOf<T>();

    [StructLayout(LayoutKind.Sequential)]
    private record struct Padded(byte Small, long Large);

    private readonly record struct Managed(string Text);
}
