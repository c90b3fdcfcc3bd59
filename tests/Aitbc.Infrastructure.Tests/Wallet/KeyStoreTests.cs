using System.Security.Cryptography;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Wallet;

public sealed class KeyStoreTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Create_ThenLoadByAnotherStore_SignsAsTheSameKey()
    {
        using HostKey hostKey = HostKey.CreateRandom(_scratch.File(HostKey.FileName));
        using KeyPair made = new KeyStore(_scratch.Root, hostKey).Create();
        using HostKey reopened = HostKey.Open(_scratch.File(HostKey.FileName));
        using KeyPair loaded = new KeyStore(_scratch.Root, reopened).Load(made.Id);
        byte[] signature = new byte[KeyPair.SignatureSize];

        loaded.Sign("data"u8, signature);

        Assert.Equal(made.PublicKey, loaded.PublicKey);
        Assert.Equal(made.PublicKey.Thumbprint(), made.Id);
        using KeyVerifier verifier = new();
        Assert.True(verifier.Verify(made.PublicKey, "data"u8, signature));
        Assert.False(verifier.Verify(made.PublicKey, "date"u8, signature));
        Assert.Null(KeyStore.Check(PathOf(made.Id)));
        Assert.Null(KeyStore.Check(_scratch.File(HostKey.FileName)));
    }

    [Fact]
    public void Load_FilesOfAnotherImplementation_OpenHere()
    {
        ScratchDirectory.WritePrivate(_scratch.File(HostKey.FileName), ForeignVectors.HostKeyFile);
        ScratchDirectory.WritePrivate(PathOf(ForeignVectors.KeyId), ForeignVectors.KeyFile);
        using HostKey hostKey = HostKey.Open(_scratch.File(HostKey.FileName));

        using KeyPair keyPair = new KeyStore(_scratch.Root, hostKey).Load(ForeignVectors.KeyId);

        Assert.Equal(ForeignVectors.Key, keyPair.PublicKey);
        JwsParts signed = Jws.Sign(keyPair, "x"u8);
        Assert.True(
            Jws.Verify(ForeignVectors.Key, signed.HeaderText.Span, signed.Payload.Span, signed.Signature.Span));
    }

    [Fact]
    public void Import_Pkcs8OfAnotherImplementation_IsKept()
    {
        using HostKey hostKey = HostKey.CreateRandom(_scratch.File(HostKey.FileName));
        KeyStore store = new(_scratch.Root, hostKey);

        using KeyPair imported = store.Import(ForeignVectors.Pkcs8);
        using KeyPair loaded = store.Load(ForeignVectors.KeyId);

        Assert.Equal(ForeignVectors.Key, imported.PublicKey);
        Assert.Equal(ForeignVectors.Key, loaded.PublicKey);
        Assert.Throws<IOException>(() => store.Import(ForeignVectors.Pkcs8));
        using KeyPair still = store.Load(ForeignVectors.KeyId);
    }

    [Fact]
    public void Import_AnythingButP256_IsRefusedAndKeepsNothing()
    {
        using HostKey hostKey = HostKey.CreateRandom(_scratch.File(HostKey.FileName));
        KeyStore store = new(_scratch.Root, hostKey);

        Assert.ThrowsAny<CryptographicException>(() => store.Import(ForeignVectors.Pkcs8OnP384));
        Assert.ThrowsAny<CryptographicException>(() => store.Import(ForeignVectors.Pkcs8OnSecp256k1));
        Assert.ThrowsAny<CryptographicException>(() => store.Import([]));
        Assert.ThrowsAny<CryptographicException>(() => store.Import([.. ForeignVectors.Pkcs8, 0]));
        Assert.ThrowsAny<CryptographicException>(() => store.Import(ForeignVectors.Pkcs8.AsSpan(0, 60)));
        Assert.Empty(store.List());
    }

    [Fact]
    public void Create_EachFile_HasANonceOfItsOwn()
    {
        // Under one key a nonce used twice would give away both secrets.
        const int NonceStart = 80;
        using HostKey hostKey = HostKey.CreateRandom(_scratch.File(HostKey.FileName));
        KeyStore store = new(_scratch.Root, hostKey);
        HashSet<string> nonces = [];
        for (int i = 0; i < 50; i++)
        {
            using KeyPair keyPair = store.Create();
            byte[] file = File.ReadAllBytes(PathOf(keyPair.Id));
            Assert.True(nonces.Add(Convert.ToHexString(file.AsSpan(NonceStart, 12))));
        }
    }

    [Fact]
    public void Import_PublicPartOfAnotherKey_IsRefusedAndKeepsNothing()
    {
        using HostKey hostKey = HostKey.CreateRandom(_scratch.File(HostKey.FileName));
        KeyStore store = new(_scratch.Root, hostKey);
        using KeyPair other = KeyPair.Generate();
        byte[] lying = [.. ForeignVectors.Pkcs8];
        other.PublicKey.CopyTo(lying.AsSpan(lying.Length - PublicKey.Size));

        Assert.ThrowsAny<CryptographicException>(() => store.Import(lying));
        Assert.Empty(store.List());
    }

    [Fact]
    public void List_GivesEveryKeySortedAndNotTheHostKeyOrLeftovers()
    {
        using HostKey hostKey = HostKey.CreateRandom(_scratch.File(HostKey.FileName));
        KeyStore store = new(_scratch.Root, hostKey);
        List<KeyId> made = [];
        for (int i = 0; i < 20; i++)
        {
            using KeyPair keyPair = store.Create();
            made.Add(keyPair.Id);
        }

        File.WriteAllBytes(PathOf(made[0]) + ".0123.tmp", [1, 2, 3]);
        made.Sort();

        Assert.Equal(made, store.List());
        Assert.Equal(22, Directory.GetFiles(_scratch.Root).Length);
        File.WriteAllBytes(_scratch.File("stray.key"), []);
        Assert.Equal(KeyFileSection.Name, Assert.Throws<KeyFileException>(() => store.List()).Section);
    }

    [Fact]
    public void Files_AreForTheirOwnerOnly()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string keys = _scratch.File("keys");
        using HostKey hostKey = HostKey.CreateRandom(_scratch.File(HostKey.FileName));
        using KeyPair keyPair = new KeyStore(keys, hostKey).Create();

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(keys));
        foreach (string path in (string[])[_scratch.File(HostKey.FileName), .. Directory.GetFiles(keys)])
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Theory]
    [InlineData("600", true)]
    [InlineData("400", true)]
    [InlineData("640", false)]
    [InlineData("620", false)]
    [InlineData("604", false)]
    [InlineData("601", false)]
    [InlineData("644", false)]
    [InlineData("700", false)]
    public void Mode_WiderThan0600_IsRefused(string octal, bool isFine)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string hostPath = _scratch.File(HostKey.FileName);
        using HostKey hostKey = HostKey.CreateRandom(hostPath);
        KeyStore store = new(_scratch.Root, hostKey);
        using KeyPair keyPair = store.Create();
        string path = PathOf(keyPair.Id);
        UnixFileMode mode = (UnixFileMode)Convert.ToInt32(octal, 8);
        File.SetUnixFileMode(path, mode);
        File.SetUnixFileMode(hostPath, mode);

        if (isFine)
        {
            store.Load(keyPair.Id).Dispose();
            HostKey.Open(hostPath).Dispose();
            Assert.Null(KeyStore.Check(path));
            return;
        }

        Assert.Equal(KeyFileSection.Mode, Assert.Throws<KeyFileException>(() => store.Load(keyPair.Id)).Section);
        Assert.Equal(KeyFileSection.Mode, Assert.Throws<KeyFileException>(() => HostKey.Open(hostPath)).Section);
        Assert.Contains("Mode", KeyStore.Check(path), StringComparison.Ordinal);
        Assert.Contains("Mode", KeyStore.Check(hostPath), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MissingFileOrDirectory_NamesThePath()
    {
        using HostKey hostKey = HostKey.CreateRandom(_scratch.File(HostKey.FileName));
        KeyStore store = new(_scratch.File("keys"), hostKey);

        KeyFileException refused = Assert.Throws<KeyFileException>(() => store.Load(ForeignVectors.KeyId));

        Assert.Equal(KeyFileSection.File, refused.Section);
        Assert.Contains(ForeignVectors.Thumbprint, refused.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", KeyStore.Check(PathOf(ForeignVectors.KeyId)), StringComparison.Ordinal);
        Assert.NotNull(KeyStore.Check(_scratch.Root));
    }

    [Fact]
    public void Create_AfterTheHostKeyWasDisposed_KeepsNothing()
    {
        HostKey hostKey = HostKey.CreateRandom(_scratch.File(HostKey.FileName));
        KeyStore store = new(_scratch.Root, hostKey);
        hostKey.Dispose();

        Assert.Throws<ObjectDisposedException>(store.Create);
        Assert.Empty(store.List());
    }

    [Fact]
    public void KeyPair_ShowsItsIdOnlyAndRefusesAfterDispose()
    {
        KeyPair keyPair = KeyPair.Generate();
        Assert.Equal(keyPair.Id.ToString(), keyPair.ToString());
        Assert.Throws<ArgumentException>(() => keyPair.Sign("x"u8, new byte[63]));
        Assert.Throws<ArgumentException>(() => keyPair.Sign("x"u8, new byte[65]));
        keyPair.Dispose();
        Assert.Throws<ObjectDisposedException>(() => keyPair.Sign("x"u8, new byte[64]));
    }

    [Fact]
    public void KeyPair_SignsFromManyThreadsAtOnce()
    {
        using KeyPair keyPair = KeyPair.Generate();
        using KeyVerifier verifier = new();

        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            byte[] data = BitConverter.GetBytes(i);
            byte[] signature = new byte[KeyPair.SignatureSize];
            keyPair.Sign(data, signature);
            Assert.True(verifier.Verify(keyPair.PublicKey, data, signature));
        });
    }

    private string PathOf(KeyId id) => _scratch.File($"{id}.key");
}
