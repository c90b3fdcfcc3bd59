using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Wallet;

public sealed class KeyVerifierTests
{
    [Fact]
    public void Verify_AgreesWithTheUncachedOneFirstAndLater()
    {
        using KeyPair keyPair = KeyPair.Generate();
        using KeyPair other = KeyPair.Generate();
        using KeyVerifier verifier = new();
        JwsParts signed = Jws.Sign(keyPair, "{}"u8);
        byte[] header = signed.HeaderText.ToArray();
        byte[] signature = signed.Signature.ToArray();
        byte[] changed = [.. signature];
        changed[40] ^= 1;

        for (int i = 0; i < 3; i++)
        {
            Assert.True(verifier.VerifyJws(keyPair.PublicKey, header, "{}"u8, signature));
            Assert.False(verifier.VerifyJws(keyPair.PublicKey, header, "{ }"u8, signature));
            Assert.False(verifier.VerifyJws(keyPair.PublicKey, header, "{}"u8, changed));
            Assert.False(verifier.VerifyJws(other.PublicKey, header, "{}"u8, signature));
            Assert.False(verifier.VerifyJws(keyPair.PublicKey, header, "{}"u8, signature.AsSpan(0, 63)));
            Assert.False(verifier.VerifyJws(default, header, "{}"u8, signature));
        }

        Assert.Equal(2, verifier.CachedKeys);
    }

    [Fact]
    public void Cache_Full_GivesUpTheKeyUsedLongestAgo()
    {
        KeyPair[] keys = [.. Enumerable.Range(0, 4).Select(_ => KeyPair.Generate())];
        using KeyVerifier verifier = new(maxCachedKeys: 2);
        byte[][] signatures = [.. keys.Select(SignX)];
        foreach (int i in (int[])[0, 1, 0, 2])
        {
            Assert.True(verifier.Verify(keys[i].PublicKey, "x"u8, signatures[i]));
        }

        Assert.Equal([true, false, true, false], keys.Select(k => verifier.IsCached(k.PublicKey)));
        Assert.Equal(2, verifier.CachedKeys);
        Assert.True(verifier.Verify(keys[1].PublicKey, "x"u8, signatures[1]));
        Assert.Equal([false, true, true, false], keys.Select(k => verifier.IsCached(k.PublicKey)));
        Array.ForEach(keys, k => k.Dispose());
    }

    [Fact]
    public void Many_threads_on_few_keys_and_a_small_cache_agree()
    {
        KeyPair[] keys = [.. Enumerable.Range(0, 5).Select(_ => KeyPair.Generate())];
        byte[][] signatures = [.. keys.Select(SignX)];
        using KeyVerifier verifier = new(maxCachedKeys: 3);

        Parallel.For(0, 2_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            int key = i % keys.Length;
            int signature = i % 7 % keys.Length;
            Assert.Equal(key == signature, verifier.Verify(keys[key].PublicKey, "x"u8, signatures[signature]));
            Assert.InRange(verifier.CachedKeys, 0, 3);
        });
        Array.ForEach(keys, k => k.Dispose());
    }

    [Fact]
    public void Limit_OutOfRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeyVerifier(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeyVerifier(KeyVerifier.LargestMaxCachedKeys + 1));
    }

    [Fact]
    public void Verify_AfterDispose_Throws()
    {
        using KeyPair keyPair = KeyPair.Generate();
        KeyVerifier verifier = new();
        byte[] signature = SignX(keyPair);
        Assert.True(verifier.Verify(keyPair.PublicKey, "x"u8, signature));

        verifier.Dispose();
        verifier.Dispose();

        Assert.Equal(0, verifier.CachedKeys);
        Assert.Throws<ObjectDisposedException>(() => verifier.Verify(keyPair.PublicKey, "x"u8, signature));
    }

    [Fact]
    public void A_key_in_use_while_the_verifier_is_disposed_does_not_come_back()
    {
        using KeyPair keyPair = KeyPair.Generate();
        byte[] signature = SignX(keyPair);
        for (int round = 0; round < 20; round++)
        {
            KeyVerifier verifier = new();
            using CountdownEvent started = new(4);
            Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                started.Signal();
                try
                {
                    while (verifier.Verify(keyPair.PublicKey, "x"u8, signature))
                    {
                        // Until it is disposed.
                    }
                }
                catch (ObjectDisposedException)
                {
                    // That is how it ends.
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            started.Wait();
            SpinWait.SpinUntil(() => verifier.CachedKeys > 0);

            verifier.Dispose();
            Array.ForEach(threads, thread => thread.Join());

            Assert.Equal(0, verifier.CachedKeys);
        }
    }

    private static byte[] SignX(KeyPair keyPair)
    {
        byte[] signature = new byte[KeyPair.SignatureSize];
        keyPair.Sign("x"u8, signature);
        return signature;
    }
}
