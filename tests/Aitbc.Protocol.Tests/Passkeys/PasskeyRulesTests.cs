using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Events;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;
using Aitbc.Protocol.State;

namespace Aitbc.Protocol.Tests.Passkeys;

/// <summary>How a passkey comes to an account, and what it may prove from then on.</summary>
public sealed class PasskeyRulesTests
{
    private readonly LedgerFixture chain = new(1, new ChainShape { Chain = "aitbc:main" });

    private static Envelope Jws { get; } = new() { Proof = ProofKind.Jws };

    private Actor Person => chain.People[3];

    [Fact]
    public void A_passkey_is_enrolled_by_an_assertion_over_the_possession_challenge_and_bound_to_its_origin()
    {
        var passkey = Enrol();
        Assert.Equal(passkey.Origin, chain.State.OriginOf(Person.Id, passkey.Key.Id));
        Assert.Equal(Digest.From(new byte[32]), chain.State.OriginOf(Person.Id, Person.Key.Id));
        Assert.Null(chain.State.OriginOf(Person.Id, chain.People[2].Key.Id));
        Assert.Equal(Outcome.Applied, Send(passkey.Key, Proof(passkey)));
        Assert.Equal(Outcome.Applied, Send(Person.Key, Jws));
    }

    [Fact]
    public void A_passkey_proves_no_JWS_and_another_key_no_assertion()
    {
        var passkey = Enrol();
        Assert.Equal(Outcome.BadProof, Send(passkey.Key, Jws));
        Assert.Equal(Outcome.BadProof, Send(Person.Key, Proof(passkey) with { Signer = Person.Key.Id }));
        Assert.Equal(Outcome.BadProof, Send(Person.Key, new Envelope { Proof = ProofKind.WebAuthn }));
        Assert.Equal(
            Outcome.KeyNotPresent, Send(Person.Key, Proof(passkey) with { Signer = chain.People[2].Key.Id }));
    }

    [Fact]
    public void A_passkey_proves_nothing_from_another_origin()
    {
        var passkey = Enrol();
        var elsewhere = new TestPasskey(passkey.Key, "https://node.example:8443");
        Assert.Equal(Outcome.BadProof, Send(passkey.Key, Proof(elsewhere)));
        Assert.Equal(Outcome.BadProof, Send(passkey.Key, Proof(passkey) with { ProofOrigin = default }));
        Assert.Equal(Outcome.Applied, Send(passkey.Key, Proof(passkey)));
    }

    [Fact]
    public void An_account_may_begin_with_a_passkey_that_then_alone_acts_for_it()
    {
        var passkey = new TestPasskey(chain.NewKey());
        var sponsor = Person;
        var open = new OpenAccount(passkey.Key.Public, null, TokenAmount.FromTokens(5), Possess(passkey, sponsor));
        Assert.Equal(Outcome.Applied, chain.Submit(chain.Payload(sponsor, Jws, open)).Outcome);
        var newcomer = new Actor("newcomer", passkey.Key);
        Assert.Equal(Outcome.BadProof, Submit(newcomer, Jws));
        Assert.Equal(Outcome.Applied, Submit(newcomer, Proof(passkey)));
        var second = new TestPasskey(chain.NewKey(), "http://localhost:7420");
        Assert.Equal(Outcome.Applied, Submit(
            newcomer, Proof(passkey), new AddKey(second.Key.Public, null, Possess(second, newcomer))));
        Assert.Equal(Outcome.Applied, Submit(newcomer, Proof(second)));
        Assert.Equal(Outcome.Applied, Submit(newcomer, Proof(second), new RevokeKey(passkey.Key.Id)));
        Assert.Equal(Outcome.KeyNotPresent, Submit(newcomer, Proof(passkey)));
    }

    [Theory]
    [InlineData("other sponsor")]
    [InlineData("other chain")]
    [InlineData("other key")]
    [InlineData("payload's challenge")]
    [InlineData("user not verified")]
    [InlineData("plain http")]
    [InlineData("wrong signature")]
    [InlineData("both proofs")]
    [InlineData("neither proof")]
    [InlineData("signature alone")]
    public void A_passkey_that_is_not_proven_is_not_enrolled(string defect)
    {
        var passkey = new TestPasskey(chain.NewKey());
        var name = chain.Genesis.Chain;
        var challenge = KeyPossession.Challenge(name, Person.Id, passkey.Key.Public);
        var good = passkey.Answer(challenge);
        var (signature, assertion) = defect switch
        {
            "other sponsor" => (null, Possess(passkey, chain.People[2])),
            "other chain" => ((Signature?)null, passkey.Answer(
                KeyPossession.Challenge(new ChainId("aitbc:other"), Person.Id, passkey.Key.Public))),
            "other key" => (null, new TestPasskey(chain.NewKey()).Answer(challenge)),
            "payload's challenge" => (null, passkey.Answer(PasskeyAssertion.ChallengeOf(name, challenge))),
            "user not verified" => (null, passkey.Answer(challenge, new PasskeyShape { Flags = 0x01 })),
            "plain http" => (null, passkey.Answer(challenge, new PasskeyShape { Origin = "http://node.example" })),
            "wrong signature" => (null, new PasskeyAssertion(good.AuthenticatorData, good.ClientData, default)),
            "both proofs" => (passkey.Key.Sign(challenge), good),
            "signature alone" => (good.Signature, null),
            _ => (null, null),
        };
        var before = chain.Account(Person).KeyCount;
        Assert.Equal(
            Outcome.BadPossession, Submit(Person, Jws, new AddKey(passkey.Key.Public, signature, assertion)));
        Assert.Equal(Outcome.BadPossession, Submit(
            Person, Jws, new OpenAccount(passkey.Key.Public, signature, TokenAmount.Zero, assertion)));
        Assert.Equal(before, chain.Account(Person).KeyCount);
        Assert.Equal(Outcome.Applied, Submit(Person, Jws, new AddKey(passkey.Key.Public, null, good)));
    }

