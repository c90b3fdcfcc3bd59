namespace Aitbc.Infrastructure.Wallet;

/// <summary>A key file was refused: says which file, which part, at which byte and why; never what it holds.</summary>
public sealed class KeyFileException : Exception
{
    /// <summary>Names the refusal.</summary>
    /// <param name="path">The file.</param>
    /// <param name="section">The part that was refused.</param>
    /// <param name="offset">The byte at which that part starts or first differs; 0 for the whole file.</param>
    /// <param name="reason">Why, in a few words.</param>
    /// <param name="inner">What the system reported, or null.</param>
    public KeyFileException(
        string path, KeyFileSection section, long offset, string reason, Exception? inner = null)
        : base($"{path}: {section} at byte {offset}: {reason}", inner)
    {
        Path = path;
        Section = section;
        Offset = offset;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The part that was refused.</summary>
    public KeyFileSection Section { get; }

    /// <summary>The byte at which that part starts or first differs.</summary>
    public long Offset { get; }
}
