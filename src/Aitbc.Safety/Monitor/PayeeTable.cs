using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Aitbc.Safety.Monitor;

/// <summary>What every account usually gets from all who are no newcomers: its standing. By account, in chunks, so that
/// growing moves none.</summary>
/// <param name="maxAccounts">Accounts above it have no standing.</param>
internal sealed class PayeeTable(int maxAccounts)
{
    private const int ChunkBits = 12;

    private Dealings.Payee[]?[] chunks = [];

    /// <summary>What an account usually gets a day; a look, which changes nothing.</summary>
    public ulong Usual(int account, int quarter, int usualDays)
    {
        if (account >> ChunkBits >= chunks.Length || chunks[account >> ChunkBits] is not { } chunk)
        {
            return 0;
        }

        var payee = chunk[account & ((1 << ChunkBits) - 1)];
        if (quarter > payee.Quarter && payee.Quarter > 0)
        {
            payee.Advance(quarter, usualDays);
        }

        return payee.Usual;
    }

    /// <summary>Takes in what an account got.</summary>
    public void Pay(int account, ulong value, int quarter, int usualDays)
    {
        if (account >= maxAccounts)
        {
            return;
        }

        ref var payee = ref Make(account);
        if (payee.Quarter == 0)
        {
            payee.Quarter = quarter;
        }
        else if (quarter > payee.Quarter)
        {
            payee.Advance(quarter, usualDays);
        }

        payee.Recent = CoarseAmount.Add(payee.Recent, value);
    }

    /// <summary>Writes who has a standing: how many accounts, the size of one, then number and standing of each.
    /// </summary>
    public void Save(Stream target)
    {
        target.Write(BitConverter.GetBytes(chunks.Sum(chunk => chunk?.Count(payee => payee.Quarter > 0) ?? 0)));
        target.Write(BitConverter.GetBytes(Unsafe.SizeOf<Dealings.Payee>()));
        for (var i = 0; i < chunks.Length << ChunkBits; i++)
        {
            if (chunks[i >> ChunkBits] is { } chunk && chunk[i & ((1 << ChunkBits) - 1)].Quarter > 0)
            {
                target.Write(BitConverter.GetBytes(i));
                target.Write(MemoryMarshal.AsBytes(
                    new ReadOnlySpan<Dealings.Payee>(in chunk[i & ((1 << ChunkBits) - 1)])));
            }
        }
    }

    /// <summary>Reads them into an empty table.</summary>
    /// <returns>False where they are of another size, or not of accounts that have one here.</returns>
    public bool TryLoad(Stream source)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        source.ReadExactly(number);
        var count = BitConverter.ToInt32(number);
        source.ReadExactly(number);
        if (count < 0 || count > maxAccounts || BitConverter.ToInt32(number) != Unsafe.SizeOf<Dealings.Payee>())
        {
            return false;
        }

        for (; count > 0; count--)
        {
            source.ReadExactly(number);
            if (BitConverter.ToInt32(number) is var account && (account < 0 || account >= maxAccounts))
            {
                return false;
            }

            source.ReadExactly(MemoryMarshal.AsBytes(new Span<Dealings.Payee>(ref Make(account))));
        }

        return true;
    }

    private ref Dealings.Payee Make(int account)
    {
        if (account >> ChunkBits >= chunks.Length)
        {
            Array.Resize(ref chunks, (account >> ChunkBits) + 1);
        }

        var chunk = chunks[account >> ChunkBits] ??= new Dealings.Payee[1 << ChunkBits];
        return ref chunk[account & ((1 << ChunkBits) - 1)];
    }
}
