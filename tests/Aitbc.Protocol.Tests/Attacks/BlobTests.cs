using Aitbc.Protocol.Blobs;

namespace Aitbc.Protocol.Tests.Attacks;

/// <summary>Nobody can keep another's blob off the chain, nor let one vanish under work that needs it.</summary>
public sealed class BlobTests
{
    private readonly LedgerFixture chain = new();

    [Fact]
    public void A_blob_declared_too_small_by_a_stranger_can_still_be_declared_by_who_has_it()
    {
        var (squatter, owner) = (chain.People[3], chain.People[4]);
        var digest = chain.Unique("result", 1);
        chain.Do(squatter, new DeclareBlob(digest, 1, 60));
        var until = chain.State.Blobs[chain.State.FindBlob(digest)].PaidUntilMs;
        Assert.Equal(Outcome.InputRejected, chain.Submit(new Entries.BlobAvailable(digest, 1000)).Outcome);

        chain.Do(owner, new DeclareBlob(digest, 1000, 1));
        chain.Input(new Entries.BlobAvailable(digest, 1000));
        Assert.True(chain.State.BlobIsAvailable(digest));
        Assert.Equal(1, chain.State.Blobs.Live);
        Assert.Equal(until, chain.State.Blobs[chain.State.FindBlob(digest)].PaidUntilMs);
    }

    [Fact]
    public void A_blob_declared_too_large_by_a_stranger_takes_the_bytes_all_the_same()
    {
        var digest = chain.Unique("result", 1);
        chain.Do(chain.People[3], new DeclareBlob(digest, 5000, 1));
        Assert.Equal(Outcome.BlobExists, chain.Send(chain.People[4], new DeclareBlob(digest, 5000, 1)).Outcome);
        chain.Input(new Entries.BlobAvailable(digest, 1000));
        Assert.Equal(Outcome.BlobExists, chain.Send(chain.People[4], new DeclareBlob(digest, 6000, 1)).Outcome);
    }

    [Fact]
    public void A_corrected_blob_is_forgotten_when_its_own_rent_ends()
    {
        var digest = chain.Unique("result", 1);
        chain.Do(chain.People[3], new DeclareBlob(digest, 1, 1));
        chain.Do(chain.People[4], new DeclareBlob(digest, 1000, 3));
        chain.Advance(Duration.FromDays(3) - Duration.FromMilliseconds(1));
        Assert.True(chain.State.FindBlob(digest) >= 0);
        chain.Advance(Duration.FromMilliseconds(1));
        Assert.True(chain.State.FindBlob(digest) < 0);
        Assert.Equal(0, chain.State.Blobs.Live);
    }

    [Fact]
    public void Input_whose_rent_ends_before_the_work_may_is_missing()
    {
        var client = chain.People[3];
        var blob = chain.Blob(client, days: 1);
        chain.Advance(Duration.FromDays(1) - Duration.FromMilliseconds(75_000));
        var posting = chain.Posting(client);
        var work = posting with { BidWindowMs = 10_000, OpenWindowMs = 5_000, WorkWindowMs = 60_001 };
        Assert.Equal(Outcome.BlobMissing, chain.Send(client, work with { Input = blob }).Outcome);
        Assert.Equal(Outcome.BlobMissing, chain.Send(client, work with { Spec = blob }).Outcome);
        chain.Do(client, work with { Input = blob, Spec = blob, WorkWindowMs = 60_000 });
    }
}
