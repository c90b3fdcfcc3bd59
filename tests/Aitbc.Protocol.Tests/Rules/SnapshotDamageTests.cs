using System.Buffers.Binary;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Tests.Rules;

/// <summary>A snapshot whose layout was damaged is refused as a whole, whichever table it hit.</summary>
public sealed class SnapshotDamageTests
{
    private const int HeaderSize = 14;
    private const int HeadSize = 16;
    private const int Tables = 17;

    private static readonly RandomEconomy s_economy = Run();
    private static readonly byte[] s_saved = Save(s_economy.Chain.State);
    private static readonly int[] s_heads = FindHeads();

    [Fact]
    public void What_was_saved_is_loaded_and_no_byte_more_is_read()
    {
        using var stream = new MemoryStream([.. s_saved, 1, 2, 3]);
        var loaded = LedgerState.Load(s_economy.Chain.Genesis, stream);
        Assert.Equal(s_saved.Length, stream.Position);
        Assert.Equal(s_economy.Chain.State.ComputeHash(), loaded.ComputeHash());
    }

    [Fact]
    public void A_table_of_another_record_size_is_refused() => EachTable(head =>
    {
        AssertRefused(head, 0, Word(head, 0) + 1);
        AssertRefused(head, 0, Word(head, 0) - 1);
        AssertRefused(head, 0, 0);
    });

    [Fact]
    public void Counts_that_no_table_can_have_are_refused() => EachTable(head =>
    {
        AssertRefused(head, 1, -1);
        AssertRefused(head, 1, int.MinValue);
        AssertRefused(head, 1, int.MaxValue);
        AssertRefused(head, 2, -1);
        AssertRefused(head, 2, Word(head, 1) + 1);
    });

    [Fact]
    public void A_free_list_that_does_not_fit_is_refused_in_every_table() => EachTable(head =>
    {
        var (count, live, free) = (Word(head, 1), Word(head, 2), Word(head, 3));
        AssertRefused(head, 3, count + 1);
        AssertRefused(head, 3, -1);
        AssertRefused(head, 3, int.MinValue);
        if (live < count)
        {
            AssertRefused(head, 3, 0);
            AssertRefused(head, 2, live + 1);
            var link = head + HeadSize + ((free - 1) * Word(head, 0));
            AssertRefused(Changed(link, free), $"a ring in the table at {head}");
            AssertRefused(Changed(link, count + 1), $"a way out of the table at {head}");
        }
        else if (count > 0)
        {
            AssertRefused(head, 3, 1);
        }
    });

    [Fact]
    public void The_damaged_free_lists_are_not_all_empty() =>
        Assert.True(s_heads.Count(head => Word(head, 2) < Word(head, 1)) >= 3);

    [Fact]
    public void A_snapshot_that_ends_early_is_refused_wherever_it_ends()
    {
        var ends = s_heads.SelectMany(head => new[] { head - 1, head, head + 1, head + HeadSize - 1, head + HeadSize })
            .Concat(Enumerable.Range(0, 200).Select(i => (int)((long)s_saved.Length * i / 200)))
            .Append(s_saved.Length - 1)
            .Where(end => end < s_saved.Length);
        Assert.All(ends, end => AssertRefused(s_saved[..end], $"cut at {end}"));
    }

    [Fact]
    public void Bytes_of_another_version_are_refused()
    {
        for (var at = 0; at < HeaderSize; at++)
        {
            var bytes = s_saved.ToArray();
            bytes[at] ^= 1;
            AssertRefused(bytes, $"header byte {at}");
        }
    }

    [Fact]
    public void A_snapshot_of_a_chain_with_another_supply_is_refused()
    {
        var genesis = s_economy.Chain.Genesis;
        using var stream = new MemoryStream(s_saved);
        Assert.Throws<InvalidDataException>(
            () => LedgerState.Load(genesis with { Supply = genesis.Supply + new TokenAmount(1) }, stream));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_state_has_its_globals_once(int times)
    {
        var (head, row) = (s_heads[0], Word(s_heads[0], 0));
        var globals = s_saved.AsSpan(head + HeadSize, row).ToArray();
        var bytes = s_saved[..(head + HeadSize)].Concat(Enumerable.Repeat(globals, times).SelectMany(it => it))
            .Concat(s_saved[(head + HeadSize + row)..]).ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(head + 4), times);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(head + 8), times);
        AssertRefused(bytes, $"globals {times} times");
    }

    private static void EachTable(Action<int> check)
    {
        Assert.Equal(Tables, s_heads.Length);
        Assert.All(s_heads, check);
    }

    private static void AssertRefused(int head, int word, int value) =>
        AssertRefused(Changed(head + (4 * word), value), $"word {word} of the table at {head} = {value}");

    private static void AssertRefused(byte[] bytes, string what)
    {
        using var stream = new MemoryStream(bytes);
        var thrown = Record.Exception(() => LedgerState.Load(s_economy.Chain.Genesis, stream));
        Assert.True(thrown is InvalidDataException, $"{what}: {thrown?.ToString() ?? "loaded"} ({s_economy.Where})");
    }

    private static byte[] Changed(int at, int value)
    {
        var bytes = s_saved.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
        return bytes;
    }

    private static int Word(int head, int word) =>
        BinaryPrimitives.ReadInt32LittleEndian(s_saved.AsSpan(head + (4 * word)));

    private static RandomEconomy Run()
    {
        var economy = new RandomEconomy(3);
        economy.Run(1_500);
        return economy;
    }

    private static byte[] Save(LedgerState state)
    {
        using var stream = new MemoryStream();
        state.Save(stream);
        return stream.ToArray();
    }

    private static int[] FindHeads()
    {
        var heads = new List<int>();
        for (var at = HeaderSize; at < s_saved.Length; at += HeadSize + (Word(at, 0) * Word(at, 1)))
        {
            heads.Add(at);
        }

        return [.. heads];
    }
}
