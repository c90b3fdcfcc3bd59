using System.Text;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;

namespace Aitbc.Protocol.Tests.Rules;

/// <summary>Accounts, their keys, their nonces and their rate.</summary>
public sealed class AccountTests
{
    private readonly LedgerFixture chain = new();

    private Actor One => chain.People[0];

    private Actor Other => chain.People[1];

    private Transfer Pay => new(Other.Id, TokenAmount.OneToken);

    [Fact]
    public void A_transfer_of_nothing_is_refused() =>
        Assert.Equal(Outcome.BadAmount, chain.Send(One, new Transfer(Other.Id, TokenAmount.Zero)).Outcome);

    [Fact]
    public void A_lane_is_kept_once_and_knows_its_past()
    {
        var payloads = new List<ClientPayload>();
        for (var i = 0; i < 64; i++)
        {
            payloads.Add(chain.Payload(One, Pay));
            Assert.Equal(Outcome.Applied, chain.Submit(payloads[^1]).Outcome);
        }

        Assert.Equal(1, chain.State.Lanes.Live);
        Assert.All(payloads, payload => Assert.True(chain.Submit(payload).IsDuplicate));
        chain.Do(One, Pay);
        Assert.Equal(Outcome.NonceUsed, chain.Submit(payloads[0]).Outcome);
        Assert.True(chain.Submit(payloads[1]).IsDuplicate);
    }

    [Theory]
    [InlineData(0, Outcome.Applied)]
    [InlineData(7, Outcome.Applied)]
    [InlineData(8, Outcome.LaneOutOfRange)]
    [InlineData(-1, Outcome.LaneOutOfRange)]
    public void An_account_has_eight_lanes(int lane, Outcome outcome) => Assert.Equal(
        outcome, chain.Apply(chain.Payload(One, new Envelope { Lane = lane, Sequence = 1 }, Pay)).Outcome);

    [Fact]
    public void A_sequence_begins_at_1() => Assert.Equal(
        Outcome.LaneOutOfRange, chain.Apply(chain.Payload(One, new Envelope { Sequence = 0 }, Pay)).Outcome);

    [Fact]
    public void A_payload_counts_until_the_last_instant_of_its_validity()
    {
        var last = chain.State.Parameters.MaxValidity;
        var now = chain.Now;
        Assert.Equal(Outcome.Applied, chain.Submit(Valid(now)).Outcome);
        Assert.Equal(Outcome.Expired, chain.Submit(Valid(now - new Duration(1))).Outcome);
        Assert.Equal(Outcome.Applied, chain.Submit(Valid(now + last)).Outcome);
        Assert.Equal(Outcome.ValidTooFar, chain.Submit(Valid(now + last + new Duration(1))).Outcome);

        ClientPayload Valid(Timestamp until) =>
            chain.Payload(One, new Envelope { ValidUntil = until }, Pay);
    }

    [Fact]
    public void A_burst_of_a_minutes_allowance_is_admitted_and_then_the_steady_rate()
    {
        var slow = new LedgerFixture(1, new ChainShape { Parameters = new() { PayloadsPerMinute = 40 } });
        var pay = new Transfer(slow.People[1].Id, TokenAmount.OneToken);
        for (var i = 0; i < 40; i++)
        {
            slow.Do(slow.People[0], pay);
        }

        Assert.Equal(Outcome.RateLimited, slow.Send(slow.People[0], pay).Outcome);
        slow.Now += Duration.FromMilliseconds(1_499);
        Assert.Equal(Outcome.RateLimited, slow.Send(slow.People[0], pay).Outcome);
        slow.Now += Duration.FromMilliseconds(1);
        slow.Do(slow.People[0], pay);
        Assert.Equal(Outcome.RateLimited, slow.Send(slow.People[0], pay).Outcome);

        // Silence saves up no more than one burst.
        slow.Now += Duration.FromHours(5);
        for (var i = 0; i < 40; i++)
        {
            slow.Do(slow.People[0], pay);
        }

        Assert.Equal(Outcome.RateLimited, slow.Send(slow.People[0], pay).Outcome);
    }

    [Fact]
    public void Gas_is_paid_to_the_last_unit_and_not_beyond()
    {
        var gas = chain.State.Parameters.BaseGas + chain.State.GasOf(CommandKind.Transfer);
        var poor = chain.NewActor("poor");
        chain.Do(One, new OpenAccount(poor.Key.Public, null, gas + new TokenAmount(1)));
        var treasury = chain.State.Account(AccountNumber.Treasury).Available;
        chain.Do(poor, new Transfer(One.Id, new TokenAmount(1)));
        Assert.Equal(TokenAmount.Zero, chain.Account(poor).Available);
        Assert.Equal(treasury + gas, chain.State.Account(AccountNumber.Treasury).Available);
        chain.Do(One, new Transfer(poor.Id, gas));
        Assert.Equal(
            Outcome.InsufficientFunds, chain.Send(poor, new Transfer(One.Id, new TokenAmount(1))).Outcome);
        Assert.Equal(gas - chain.State.Parameters.BaseGas, chain.Account(poor).Available);
        Assert.Equal(Outcome.NoGasMoney, chain.Send(poor, new Transfer(One.Id, new TokenAmount(1))).Outcome);
    }

