using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Marketplace;
using Aitbc.Protocol.Tests.Verification;

namespace Aitbc.Protocol.Tests.Rules;

/// <summary>Who may read a blob: who gave its bytes, whom a party that may read it itself has given it to, and who
/// offers what is asked for.</summary>
public sealed class BlobReaderTests
{
    private readonly LedgerFixture chain = new(1, CheckedWork.Free);

    private Actor Owner => chain.People[3];

    private Actor Client => chain.People[4];

    private Actor Stranger => chain.People[5];

    [Fact]
    public void A_public_blob_is_everybodys_once_its_declarer_has_given_the_bytes()
    {
        var digest = chain.Unique("public", 1);
        var nobody = chain.NewActor("nobody");
        chain.Do(Stranger, new DeclareBlob(digest, 1000, 1) { Access = BlobAccess.Public });
        chain.Input(new BlobAvailable(digest, 1000, Owner.Id));
        Assert.True(Reads(Owner, digest));
        Assert.False(Reads(Client, digest));
        Assert.False(Reads(nobody, digest));
        Assert.False(Reads(Stranger, digest));
        chain.Input(new BlobAvailable(digest, 1000, Stranger.Id));
        Assert.True(Reads(Client, digest));
        Assert.True(Reads(nobody, digest));
    }

    [Fact]
    public void A_blob_that_is_not_public_is_read_by_who_gave_it_and_nobody_else()
    {
        var digest = chain.Blob(Owner);
        Assert.True(Reads(Owner, digest));
        Assert.False(Reads(Client, digest));
        Assert.False(Reads(chain.NewActor("nobody"), digest));
        Assert.False(Reads(Owner, chain.Unique("undeclared", 1)));
    }

    [Fact]
    public void Bytes_that_somebody_gives_again_are_no_news()
    {
        var digest = chain.Blob(Owner);
        Assert.Equal(Outcome.InputRejected, chain.Submit(new BlobAvailable(digest, 1000, Owner.Id)).Outcome);
        Assert.Equal(Outcome.InputRejected, chain.Submit(new BlobAvailable(digest, 1000)).Outcome);
        Assert.Equal(Outcome.InputRejected, chain.Submit(new BlobAvailable(digest, 1001, Client.Id)).Outcome);
        Assert.False(Reads(Client, digest));
        chain.Input(new BlobAvailable(digest, 1000, Client.Id));
        Assert.True(Reads(Client, digest));
    }

    [Fact]
    public void Who_offers_what_a_specification_asks_for_reads_it_while_it_does()
    {
        var provider = chain.NewProvider(Owner);
        var other = chain.NewProvider(
            Owner, terms: LedgerFixture.ServiceTerms with { Capability = Label.Parse("classifier.train") });
        var idle = chain.NewAgent(Owner);
        var spec = chain.Blob(Client);
        Assert.False(Reads(provider.Agent, spec));
        chain.Post(Client, posting => posting with { Input = spec });
        Assert.False(Reads(provider.Agent, spec));
        chain.Post(Client, posting => posting with { Spec = spec });
        Assert.True(Reads(provider.Agent, spec));
        Assert.False(Reads(other.Agent, spec));
        Assert.False(Reads(idle, spec));
        Assert.False(Reads(Owner, spec));
        chain.Do(provider.Agent, new DelistService(provider.Service));
        Assert.False(Reads(provider.Agent, spec));
    }

    [Fact]
    public void The_award_gives_input_and_specification_and_the_delivery_the_result()
    {
        var (winner, loser) = (chain.NewProvider(Owner), chain.NewProvider(chain.People[2]));
        var (input, spec) = (chain.Blob(Client), chain.Blob(Client));
        var id = chain.Post(Client, posting => posting with { Input = input, Spec = spec });
        chain.Bid(winner, id, TokenAmount.OneToken);
        chain.Bid(loser, id, TokenAmount.FromTokens(2));
        chain.Open(id, winner, loser);
        Assert.False(Reads(winner.Agent, input));
        chain.PassDeadline(id);
        Assert.True(Reads(winner.Agent, input));
        Assert.False(Reads(loser.Agent, input));
        chain.Do(winner.Agent, new StartWork(id));
        var result = chain.Blob(winner.Agent);
        Assert.False(Reads(Client, result));
        chain.Do(winner.Agent, new SubmitWork(id, result, 900_000));
        Assert.True(Reads(Client, result));
        Assert.False(Reads(loser.Agent, result));
        chain.Do(Client, new AcceptWork(id));
        chain.Do(winner.Agent, new DelistService(winner.Service));
        chain.Do(loser.Agent, new DelistService(loser.Service));
        Assert.True(Reads(winner.Agent, spec));
        Assert.False(Reads(loser.Agent, spec));
    }

    [Fact]
    public void Nobody_gives_what_it_may_not_read()
    {
        var (secret, winner) = (chain.Blob(Owner), chain.NewProvider(chain.People[2]));
        var bidder = chain.NewProvider(chain.People[2]);
        chain.Award(Client, winner, posting => posting with { Input = secret, Spec = secret });
        Assert.False(Reads(winner.Agent, secret));
        Assert.False(Reads(bidder.Agent, secret));
        Assert.False(Reads(Client, secret));
    }

    [Theory]
    [InlineData(BlobAccess.Parties)]
    [InlineData(BlobAccess.Public)]
    public void What_a_blob_names_is_given_with_it_as_far_as_the_giver_may_read_it(BlobAccess access)
    {
        var provider = chain.NewProvider(chain.People[2]);
        var (model, foreign) = (chain.Blob(Client), chain.Blob(Owner));
        var digest = chain.Unique("specification", 1);
        var author = access == BlobAccess.Public ? Stranger : Client;
        chain.Do(author, new DeclareBlob(digest, 1000, 60)
        {
            Access = access, Names = [foreign, model, chain.Unique("unknown", 1)],
        });
        chain.Input(new BlobAvailable(digest, 1000, author.Id));
        chain.Award(Client, provider, posting => posting with { Spec = digest });
        Assert.True(Reads(provider.Agent, digest));
        Assert.True(Reads(provider.Agent, model));
        Assert.False(Reads(provider.Agent, foreign));
        Assert.False(Reads(Stranger, model));
    }

    [Fact]
    public void A_reader_is_noted_once_and_forgotten_with_the_blob()
    {
        var provider = chain.NewProvider(Owner);
        var blob = chain.Blob(Client, days: 2);
        _ = chain.Posting(Client);
        var before = chain.State.BlobReaders.Live;
        var id = chain.Award(Client, provider, posting => posting with { Input = blob, Spec = blob });
        Assert.Equal(before + 1, chain.State.BlobReaders.Live);
        chain.PassDeadline(id);
        Assert.True(Reads(provider.Agent, blob));
        chain.Advance(Duration.FromDays(2));
        Assert.False(Reads(provider.Agent, blob));
        Assert.False(Reads(Client, blob));
        Assert.Equal(before - 1, chain.State.BlobReaders.Live);
        chain.Do(Stranger, new DeclareBlob(blob, 1000, 1));
        Assert.False(Reads(Client, blob));
    }

    private bool Reads(Actor who, Digest digest) => BlobReaders.MayRead(chain.State, digest, who.Id);
}
