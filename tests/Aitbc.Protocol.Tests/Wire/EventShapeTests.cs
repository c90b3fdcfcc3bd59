using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Wire;

namespace Aitbc.Protocol.Tests.Wire;

/// <summary>How an event's form follows from its type.</summary>
public sealed class EventShapeTests
{
    [Fact]
    public void A_member_without_a_form_is_refused_when_the_shape_is_made() => Assert.Contains(
        nameof(Formless.Waiting),
        Assert.Throws<InvalidOperationException>(() => new EventShape(EventKind.Moved, typeof(Formless))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Members_stand_in_their_order_without_what_only_fills_space() => Assert.Equal(
        """{"type":"moved","number":7,"amount":"5","kind":"tick","when":-3}""",
        Print(new Sample(7, new TokenAmount(5), 9, SampleKind.Tick, -3)));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void A_byte_that_is_a_flag_is_true_only_where_it_is_1(byte value, bool isTrue) => Assert.Equal(
        $$"""{"type":"moved","council":{{(isTrue ? "true" : "false")}},"other":{{value}}}""",
        Print(new Flags(value, value)));

    [Fact]
    public void An_account_is_named_by_the_resolver_unless_the_event_carries_its_id_itself()
    {
        var id = AccountId.From(Digest.Sha256("x"u8).AsSpan());
        Assert.Equal("""{"type":"moved","from":4,"fromId":"name-4"}""", Print(new Unnamed(new AccountNumber(4))));
        Assert.Equal(
            $$"""{"type":"moved","from":4,"fromId":"{{id}}"}""", Print(new Named(new AccountNumber(4), id)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(9)]
    public void Bytes_of_another_size_are_refused(int size) => Assert.Throws<InvalidDataException>(
        () => Print(typeof(Unprinted), new byte[size]));

    private static string Print<T>(T value)
        where T : unmanaged => Print(typeof(T), MemoryMarshal.AsBytes(new[] { value }.AsSpan()).ToArray());

    private static string Print(Type type, byte[] bytes)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            new EventShape(EventKind.Moved, type).Write(json, bytes, number => $"name-{number.Value}");
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private enum SampleKind
    {
        Tick = 1,
    }

    private readonly record struct Formless(uint Number, TimeSpan Waiting);

    private readonly record struct Sample(
        ulong Number, TokenAmount Amount, uint UnusedSpace, SampleKind Kind, long When);

    private readonly record struct Flags(byte Council, byte Other);

    private readonly record struct Unnamed(AccountNumber From);

    private readonly record struct Named(AccountNumber From, AccountId FromId);

    private readonly record struct Unprinted(ulong Number);
}
