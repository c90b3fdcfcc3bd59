namespace Aitbc.Infrastructure.Storage;

/// <summary>How bad a finding is.</summary>
public enum StorageProblemKind
{
    /// <summary>Bytes that can only stand there because the device or a hand changed them: refuse to go on.</summary>
    Damage = 0,

    /// <summary>What a crash is expected to leave behind and recovery puts right by itself: a torn tail.</summary>
    Notice = 1,
}

/// <summary>One finding of a check of stored bytes, with its place.</summary>
/// <param name="Kind">Whether it is damage or an expected remnant of a crash.</param>
/// <param name="File">The file, relative to the root of its disk.</param>
/// <param name="Offset">The first byte in question, from the start of the file.</param>
/// <param name="Text">What is wrong there, in a sentence.</param>
public readonly record struct StorageProblem(StorageProblemKind Kind, string File, long Offset, string Text)
{
    /// <summary>The finding as one line: file, byte offset, text.</summary>
    public override string ToString() => $"{File}, byte {Offset}: {Text}";
}

/// <summary>Stored bytes are not what was written: they were changed by the device or by a hand.</summary>
public class StorageDamagedException : IOException
{
    /// <summary>Names the damage and its place.</summary>
    public StorageDamagedException(string file, long offset, string text)
        : base(new StorageProblem(StorageProblemKind.Damage, file, offset, text).ToString())
    {
        File = file;
        Offset = offset;
        Text = text;
    }

    /// <summary>The file, relative to the root of its disk.</summary>
    public string File { get; }

    /// <summary>The first byte in question, from the start of the file.</summary>
    public long Offset { get; }

    /// <summary>What is wrong there, in a sentence.</summary>
    public string Text { get; }
}

/// <summary>A journal is damaged elsewhere than at its torn tail. Nothing was changed.</summary>
/// <param name="file">The segment, relative to the root of its disk.</param>
/// <param name="offset">The first byte in question.</param>
/// <param name="text">What is wrong there.</param>
public sealed class JournalDamagedException(string file, long offset, string text)
    : StorageDamagedException(file, offset, text);

/// <summary>
/// A write or flush of the journal failed. What reached the device is unknown, so this journal takes nothing more;
/// the process must end and recover by opening it again.
/// </summary>
/// <param name="message">What failed.</param>
/// <param name="cause">The error of the device.</param>
public sealed class JournalFailedException(string message, Exception? cause) : IOException(message, cause);

/// <summary>
/// The journal has no room for a batch. Nothing of it was written and the journal goes on working: the batch may be
/// written again once there is room.
/// </summary>
/// <param name="message">What did not fit.</param>
/// <param name="cause">Why the next segment could not be prepared.</param>
public sealed class JournalFullException(string message, Exception? cause) : IOException(message, cause);
