using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Protocol.Identity;

namespace Aitbc.Protocol.Wire;

/// <summary>The values at the present token. After a fault they give defaults.</summary>
internal ref partial struct WireReader
{
    private const int MaxIntegerDigits = 16;
    private const int SignatureTextLength = 86;

    private static readonly MemberSet KeyMembers = new("kty", "crv", "x", "y");

    /// <summary>A string that is one of a list of types or actions.</summary>
    public T Type<T>(WordTable<T> types)
        where T : struct
    {
        if (!IsString(types.Needed))
        {
            return default;
        }

        if (!types.TryFind(json.ValueSpan, out var value))
        {
            Fail(PayloadProblemKind.UnknownCommand);
            IsReserved = types.IsReserved(json.ValueSpan);
        }

        return value;
    }

    /// <summary>A string that is one of a list of words.</summary>
    public T Word<T>(WordTable<T> words)
        where T : struct
    {
        if (IsString(words.Needed) && words.TryFind(json.ValueSpan, out var value))
        {
            return value;
        }

        Fail(PayloadProblemKind.BadText, words.Needed);
        return default;
    }

    /// <summary>A string in the text form of a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Text<T>()
        where T : struct, ITextValue<T>
    {
        if (json.TokenType == JsonTokenType.String && T.TryParse(json.ValueSpan, out var value))
        {
            return value;
        }

        FailText<T>();
        return default;
    }

    /// <summary>A text or null.</summary>
    public T? TextOrNull<T>()
        where T : struct, ITextValue<T> => json.TokenType == JsonTokenType.Null ? null : Text<T>();

    /// <summary>A chain's name; <paramref name="known"/> itself where it is that one, so that no second copy is made.
    /// </summary>
    public ChainId? Chain(ChainId? known)
    {
        const string Needed = "a chain's name: 1 to 32 characters of a-z, 0-9, colon, dot, underscore and minus";
        if (!IsString(Needed))
        {
            return null;
        }

        if (known is not null && json.ValueSpan.SequenceEqual(known.Utf8))
        {
            return known;
        }

        if (!ChainId.TryParse(json.ValueSpan, out var chain))
        {
            Fail(PayloadProblemKind.BadText, Needed);
        }

        return chain;
    }

    /// <summary>An integer in digits alone: no sign, fraction or exponent.</summary>
    /// <param name="max">Largest value taken; at most <see cref="MaxInteger"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Integer(ulong max)
    {
        if (json.TokenType == JsonTokenType.Number && TryRead(json.ValueSpan, out var value) && value <= max)
        {
            return value;
        }

        FailInteger(max);
        return 0;
    }

    /// <summary>An integer of 32 bits.</summary>
    public uint UInt32() => (uint)Integer(uint.MaxValue);

    /// <summary>An instant, ms since 1970.</summary>
    public Timestamp Timestamp() => new((long)Integer(MaxInteger));

    /// <summary>A span of time, ms.</summary>
    public Duration Duration() => new((long)Integer(MaxInteger));

    /// <summary>True or false.</summary>
    public bool Boolean()
    {
        if (json.TokenType is not (JsonTokenType.True or JsonTokenType.False))
        {
            Fail(PayloadProblemKind.WrongType, "true or false");
        }

        return json.TokenType == JsonTokenType.True;
    }

    /// <summary>A public key as a closed JWK.</summary>
    public PublicKey Key()
    {
        Digest x = default;
        Digest y = default;
        ulong seen = 0;
        BeginObject();
        while (Next(KeyMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 0:
                    Exactly("EC"u8, "\"EC\"");
                    break;
                case 1:
                    Exactly("P-256"u8, "\"P-256\"");
                    break;
                case 2:
                    x = Text<Digest>();
                    break;
                default:
                    y = Text<Digest>();
                    break;
            }
        }

        return PublicKey.From(x.AsSpan(), y.AsSpan());
    }

    /// <summary>A signature: base64url of 64 bytes.</summary>
    public Signature Signature()
    {
        const string Needed = "base64url of 64 bytes, 86 characters";
        if (!IsString(Needed))
        {
            return default;
        }

        Span<byte> bytes = stackalloc byte[2 * Digest.Size];
        Span<byte> canonical = stackalloc byte[SignatureTextLength];
        if (json.ValueSpan.Length == SignatureTextLength
            && Base64Url.DecodeFromUtf8(json.ValueSpan, bytes, out _, out var written) == OperationStatus.Done
            && written == bytes.Length
            && Base64Url.EncodeToUtf8(bytes, canonical) == SignatureTextLength
            && canonical.SequenceEqual(json.ValueSpan))
        {
            return new Signature(Digest.From(bytes[..Digest.Size]), Digest.From(bytes[Digest.Size..]));
        }

        Fail(PayloadProblemKind.BadText, Needed);
        return default;
    }

    /// <summary>Bytes in base64url, in their one text.</summary>
    /// <param name="max">Most bytes.</param>
    public byte[] Bytes(int max)
    {
        var needed = $"base64url of 1 to {max} bytes, without padding";
        if (!IsString(needed))
        {
            return [];
        }

        var text = json.ValueSpan;
        if (text.Length > 0 && text.Length <= Base64Url.GetEncodedLength(max))
        {
            var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
            if (Base64Url.DecodeFromUtf8(text, bytes, out _, out var written) == OperationStatus.Done)
            {
                // One value, one text: no padding, and no bits left over.
                Array.Resize(ref bytes, written);
                if (Base64Url.EncodeToUtf8(bytes).AsSpan().SequenceEqual(text))
                {
                    return bytes;
                }
            }
        }

        Fail(PayloadProblemKind.BadText, needed);
        return [];
    }

    private static bool TryRead(ReadOnlySpan<byte> digits, out ulong value)
    {
        value = 0;
        if (digits.Length > MaxIntegerDigits)
        {
            return false;
        }

        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            value = (value * 10) + (uint)(digit - '0');
        }

        return true;
    }

    private bool IsString(string needed)
    {
        if (json.TokenType != JsonTokenType.String)
        {
            Fail(PayloadProblemKind.WrongType, needed);
        }

        return !Failed;
    }

    private void Exactly(ReadOnlySpan<byte> text, string needed)
    {
        if (IsString(needed) && !json.ValueSpan.SequenceEqual(text))
        {
            Fail(PayloadProblemKind.BadText, needed);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FailText<T>()
        where T : struct, ITextValue<T>
    {
        var needed = NeededText.Of<T>();
        if (!IsString(needed))
        {
            return;
        }

        var isNumber = typeof(T) == typeof(TokenAmount)
            && json.ValueSpan.Length > 1
            && json.ValueSpan[0] != '0'
            && !json.ValueSpan.ContainsAnyExceptInRange((byte)'0', (byte)'9');
        Fail(isNumber ? PayloadProblemKind.OutOfRange : PayloadProblemKind.BadText, needed);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FailInteger(ulong max) =>
        Fail(
            json.TokenType == JsonTokenType.Number ? PayloadProblemKind.OutOfRange : PayloadProblemKind.WrongType,
            $"an integer from 0 to {max}, in digits alone");
}
