using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Wallet;

public sealed class KeyPossessionTests
{
    private static readonly ChainId s_chain = new("sim:one");
    private static readonly AccountId s_sponsor =
        AccountId.From([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    [Fact]
    public void Challenge_AnotherImplementation_Agrees()
    {
        Assert.Equal(
            ForeignVectors.Challenge,
            KeyPossession.Challenge(s_chain, s_sponsor, ForeignVectors.Key).ToString());
        using KeyVerifier verifier = new();
        Assert.True(
            KeyPossession.Verify(verifier, ForeignVectors.Key, s_chain, s_sponsor, ForeignVectors.Proof));
    }

    [Fact]
    public void Proof_IsForThisKeyChainAndSponsorOnly()
    {
        using KeyPair keyPair = KeyPair.Generate();
        using KeyPair other = KeyPair.Generate();
        using KeyVerifier verifier = new();
        byte[] proof = KeyPossession.Prove(keyPair, s_chain, s_sponsor);
        AccountId otherSponsor = (AccountId)other.Id;

        Assert.True(KeyPossession.Verify(verifier, keyPair.PublicKey, s_chain, s_sponsor, proof));
        Assert.False(KeyPossession.Verify(verifier, other.PublicKey, s_chain, s_sponsor, proof));
        Assert.False(KeyPossession.Verify(verifier, keyPair.PublicKey, new ChainId("sim:on"), s_sponsor, proof));
        Assert.False(KeyPossession.Verify(verifier, keyPair.PublicKey, new ChainId("sim:two"), s_sponsor, proof));
        Assert.False(KeyPossession.Verify(verifier, keyPair.PublicKey, s_chain, otherSponsor, proof));
        Assert.False(KeyPossession.Verify(verifier, keyPair.PublicKey, s_chain, s_sponsor, proof.AsSpan(0, 63)));
        Assert.False(KeyPossession.Verify(verifier, keyPair.PublicKey, s_chain, s_sponsor, new byte[64]));
    }

    [Fact]
    public void Challenge_LongestChainName_Fits()
    {
        ChainId longest = new(new string('z', ChainId.MaxLength));

        Assert.NotEqual(
            KeyPossession.Challenge(longest, s_sponsor, ForeignVectors.Key),
            KeyPossession.Challenge(s_chain, s_sponsor, ForeignVectors.Key));
    }
}