    [Fact]
    public void Only_people_have_passkeys()
    {
        var simulated = new LedgerFixture();
        var agent = simulated.NewActor("agent");
        simulated.Do(
            simulated.People[3], simulated.Registration(agent, Constitutions.Wide, [simulated.People[3]]) with
            {
                Deposit = TokenAmount.FromTokens(100),
            });
        var passkey = new TestPasskey(simulated.NewKey());
        var assertion = passkey.Answer(
            KeyPossession.Challenge(simulated.Genesis.Chain, agent.Id, passkey.Key.Public));
        var add = new AddKey(passkey.Key.Public, null, assertion);
        Assert.Equal(Outcome.NotAuthorised, simulated.Send(agent, add).Outcome);
        Assert.Equal(Outcome.Applied, simulated.Send(agent, add with { Passkey = null }).Outcome);
    }

    [Fact]
    public void A_key_that_is_revoked_and_added_again_is_what_it_is_added_as()
    {
        var passkey = Enrol();
        Do(new RevokeKey(passkey.Key.Id));
        var challenge = KeyPossession.Challenge(chain.Genesis.Chain, Person.Id, passkey.Key.Public);
        Do(new AddKey(passkey.Key.Public, passkey.Key.Sign(challenge)));
        Assert.Equal(Outcome.BadProof, Send(passkey.Key, Proof(passkey)));
        Assert.Equal(Outcome.Applied, Send(passkey.Key, Jws));
    }

    [Fact]
    public void The_key_an_account_began_with_may_return_as_a_passkey()
    {
        var (first, second) = (Person.Key, chain.NewKey());
        Do(new AddKey(second.Public, second.Sign(
            KeyPossession.Challenge(chain.Genesis.Chain, Person.Id, second.Public))));
        Do(new RevokeKey(first.Id));
        var passkey = new TestPasskey(first);
        var back = new AddKey(first.Public, null, Possess(passkey, Person));
        var by = Jws with { Signer = second.Id };
        Assert.Equal(Outcome.Applied, chain.Submit(chain.Payload(Person, by, back)).Outcome);
        Assert.Equal(Outcome.BadProof, Send(first, Jws));
        Assert.Equal(Outcome.Applied, Send(first, Proof(passkey)));
    }

    [Fact]
    public void Followers_and_snapshots_know_a_passkey_from_events_alone()
    {
        var passkey = Enrol();
        var follower = new LedgerState(chain.Genesis);
        foreach (var entry in chain.Journal)
        {
            EventCatalog.Apply(follower, entry.Header, entry.Events);
        }

        Assert.Equal(passkey.Origin, follower.OriginOf(Person.Id, passkey.Key.Id));
        Assert.Equal(chain.State.ComputeHash(), follower.ComputeHash());
        using var stream = new MemoryStream();
        chain.State.Save(stream);
        stream.Position = 0;
        chain.SwapState(LedgerState.Load(chain.Genesis, stream));
        Assert.Equal(Outcome.BadProof, Send(passkey.Key, Jws));
        Assert.Equal(Outcome.Applied, Send(passkey.Key, Proof(passkey)));
    }

    [Fact]
    public void A_guardians_passkey_stops_its_agent()
    {
        var passkey = Enrol();
        var agent = chain.NewActor("agent");
        var possession = agent.Key.Sign(KeyPossession.Challenge(chain.Genesis.Chain, Person.Id, agent.Key.Public));
        Do(chain.Registration(agent, Constitutions.Wide, [Person]) with { Possession = possession });
        Assert.Equal(Outcome.Applied, Submit(Person, Proof(passkey), new StopAgent(agent.Id)));
        Assert.Equal(1, chain.State.Agents[chain.State.Account(chain.State.FindAccount(agent.Id)!.Value).Agent - 1]
            .Stopped);
    }

    private static Envelope Proof(TestPasskey passkey) =>
        new() { Proof = ProofKind.WebAuthn, Signer = passkey.Key.Id, ProofOrigin = passkey.Origin };

    private TestPasskey Enrol()
    {
        var passkey = new TestPasskey(chain.NewKey());
        Do(new AddKey(passkey.Key.Public, null, Possess(passkey, Person)));
        return passkey;
    }

    private PasskeyAssertion Possess(TestPasskey passkey, Actor sponsor) =>
        passkey.Answer(KeyPossession.Challenge(chain.Genesis.Chain, sponsor.Id, passkey.Key.Public));

    private void Do(Command command) => Assert.Equal(Outcome.Applied, Submit(Person, Jws, command));

    private Outcome Send(TestKey key, Envelope envelope) =>
        Submit(Person, envelope with { Signer = envelope.Signer ?? key.Id });

    private Outcome Submit(Actor actor, Envelope envelope, Command? command = null) => chain.Submit(chain.Payload(
        actor, envelope, command ?? new Transfer(chain.People[5].Id, TokenAmount.FromBaseUnits(1)))).Outcome;
}
