namespace Aitbc.Infrastructure.Wallet;

/// <summary>The part of a key file that was refused; the first in this order wins.</summary>
public enum KeyFileSection
{
    /// <summary>The file could not be opened or read.</summary>
    File,

    /// <summary>The file's mode lets the group or others in: wider than 0600 (Unix only).</summary>
    Mode,

    /// <summary>The first line is not the magic line of this kind and version of file.</summary>
    Magic,

    /// <summary>The payload's length is not the one of this kind of file.</summary>
    Length,

    /// <summary>The file is shorter or longer than its length says.</summary>
    Size,

    /// <summary>The SHA-256 at the end does not match what is before it: some byte was changed.</summary>
    Checksum,

    /// <summary>The payload is whole but does not make sense, such as a point off the curve.</summary>
    Payload,

    /// <summary>The file's name is not the thumbprint of the public key in it.</summary>
    Name,

    /// <summary>The secret cannot be opened: another host key, another passphrase, or a forged file.</summary>
    Seal,
}