    [Fact]
    public void The_first_key_once_revoked_signs_no_more_whatever_other_keys_come()
    {
        var (first, second, third) = (One.Key, chain.NewKey(), chain.NewKey());
        var live = chain.State.Keys.Live;
        chain.Do(One, new AddKey(second.Public, null));
        One.Key = second;
        chain.Do(One, new RevokeKey(first.Id));
        Assert.Equal(Outcome.KeyNotPresent, SignedBy(first));
        chain.Do(One, new AddKey(third.Public, null));
        Assert.Equal(Outcome.KeyNotPresent, SignedBy(first));
        Assert.Equal(Outcome.Applied, SignedBy(third));
        chain.Do(One, new RevokeKey(third.Id));
        Assert.Equal(live, chain.State.Keys.Live);
        chain.Do(One, new AddKey(first.Public, null));
        Assert.Equal(Outcome.Applied, SignedBy(first));
    }

    [Fact]
    public void Revoking_one_of_many_keys_leaves_the_others()
    {
        TestKey[] keys = [One.Key, chain.NewKey(), chain.NewKey(), chain.NewKey()];
        foreach (var key in keys[1..])
        {
            chain.Do(One, new AddKey(key.Public, null));
        }

        Assert.Equal(Outcome.KeySetFull, chain.Send(One, new AddKey(chain.NewKey().Public, null)).Outcome);
        chain.Do(One, new RevokeKey(keys[2].Id));
        Assert.Equal(
            [Outcome.Applied, Outcome.Applied, Outcome.KeyNotPresent, Outcome.Applied], keys.Select(SignedBy));
        Assert.Equal(Outcome.NoSuchKey, chain.Send(One, new RevokeKey(keys[2].Id)).Outcome);
        Assert.Equal(Outcome.KeySetFull, chain.Send(One, new AddKey(keys[1].Public, null)).Outcome);
    }

    [Fact]
    public void A_proof_of_possession_is_bound_to_chain_sponsor_and_key()
    {
        var (key, other) = (chain.NewKey(), chain.NewKey());
        var name = new ChainId("aitbc:main");
        var message = Encoding.ASCII.GetBytes("aitbc/key-possession/1\0aitbc:main\0").ToList();
        message.AddRange(One.Id.AsSpan());
        var point = new byte[PublicKey.Size];
        key.Public.CopyTo(point);
        message.AddRange(point);
        var challenge = Digest.Sha256([.. message]);
        Assert.Equal(challenge, KeyPossession.Challenge(name, One.Id, key.Public));
        Assert.True(KeyPossession.Verify(name, One.Id, key.Public, key.Sign(challenge)));
        Assert.False(KeyPossession.Verify(name, One.Id, key.Public, other.Sign(challenge)));
        Assert.False(KeyPossession.Verify(name, Other.Id, key.Public, key.Sign(challenge)));
        Assert.False(KeyPossession.Verify(new ChainId("aitbc:test"), One.Id, key.Public, key.Sign(challenge)));
        Assert.False(KeyPossession.Verify(name, One.Id, other.Public, key.Sign(challenge)));
    }

    [Fact]
    public void On_a_chain_that_is_no_simulation_a_key_must_prove_itself()
    {
        var real = new LedgerFixture(1, new ChainShape { Chain = "aitbc:main" });
        var (sender, key) = (real.People[0], real.NewKey());
        var signed = new Envelope { Proof = ProofKind.Jws };
        var proof = key.Sign(KeyPossession.Challenge(real.Genesis.Chain, sender.Id, key.Public));
        Assert.Equal(Outcome.BadPossession, Open(null));
        Assert.Equal(Outcome.BadPossession, Open(proof with { High = proof.Low }));
        Assert.Equal(Outcome.BadPossession, Open(proof with { Low = proof.High }));
        Assert.Equal(Outcome.Applied, Open(proof));
        Assert.Equal(
            Outcome.BadProof,
            real.Submit(real.Payload(sender, new Transfer(real.People[1].Id, TokenAmount.OneToken))).Outcome);

        Outcome Open(Signature? possession) => real.Submit(real.Payload(
            sender, signed, new OpenAccount(key.Public, possession, TokenAmount.OneToken))).Outcome;
    }

    private Outcome SignedBy(TestKey key) =>
        chain.Submit(chain.Payload(One, new Envelope { Signer = key.Id }, Pay)).Outcome;
}
