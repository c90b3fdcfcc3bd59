using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Safety.Monitor;

/// <content>Windows as bytes.</content>
internal sealed partial class WindowTable
{
    /// <summary>Writes the windows in the order of their making: how many, the size of one, then account and window of
    /// each.</summary>
    public void Save(Stream target)
    {
        var accounts = new uint[Count];
        for (var account = 0; account < places.Length; account++)
        {
            if (places[account] > 0)
            {
                accounts[places[account] - 1] = (uint)account;
            }
        }

        target.Write(BitConverter.GetBytes(Count));
        target.Write(BitConverter.GetBytes(Unsafe.SizeOf<ActivityWindow>()));
        for (var place = 0; place < Count; place++)
        {
            target.Write(BitConverter.GetBytes(accounts[place]));
            target.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<ActivityWindow>(in this[place])));
        }
    }

    /// <summary>Reads them into an empty table.</summary>
    /// <returns>False where they are of another size, or too many.</returns>
    public bool TryLoad(Stream source)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        source.ReadExactly(number);
        var count = BitConverter.ToInt32(number);
        source.ReadExactly(number);
        if (count < 0 || count > maxWindows || BitConverter.ToInt32(number) != Unsafe.SizeOf<ActivityWindow>())
        {
            return false;
        }

        for (var place = 0; place < count; place++)
        {
            source.ReadExactly(number);
            if (FindOrAdd(new AccountNumber(BitConverter.ToUInt32(number)), 1, default) != place)
            {
                return false;
            }

            source.ReadExactly(MemoryMarshal.AsBytes(new Span<ActivityWindow>(ref this[place])));
        }

        return true;
    }
}
