using System.Text;

namespace Aitbc.Protocol.Wire;

/// <summary>The words of a closed list: the values of an enum, the types of commands.</summary>
/// <remarks>Immutable, so any thread may read it.</remarks>
/// <typeparam name="T">What a word stands for.</typeparam>
internal sealed class WordTable<T>
    where T : struct
{
    private readonly (T Value, string Word, byte[] Utf8)[] words;
    private readonly string[] reserved;

    /// <summary>A table.</summary>
    /// <param name="words">Values and their words.</param>
    /// <param name="reserved">Words, or beginnings that end with a dot, which the design names for later.</param>
    public WordTable(IEnumerable<(T Value, string Word)> words, params string[] reserved)
    {
        this.words = [.. words.Select(pair => (pair.Value, pair.Word, Encoding.ASCII.GetBytes(pair.Word)))];
        this.reserved = reserved;
        Needed = "one of " + string.Join(", ", this.words.Select(word => $"\"{word.Word}\""));
    }

    /// <summary>All words, as the end of a sentence.</summary>
    public string Needed { get; }

    /// <summary>The value of a word.</summary>
    public bool TryFind(ReadOnlySpan<byte> utf8, out T value)
    {
        foreach (var word in words)
        {
            if (utf8.SequenceEqual(word.Utf8))
            {
                value = word.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The word of a value.</summary>
    /// <exception cref="ArgumentException">The value has none.</exception>
    public string WordOf(T value)
    {
        foreach (var word in words)
        {
            if (EqualityComparer<T>.Default.Equals(word.Value, value))
            {
                return word.Word;
            }
        }

        throw new ArgumentException($"'{value}' has no form on the wire.", nameof(value));
    }

    /// <summary>Whether a word is kept for what comes later.</summary>
    public bool IsReserved(ReadOnlySpan<byte> utf8)
    {
        foreach (var entry in reserved)
        {
            var isWhole = !entry.EndsWith('.') && Ascii.Equals(utf8, entry);
            var isBeginning = entry.EndsWith('.')
                && utf8.Length > entry.Length
                && Ascii.Equals(utf8[..entry.Length], entry)
                && !utf8[entry.Length..].ContainsAnyExceptInRange((byte)'a', (byte)'z');
            if (isWhole || isBeginning)
            {
                return true;
            }
        }

        return false;
    }
}
