using Aitbc.Node.Api;

namespace Aitbc.Node.Tests;

/// <summary>A page costs no more where there is more, and lets others at the view in between.</summary>
public sealed class PagingTests(SharedNode shared) : IClassFixture<SharedNode>
{
    private const int Rows = 100_000;

    [Fact]
    public void A_page_that_finds_little_looks_at_so_many_rows_and_says_where_to_go_on()
    {
        var (looked, most, turn) = (0, 0, 0);
        var page = Paging.Of(
            shared.Node.Ledger.View,
            0,
            Paging.MaxLimit,
            _ =>
            {
                turn = 0;
                return Rows;
            },
            (_, slot) =>
            {
                looked++;
                most = Math.Max(most, ++turn);
                return slot % 10_000 == 7 ? $"{slot}" : null;
            });
        Assert.Equal(["7", "10007"], page.Items);
        Assert.Equal(((ulong?)Paging.MaxLooked, Paging.MaxLooked), (page.Next, looked));
        Assert.InRange(most, 1, Paging.MaxLooked / 10);
    }

    [Fact]
    public void A_page_that_is_full_is_shown_in_turns_too()
    {
        var (most, turn) = (0, 0);
        var page = Paging.Of(
            shared.Node.Ledger.View,
            0,
            Paging.MaxLimit,
            _ =>
            {
                turn = 0;
                return Rows;
            },
            (_, slot) =>
            {
                most = Math.Max(most, ++turn);
                return $"{slot}";
            });
        Assert.Equal((Paging.MaxLimit, (ulong?)Paging.MaxLimit), (page.Items.Count, page.Next));
        Assert.InRange(most, 1, Paging.MaxLimit / 10);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(Paging.MaxLimit)]
    public void Page_by_page_every_row_that_is_wanted_is_shown_once(int limit)
    {
        var (shown, pages) = (new List<string>(), 0);
        for (ulong? after = 0; after is { } from; pages++)
        {
            var page = Paging.Of(
                shared.Node.Ledger.View, from, limit, _ => Rows, (_, slot) => slot % 5_003 == 2 ? $"{slot}" : null);
            Assert.True(page.Items.Count <= limit);
            shown.AddRange(page.Items);
            after = page.Next;
        }

        Assert.Equal(Enumerable.Range(0, Rows).Where(slot => slot % 5_003 == 2).Select(slot => $"{slot}"), shown);
        Assert.True(pages > Rows / Paging.MaxLooked);
    }

    [Theory]
    [InlineData(Rows)]
    [InlineData(int.MaxValue)]
    [InlineData(ulong.MaxValue)]
    public void Behind_the_last_row_there_is_an_empty_page_and_no_next(ulong after)
    {
        var page = Paging.Of(shared.Node.Ledger.View, after, 1, _ => Rows, (_, slot) => $"{slot}");
        Assert.Equal((0, null), (page.Items.Count, page.Next));
    }
}
