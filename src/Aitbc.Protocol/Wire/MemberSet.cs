using System.Numerics;
using System.Text;

namespace Aitbc.Protocol.Wire;

/// <summary>The closed list of an object's members, in canonical order.</summary>
/// <remarks>Immutable, so any thread may read it.</remarks>
internal sealed class MemberSet
{
    private readonly byte[][] names;
    private readonly ulong required;

    /// <summary>A list of up to 64 names; one that ends with a question mark may be absent.</summary>
    public MemberSet(params string[] names)
    {
        this.names = new byte[names.Length][];
        for (var i = 0; i < names.Length; i++)
        {
            this.names[i] = Encoding.ASCII.GetBytes(names[i].TrimEnd('?'));
            required |= names[i].EndsWith('?') ? 0 : 1UL << i;
        }
    }

    /// <summary>The place of a name, or -1. Looks first where canonical order would have it.</summary>
    /// <param name="name">As it stands between the quotes.</param>
    /// <param name="seen">Bit i: member i has been seen.</param>
    public int Find(ReadOnlySpan<byte> name, ulong seen)
    {
        var next = BitOperations.TrailingZeroCount(~seen);
        if (next < names.Length && name.SequenceEqual(names[next]))
        {
            return next;
        }

        for (var i = 0; i < names.Length; i++)
        {
            if (name.SequenceEqual(names[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The first required member that has not been seen, or null.</summary>
    public string? Missing(ulong seen)
    {
        var missing = required & ~seen;
        return missing == 0 ? null : Encoding.ASCII.GetString(names[BitOperations.TrailingZeroCount(missing)]);
    }
}
