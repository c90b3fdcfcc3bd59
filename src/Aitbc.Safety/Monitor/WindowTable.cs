using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Aitbc.Protocol.Accounts;

namespace Aitbc.Safety.Monitor;

/// <summary>Windows by account, in chunks, so that growing moves none of them.</summary>
internal sealed partial class WindowTable(int maxWindows)
{
    /// <summary>Account numbers are dense; none above this is watched.</summary>
    private const uint MaxAccounts = 1 << 26;

    private const int ChunkBits = 8;
    private const int LineBytes = 64;

    private ActivityWindow[][] chunks = [];
    private int[] places = [];

    /// <summary>Windows made.</summary>
    public int Count { get; private set; }

    /// <summary>A window; the place is below <see cref="Count"/>.</summary>
    public ref ActivityWindow this[int place]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref chunks[place >> ChunkBits][place & ((1 << ChunkBits) - 1)];
    }

    /// <summary>The place of an account's window, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(AccountNumber account) => account.Value < (uint)places.Length ? places[account.Value] - 1 : -1;

    /// <summary>Likewise; makes it where there is none, -1 where there is no room.</summary>
    public int FindOrAdd(AccountNumber account, long nowMs, AccountNumber owner) =>
        Find(account) is var place and >= 0 ? place : Add(account, nowMs, owner);

    /// <summary>Brings a window towards the core.</summary>
    public unsafe void Fetch(int place)
    {
        if (place >= 0 && Sse.IsSupported)
        {
            // A hint about an address: if the collector moves the chunk meanwhile, it was for nothing.
            var start = (byte*)Unsafe.AsPointer(ref this[place]);
            for (var offset = 0; offset < Unsafe.SizeOf<ActivityWindow>(); offset += LineBytes)
            {
                Sse.Prefetch0(start + offset);
            }
        }
    }

    private int Add(AccountNumber account, long nowMs, AccountNumber owner)
    {
        if (Count >= maxWindows || account.Value >= MaxAccounts)
        {
            return -1;
        }

        if (account.Value >= (uint)places.Length)
        {
            Array.Resize(ref places, (int)BitOperations.RoundUpToPowerOf2(account.Value + 1));
        }

        var place = Count++;
        if (place >> ChunkBits == chunks.Length)
        {
            Array.Resize(ref chunks, chunks.Length + 1);
            chunks[^1] = new ActivityWindow[1 << ChunkBits];
        }

        places[account.Value] = place + 1;
        this[place].Begin(nowMs, owner.Value);
        return place;
    }
}
