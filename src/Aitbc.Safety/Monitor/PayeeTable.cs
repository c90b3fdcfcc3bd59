using System.Runtime.CompilerServices;

namespace Aitbc.Safety.Monitor;

/// <summary>What every account usually gets from all who are no newcomers: its standing. By account, in chunks, so that
/// growing moves none.</summary>
/// <param name="maxAccounts">Accounts above it have no standing.</param>
internal sealed class PayeeTable(int maxAccounts)
{
    private const int ChunkBits = 12;

    private Dealings.Payee[]?[] chunks = [];

    /// <summary>What an account usually gets a day.</summary>
    public ulong Usual(int account, int quarter, int usualDays)
    {
        if (account >> ChunkBits >= chunks.Length || chunks[account >> ChunkBits] is not { } chunk)
        {
            return 0;
        }

        ref var payee = ref chunk[account & ((1 << ChunkBits) - 1)];
        if (quarter > payee.Quarter)
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

        if (account >> ChunkBits >= chunks.Length)
        {
            Array.Resize(ref chunks, (account >> ChunkBits) + 1);
        }

        if (chunks[account >> ChunkBits] is not { } chunk)
        {
            chunk = new Dealings.Payee[1 << ChunkBits];
            chunks[account >> ChunkBits] = chunk;
        }

        ref var payee = ref chunk[account & ((1 << ChunkBits) - 1)];
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
}
