using Aitbc.Infrastructure.Storage;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Storage;

public sealed class JournalIndexTests
{
    private const uint Start = SegmentLayout.HeaderBytes;

    [Fact]
    public void Segments_come_one_after_the_other_and_only_the_last_goes()
    {
        var index = new JournalIndex(2);
        Assert.Throws<InvalidOperationException>(() => index.AddSegment(1, 0));
        index.AddSegment(0, 0);
        index.AddSegment(1, 10);
        Assert.Throws<InvalidOperationException>(() => index.AddSegment(1, 10));
        Assert.Throws<InvalidOperationException>(() => index.RemoveLastSegment(0));
        index.RemoveLastSegment(1);
        index.AddSegment(1, 20);
        Assert.Equal((0u, Start), index.Locate(20));
        Assert.Equal((1u, Start), index.Locate(21));
    }

    [Fact]
    public void Only_every_256th_entry_in_order_is_kept()
    {
        var index = new JournalIndex(2);
        index.AddSegment(0, 0);
        index.AddEntry(0, 255, 1_000);
        index.AddEntry(0, 512, 3_000);
        Assert.Equal((0u, Start), index.Locate(600));
        index.AddEntry(0, 256, 2_000);
        index.AddEntry(0, 256, 9_000);
        Assert.Equal((0u, Start), index.Locate(255));
        Assert.Equal((0u, 2_000u), index.Locate(256));
        Assert.Equal((0u, 2_000u), index.Locate(600));
    }

    [Fact]
    public void An_entry_of_a_segment_that_is_not_there_is_not_kept()
    {
        var index = new JournalIndex(2);
        index.AddSegment(0, 0);
        index.AddEntry(1, 256, 2_000);
        index.AddSegment(1, 100);

        Assert.Equal((1u, Start), index.Locate(256));
    }

    [Fact]
    public void The_segment_used_longest_ago_is_forgotten()
    {
        var index = new JournalIndex(2);
        for (var segment = 0u; segment < 3; segment++)
        {
            index.AddSegment(segment, segment * 1_000);
        }

        index.AddEntry(0, 256, 2_000);
        index.AddEntry(1, 1_024, 2_000);
        Assert.Equal((0u, 2_000u), index.Locate(256));
        index.AddEntry(2, 2_048, 2_000);

        Assert.Equal((0u, 2_000u), index.Locate(256));
        Assert.Equal((1u, Start), index.Locate(1_024));
        Assert.Equal((2u, 2_000u), index.Locate(2_048));
    }
}
