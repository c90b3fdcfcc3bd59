using System.Security.Cryptography;
using Aitbc.Infrastructure.Wallet;
using Aitbc.Primitives;
using Xunit;

namespace Aitbc.Infrastructure.Tests.Wallet;

/// <summary>Damage and forgery of key files; the layout is written out here, apart from the reader.</summary>
public sealed class KeyFileDamageTests : IDisposable
{
    private const int MagicSize = 12;
    private const int PayloadStart = MagicSize + 4;
    private const int SealStart = PayloadStart + 64;
    private const int ChecksumStart = SealStart + 60;
    private static readonly byte[] s_hostKey = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly ScratchDirectory _scratch = new();
    private readonly HostKey _hostKey;
    private readonly KeyStore _store;
    private readonly string _path;

    public KeyFileDamageTests()
    {
        ScratchDirectory.WritePrivate(_scratch.File(HostKey.FileName), ForeignVectors.HostKeyFile);
        _hostKey = HostKey.Open(_scratch.File(HostKey.FileName));
        _store = new KeyStore(_scratch.Root, _hostKey);
        _path = PathOf(ForeignVectors.KeyId);
        ScratchDirectory.WritePrivate(_path, ForeignVectors.KeyFile);
    }

    public void Dispose()
    {
        _hostKey.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void Every_flipped_bit_of_a_key_file_is_found_without_the_host_key()
    {
        Assert.Null(KeyStore.Check(_path));
        for (int bit = 0; bit < ForeignVectors.KeyFile.Length * 8; bit++)
        {
            byte[] damaged = [.. ForeignVectors.KeyFile];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(_path, damaged);

            KeyFileException refused = Assert.Throws<KeyFileException>(() => _store.Load(ForeignVectors.KeyId));
            Assert.Equal(
                (bit / 8) switch
                {
                    < MagicSize => KeyFileSection.Magic,
                    < PayloadStart => KeyFileSection.Length,
                    _ => KeyFileSection.Checksum,
                },
                refused.Section);
            Assert.Equal(_path, refused.Path);
            Assert.Equal(refused.Message, KeyStore.Check(_path));
        }
    }

    [Fact]
    public void Every_flipped_bit_of_the_host_key_file_is_found()
    {
        foreach (byte[] whole in (byte[][])[ForeignVectors.HostKeyFile, ForeignVectors.PassphraseHostKeyFile])
        {
            string path = _scratch.File(HostKey.FileName);
            ScratchDirectory.WritePrivate(path, whole);
            Assert.Null(HostKey.Check(path));
            for (int bit = 0; bit < whole.Length * 8; bit++)
            {
                byte[] damaged = [.. whole];
                damaged[bit / 8] ^= (byte)(1 << (bit % 8));
                File.WriteAllBytes(path, damaged);
                Assert.NotNull(HostKey.Check(path));
                Assert.NotNull(KeyStore.Check(path));
                Assert.Throws<KeyFileException>(() => HostKey.Open(path));
            }
        }
    }

    [Fact]
    public void Every_length_but_the_right_one_is_refused()
    {
        for (int length = 0; length <= ForeignVectors.KeyFile.Length + 40; length++)
        {
            if (length == ForeignVectors.KeyFile.Length)
            {
                continue;
            }

            byte[] damaged = [.. ForeignVectors.KeyFile, .. new byte[40]];
            File.WriteAllBytes(_path, damaged[..length]);

            KeyFileException refused = Assert.Throws<KeyFileException>(() => _store.Load(ForeignVectors.KeyId));
            Assert.Equal(
                length switch
                {
                    < MagicSize => KeyFileSection.Magic,
                    < PayloadStart => KeyFileSection.Length,
                    _ => KeyFileSection.Size,
                },
                refused.Section);
            if (refused.Section == KeyFileSection.Size)
            {
                Assert.Contains(
                    length < ForeignVectors.KeyFile.Length ? "cut short" : "bytes after the end",
                    refused.Message,
                    StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_file_of_any_size_is_not_read_whole()
    {
        using (FileStream huge = File.OpenWrite(_path))
        {
            huge.SetLength(4L << 30);
        }

        Assert.Equal(
            KeyFileSection.Size,
            Assert.Throws<KeyFileException>(() => _store.Load(ForeignVectors.KeyId)).Section);
    }

    [Fact]
    public void The_host_key_of_another_host_does_not_open_it()
    {
        using HostKey other = HostKey.CreateRandom(_scratch.File("other.host"));

        KeyFileException refused = Assert.Throws<KeyFileException>(
            () => new KeyStore(_scratch.Root, other).Load(ForeignVectors.KeyId));

        Assert.Equal(KeyFileSection.Seal, refused.Section);
        Assert.Equal(SealStart, refused.Offset);
        Assert.Contains("not sealed by this host key", refused.Message, StringComparison.Ordinal);
        Assert.Null(KeyStore.Check(_path));
    }

    [Fact]
    public void A_file_under_another_keys_name_is_refused()
    {
        using KeyPair other = KeyPair.Generate();
        ScratchDirectory.WritePrivate(PathOf(other.Id), ForeignVectors.KeyFile);
        ScratchDirectory.WritePrivate(_scratch.File("agent.key"), ForeignVectors.KeyFile);
        ScratchDirectory.WritePrivate(_scratch.File($"{ForeignVectors.Thumbprint}.KEY"), ForeignVectors.KeyFile);

        Assert.Equal(
            KeyFileSection.Name, Assert.Throws<KeyFileException>(() => _store.Load(other.Id)).Section);
        Assert.Contains("Name", KeyStore.Check(PathOf(other.Id)), StringComparison.Ordinal);
        Assert.Contains("Name", KeyStore.Check(_scratch.File("agent.key")), StringComparison.Ordinal);
        Assert.Contains(
            "Name", KeyStore.Check(_scratch.File($"{ForeignVectors.Thumbprint}.KEY")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_forged_public_key_with_a_good_checksum_does_not_open()
    {
        using KeyPair other = KeyPair.Generate();
        byte[] forged = [.. ForeignVectors.KeyFile];
        other.PublicKey.CopyTo(forged.AsSpan(PayloadStart));
        WriteWithChecksum(PathOf(other.Id), forged);

        Assert.Null(KeyStore.Check(PathOf(other.Id)));
        Assert.Equal(
            KeyFileSection.Seal, Assert.Throws<KeyFileException>(() => _store.Load(other.Id)).Section);
    }

    [Fact]
    public void A_sealed_scalar_of_another_public_key_is_refused()
    {
        using KeyPair other = KeyPair.Generate();
        byte[] scalarOfTheRfcKey = System.Buffers.Text.Base64Url.DecodeFromChars(
            "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI");
        WriteSealed(other.PublicKey, scalarOfTheRfcKey);

        KeyFileException refused = Assert.Throws<KeyFileException>(() => _store.Load(other.Id));

        Assert.Equal(KeyFileSection.Seal, refused.Section);
        Assert.Contains("another private key", refused.Message, StringComparison.Ordinal);
        WriteSealed(ForeignVectors.Key, scalarOfTheRfcKey);
        _store.Load(ForeignVectors.KeyId).Dispose();
    }

    [Fact]
    public void A_sealed_scalar_out_of_range_is_refused()
    {
        byte[] order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        foreach (byte[] scalar in (byte[][])[new byte[32], order, [.. Enumerable.Repeat((byte)0xFF, 32)]])
        {
            WriteSealed(ForeignVectors.Key, scalar);
            Assert.Equal(
                KeyFileSection.Seal,
                Assert.Throws<KeyFileException>(() => _store.Load(ForeignVectors.KeyId)).Section);
        }
    }

    [Fact]
    public void A_public_key_off_the_curve_is_refused_also_without_the_host_key()
    {
        byte[] forged = [.. ForeignVectors.KeyFile];
        forged[SealStart - 1] ^= 1;
        PublicKey offCurve = PublicKey.From(forged.AsSpan(PayloadStart, 64));
        WriteWithChecksum(PathOf(offCurve.Thumbprint()), forged);

        Assert.Contains("Payload", KeyStore.Check(PathOf(offCurve.Thumbprint())), StringComparison.Ordinal);
        Assert.Equal(
            KeyFileSection.Payload,
            Assert.Throws<KeyFileException>(() => _store.Load(offCurve.Thumbprint())).Section);
    }

    private string PathOf(KeyId id) => _scratch.File($"{id}.key");

    private void WriteSealed(PublicKey key, byte[] scalar)
    {
        byte[] file = [.. ForeignVectors.KeyFile];
        key.CopyTo(file.AsSpan(PayloadStart));
        Span<byte> nonce = file.AsSpan(SealStart, 12);
        using AesGcm aes = new(s_hostKey, 16);
        aes.Encrypt(
            nonce, scalar, file.AsSpan(SealStart + 12, 32), file.AsSpan(SealStart + 44, 16), key.Thumbprint().AsSpan());
        WriteWithChecksum(PathOf(key.Thumbprint()), file);
    }

    private static void WriteWithChecksum(string path, byte[] file)
    {
        SHA256.HashData(file.AsSpan(0, ChecksumStart), file.AsSpan(ChecksumStart));
        ScratchDirectory.WritePrivate(path, file);
    }
}
