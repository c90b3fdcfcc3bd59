using System.Runtime.CompilerServices;

namespace Aitbc.Safety.Monitor;

/// <summary>Whom value went to, with what is usual, and whom it came from: the 32 and the 8 that matter most; whoever
/// falls out is a stranger again.</summary>
internal struct Dealings
{
    public const int Payees = 32;
    public const int Payers = 8;

    /// <summary>In this many quarters of an hour what went to a payee counts half.</summary>
    private const int HalfLife = 48;

    /// <summary>Days over which what is usual falls: slower than it rises, so that who is paid now and then stays
    /// known.</summary>
    private const int FallDays = 40;

    private static readonly ulong[] Decay = MakeDecay();

    private PayeeIds payeeIds;
    private PayerIds payerIds;
    private PayeeList payees;
    private PayerList payers;

    /// <summary>Place of a payee, or below 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int FindPayee(int id) => ((ReadOnlySpan<int>)payeeIds).IndexOf(id);

    /// <summary>A payee as of a quarter of an hour; a look, which changes nothing.</summary>
    public readonly Payee PayeeAt(int place, int quarter, int usualDays)
    {
        var payee = payees[place];
        if (quarter > payee.Quarter)
        {
            payee.Advance(quarter, usualDays);
        }

        return payee;
    }

    /// <summary>Takes in what a payee got, or would: a stranger takes the place of whoever matters least.</summary>
    /// <param name="id">The payee.</param>
    /// <param name="place">Its place, or below 0.</param>
    /// <param name="known">The payee as of now, where it has a place.</param>
    /// <param name="value">What it got.</param>
    /// <param name="quarter">The time.</param>
    /// <param name="isApproved">Whether a person let it pass.</param>
    public void Pay(int id, int place, in Payee known, ulong value, int quarter, bool isApproved)
    {
        var payee = known;
        if (place < 0)
        {
            place = LeastPayee(quarter);
            payeeIds[place] = id;
            payee = new Payee { Quarter = quarter, Since = quarter };
        }

        payees[place] = payee;
        payees[place].Recent = CoarseAmount.Add(payee.Recent, value);
        if (isApproved)
        {
            payees[place].Since = 0;
            payees[place].Usual = Math.Max(payees[place].Usual, payees[place].Recent);
        }
    }

    /// <summary>Takes in what came from a payer.</summary>
    public void Receive(int id, ulong value, int quarter)
    {
        var place = ((ReadOnlySpan<int>)payerIds).IndexOf(id);
        if (place < 0)
        {
            place = LeastPayer(quarter);
            payerIds[place] = id;
            payers[place] = new Payer { Quarter = quarter };
        }

        payers[place].Advance(quarter);
        payers[place].Unmatched = CoarseAmount.Add(payers[place].Unmatched, value);
    }

    /// <summary>How much of a value goes back to where earlier value came from: straight, or, where the payee's own
    /// dealings are known, through one other whom it pays.</summary>
    /// <param name="to">The payee.</param>
    /// <param name="value">What goes to it.</param>
    /// <param name="onward">The payee's dealings; the same as these where they are not known.</param>
    /// <param name="quarter">The time.</param>
    /// <param name="isTaken">Whether what matches is used up.</param>
    public ulong Match(int to, ulong value, ref Dealings onward, int quarter, bool isTaken)
    {
        ulong matched = 0;
        var isKnown = !Unsafe.AreSame(ref onward, ref this);
        for (var i = 0; i < Payers && matched < value; i++)
        {
            var from = payerIds[i];
            if (from == 0)
            {
                continue;
            }

            var most = value - matched;
            if (from != to)
            {
                var passed = isKnown ? onward.FindPayee(from) : -1;
                if (passed < 0)
                {
                    continue;
                }

                most = Math.Min(most, DecayOf(onward.payees[passed].Recent, quarter - onward.payees[passed].Quarter));
            }

            var payer = payers[i];
            payer.Advance(quarter);
            most = Math.Min(most, payer.Unmatched);
            matched += most;
            payer.Unmatched -= most;
            payers[i] = isTaken ? payer : payers[i];
        }

        return matched;
    }

    private static ulong DecayOf(ulong amount, int quarters) => quarters <= 0
        ? amount
        : quarters >= 52 * HalfLife
            ? 0
            : CoarseAmount.Keep(amount >> (quarters / HalfLife), Decay[quarters % HalfLife]);

    private readonly int LeastPayee(int quarter)
    {
        var (least, at) = (ulong.MaxValue, 0);
        for (var i = 0; i < Payees; i++)
        {
            if (payeeIds[i] == 0)
            {
                return i;
            }

            var weight = payees[i].Usual + DecayOf(payees[i].Recent, quarter - payees[i].Quarter);
            (least, at) = weight < least ? (weight, i) : (least, at);
        }

        return at;
    }

    private readonly int LeastPayer(int quarter)
    {
        var (least, at) = (ulong.MaxValue, 0);
        for (var i = 0; i < Payers; i++)
        {
            if (payerIds[i] == 0)
            {
                return i;
            }

            var weight = DecayOf(payers[i].Unmatched, quarter - payers[i].Quarter);
            (least, at) = weight < least ? (weight, i) : (least, at);
        }

        return at;
    }

    private static ulong[] MakeDecay()
    {
        // 2^(-1/48) * 2^64
        const ulong Step = 18_182_276_768_189_480_718;
        var table = new ulong[HalfLife];
        table[0] = ulong.MaxValue;
        for (var i = 1; i < HalfLife; i++)
        {
            table[i] = Math.BigMul(table[i - 1], Step, out _);
        }

        return table;
    }

    /// <summary>One who gets value.</summary>
    internal struct Payee
    {
        /// <summary>What it got; a half of it is forgotten in 12 h.</summary>
        public ulong Recent;

        /// <summary>What it usually gets a day, on the same scale, averaged from nothing on.</summary>
        public ulong Usual;

        /// <summary>As of which quarter of an hour.</summary>
        public int Quarter;

        /// <summary>Since when.</summary>
        public int Since;

        /// <summary>The mean of what is decaying between two times is (first - last) / (rate * time).</summary>
        public void Advance(int quarter, int usualDays)
        {
            const int InverseRateBy4 = 277;
            var passed = quarter - Quarter;
            var last = DecayOf(Recent, passed);
            var mean = (Recent - last) * InverseRateBy4 / (4UL * (uint)passed);
            var whole = 96 * (mean > Usual ? usualDays : FallDays);
            var fraction = passed >= whole ? ulong.MaxValue : (uint)passed * (ulong.MaxValue / (uint)whole);
            Usual = CoarseAmount.Keep(Usual, ~fraction) + CoarseAmount.Keep(mean, fraction);
            (Recent, Quarter) = (last, quarter);
        }
    }

    /// <summary>One whom value came from.</summary>
    private struct Payer
    {
        /// <summary>What came and did not go back yet; a half of it is forgotten in 12 h.</summary>
        public ulong Unmatched;

        /// <summary>As of which quarter of an hour.</summary>
        public int Quarter;

        public void Advance(int quarter)
        {
            if (quarter > Quarter)
            {
                (Unmatched, Quarter) = (DecayOf(Unmatched, quarter - Quarter), quarter);
            }
        }
    }

    [InlineArray(Payees)]
    private struct PayeeIds
    {
        private int first;
    }

    [InlineArray(Payers)]
    private struct PayerIds
    {
        private int first;
    }

    [InlineArray(Payees)]
    private struct PayeeList
    {
        private Payee first;
    }

    [InlineArray(Payers)]
    private struct PayerList
    {
        private Payer first;
    }
}
