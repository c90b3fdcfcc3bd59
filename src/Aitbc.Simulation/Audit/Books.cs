using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Protocol;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.State;

namespace Aitbc.Simulation.Audit;

/// <summary>Who has how much: double entry over plain sums.</summary>
internal sealed class Books(AuditLog log, AuditedAccounts accounts)
{
    private static readonly SubAccount[] Subs = Enum.GetValues<SubAccount>();

    private readonly Dictionary<(uint Account, SubAccount Sub), BigInteger> balances = [];
    private BigInteger supply;
    private BigInteger total;

    /// <summary>Begins with genesis: the treasury has what nobody is given.</summary>
    public void Begin(Genesis genesis)
    {
        supply = genesis.Supply.BaseUnits;
        Open(default, isCouncil: false);
        Book(AccountNumber.Treasury, SubAccount.Available, supply);
        foreach (var account in genesis.Accounts)
        {
            var number = new AccountNumber((uint)accounts.Count);
            Open((AccountId)account.Key.Thumbprint(), account.Council);
            Move((AccountNumber.Treasury, SubAccount.Available), (number, SubAccount.Available),
                account.Balance.BaseUnits);
        }
    }

    /// <summary>Opens an account; what was paid to its number before it was there counts from now on.</summary>
    public void Open(AccountId id, bool isCouncil)
    {
        var number = new AccountNumber((uint)accounts.Count);
        accounts.Open(id, isCouncil);
        foreach (var sub in Subs)
        {
            total += Of(number, sub);
        }
    }

    public BigInteger Of(AccountNumber account, SubAccount sub) => balances.GetValueOrDefault((account.Value, sub));

    public void Move(
        (AccountNumber Account, SubAccount Sub) from, (AccountNumber Account, SubAccount Sub) to, BigInteger amount)
    {
        Book(to.Account, to.Sub, amount);
        Book(from.Account, from.Sub, -amount);
        if (Of(from.Account, from.Sub).Sign < 0)
        {
            log.Add(
                AuditCheck.Balance,
                $"the balance {from.Sub} of account {from.Account}",
                "0 or more",
                $"{Of(from.Account, from.Sub)}");
        }
    }

    /// <summary>Adds to nobody's loss, as no event may.</summary>
    public void Mint(BigInteger amount) => Book(AccountNumber.Treasury, SubAccount.Available, amount);

    public void CheckSupply() => log.Equal(AuditCheck.Supply, "the sum of all accounts", supply, total);

    /// <summary>Compares every sub-account with a state's.</summary>
    public void Compare(LedgerState state)
    {
        log.Equal(AuditCheck.Books, "the number of accounts", accounts.Count, state.Accounts.Count);
        for (var slot = 0; slot < Math.Min(accounts.Count, state.Accounts.Count); slot++)
        {
            var number = new AccountNumber((uint)slot);
            foreach (var sub in Subs)
            {
                log.Equal(
                    AuditCheck.Books,
                    $"the state's balance {sub} of account {number}",
                    Of(number, sub),
                    state.Account(number).Balance(sub).BaseUnits);
            }
        }
    }

    private void Book(AccountNumber account, SubAccount sub, BigInteger amount)
    {
        balances[(account.Value, sub)] = Of(account, sub) + amount;
        if (accounts.Find(account) is not null && sub <= SubAccount.Unbonding)
        {
            total += amount;
        }
    }
}
