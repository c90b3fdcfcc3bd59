using System.Security.Cryptography;
using Aitbc.Infrastructure.Wallet;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Wallet;

public sealed class HostKeyTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string HostPath => _scratch.File(HostKey.FileName);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void CreateRandom_ExistingFile_IsNeverOverwritten()
    {
        HostKey.CreateRandom(HostPath).Dispose();
        byte[] before = File.ReadAllBytes(HostPath);

        Assert.Throws<IOException>(() => HostKey.CreateRandom(HostPath));
        Assert.Throws<IOException>(() => HostKey.CreateFromPassphrase(HostPath, "a long passphrase"));
        Assert.Equal(before, File.ReadAllBytes(HostPath));
        Assert.Single(Directory.GetFiles(_scratch.Root));
    }

    [Fact]
    public void CreateRandom_Twice_GivesTwoKeys()
    {
        HostKey.CreateRandom(HostPath).Dispose();
        HostKey.CreateRandom(_scratch.File("other.key")).Dispose();

        Assert.NotEqual(File.ReadAllBytes(HostPath), File.ReadAllBytes(_scratch.File("other.key")));
        Assert.False(HostKey.NeedsPassphrase(HostPath));
    }

    [Fact]
    public void One_passphrase_on_two_hosts_gives_two_salts_and_two_keys()
    {
        const int SaltStart = 22;
        const string Passphrase = "correct horse battery";
        HostKey.CreateFromPassphrase(HostPath, Passphrase).Dispose();
        HostKey.CreateFromPassphrase(_scratch.File("other.key"), Passphrase).Dispose();
        byte[] one = File.ReadAllBytes(HostPath);
        byte[] other = File.ReadAllBytes(_scratch.File("other.key"));

        // Under one salt a table of passphrases made once would open every host.
        Assert.NotEqual(one[SaltStart..(SaltStart + 32)], other[SaltStart..(SaltStart + 32)]);
        Assert.NotEqual(one[(SaltStart + 32)..(SaltStart + 48)], other[(SaltStart + 32)..(SaltStart + 48)]);
    }

    [Fact]
    public void Passphrase_OpensWhatItSealedAndNoOtherDoes()
    {
        KeyPair made;
        using (HostKey created = HostKey.CreateFromPassphrase(HostPath, "correct horse battery"))
        {
            made = new KeyStore(_scratch.Root, created).Create();
        }

        using HostKey opened = HostKey.Open(HostPath, "correct horse battery");
        using KeyPair loaded = new KeyStore(_scratch.Root, opened).Load(made.Id);
        made.Dispose();

        Assert.Equal(made.PublicKey, loaded.PublicKey);
        Assert.True(HostKey.NeedsPassphrase(HostPath));
        foreach (string wrong in (string[])["correct horse batterz", "Correct horse battery", ""])
        {
            KeyFileException refused = Assert.Throws<KeyFileException>(() => HostKey.Open(HostPath, wrong));
            Assert.Equal(KeyFileSection.Seal, refused.Section);
        }
    }

    [Fact]
    public void Passphrase_FilesOfAnotherImplementation_OpenHere()
    {
        ScratchDirectory.WritePrivate(HostPath, ForeignVectors.PassphraseHostKeyFile);
        ScratchDirectory.WritePrivate(
            _scratch.File($"{ForeignVectors.Thumbprint}.key"), ForeignVectors.PassphraseKeyFile);
        using HostKey hostKey = HostKey.Open(HostPath, ForeignVectors.Passphrase);

        using KeyPair keyPair = new KeyStore(_scratch.Root, hostKey).Load(ForeignVectors.KeyId);

        Assert.Equal(ForeignVectors.Key, keyPair.PublicKey);
    }

    [Fact]
    public void Passphrase_OfTheShortestLength_IsTaken()
    {
        Assert.Equal(HostKey.MinPassphraseLength, "twelve chars".Length);

        HostKey.CreateFromPassphrase(HostPath, "twelve chars").Dispose();

        Assert.True(HostKey.NeedsPassphrase(HostPath));
    }

    [Fact]
    public void Passphrase_TooShort_IsRefusedAndWritesNothing()
    {
        Assert.Throws<ArgumentException>(() => HostKey.CreateFromPassphrase(HostPath, "eleven char"));
        Assert.Empty(Directory.GetFiles(_scratch.Root));
    }

    [Fact]
    public void Kind_UnknownOrRandomWithARest_IsRefused()
    {
        const int PayloadStart = 21;
        foreach ((int offset, byte value) in ((int, byte)[])[(0, 0), (0, 3), (33, 1), (48, 1)])
        {
            byte[] forged = [.. ForeignVectors.HostKeyFile];
            forged[PayloadStart + offset] = value;
            SHA256.HashData(forged.AsSpan(0, forged.Length - 32), forged.AsSpan(forged.Length - 32));
            ScratchDirectory.WritePrivate(HostPath, forged);

            KeyFileException refused = Assert.Throws<KeyFileException>(() => HostKey.Open(HostPath));
            Assert.Equal(KeyFileSection.Payload, refused.Section);
            Assert.Throws<KeyFileException>(() => HostKey.NeedsPassphrase(HostPath));
        }
    }

    [Fact]
    public void Texts_NeverHoldTheKey()
    {
        ScratchDirectory.WritePrivate(HostPath, ForeignVectors.HostKeyFile);
        using HostKey hostKey = HostKey.Open(HostPath);

        Assert.Equal(typeof(HostKey).FullName, hostKey.ToString());
        Assert.Empty(typeof(HostKey).GetProperties());
        Assert.DoesNotContain(
            typeof(KeyPair).GetProperties(), p => p.Name is not (nameof(KeyPair.Id) or nameof(KeyPair.PublicKey)));
    }
}
